"""Who gets what: the register, the folder and the consent agree, whatever happens while a hand-off is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from handoff.register import Order, hand_off
from policies import consent, studies
from policies.actions import CONSENTED, Action, Purpose, Role
from storage.errors import AlreadyThere, Denied, NotReady, StorageFailed
from storage.records import Handoff, Recording, new_id
from storage.transcript import Provenance
from tests.handoff.examples import interview, unscanned
from tests.house_fixtures import given
from tests.meanwhile import meanwhile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from storage.records import Participant
    from tests.house_fixtures import House

MADE_BY = Provenance("release", "test", "1")
INTERNAL = (Purpose.RECORD, Purpose.TRANSCRIBE, Purpose.ANALYSE)


def _participant(house: House, code: str, purposes: Iterable[Purpose] = CONSENTED) -> Participant:
    """Somebody whose one interview is released."""
    made = house.participant(code, purposes)
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=made.id, number=1, sha256="0" * 64, size=5,
        facts={"duration": 60.0}, model="base", by_person_id=house.desk("ivar").who.id, stage="release",
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, made, Purpose.RECORD) as act:
        act.add(recording)
        act.seal(recording, "released", interview().transcript.to_bytes(), MADE_BY)
    return made


def _order(folder: Path, recipient: str = "ragna", purpose: Purpose = Purpose.ANALYSE) -> Order:
    return Order(folder, ["txt"], recipient, purpose, "en")


def _rows(house: House) -> list[Handoff]:
    with Session(house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Handoff)))


def _outside(folder: Path) -> list[str]:
    """What lies beside the vault."""
    return sorted(path.name for path in folder.iterdir() if path.name != "vault")


def test_the_register_has_what_lies_in_the_folder(house: House, tmp_path: Path) -> None:
    """Who, why, which interviews and every file's hash, as the manifest has them."""
    _participant(house, "P01")
    handed = hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut"), unscanned)
    (row,) = _rows(house)
    assert (row.id, row.recipient, row.purpose, len(row.recordings)) == (handed.id, "ragna", "analyse", 1)
    assert set(row.manifest) == {path.name for path in (tmp_path / "ut").iterdir()}
    assert json.loads((tmp_path / "ut" / "manifest.json").read_bytes())["about"]["handoff"] == row.id


def test_those_who_did_not_consent_to_it_are_left_out_with_the_reason(house: House, tmp_path: Path) -> None:
    """The others go out; how many were left out, and why, is counted by reason."""
    _participant(house, "P01")
    _participant(house, "P02", INTERNAL)
    consent.withdraw(house.desk("astrid"), _participant(house, "P03"))
    order = _order(tmp_path / "ut", "A company abroad", Purpose.SHARE_TEXT)
    handed = hand_off(house.desk("ragna"), house.study, order, unscanned)
    assert handed.interviews == 1
    assert sorted(handed.left_out.values()) == [1, 1]
    assert "The participant did not consent to this purpose." in handed.left_out
    assert not (tmp_path / "ut" / "P02-1.txt").exists()


def test_when_all_are_left_out_the_reason_is_said(house: House, tmp_path: Path) -> None:
    """Not that nothing is released, which would not be true."""
    _participant(house, "P01", INTERNAL)
    order = _order(tmp_path / "ut", "UK Data Archive", Purpose.ARCHIVE)
    with pytest.raises(Denied, match="did not consent to this purpose"):
        hand_off(house.desk("ragna"), house.study, order, unscanned)
    assert _outside(tmp_path) == []


@pytest.mark.parametrize("recipient", ["A company abroad", "ivar", "guest"])
def test_for_analysis_it_goes_to_a_researcher_of_the_study_only(house: House, tmp_path: Path, recipient: str) -> None:
    """A stranger, an interviewer and another study's researcher are refused, and told which purposes there are."""
    other = studies.NewStudy("other", "Another", "REK 2", house.study.starts, house.study.ends, "en")
    made = studies.create(house.desk("astrid"), other)
    studies.add_member(house.desk("astrid"), made, "guest", [Role.RESEARCHER])
    _participant(house, "P01")
    with pytest.raises(Denied, match="share_text or archive"):
        hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut", recipient), unscanned)
    assert (_outside(tmp_path), _rows(house)) == ([], [])


def test_for_analysis_it_may_go_to_the_principal_investigator(house: House, tmp_path: Path) -> None:
    """Who answers for the study analyses in it too."""
    _participant(house, "P01")
    studies.add_member(house.desk("astrid"), house.study, "inga", [Role.INVESTIGATOR])
    assert hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut", "inga"), unscanned).interviews == 1


def test_sharing_needs_consent_to_sharing(house: House, tmp_path: Path) -> None:
    """With it, anybody may be named as the recipient."""
    _participant(house, "P01", (*INTERNAL, Purpose.SHARE_TEXT))
    order = _order(tmp_path / "ut", "A company abroad", Purpose.SHARE_TEXT)
    assert hand_off(house.desk("ragna"), house.study, order, unscanned).interviews == 1


