"""Rows against the ledger, which has a digest of each sealed row as the last act left it (storage/anchors.py)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from storage import anchors
from storage.fsck.finding import Finding
from storage.records import Study

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.database import Database
    from storage.records import Row

PAGE = 500
ALTERED = "This row is not as the ledger has it: it was edited, or another's contents were put in it. Restore it."
OLDER = "This row is as it was before a later act changed it: somebody put it back. Restore the newer one."
GONE = "The ledger has this row, and the database has not: it was deleted. Restore it from a backup."
REVIVED = "The ledger says that this row was destroyed, and here it is. Find out who put it back."
UNKNOWN = "No act made this row: the ledger does not know it. Find out who put it here."
BEFORE = "Nobody can say whether rows were changed that are from before the ledger kept digests of them: {n}."


class History:
    """What the ledger's entries say of each row, in order: its digests, None where it was destroyed.

    `late` is whether acts had changed studies before the first digest was kept, as in a vault of the first version.
    `begun` is the first entry with a digest of each sort of row, `made` the first with one of each row.
    """

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self.of: dict[str, list[str | None]] = {}
        self.late = False
        self.begun: dict[str, int] = {}
        self.made: dict[str, int] = {}
        for number, entry in enumerate(map(_entry, leaves)):
            self.late |= not self.of and _allowed_in_a_study(entry)
            for place, digest in _anchors(entry).items():
                self.of.setdefault(place, []).append(digest)
                self.begun.setdefault(place.partition("/")[0], number)
                self.made.setdefault(place, number)

    def is_older(self, row: Row) -> bool:
        """Whether a row is from before digests were kept of its sort: of studies, their keys' digests tell."""
        if not isinstance(row, Study):
            return anchors.is_older(row)
        made, begun = self.made.get(f"key/{row.id}"), self.begun.get("study")
        return made is not None and (begun is None or made < begun)

    def standing(self) -> set[str]:
        """The rows there should be."""
        return {place for place, digests in self.of.items() if digests[-1] is not None}


def examine(database: Database, history: History) -> list[Finding]:
    """Rows that were edited, swapped, deleted, added or rolled back. Raises DBAPIError."""
    found: list[Finding] = []
    lacking, unknown = history.standing(), 0
    for row in _rows(database):
        place = anchors.place(row)
        lacking.discard(place)
        if place not in history.of and (history.late or history.is_older(row)):
            unknown += 1
            continue
        found += _judge(place, anchors.digest(row), history)
    found += [Finding("row missing", place, GONE) for place in sorted(lacking)]
    return found + ([Finding("unverifiable", "rows", BEFORE.format(n=unknown))] if unknown else [])


def _judge(place: str, digest: str, history: History) -> Iterator[Finding]:
    digests = history.of.get(place)
    if digests is None:
        yield Finding("row extra", place, UNKNOWN)
    elif digest != digests[-1]:
        if digest in digests:
            yield Finding("rolled back", place, OLDER if digests[-1] else REVIVED)
        else:
            yield Finding("row altered", place, ALTERED) if digests[-1] else Finding("row extra", place, REVIVED)


def _rows(database: Database) -> Iterator[Row]:
    """Every row the ledger knows of, with no more of its columns than it takes: others may not even be readable."""
    with database.reader.connect() as connection:
        for table, sealed in anchors.ANCHORED.items():
            names = ("id", *sealed)
            columns = [_as_declared(getattr(table, name)).label(name) for name in names]
            for row in connection.execute(sa.select(*columns).execution_options(yield_per=PAGE)):
                yield table(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for a row as a mapping


def _as_declared(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """SQLite keeps what it is given, of whatever type; what is no longer bytes must be a finding and not a stumble."""
    return sa.cast(column, column.type) if isinstance(column.type, sa.LargeBinary) else column


def _entry(leaf: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(leaf)
    except ValueError:  # the ledger's own check names it
        return {}
    return entry if isinstance(entry, dict) else {}


def _anchors(entry: dict[str, Any]) -> dict[str, str | None]:
    """Of what was kept; a failed act's outcome has no rows, and one that is not known to have ended well says None."""
    rows = entry.get("rows")
    return rows if isinstance(rows, dict) and entry.get("ok", True) is True else {}


def _allowed_in_a_study(entry: dict[str, Any]) -> bool:
    """In a vault that kept digests from the start, making the first study comes before any such decision."""
    return entry.get("allow") is True and not str(entry.get("resource")).startswith("Vault/")
