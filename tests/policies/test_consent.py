"""Consent as it is recorded and withdrawn: that a withdrawal is never lost, and never undone by an older paper."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import status
from policies import consent, studies
from policies.actions import CONSENTED, Action, Purpose
from storage.consents import Consent
from storage.errors import BadInput, Denied
from storage.records import Participant, Study, now
from tests.house_fixtures import TODAY, given
from tests.meanwhile import meanwhile

if TYPE_CHECKING:
    from tests.house_fixtures import House

DAY = timedelta(days=1)


def _rows(house: House, participant: Participant) -> list[Consent]:
    with Session(house.vault.database.reader) as session:
        of_participant = sa.select(Consent).where(Consent.participant_id == participant.id)
        return list(session.scalars(of_participant.order_by(Consent.version.desc())))


def _opens(house: House, participant: Participant) -> bool:
    try:
        with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD):
            return True
    except Denied:
        return False


def _withdrawn_days_ago(house: House, participant: Participant, days: int) -> None:
    """Withdraw, as if it had been that long ago."""
    consent.withdraw(house.desk("astrid"), participant)
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.update(Consent).values(withdrawn_at=now() - days * DAY))


def _dated(days_ago: int) -> consent.Given:
    return replace(given(CONSENTED), given=TODAY - days_ago * DAY)


def test_a_withdrawal_takes_a_consent_recorded_meanwhile_with_it(house: House) -> None:
    """A record that lands between a withdrawal's reading and its commit does not stay open."""
    participant = house.participant("P01")
    steward = meanwhile(
        house.desk("astrid"),
        Action.WITHDRAW_CONSENT,
        lambda: consent.record(house.desk("ivar"), participant, given(CONSENTED)),
    )
    consent.withdraw(steward, participant)
    assert [row.withdrawn_at is None for row in _rows(house, participant)] == [False, False]
    assert not _opens(house, participant)


@pytest.mark.parametrize("who", ["ivar", "astrid"])
def test_a_record_that_a_withdrawal_overtakes_is_refused(house: House, who: str) -> None:
    """What was written down before the withdrawal and would be committed after it is not kept, whoever wrote it."""
    participant = house.participant("P01")
    slow = meanwhile(
        house.desk(who), Action.RECORD_CONSENT, lambda: consent.withdraw(house.desk("astrid"), participant)
    )
    with pytest.raises(Denied, match="withdr"):
        consent.record(slow, participant, given(CONSENTED))
    assert len(_rows(house, participant)) == 1
    assert not _opens(house, participant)


def test_two_records_at_once_get_two_versions(house: House) -> None:
    """The later commit is the newer version, so that there is no doubt which counts."""
    participant = house.participant("P01")
    narrow = given((Purpose.RECORD,))
    slow = meanwhile(
        house.desk("ivar"), Action.RECORD_CONSENT, lambda: consent.record(house.desk("astrid"), participant, narrow)
    )
    consent.record(slow, participant, given(CONSENTED))
    rows = _rows(house, participant)
    assert [(row.version, len(row.purposes)) for row in rows] == [(3, len(CONSENTED)), (2, 1), (1, len(CONSENTED))]


def test_the_ledger_says_which_consents_a_withdrawal_closed(house: House) -> None:
    """The outcome names every row that was open at the commit; a second withdrawal finds none."""
    participant = house.participant("P01")
    consent.withdraw(house.desk("astrid"), participant)
    consent.withdraw(house.desk("astrid"), participant)
    outcomes = [json.loads(leaf) for leaf in house.vault.ledger.leaves()]
    closed = [leaf["consents"] for leaf in outcomes if "consents" in leaf]
    assert closed == [[row.id for row in _rows(house, participant)], []]


def test_a_consent_from_the_future_is_refused(house: House) -> None:
    """A consent counts from the day it was given, so tomorrow's cannot be recorded today."""
    participant = house.participant("P01", ())
    with pytest.raises(BadInput, match="future"):
        consent.record(house.desk("astrid"), participant, _dated(-1))
    assert _rows(house, participant) == []


