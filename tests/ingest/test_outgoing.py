"""The last scan before a hand-off, with a vault: what a study has learned since a release stops the hand-off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from handoff.package import FORMATS
from handoff.register import Order, hand_off
from ingest import outgoing, reading, release, review
from ingest.pseudonyms.finds import Kind
from ingest.reviewing.table import Verdict
from policies import studies
from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import Denied, NotReady
from storage.records import Handoff, Participant, Recording
from tests.ingest.interview import said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House


def _out(house: House, folder: Path) -> int:
    order = Order(folder, list(FORMATS), "ragna", Purpose.ANALYSE, "en")
    return hand_off(house.desk("ragna"), house.study, order, outgoing.scan).interviews


def _released(house: House, code: str, *lines: str) -> Recording:
    recording = said(house, code, *lines)
    review.decide(house.desk("ragna"), recording, Verdict.CONFIRM, None)
    release.release(house.desk("ragna"), recording)
    return recording


def _nothing_left(house: House, folder: Path) -> None:
    """Neither a file beside the vault nor a row in the register."""
    assert [path.name for path in folder.iterdir() if path.name != "vault"] == []
    with Session(house.vault.database.reader) as session:
        assert list(session.scalars(sa.select(Handoff))) == []


def test_what_was_released_and_learned_nothing_since_is_handed_off(house: House, tmp_path: Path) -> None:
    """Two interviews with the same names in them go out, and no real form is in any byte of any file."""
    _released(house, "P01", "Then I met Martin Hansen in Trondheim.", "Martin was kind.")
    _released(house, "P02", "I never saw Trondheim.")
    assert _out(house, tmp_path / "ut") == 2
    for path in (tmp_path / "ut").iterdir():
        assert b"Trondheim" not in path.read_bytes()


def test_a_name_learned_from_another_interview_takes_the_release_back(house: House, tmp_path: Path) -> None:
    """It is an undecided find of the first interview then; decided and released again, the hand-off goes through."""
    first = _released(house, "P01", "There was a broomstick. Martin laughed.")
    second = said(house, "P02", "It was by the broomstick that I met Ingrid.")
    ragna = house.desk("ragna")
    review.add(ragna, second, "broomstick", Kind.PER)
    review.decide(ragna, second, Verdict.CONFIRM, None)
    release.release(ragna, second)
    with pytest.raises(NotReady, match="Places: 1, in interviews: 1") as stopped:
        _out(house, tmp_path / "ut")
    assert "broomstick" not in stopped.value.sentence
    _nothing_left(house, tmp_path)
    with pytest.raises(NotReady, match="undecided"):
        release.release(ragna, lookup.by_id(house.vault.database, Recording, first.id))
    review.decide(ragna, first, Verdict.CONFIRM, None)
    release.release(ragna, first)
    assert "broomstick" not in reading.read(ragna, first).text
    assert _out(house, tmp_path / "ut") == 2


def test_a_word_that_a_person_left_there_may_leave(house: House, tmp_path: Path) -> None:
    """What was rejected as a find stands in the released text and in every file made of it."""
    recording = said(house, "P01", "Then I met Martin.", "They sold Martin there, the drink.")
    ragna = house.desk("ragna")
    review.decide(ragna, recording, Verdict.CONFIRM, [1])
    review.decide(ragna, recording, Verdict.REJECT, [2])
    release.release(ragna, recording)
    assert _out(house, tmp_path / "ut") == 1
    assert b"sold Martin there" in (tmp_path / "ut" / "P01-1.txt").read_bytes()


def test_a_name_in_an_attribute_stops_the_hand_off(house: House, tmp_path: Path) -> None:
    """The formats it would have been in are told, the name is not, and nothing is on the disk."""
    recording = _released(house, "P01", "Then I met Martin in Trondheim.")
    held = lookup.by_id(house.vault.database, Participant, recording.participant_id)
    studies.set_attributes(house.desk("astrid"), held, {"home": "near Trondheim"})
    with pytest.raises(NotReady, match=r"in the files \(csv, qdpx\).* Places: 2\.") as stopped:
        _out(house, tmp_path / "ut")
    assert "Trondheim" not in stopped.value.sentence
    _nothing_left(house, tmp_path)


@pytest.mark.parametrize("handle", ["ivar", "astrid"])
def test_only_a_researcher_opens_the_link_key_for_it(house: House, handle: str) -> None:
    """An interviewer and a steward are refused at the door, and so is anybody before the release."""
    recording = _released(house, "P01", "Then I met Martin.")
    draft = said(house, "P02", "Then I met Ingrid.")
    for desk, one in ((house.desk(handle), recording), (house.desk("ragna"), draft)):
        with pytest.raises(Denied), desk.act(Action.SCAN_OUTGOING, one, Purpose.ANALYSE):
            pytest.fail("the door opened")
