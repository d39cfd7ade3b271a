"""Rows come back from lines as they were, every type of column that the models have."""

from __future__ import annotations

import io
import tracemalloc
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from storage import migrate
from storage.backup import rows
from storage.errors import Damaged
from storage.records import LedgerEntry, Person, new_id, now
from tests.storage.backups import back_up, make_again

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.house_fixtures import House
    from tests.servers.databases import Place

COLUMNS = {"at": "moment", "on": "day", "raw": "bytes", "what": "json", "is": "flag", "n": "number", "name": "text"}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "at": st.datetimes(timezones=st.just(UTC)),
    "on": st.dates(),
    "raw": st.binary(max_size=100),
    "what": st.dictionaries(
        st.text(max_size=9), st.lists(st.integers() | st.text(max_size=9) | st.none(), max_size=3)
    ),
    "is": st.booleans(),
    "n": st.integers(-(2**63), 2**63 - 1),
    "name": st.text(max_size=30).filter(lambda text: text.isprintable()),
}


@given(st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()}))
def test_every_kind_of_value_comes_back(row: dict[str, Any]) -> None:
    """Moments, days, bytes, JSON, flags, numbers, texts and NULL are the same after a line of JSON."""
    line = rows.line("table", rows.encoded(COLUMNS, row))  # type: ignore[arg-type]  # a plain mapping will do
    assert line.count(b"\n") == 1
    [(name, content)] = rows.lines(io.BytesIO(line))
    assert (name, rows.decoded(COLUMNS, content)) == ("table", row)


@pytest.mark.parametrize("what", ["records", "link"])
def test_every_column_of_every_table_has_a_kind(what: str) -> None:
    """No model has a type that a backup would not know how to write, and parents come before children."""
    shape = rows.shape(migrate.METADATA[what])
    assert {kind for columns in shape.values() for kind in columns.values()} <= rows.KINDS.keys()
    order = list(shape)
    for table in migrate.METADATA[what].tables.values():
        for key in table.foreign_keys:
            assert order.index(key.column.table.name) <= order.index(table.name)


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", "yesterday"), ("at", 7), ("on", "2026-13-01"), ("raw", "not base64!"), ("raw", 7), ("no column", "x")],
)
def test_a_value_of_another_kind_is_damaged(column: str, value: object) -> None:
    """What cannot be read as its column's kind is Damaged, never a guess."""
    with pytest.raises(Damaged):
        rows.decoded(COLUMNS, {column: value})


@pytest.mark.parametrize("line", [b"{}\n", b'{"a":1,"b":2}\n', b"[]\n", b"7\n", b"{\n", b"\xff\n"])
def test_what_is_not_one_row_a_line_is_damaged(line: bytes) -> None:
    """No member, two, another type, half an object and bytes that are no text are Damaged."""
    with pytest.raises(Damaged):
        list(rows.lines(io.BytesIO(line)))


def test_a_moment_is_written_in_words_anybody_reads() -> None:
    """Times are ISO 8601 with their zone, days without a time."""
    row = {"at": datetime(2026, 1, 31, 12, tzinfo=UTC), "on": date(2026, 1, 31)}
    assert rows.encoded(COLUMNS, row) == {"at": "2026-01-31T12:00:00+00:00", "on": "2026-01-31"}  # type: ignore[arg-type]  # as above


def test_a_moment_lasts_as_long_as_it_is_looked_at(place: Place) -> None:
    """In either kind of database, what is committed meanwhile is not seen until the look is over."""
    database = place.made("records")
    everybody = sa.select(sa.func.count()).select_from(Person)
    with rows.at_one_moment(database.reader) as connection:
        assert connection.execute(everybody).scalar_one() == 0
        with Session(database.writer) as session, session.begin():
            session.add(Person(handle="late"))
        assert connection.execute(everybody).scalar_one() == 0
    with rows.at_one_moment(database.reader) as connection:
        assert connection.execute(everybody).scalar_one() == 1


def test_a_snapshot_takes_no_more_memory_than_a_page_of_it(house: House, tmp_path: Path) -> None:
    """Of twenty megabytes of rows a few are held at a time, going out and coming back."""
    leaf = bytes(4096)
    with house.vault.database.writer.begin() as connection:
        many = [{"id": new_id(), "position": n, "leaf": leaf, "created": now()} for n in range(10**6, 10**6 + 5000)]
        connection.execute(sa.insert(LedgerEntry), many)
    del many
    assert _peak(lambda: back_up(house.vault, tmp_path / "backup")) < 10e6
    assert _peak(lambda: make_again(tmp_path / "backup", tmp_path / "again")) < 10e6


def _peak(act: Callable[[], object]) -> int:
    """Bytes that Python held at most while it was done."""
    tracemalloc.start()
    act()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