def test_an_interview_under_review_again_is_not_handed_off(house: House, tmp_path: Path) -> None:
    """That it was released once does not count when its stage has been set back, not even asked for directly."""
    _participant(house, "P01")
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.update(Recording).values(stage="apply pseudonyms"))
    with pytest.raises(NotReady, match="No interview"):
        hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut"), unscanned)
    with Session(house.vault.database.reader) as session:
        recording = session.scalars(sa.select(Recording)).one()
    ragna = house.desk("ragna")
    with (
        pytest.raises(Denied, match="not released"),
        ragna.act(Action.HAND_OFF_RECORDING, recording, Purpose.ANALYSE),
    ):
        pytest.fail("the door opened")


@pytest.mark.parametrize("during", [Action.HAND_OFF_RECORDING, Action.HAND_OFF])
def test_a_withdrawal_during_the_hand_off_stops_all_of_it(house: House, tmp_path: Path, during: Action) -> None:
    """While packing, and up to the register's commit: nothing is written, and run again it goes without them."""
    _participant(house, "P01")
    second = _participant(house, "P02")
    slow = meanwhile(house.desk("ragna"), during, lambda: consent.withdraw(house.desk("astrid"), second))
    with pytest.raises(Denied, match=r"withdrawn|changed meanwhile"):
        hand_off(slow, house.study, _order(tmp_path / "ut"), unscanned)
    assert (_outside(tmp_path), _rows(house)) == ([], [])
    again = hand_off(house.desk("ragna"), house.study, _order(tmp_path / "ut"), unscanned)
    assert (again.interviews, sum(again.left_out.values())) == (1, 1)


def test_a_consent_narrowed_at_the_last_moment_counts(house: House, tmp_path: Path) -> None:
    """A new record that leaves the purpose out, after the interviews' doors closed, stops the hand-off too."""
    participant = _participant(house, "P01")
    slow = meanwhile(
        house.desk("ragna"),
        Action.HAND_OFF,
        lambda: consent.record(house.desk("ivar"), participant, given((Purpose.RECORD,))),
    )
    with pytest.raises(Denied, match="changed meanwhile"):
        hand_off(slow, house.study, _order(tmp_path / "ut"), unscanned)
    assert (_outside(tmp_path), _rows(house)) == ([], [])


def _set_back(house: House) -> None:
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.update(Recording).values(stage="review"))


def _release_anew(house: House) -> None:
    """As when a name was found that the first release still says."""
    with Session(house.vault.database.reader) as session:
        recording = session.scalars(sa.select(Recording)).one()
    with house.desk("ragna").act(Action.RELEASE, recording, Purpose.ANALYSE) as act:
        act.seal(recording, "released", interview(("Nei.",)).transcript.to_bytes(), MADE_BY, 2)


@pytest.mark.parametrize("during", [Action.HAND_OFF_RECORDING, Action.HAND_OFF])
@pytest.mark.parametrize("happens", [_set_back, _release_anew])
def test_a_release_that_no_longer_stands_stops_the_hand_off(
    house: House, tmp_path: Path, during: Action, happens: Callable[[House], None]
) -> None:
    """Set back or released anew, while it was packed or up to the register's commit: the old text does not go out."""
    _participant(house, "P01")
    slow = meanwhile(house.desk("ragna"), during, lambda: happens(house))
    with pytest.raises((Denied, NotReady), match=r"not released|anew|meanwhile"):
        hand_off(slow, house.study, _order(tmp_path / "ut"), unscanned)
    assert (_outside(tmp_path), _rows(house)) == ([], [])


def test_nothing_lies_in_the_place_before_the_register_has_it(house: House, tmp_path: Path) -> None:
    """Killed at the moment before its commit, a hand-off would have left no folder of that name."""
    _participant(house, "P01")
    folder, seen = tmp_path / "ut", []
    slow = meanwhile(house.desk("ragna"), Action.HAND_OFF, lambda: seen.append((folder.exists(), _rows(house))))
    hand_off(slow, house.study, _order(folder), unscanned)
    assert seen == [(False, [])]
    assert folder.is_dir()


@pytest.mark.parametrize("before", ["nothing", "an empty folder"])
def test_a_register_that_cannot_be_written_leaves_no_files(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """Whether or not the folder was there before, it is afterwards as it was."""
    _participant(house, "P01")
    if before != "nothing":
        (tmp_path / "ut").mkdir()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    slow = meanwhile(
        house.desk("ragna"), Action.HAND_OFF, lambda: monkeypatch.setattr(type(house.vault.ledger), "append", full)
    )
    with pytest.raises(StorageFailed):
        hand_off(slow, house.study, _order(tmp_path / "ut"), unscanned)
    assert _outside(tmp_path) == ([] if before == "nothing" else ["ut"])
    assert list((tmp_path / "ut").glob("*")) == []
    assert _rows(house) == []


def test_of_two_hand_offs_to_one_folder_the_first_stays(house: House, tmp_path: Path) -> None:
    """The slower one is refused and removes nothing of the other's."""
    _participant(house, "P01")
    ragna, order = house.desk("ragna"), _order(tmp_path / "ut")
    slow = meanwhile(ragna, Action.HAND_OFF, lambda: hand_off(ragna, house.study, order, unscanned))
    with pytest.raises(AlreadyThere):
        hand_off(slow, house.study, order, unscanned)
    inside = json.loads((tmp_path / "ut" / "manifest.json").read_bytes())["about"]["handoff"]
    assert inside in {row.id for row in _rows(house)}
    assert _outside(tmp_path) == ["ut"]
