"""Breaking the glass: one person reads for an hour, it is marked and seen, and another has to review it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from policies import break_glass, consent, people
from policies.actions import Action, Purpose, Role
from policies.break_glass import Review, Verdict
from storage import lookup
from storage.broken_glass import BrokenGlass
from storage.errors import BadInput, Denied, NotFound, NotReady
from storage.records import Participant, now
from tests.meanwhile import meanwhile
from tests.policies.keeping import WORDS, artefacts, keep

if TYPE_CHECKING:
    from storage.records import Recording
    from tests.house_fixtures import House

WHY = "A hospital waits."


@pytest.fixture
def recording(house: House) -> Recording:
    """Something to read; Ivar the interviewer may not."""
    return keep(house, house.participant("P01"))


def _read(house: House, recording: Recording, who: str = "ivar") -> bytes:
    with house.desk(who).act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        return act.read(artefacts(house, recording)[0])


def _review(house: House, who: str) -> list[break_glass.Read]:
    shown: list[break_glass.Read] = []

    def found(_: break_glass.Broken, reads: list[break_glass.Read]) -> Review:
        shown.extend(reads)
        return Review(Verdict.JUSTIFIED, "It was needed.")

    break_glass.review(house.desk(who), house.study, 1, found)
    return shown


def test_it_opens_what_a_researcher_reads_and_marks_it(house: House, recording: Recording) -> None:
    """Before, the door is shut; after, it opens, and the ledger's entry has the id of the broken glass."""
    with pytest.raises(Denied):
        _read(house, recording)
    row = break_glass.open_(house.desk("ivar"), house.study, WHY)
    assert _read(house, recording) == WORDS
    marked = [leaf for leaf in map(json.loads, house.vault.ledger.leaves()) if leaf.get("break_glass") == row.id]
    assert [(leaf["event"], leaf.get("action")) for leaf in marked] == [
        ("outcome", None), ("decision", "read_transcript"),
    ]  # fmt: skip
    assert WHY.encode() not in b"".join(house.vault.ledger.leaves())


@pytest.mark.parametrize(
    "action", [Action.REVIEW, Action.RELEASE, Action.HAND_OFF_RECORDING, Action.BLEEP, Action.SCAN_OUTGOING]
)
def test_it_opens_nothing_else(house: House, recording: Recording, action: Action) -> None:
    """Neither what opens the link key nor what hands anything off."""
    break_glass.open_(house.desk("ivar"), house.study, WHY)
    with pytest.raises(Denied), house.desk("ivar").act(action, recording, Purpose.ANALYSE):
        pytest.fail("the door opened")


def test_it_is_one_persons_for_an_hour(house: House, recording: Recording) -> None:
    """Nobody else reads by it, and whoever broke it does not when the hour is over."""
    row = break_glass.open_(house.desk("ivar"), house.study, WHY)
    assert timedelta(minutes=55) < row.until - now() <= timedelta(hours=1)
    with pytest.raises(Denied):
        _read(house, recording, "astrid")
    with Session(house.vault.database.writer) as session, session.begin():
        session.get_one(BrokenGlass, row.id).until = now() - timedelta(seconds=1)
    with pytest.raises(Denied):
        _read(house, recording)


def test_consent_still_binds(house: House, recording: Recording) -> None:
    """A withdrawal closes it for whoever broke the glass, too."""
    break_glass.open_(house.desk("ivar"), house.study, WHY)
    held = lookup.by_id(house.vault.database, Participant, recording.participant_id)
    consent.withdraw(house.desk("astrid"), held)
    with pytest.raises(Denied, match="withdrawn"):
        _read(house, recording)


def test_a_stranger_breaks_nothing(house: House) -> None:
    """Somebody without a role in the study is refused."""
    with pytest.raises(Denied):
        break_glass.open_(house.desk("a-stranger"), house.study, WHY)


@pytest.mark.parametrize("why", ["", "...", "a\x00b"])
def test_without_a_reason_it_is_not_broken(house: House, why: str) -> None:
    """A sentence that says nothing is none."""
    with pytest.raises(BadInput):
        break_glass.open_(house.desk("ivar"), house.study, why)


