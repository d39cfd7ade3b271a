"""A hand-off in bulk: one person alone is refused, and what two agreed on goes out, no more and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from handoff.register import Handed, Order, hand_off, terms
from policies import consent, people
from policies.actions import CONSENTED, Action, Purpose
from storage.errors import Denied, NotReady, TakesTwo
from storage.records import Handoff, Recording, new_id
from storage.transcript import Provenance
from tests.handoff.examples import interview, unscanned
from tests.meanwhile import meanwhile

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Participant
    from tests.house_fixtures import House

MADE_BY = Provenance("release", "test", "1")
SEVERAL = 6


@pytest.fixture
def released(house: House) -> list[Participant]:
    """More interviews than one person hands off."""
    return [_released(house, f"P{number:02}") for number in range(1, SEVERAL + 1)]


def _released(house: House, code: str, stage: str = "release") -> Participant:
    made = house.participant(code, CONSENTED)
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=made.id, number=1, sha256="0" * 64, size=5,
        facts={"duration": 60.0}, model="base", by_person_id=house.desk("ivar").who.id, stage=stage,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, made, Purpose.RECORD) as act:
        act.add(recording)
        act.seal(recording, "released", interview(("Ja.",)).transcript.to_bytes(), MADE_BY)
    return made


def _order(folder: Path) -> Order:
    return Order(folder, ["txt"], "ragna", Purpose.ANALYSE, "en")


def _approved(house: House, order: Order) -> str:
    ragna = house.desk("ragna")
    return house.approved(Action.HAND_OFF_BULK, house.study, terms(ragna, house.study, order), "ragna")


def _hand_off(house: House, order: Order, request: str | None = None) -> Handed:
    return hand_off(house.desk("ragna"), house.study, order, unscanned, request)


def _set(house: House, person: Participant, stage: str) -> None:
    with Session(house.vault.database.writer) as session, session.begin():
        session.execute(sa.update(Recording).where(Recording.participant_id == person.id).values(stage=stage))


def _rows(house: House) -> int:
    with Session(house.vault.database.reader) as session:
        return len(session.scalars(sa.select(Handoff)).all())


@pytest.mark.usefixtures("released")
def test_alone_nothing_goes_out_and_with_anothers_approval_all_of_it_does_once(house: House, tmp_path: Path) -> None:
    """The same order, by the same person, is done by the approval, and not a second time."""
    order = _order(tmp_path / "ut")
    with pytest.raises(TakesTwo):
        _hand_off(house, order)
    request = _approved(house, order)
    assert _hand_off(house, order, request).interviews == SEVERAL
    with pytest.raises(Denied, match="used already"):
        _hand_off(house, _order(tmp_path / "again"), request)
    assert _rows(house) == 1


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize(
    "other", [{"formats": ["docx"]}, {"recipient": "Somebody else"}, {"purpose": Purpose.SHARE_TEXT}]
)
def test_another_order_than_was_approved_is_refused(house: House, tmp_path: Path, other: dict[str, object]) -> None:
    """Another form, recipient or purpose."""
    order = _order(tmp_path / "ut")
    request = _approved(house, order)
    with pytest.raises(Denied, match="another thing"):
        _hand_off(house, replace(order, **other), request)  # type: ignore[arg-type]  # fields of an order, by name
    assert _rows(house) == 0


def test_other_interviews_than_were_approved_are_refused(
    house: House, tmp_path: Path, released: list[Participant]
) -> None:
    """One more, one fewer, and as many of which one is another."""
    order, other = _order(tmp_path / "ut"), _released(house, "P09", "review")
    request = _approved(house, order)
    for stages in (("release", "release"), ("review", "review"), ("review", "release")):
        for person, stage in zip((released[0], other), stages, strict=True):
            _set(house, person, stage)
        with pytest.raises(Denied, match="another thing"):
            _hand_off(house, order, request)
    assert _rows(house) == 0


@pytest.mark.usefixtures("released")
def test_one_released_while_it_is_gathered_does_not_go_along(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the door has opened by the terms that were approved, not one interview more goes out."""
    order, other = _order(tmp_path / "ut"), _released(house, "P09", "review")
    request = _approved(house, order)
    check = "handoff.register._check_recipient"
    monkeypatch.setattr(check, lambda *_: _set(house, other, "release"))
    with pytest.raises(NotReady, match="meanwhile"):
        _hand_off(house, order, request)
    assert (_rows(house), (tmp_path / "ut").exists()) == (0, False)


def test_what_becomes_bulk_meanwhile_is_refused(house: House, tmp_path: Path) -> None:
    """Five are one person's to hand off, and a sixth that is released before the commit stops it."""
    for number in range(1, SEVERAL):
        _released(house, f"P{number:02}")
    sixth = _released(house, "P09", "review")
    slow = meanwhile(house.desk("ragna"), Action.HAND_OFF, lambda: _set(house, sixth, "release"))
    with pytest.raises(Denied, match="handed off by two"):
        hand_off(slow, house.study, _order(tmp_path / "ut"), unscanned)
    assert _rows(house) == 0


def test_the_rest_of_a_study_takes_two_when_a_part_went_before(
    house: House, tmp_path: Path, released: list[Participant]
) -> None:
    """Three now and, those set back, three more later are six."""
    for person in released[3:]:
        _set(house, person, "review")
    assert _hand_off(house, _order(tmp_path / "one")).interviews == 3
    for person in released:
        _set(house, person, "review" if person in released[:3] else "release")
    with pytest.raises(TakesTwo):
        _hand_off(house, _order(tmp_path / "two"))


def test_a_withdrawal_after_the_approval_stops_it(house: House, tmp_path: Path, released: list[Participant]) -> None:
    """What is left is another order, and is asked for again."""
    order = _order(tmp_path / "ut")
    request = _approved(house, order)
    consent.withdraw(house.desk("astrid"), released[0])
    with pytest.raises(Denied, match="another thing"):
        _hand_off(house, order, request)
    assert _hand_off(house, order, _approved(house, order)).interviews == SEVERAL - 1


@pytest.mark.usefixtures("released")
def test_whoever_asked_and_lost_the_role_hands_off_nothing(house: House, tmp_path: Path) -> None:
    """An approval is not a role."""
    order = _order(tmp_path / "ut")
    request = _approved(house, order)
    people.remove(house.desk("astrid"), house.study, "ragna")
    with pytest.raises(Denied):
        _hand_off(house, order, request)
