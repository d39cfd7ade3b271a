"""When a hand-off is in bulk: the numbers of second_person.toml, and what of a study counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from policies import bulk, consent
from policies.bulk import Limits
from storage.errors import BadInput
from storage.records import Handoff, Recording
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from storage.records import Participant
    from tests.house_fixtures import House


def _keep(house: House, many: int, stage: str = "release") -> list[Participant]:
    """So many more participants with an interview each, at a stage."""
    with Session(house.vault.database.reader) as session:
        first = session.query(Recording).count()
    people = [house.participant(f"P{first + number:02}") for number in range(many)]
    for one in people:
        _set(house, keep(house, one), stage)
    return people


def _set(house: House, recording: Recording, stage: str) -> None:
    with Session(house.vault.database.writer) as session, session.begin():
        session.get_one(Recording, recording.id).stage = stage


def _is_bulk(house: House) -> bool:
    with Session(house.vault.database.reader) as session:
        return bulk.is_bulk(session, house.study.id)


def _hand_off_and_set_back(house: House, recipient: str) -> None:
    """As one does who takes a study out slice by slice: what went is released no more, and others can be."""
    with Session(house.vault.database.writer) as session, session.begin():
        rows = session.query(Recording).where(Recording.stage == "release").all()
        for row in rows:
            row.stage = "review"
        session.add(
            Handoff(
                study_id=house.study.id,
                recipient=recipient,
                purpose="share_text",
                recordings=[row.id for row in rows],
                manifest={},
                by_person_id=house.desk("ragna").who.id,
            )
        )


@pytest.mark.parametrize(
    ("going", "there", "expected"),
    [(5, 30, False), (6, 30, True), (3, 3, False), (4, 4, True), (4, 5, False), (0, 0, False), (0, 9, False)],
)
def test_more_than_five_or_a_whole_study_of_four(going: int, there: int, expected: bool) -> None:
    """As the file that comes with the house says."""
    assert bulk.limits().bulk(going, there) is expected
    assert bulk.limits() == Limits(5, 4)


@pytest.mark.parametrize(
    "text",
    [
        "", "[hand_off", "[hand_off]\nmore_than = 5", "hand_off = 5", "[hand_off]\nmore_than = 5\nwhole_from = -1",
        "[hand_off]\nmore_than = true\nwhole_from = 4", "[hand_off]\nmore_than = 5\nwhole_from = 4\nmost = 9",
    ],
)  # fmt: skip
def test_a_file_that_says_something_else_lets_nobody_hand_off(text: str) -> None:
    """Numbers that are missing, negative, of another kind or one too many are an error, not a guess."""
    with pytest.raises(BadInput, match=r"second_person\.toml"):
        bulk.read(text)


def test_what_is_not_released_counts_for_the_whole_alone(house: House) -> None:
    """Five of nine are one person's to hand off, six are not."""
    _keep(house, 5)
    _keep(house, 4, "review")
    assert not _is_bulk(house)
    _keep(house, 1)
    assert _is_bulk(house)


def test_the_rest_of_a_study_is_all_of_it(house: House) -> None:
    """Where one of five withdrew, the four that are left are the whole study."""
    people = _keep(house, 4)
    (last,) = _keep(house, 1, "review")
    assert not _is_bulk(house)
    consent.withdraw(house.desk("astrid"), last)
    assert _is_bulk(house)
    consent.withdraw(house.desk("astrid"), people[0])
    assert not _is_bulk(house)


@pytest.mark.parametrize("recipient", ["ragna", "Another"])
def test_a_study_does_not_go_in_slices(house: House, recipient: str) -> None:
    """What was handed off before counts with what is released now, whoever it went to; and once only."""
    _keep(house, 20, "review")
    _keep(house, 3)
    _hand_off_and_set_back(house, "ragna")
    _hand_off_and_set_back(house, recipient)
    _keep(house, 2)
    assert not _is_bulk(house)
    _keep(house, 1)
    assert _is_bulk(house)
