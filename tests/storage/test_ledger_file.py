"""The ledger's second home: it follows the database, keeps what the database cannot take, and shows what differs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.errors import Damaged, StorageFailed
from storage.ledger import Entry
from storage.records import LedgerEntry
from tests.storage.ledgers import Place, entry, fill, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.ledger import Ledger


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A folder for a ledger."""
    made = Place(tmp_path / "ledger")
    yield made
    made.close()


def _break(place: Place) -> None:
    """From now on the database takes no entry."""
    with place.database.writer.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE TRIGGER broken BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
            )
        )


def _mend(place: Place) -> None:
    with place.database.writer.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER broken"))


def test_the_file_follows_the_database_line_by_line(place: Place) -> None:
    """After each entry the file has it at the end: its position, a space, its bytes; and nobody else may read it."""
    ledger = place.make()
    for number in range(3):
        ledger.record(entry(number))
        assert place.lines()[number:] == [b"%d %b" % (number, list(ledger.leaves())[number])]
    assert place.file.stat().st_mode & 0o777 == 0o600
    assert (ledger.warnings(), ledger.verify().warnings) == ([], ())


def test_what_was_committed_and_not_copied_is_copied_next_time(place: Place) -> None:
    """A kill between the commit and the copy leaves a file that lacks entries, says so, and catches up by itself."""
    ledger = place.make()
    with Session(place.database.writer) as session, session.begin():
        ledger.append(session, entry(0))  # and here the process dies
    ledger = place.open()
    assert ["lacks 1 of" in one for one in (*ledger.warnings(), *ledger.verify().warnings)] == [True, True]
    ledger.record(entry(1))
    assert len(place.lines()) == 2
    assert ledger.warnings() == []


def test_an_older_ledger_is_copied_whole(place: Place) -> None:
    """A ledger from before there was a file, or whose file was lost, has all its entries in the next one."""
    ledger = place.make()
    fill(place.database, ledger, 12_000)
    before = place.lines()
    place.file.unlink()
    assert "lacks 12000" in ledger.verify().warnings[0]
    ledger.follow()
    assert place.lines() == before


@pytest.mark.parametrize("left", range(0, 60, 7))
def test_a_line_cut_short_is_closed_and_passed_over(place: Place, left: int) -> None:
    """Wherever a crash cut the last line, the entry is copied again and nothing before it is touched."""
    ledger = place.make()
    fill(place.database, ledger, 5)
    whole = place.file.read_bytes()
    place.file.write_bytes(whole[: len(whole) - 1 - left])
    ledger = place.open()
    ledger.record(entry(5))
    assert place.file.read_bytes().startswith(whole[: len(whole) - 1 - left])
    assert ledger.verify().warnings == ()


def test_an_entry_the_database_cannot_take_waits_and_goes_in_with_the_next(place: Place) -> None:
    """It counts as taken, is told of, and stands in the tree before the entry that came after it, once."""
    ledger = place.make()
    ledger.record(entry(0))
    _break(place)
    assert ledger.record(entry(1)) is None
    assert ledger.record(entry(2)) is None
    assert "could not take: 2." in ledger.warnings()[-1]
    assert "could not take: 2." in ledger.verify().warnings[-1]
    _mend(place)
    ledger = place.open()
    assert ledger.record(entry(3)) == 3
    assert numbers(ledger) == [0, 1, 2, 3]
    ledger.record(entry(4))
    assert numbers(ledger) == [0, 1, 2, 3, 4]
    assert (ledger.warnings(), ledger.verify().warnings) == ([], ())


def test_nothing_is_copied_behind_an_entry_that_waits(place: Place) -> None:
    """What was committed elsewhere meanwhile stays out of the file until the waiting entry is in the tree."""
    ledger = place.make()
    _break(place)
    ledger.record(entry(0))
    _mend(place)
    waiting = place.file.read_bytes()
    place.file.unlink()
    with Session(place.database.writer) as session, session.begin():
        ledger.append(session, entry(1))  # on another machine, whose own file has nothing waiting
    place.file.write_bytes(waiting)
    ledger.follow()
    assert place.file.read_bytes() == waiting
    ledger.record(entry(2))
    assert numbers(ledger) == [1, 0, 2]
    assert ledger.verify().warnings == ()


def test_an_entry_that_was_in_the_tree_all_along_does_not_go_in_twice(place: Place) -> None:
    """A commit that took effect and reported an error leaves the entry in both homes, and it stays one entry."""
    ledger = place.make()

    def commit(connection: sa.Connection) -> None:
        connection.connection.commit()
        raise OSError(5, "the answer was lost")

    sa.event.listen(place.database.writer, "commit", commit)
    assert ledger.record(entry(0)) is None
    ledger = place.open()
    ledger.record(entry(1))
    assert numbers(ledger) == [0, 1]
    assert ledger.verify().warnings == ()


