"""Reading everything back: what is missing, extra, cut short or altered, by name, without a key and without a change.

Three things are held against each other. A payload against the digest and size in its artefact's row; the row against
the digest that the ledger keeps of it; the ledger against its own tree and signature. So an altered payload shows in
its digest, a row that was altered to fit shows in the ledger, and the ledger shows it by itself. Only a whole vault
put back to an older day looks sound: against that, keep checkpoints elsewhere (`tillit audit verify --checkpoint`).

    finding    what a finding says
    payloads   sealed files against their rows
    rows       rows against the ledger
    ties       rows against each other: headers, keys and their parents, tombstones

Nothing is repaired, least of all by removing it: what looks extra may be what a restored database no longer knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from storage.errors import Damaged
from storage.fsck import payloads, rows, ties
from storage.fsck.finding import Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.database import Database
    from storage.ledger import Ledger
    from storage.objects import Objects

__all__ = ["Finding", "Kind", "examine"]

UNREADABLE = "The database cannot be read to its end, so what else is wrong is not known. Restore it from a backup."


def examine(database: Database, objects: Objects, ledger: Ledger, told: Callable[[int, int], None]) -> list[Finding]:
    """Everything that is not as it was kept; empty if all is well. `told` hears bytes read and bytes in all.

    Raises StorageFailed if the database's disk or the objects' server cannot be got at, so that nothing can be said.
    """
    found = [Finding("database", "database", fault) for fault in database.faults()]
    steps = (_ledger(ledger), _rows(database, ledger), payloads.examine(database, objects, told))
    for step in steps:
        try:
            found.extend(step)
        except (DBAPIError, database.reader.dialect.loaded_dbapi.Error):  # the ledger is read with the driver itself
            found.append(Finding("database", "database", UNREADABLE))
    return list(dict.fromkeys(found))  # each once


def _ledger(ledger: Ledger) -> Iterator[Finding]:
    try:
        for warning in ledger.verify().warnings:
            yield Finding("ledger", "ledger", warning)
    except Damaged as error:
        yield Finding("ledger", "ledger", error.sentence)


def _rows(database: Database, ledger: Ledger) -> Iterator[Finding]:
    """Looked at twice if need be: an act that ends between reading the ledger and reading the rows is no finding."""
    found = _rows_now(database, ledger)
    again = set(_rows_now(database, ledger)) if found else set()
    yield from (finding for finding in found if finding in again)


def _rows_now(database: Database, ledger: Ledger) -> list[Finding]:
    found = rows.examine(database, rows.History(ledger.leaves()))
    named = {finding.what for finding in found}
    return found + [finding for finding in ties.examine(database) if finding.what not in named]
