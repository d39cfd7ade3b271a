"""What shows that a consent was given: sealed, bound to its place, checked, and gone with the participant's key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import ceremonies, consent, consent_changes, consent_evidence, consent_history
from policies.actions import CONSENTED
from policies.consent_changes import Change
from policies.consent_evidence import LARGEST, ON_RECORDING, Said, Scanned
from storage.consents import Scan
from storage.errors import BadInput, Denied, NotFound
from tests.house_fixtures import TODAY, given
from tests.storage.spoiling import keep

if TYPE_CHECKING:
    from storage.records import Participant
    from tests.house_fixtures import House

FORM = b"%PDF-1.7 Kari Nordmann, signed " + bytes(range(256))


def _scanned(house: House, code: str = "P01") -> Participant:
    participant = house.participant(code, ())
    consent.record(house.desk("ivar"), participant, replace(given(CONSENTED), shown_by=Scanned(FORM)))
    return participant


def test_a_scan_comes_back_for_the_steward_alone(house: House) -> None:
    """Byte for byte, also after a withdrawal, for that somebody consented is to be shown; for nobody else."""
    participant = _scanned(house)
    consent.withdraw(house.desk("astrid"), participant)
    assert consent_evidence.opened(house.desk("astrid"), participant) == FORM
    for who in ("ivar", "ragna", "a-stranger"):
        with pytest.raises(Denied):
            consent_evidence.opened(house.desk(who), participant)


def test_a_scan_is_nowhere_in_the_clear(house: House) -> None:
    """Neither in its row nor in the ledger, nor in any file of the vault."""
    _scanned(house)
    files = [path.read_bytes() for path in house.vault.folder.rglob("*") if path.is_file()]
    with Session(house.vault.database.reader) as session:
        files.append(session.scalars(sa.select(Scan)).one().sealed_scan)
    assert not [data for data in (*files, *house.vault.ledger.leaves()) if b"Nordmann" in data]


def test_a_rotated_key_opens_the_scan_and_a_destroyed_one_leaves_none(house: House) -> None:
    """Rotation seals it anew; shredding takes its row out."""
    participant = _scanned(house)
    ceremonies.rotate_participant(house.desk("astrid"), participant)
    assert consent_evidence.opened(house.desk("astrid"), participant) == FORM
    house.shred(participant)
    with Session(house.vault.database.reader) as session:
        assert session.scalars(sa.select(Scan)).all() == []


def test_a_consent_on_the_recording_says_where(house: House) -> None:
    """It is amended once the recording is there, and the history names recording and times."""
    participant = house.participant("P01", ())
    consent.record(house.desk("ivar"), participant, replace(given(CONSENTED), how=ON_RECORDING))
    shown = Said(keep(house, participant), 0.25, 1.0)
    consent_changes.amend(house.desk("ivar"), participant, Change(TODAY, shown_by=shown))
    newest = consent_history.history(house.desk("astrid"), participant)[-1]
    assert (newest.how, newest.evidence) == (ON_RECORDING, "P01-1 00:00:00 to 00:00:01")


@pytest.mark.parametrize(("start", "end"), [(0.5, 1.5), (0.5, 0.5), (0.75, 0.25), (-1.0, 0.5), (float("nan"), 0.5)])
def test_a_stretch_the_recording_does_not_have_is_refused(house: House, start: float, end: float) -> None:
    """Past its end, of no length, backwards, before its start, and what is no time."""
    participant = house.participant("P01")
    shown = Said(keep(house, participant), start, end)
    with pytest.raises(BadInput, match="does not have that stretch"):
        consent.record(house.desk("ivar"), participant, replace(given(CONSENTED), how=ON_RECORDING, shown_by=shown))


def test_evidence_has_to_fit_the_participant_and_the_way(house: House) -> None:
    """Another's recording, a scan of what was said, a place for what was signed, no bytes and too many."""
    participant, other = house.participant("P01"), house.participant("P02")
    theirs, mine = Said(keep(house, other), 0.0, 0.5), Said(keep(house, participant), 0.0, 0.5)
    said, signed = replace(given(CONSENTED), how=ON_RECORDING), given(CONSENTED)
    for wrong in (
        replace(said, shown_by=theirs), replace(said, shown_by=Scanned(FORM)), replace(signed, shown_by=mine),
        replace(signed, shown_by=Scanned(b"")), replace(signed, shown_by=Scanned(bytes(LARGEST + 1))),
        replace(signed, how="by nodding"),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            consent.record(house.desk("ivar"), participant, wrong)


def test_there_may_be_no_scan(house: House) -> None:
    """A consent without one is one, and whoever asks for it is told."""
    with pytest.raises(NotFound, match="No scan"):
        consent_evidence.opened(house.desk("astrid"), house.participant("P01"))