def test_another_data_steward_reviews_it_and_sees_what_was_read(house: House, recording: Recording) -> None:
    """The review lists the acts, ends the hour, and is kept with what it came to."""
    break_glass.open_(house.desk("ivar"), house.study, WHY)
    _read(house, recording)
    assert [(read.action, read.recording) for read in _review(house, "astrid")] == [("read_transcript", "rus/P01-1")]
    with pytest.raises(Denied):
        _read(house, recording)
    (told,) = break_glass.listed(house.desk("ragna"), house.study)
    assert (told.who, told.why, told.verdict, told.reviewed_by) == ("ivar", WHY, "justified", "astrid")
    with pytest.raises(Denied, match="reviewed already"):
        _review(house, "astrid")


def test_what_is_read_during_the_review_is_reviewed_too(house: House, recording: Recording) -> None:
    """A review that did not show the last reading keeps nothing; the next shows it."""
    break_glass.open_(house.desk("ivar"), house.study, WHY)

    def slow(_: break_glass.Broken, reads: list[break_glass.Read]) -> Review:
        assert reads == []
        _read(house, recording)
        return Review(Verdict.JUSTIFIED, "Nothing was read.")

    with pytest.raises(NotReady, match="Review it again"):
        break_glass.review(house.desk("astrid"), house.study, 1, slow)
    assert len(_review(house, "astrid")) == 1


def test_whoever_lost_the_role_reads_no_more_by_it(house: House, recording: Recording) -> None:
    """Removed from the study within the hour; and another role than one that reads or works in it does not do."""
    break_glass.open_(house.desk("ivar"), house.study, WHY)
    people.add(house.desk("astrid"), house.study, "ivar", [Role.AUDITOR])
    people.remove(house.desk("astrid"), house.study, "ivar", Role.INTERVIEWER)
    with pytest.raises(Denied):
        _read(house, recording)
    people.remove(house.desk("astrid"), house.study, "ivar")
    with pytest.raises(Denied):
        _read(house, recording)


def test_of_two_who_break_it_at_once_one_does(house: House) -> None:
    """The other, whose door was open before, is told that it waits for its review."""
    slow = meanwhile(
        house.desk("ragna"), Action.BREAK_GLASS, lambda: break_glass.open_(house.desk("ivar"), house.study, WHY)
    )
    with pytest.raises(Denied, match="nobody has reviewed"):
        break_glass.open_(slow, house.study, WHY)
    (told,) = break_glass.listed(house.desk("astrid"), house.study)
    assert told.who == "ivar"


def test_an_hour_that_is_over_waits_for_its_review_still(house: House) -> None:
    """Time does not do what another person has to."""
    row = break_glass.open_(house.desk("ivar"), house.study, WHY)
    with Session(house.vault.database.writer) as session, session.begin():
        session.get_one(BrokenGlass, row.id).until = now() - timedelta(days=3)
    with pytest.raises(Denied, match="nobody has reviewed"):
        break_glass.open_(house.desk("ivar"), house.study, WHY)


def test_nobody_reviews_their_own(house: House) -> None:
    """A data steward who broke it needs another one; an interviewer reviews nothing."""
    break_glass.open_(house.desk("astrid"), house.study, WHY)
    with pytest.raises(Denied, match="broke it yourself"):
        _review(house, "astrid")
    with pytest.raises(Denied):
        _review(house, "ivar")
    house.second_steward()
    assert _review(house, "signe") == []


def test_it_is_broken_again_only_after_the_review(house: House) -> None:
    """While one waits, nobody in the study breaks it; then anybody may."""
    break_glass.open_(house.desk("ivar"), house.study, WHY)
    for who in ("ivar", "ragna"):
        with pytest.raises(Denied, match="nobody has reviewed"):
            break_glass.open_(house.desk(who), house.study, WHY)
    _review(house, "astrid")
    assert break_glass.open_(house.desk("ivar"), house.study, WHY).number == 2


def test_one_there_is_not_is_said_so(house: House) -> None:
    """With where to look."""
    with pytest.raises(NotFound, match="break-glass list"):
        _review(house, "astrid")