@pytest.mark.parametrize(("days_ago", "counts"), [(3, False), (2, True), (0, True)])
def test_a_consent_from_before_a_withdrawal_does_not_undo_it(house: House, days_ago: int, *, counts: bool) -> None:
    """Withdrawn two days ago: an older paper is refused, one given since then opens the door."""
    participant = house.participant("P01")
    _withdrawn_days_ago(house, participant, 2)
    if counts:
        consent.record(house.desk("astrid"), participant, _dated(days_ago))
    else:
        with pytest.raises(Denied, match="after that day"):
            consent.record(house.desk("astrid"), participant, _dated(days_ago))
    assert _opens(house, participant) is counts


def test_an_old_withdrawal_is_remembered_behind_a_newer_consent(house: House) -> None:
    """After a renewed consent a paper from before the withdrawal is refused just the same."""
    participant = house.participant("P01")
    _withdrawn_days_ago(house, participant, 2)
    consent.record(house.desk("astrid"), participant, given((Purpose.RECORD,)))
    with pytest.raises(Denied, match="after that day"):
        consent.record(house.desk("ivar"), participant, _dated(3))


def test_only_the_steward_records_a_consent_after_a_withdrawal(house: House) -> None:
    """The interviewer is refused with a reason; once the steward has, the interviewer may record changes again."""
    participant = house.participant("P01")
    consent.withdraw(house.desk("astrid"), participant)
    with pytest.raises(Denied, match="the data steward records it"):
        consent.record(house.desk("ivar"), participant, given(CONSENTED))
    consent.record(house.desk("astrid"), participant, given(CONSENTED))
    assert consent.record(house.desk("ivar"), participant, given(CONSENTED)).version == 3


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        ("none", "No consent is recorded"),
        ("withdrawn", "withdrawn"),
        ("expired", "expired"),
        ("unapproved", "approval reference"),
    ],
)
@pytest.mark.parametrize("who", ["ivar", "astrid"])
def test_nobody_is_described_without_a_consent_that_holds(house: House, who: str, spoil: str, why: str) -> None:
    """Attributes are personal data: before consent, after withdrawal or expiry nothing is kept and no key opens."""
    participant = house.participant("P01", () if spoil == "none" else CONSENTED)
    if spoil == "withdrawn":
        consent.withdraw(house.desk("astrid"), participant)
    with Session(house.vault.database.writer) as session, session.begin():
        if spoil == "expired":
            session.execute(sa.update(Consent).values(given=TODAY - 9 * DAY, expires=TODAY - 3 * DAY))
        if spoil == "unapproved":
            session.get_one(Study, house.study.id).approval = ""
    with pytest.raises(Denied, match=why):
        studies.set_attributes(house.desk(who), participant, {"sex": "woman"})
    with Session(house.vault.database.reader) as session:
        assert session.get_one(Participant, participant.id).sealed_attributes is None


@pytest.mark.parametrize("who", ["ivar", "astrid"])
def test_any_consent_that_holds_is_enough_to_be_described(house: House, who: str) -> None:
    """Whichever purpose they agreed to; no purpose is asked for by name."""
    participant = house.participant("P01", (Purpose.CONTACT,))
    studies.set_attributes(house.desk(who), participant, {"sex": "woman"})
    with Session(house.vault.database.reader) as session:
        assert session.get_one(Participant, participant.id).sealed_attributes is not None


def test_status_counts_only_consents_that_hold(house: House) -> None:
    """Withdrawn, expired and never given are not among those who consent."""
    withdrawn, expired = house.participant("P01"), house.participant("P02")
    house.participant("P03")
    house.participant("P04", ())
    consent.withdraw(house.desk("astrid"), withdrawn)
    past = replace(given(CONSENTED, expires=TODAY - 3 * DAY), given=TODAY - 9 * DAY)
    consent.record(house.desk("astrid"), expired, past)
    overview = status.overview(house.desk("astrid"), house.study)
    assert (overview.participants, overview.consenting) == (4, 1)
