"""Every call to the system and every statement of the ledger fails once and for good: what was taken stays, once."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import files, ledger_file
from storage.errors import StorageFailed
from tests.faults import failing
from tests.faults.failing import WAYS, Way
from tests.storage.ledgers import Place, entry, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.ledger import Ledger

ROOMS = [ledger_file, files]


class Diary:
    """A ledger that is tried again and again, and what was promised about each entry."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.ledger: Ledger = place.make()
        self.next = 0
        self.taken: set[int] = set()

    def record(self) -> None:
        """Record the next entry; it was taken if this does not raise."""
        number = self.next
        self.next += 1
        self.ledger.record(entry(number))
        self.taken.add(number)

    def append(self) -> None:
        """The same in a transaction of one's own, as the door does it."""
        number = self.next
        self.next += 1
        with Session(self.place.database.writer) as session, session.begin():
            self.ledger.append(session, entry(number))
        self.taken.add(number)
        self.ledger.follow()

    def sound(self) -> None:
        """Reopened and used once more, the ledger has what it took, everything once, and its two homes agree."""
        self.place.close()
        self.ledger = self.place.open()
        self.record()
        counted = Counter(numbers(self.ledger))
        assert set(counted.values()) == {1}
        assert counted.keys() >= self.taken
        assert self.ledger.verify().warnings == ()


@pytest.fixture
def diary(tmp_path: Path) -> Iterator[Diary]:
    """A ledger in a folder of its own."""
    made = Diary(Place(tmp_path / "ledger"))
    yield made
    made.place.close()


def _break(place: Place) -> None:
    with place.database.writer.begin() as connection:
        connection.execute(
            sa.text("CREATE TRIGGER broken BEFORE UPDATE ON ledger_head BEGIN SELECT RAISE(ABORT, 'I/O'); END")
        )


def _mend(place: Place) -> None:
    with place.database.writer.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER IF EXISTS broken"))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_failing_file_stops_no_entry(diary: Diary, way: Way) -> None:
    """Whichever call for the file fails, the database has the entry, and the file catches up."""

    def check(error: BaseException | None) -> None:
        assert error is None
        diary.sound()

    assert failing.at_every_call(diary.record, check, ROOMS, way) > 3
    assert diary.taken == set(range(diary.next))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_failing_file_under_a_broken_database_takes_the_entry_or_refuses_it(diary: Diary, way: Way) -> None:
    """An entry that was not refused is in the tree once the database is back; a refusal is a sentence."""
    refused = []

    def check(error: BaseException | None) -> None:
        assert error is None or isinstance(error, StorageFailed)
        refused.append(error is not None)
        _mend(diary.place)
        diary.sound()
        _break(diary.place)

    _break(diary.place)
    failing.at_every_call(diary.record, check, ROOMS, way)
    assert any(refused)
    assert not refused[-1]


@pytest.mark.parametrize("way", WAYS[4:], ids=str)
def test_a_failing_database_stops_no_entry(diary: Diary, way: Way) -> None:
    """Whichever statement or commit fails, the file takes what the database does not, and nothing is there twice."""

    def check(error: BaseException | None) -> None:
        assert error is None
        diary.sound()

    assert failing.at_every_statement(diary.record, check, way) > 5
    assert diary.taken == set(range(diary.next))


@pytest.mark.parametrize("way", WAYS[4:], ids=str)
def test_a_transaction_of_the_callers_takes_its_entry_or_does_not(diary: Diary, way: Way) -> None:
    """An entry appended to somebody's transaction shares its fate, and one that waited goes in once all the same."""

    def check(_: BaseException | None) -> None:
        diary.sound()
        _break(diary.place)
        diary.record()
        _mend(diary.place)

    _break(diary.place)
    diary.record()
    _mend(diary.place)
    assert failing.at_every_statement(diary.append, check, way) > 6


def test_when_both_homes_fail_for_good_nothing_is_taken_that_is_not_kept(diary: Diary) -> None:
    """From any statement and any call on, both at once: an entry is refused, or it is there afterwards."""
    gone = Way(5, persists=False, lasts=True)
    refused = 0
    for statement in range(1, 9):
        for call in range(1, 9):
            with ExitStack() as faults:
                faults.enter_context(failing.failing_databases(statement, gone))
                faults.enter_context(failing.failing_os(ROOMS, call, gone))
                try:
                    diary.record()
                except StorageFailed:
                    refused += 1
            diary.sound()
    assert 0 < refused < 64


@pytest.mark.parametrize("way", WAYS[:4], ids=str)
def test_a_file_that_fails_while_it_catches_up_is_whole_afterwards(diary: Diary, way: Way) -> None:
    """A short write in the middle of many lines leaves no line that reads as another."""
    with Session(diary.place.database.writer) as session, session.begin():
        diary.ledger.append_all(session, map(entry, range(10_000, 10_040)))

    def check(_: BaseException | None) -> None:
        assert diary.ledger.verify().size >= 40
        diary.sound()
        diary.place.file.unlink()

    failing.at_every_call(diary.ledger.follow, check, ROOMS, way)
