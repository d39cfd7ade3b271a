"""Decisions are their participant's: a new key takes them along, a destroyed one closes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import review
from ingest.decisions import Verdict
from ingest.reviewing import histories
from ingest.reviewing.sitting import Remark
from policies import ceremonies
from storage import fsck, lookup
from storage.errors import Damaged, Denied, NotFound
from storage.records import Decision, Participant
from tests.ingest.interview import said

if TYPE_CHECKING:
    from storage.fsck.finding import Finding
    from storage.records import Recording
    from tests.house_fixtures import House


def reviewed(house: House, code: str) -> Recording:
    """A recording with two decisions."""
    recording = said(house, code, "Then I met Martin in Trondheim.")
    review.decide(house.desk("ragna"), recording, Verdict.CONFIRM, [1], Remark(why="sa hun"))
    review.decide(house.desk("ragna"), recording, Verdict.REJECT, [2])
    return recording


def holder(house: House, recording: Recording) -> Participant:
    """Whose recording it is."""
    return lookup.by_id(house.vault.database, Participant, recording.participant_id)


def checked(house: House) -> list[Finding]:
    """What the vault's own check finds."""
    return fsck.examine(house.vault.database, house.vault.blobs, house.vault.ledger, lambda *_: None)


def test_a_new_key_takes_decisions_along(house: House) -> None:
    """After a rotation they open as before, and the vault's own check finds nothing."""
    recording = reviewed(house, "P01")
    before = histories.history(house.desk("ragna"), recording)
    ceremonies.rotate_participant(house.desk("astrid"), holder(house, recording))
    assert histories.history(house.desk("ragna"), recording) == before
    assert [one.why for one in before] == ["sa hun", ""]
    assert checked(house) == []


def test_a_destroyed_key_closes_decisions(house: House) -> None:
    """Nothing of what they say is left, of this participant; another's are read as before."""
    gone, stays = reviewed(house, "P01"), reviewed(house, "P02")
    house.shred(holder(house, gone))
    with Session(house.vault.database.reader) as session:
        sealed = {row.recording_id: row.sealed_payload for row in session.scalars(sa.select(Decision))}
    assert sealed[gone.id] is None
    assert len(histories.history(house.desk("ragna"), stays)) == 2
    with pytest.raises((Denied, NotFound)):
        histories.history(house.desk("ragna"), gone)
    assert checked(house) == []


@pytest.mark.parametrize("edited", ["verb", "swapped", "emptied", "deleted"])
def test_a_row_that_somebody_changed_opens_nowhere(house: House, edited: str) -> None:
    """Another verb, another decision's words, none at all or a row that is gone is Damaged, and nothing is shown."""
    recording = reviewed(house, "P01")
    with Session(house.vault.database.writer) as session, session.begin():
        first, second = session.scalars(sa.select(Decision).order_by(Decision.number))
        if edited == "verb":
            first.verb = "reject"
        elif edited == "deleted":
            session.delete(first)
        else:
            first.sealed_payload = second.sealed_payload if edited == "swapped" else None
    with pytest.raises(Damaged):
        review.items(house.desk("ragna"), recording)