def test_if_neither_takes_it_nothing_is_taken(place: Place) -> None:
    """Without the database and without the file an entry is refused, in a sentence."""
    ledger = place.make()
    _break(place)
    place.file.mkdir()
    with pytest.raises(StorageFailed, match="nothing was opened"):
        ledger.record(entry(0))


def test_without_the_file_the_database_goes_on_and_it_is_told(place: Place) -> None:
    """A file that cannot be written stops nobody; the warnings and the check of the ledger say so."""
    ledger = place.make()
    place.file.mkdir()
    assert ledger.record(entry(0)) == 0
    assert "EISDIR" in ledger.warnings()[0]
    assert "could not be read" in ledger.verify().warnings[0]
    place.file.rmdir()
    ledger.follow()
    assert ledger.warnings() == []


def _forge(place: Place, ledger: Ledger) -> None:
    """Write into the file what says it waits, with the signature of another entry that did."""
    _break(place)
    ledger.record(entry(1))
    _mend(place)
    *before, line = place.lines()
    place.file.write_bytes(b"\n".join([*before, line.replace(b'"n":1', b'"n":9'), b""]))


def test_nobody_without_the_key_can_make_an_entry_wait(place: Place) -> None:
    """A waiting line that was edited never gets into the tree, and the check of the ledger finds it."""
    ledger = place.make()
    ledger.record(entry(0))
    _forge(place, ledger)
    with pytest.raises(Damaged, match="edited"):
        ledger.verify()
    ledger.record(entry(2))
    assert numbers(ledger) == [0, 2]
    with pytest.raises(Damaged, match="edited"):
        ledger.verify()


@pytest.mark.parametrize("what", ["edited", "removed", "moved", "spoilt", "doubled"])
def test_a_file_somebody_changed_shows(place: Place, what: str) -> None:
    """A line edited, removed, moved, made unreadable or doubled makes the check fail and names where."""
    ledger = place.make()
    fill(place.database, ledger, 6)
    lines = place.lines()
    changed = {
        "edited": [*lines[:3], lines[3].replace(b'"n":3', b'"n":7'), *lines[4:]],
        "removed": [*lines[:3], *lines[4:]],
        "moved": [*lines[:3], lines[4], lines[3], *lines[5:]],
        "spoilt": [*lines[:3], lines[3][:-1], *lines[4:]],
        "doubled": [*lines[:4], lines[3], *lines[4:]],
    }[what]
    place.file.write_bytes(b"\n".join([*changed, b""]))
    with pytest.raises(Damaged, match=f"differ at entry {4 if what == 'doubled' else 3}"):
        ledger.verify()


@pytest.mark.parametrize(
    "junk",
    [
        bytes(range(256)),
        b"\n\n\n",
        b"5 {}x",
        b"05 {}\n",
        b"5 {\n}\n",
        b'5 {"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
        b"-" + b"0" * 32 + b"-" + b"0" * 128 + b' {"n":1',
        b"x" * 300_000,
    ],
    ids=range(8),
)
def test_junk_at_the_end_of_the_file_is_passed_over(place: Place, junk: bytes) -> None:
    """Whatever a crash or a disk left behind the last line, what comes after is written and read."""
    ledger = place.make()
    fill(place.database, ledger, 5)
    with place.file.open("ab") as file:
        file.write(junk)
    assert ledger.record(entry(5)) == 5
    assert place.lines()[-1].startswith(b"5 ")
    assert ledger.verify().warnings == ()


def test_a_database_rolled_back_shows(place: Place) -> None:
    """A database without the newest entries is shorter than the file, and both the warnings and the check say so."""
    ledger = place.make()
    fill(place.database, ledger, 5)
    place.close()
    old = (place.folder / "records.db").read_bytes()
    place.open().record(entry(5))
    place.close()
    (place.folder / "records.db").write_bytes(old)
    ledger = place.open()
    assert "more entries than the database" in ledger.warnings()[0]
    with pytest.raises(Damaged, match="rolled back"):
        ledger.verify()


def test_an_entry_that_waited_and_is_not_in_the_tree_shows(place: Place) -> None:
    """Once copies stand behind a waiting line its entry must be in the database, under its id and with its bytes."""
    ledger = place.make()
    _break(place)
    ledger.record(entry(0))
    _mend(place)
    ledger.record(entry(1))
    with Session(place.database.writer) as session, session.begin():
        row = session.scalars(sa.select(LedgerEntry).where(LedgerEntry.position == 0)).one()
        row.id = "0" * 32
    with pytest.raises(Damaged, match="an entry that waited"):
        ledger.verify()


def test_a_waiting_entry_keeps_its_participant(place: Place) -> None:
    """The row of an entry that waited says whose it is, as its leaf does."""
    ledger = place.make()
    _break(place)
    ledger.record(Entry("test", "act", {"n": 0}, {}, "p" * 32))
    _mend(place)
    ledger.record(entry(1))
    with Session(place.database.reader) as session:
        row = session.scalars(sa.select(LedgerEntry).where(LedgerEntry.position == 0)).one()
    assert row.participant_id == json.loads(row.leaf)["participant"] == "p" * 32
