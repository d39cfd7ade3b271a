"""Amendments and embargoes: what was taken away stops everywhere at once, and what was before stays on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import consent, consent_changes, consent_history, studies
from policies.actions import CONSENTED, Action, Purpose
from policies.consent_changes import Change
from policies.desk import Desk
from policies.facts import PIPELINE, Actor
from policies.gate import Gate
from storage.consents import Consent
from storage.errors import BadInput, Denied, NotReady
from tests.house_fixtures import LATER, LETTER, TODAY, given
from tests.meanwhile import meanwhile
from tests.storage.spoiling import keep

if TYPE_CHECKING:
    from storage.records import Participant, Recording
    from tests.house_fixtures import House

DAY = timedelta(days=1)
WITHOUT_ANALYSIS = Change(TODAY, remove=frozenset({Purpose.ANALYSE}))
ANALYSES = (Action.READ_TRANSCRIPT, Action.READ_PSEUDONYMISED, Action.REVIEW, Action.RELEASE)


def _amend(house: House, participant: Participant, change: Change, who: str = "ivar") -> Consent:
    return consent_changes.amend(house.desk(who), participant, change)


def _analyses(house: House, recording: Recording, action: Action = Action.READ_TRANSCRIPT) -> None:
    with house.desk("ragna").act(action, recording, Purpose.ANALYSE):
        pass


@pytest.mark.parametrize("action", ANALYSES)
def test_a_purpose_taken_away_is_missed_at_the_next_door(house: House, action: Action) -> None:
    """What was open a moment ago is closed for that purpose, and taking in goes on."""
    participant = house.participant("P01")
    recording = keep(house, participant)
    _analyses(house, recording, action)
    _amend(house, participant, WITHOUT_ANALYSIS)
    with pytest.raises(Denied, match="did not consent to this purpose"):
        _analyses(house, recording, action)
    with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD):
        pass


def test_a_purpose_taken_away_during_an_act_keeps_nothing_of_it(house: House) -> None:
    """Work that was let in before the amendment is asked again at its end, and thrown away."""
    participant = house.participant("P01")
    recording = keep(house, participant)

    def outrun() -> None:
        with house.desk("ragna").act(Action.REVIEW, recording, Purpose.ANALYSE) as act:
            act.change(recording, stage="review")
            _amend(house, participant, WITHOUT_ANALYSIS)

    with pytest.raises(Denied, match="did not consent"):
        outrun()
    with Session(house.vault.database.reader) as session:
        assert session.get_one(type(recording), recording.id).stage == "received"


def test_an_amendment_leaves_what_it_amends_as_it_was(house: House) -> None:
    """The history shows both, the first as amended, the second as made from it and in force."""
    participant = house.participant("P01", (Purpose.RECORD, Purpose.TRANSCRIBE))
    _amend(house, participant, Change(TODAY, add=frozenset({Purpose.ANALYSE}), expires=TODAY + DAY))
    first, second = consent_history.history(house.desk("astrid"), participant)
    assert (first.purposes, first.state, first.expires) == (["record", "transcribe"], "amended", LATER.isoformat())
    assert (second.purposes, second.state, second.amends) == (["record", "transcribe", "analyse"], "in force", 1)
    assert (second.letter, second.language, second.by) == (LETTER, "nb", "ivar")


def test_a_withdrawn_consent_is_not_amended(house: House) -> None:
    """Nothing can be added to what there is no more, by anybody."""
    participant = house.participant("P01")
    consent.withdraw(house.desk("astrid"), participant)
    for who in ("ivar", "astrid"):
        with pytest.raises(BadInput, match="no consent to amend"):
            _amend(house, participant, Change(TODAY, add=frozenset({Purpose.QUOTE})), who)


def test_an_amendment_that_a_withdrawal_overtakes_is_refused(house: House) -> None:
    """A withdrawal that lands while an amendment is under way stays the last word."""
    participant = house.participant("P01", (Purpose.RECORD,))
    slow = meanwhile(
        house.desk("astrid"), Action.RECORD_CONSENT, lambda: consent.withdraw(house.desk("astrid"), participant)
    )
    with pytest.raises(Denied, match="withdr"):
        consent_changes.amend(slow, participant, Change(TODAY, add=frozenset({Purpose.QUOTE})))


def test_an_amendment_that_another_overtakes_is_refused(house: House) -> None:
    """It would bring back a purpose that was taken away in between."""
    participant = house.participant("P01")
    slow = meanwhile(house.desk("astrid"), Action.RECORD_CONSENT, lambda: _amend(house, participant, WITHOUT_ANALYSIS))
    with pytest.raises(NotReady, match="meanwhile"):
        consent_changes.amend(slow, participant, Change(TODAY, expires=TODAY + DAY))
    newest = consent_history.history(house.desk("astrid"), participant)[-1]
    assert "analyse" not in newest.purposes


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Change(TODAY), "changes nothing"),
        (Change(TODAY, add=frozenset({Purpose.RECORD})), "changes nothing"),
        (Change(TODAY, remove=frozenset(CONSENTED)), "no purpose"),
        (Change(TODAY - 3 * DAY, expires=TODAY), "older"),
        (Change(TODAY + 2 * DAY, expires=LATER - DAY), "future"),
        (Change(TODAY, embargo=LATER + DAY), "nothing could ever"),
    ],
)
def test_amendments_that_make_no_sense_are_refused(house: House, change: Change, why: str) -> None:
    """Each is refused with its reason, and no consent is added."""
    participant = house.participant("P01")
    with pytest.raises(BadInput, match=why):
        _amend(house, participant, change)
    assert len(consent_history.history(house.desk("astrid"), participant)) == 1


def _under_embargo(house: House) -> tuple[Participant, Recording]:
    """A participant with a recording, all purposes, and an embargo that ends tomorrow."""
    participant = house.participant("P01")
    recording = keep(house, participant)
    _amend(house, participant, Change(TODAY, embargo=TODAY + 2 * DAY))
    return participant, recording


def _denied(house: House, who: str, action: Action, recording: Recording, purpose: Purpose) -> None:
    with pytest.raises(Denied, match="embargo"), house.desk(who).act(action, recording, purpose):
        pytest.fail("the door opened")


def test_before_its_date_an_embargo_lets_nothing_be_analysed_or_shared(house: House) -> None:
    """Reading, reviewing, releasing, bleeping, asking who it is, and each purpose of a hand-off are refused."""
    _, recording = _under_embargo(house)
    for action in (*ANALYSES, Action.LOOK_FOR_NAMES, Action.BLEEP, Action.ASK_REIDENTIFICATION):
        _denied(house, "ragna", action, recording, Purpose.ANALYSE)
    for purpose in (Purpose.ANALYSE, Purpose.SHARE_TEXT, Purpose.ARCHIVE):
        _denied(house, "ragna", Action.HAND_OFF_RECORDING, recording, purpose)
    _denied(house, "ragna", Action.HAND_OFF_SOUND, recording, Purpose.SHARE_SOUND)


def test_under_an_embargo_recording_and_transcribing_go_on(house: House) -> None:
    """The interviewer takes in and the pipeline does its stages; describing a participant is neither."""
    participant, recording = _under_embargo(house)
    with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD):
        pass
    robot = Desk(house.vault, Gate(house.vault), Actor(PIPELINE, PIPELINE))
    for action in (Action.ADMIT, Action.DECODE, Action.TRANSCRIBE, Action.FIND_NAMES, Action.APPLY_PSEUDONYMS):
        with robot.act(action, recording, Purpose.TRANSCRIBE):
            pass
    studies.set_attributes(house.desk("ivar"), participant, {"sex": "woman"})


@pytest.mark.parametrize("how", ["reached", "ended"])
def test_an_embargo_is_over_on_its_date_or_when_the_participant_ends_it(house: House, how: str) -> None:
    """From the first moment of the day (UTC) everything consented to is open."""
    participant, recording = _under_embargo(house)
    if how == "ended":
        _amend(house, participant, Change(TODAY, open_now=True))
    else:
        with Session(house.vault.database.writer) as session, session.begin():
            session.execute(sa.update(Consent).where(Consent.version == 2).values(embargo=TODAY - DAY))
    _analyses(house, recording)


def test_an_embargo_is_recorded_with_the_consent_too(house: House) -> None:
    """It need not be an amendment."""
    participant = house.participant("P01", ())
    made = consent.record(house.desk("ivar"), participant, replace(given(CONSENTED), embargo=TODAY + DAY))
    assert made.embargo == TODAY + DAY
    assert consent_history.history(house.desk("ivar"), participant)[0].embargo == made.embargo.isoformat()
