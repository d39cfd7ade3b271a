"""Takes the ledger away in the middle: from the Nth write to either of its homes on, both of them fail.

A write is a statement that changes a table of the ledger, the commit of a transaction in which one did, or a call to
the system for the ledger's file. All else works on, so what gets out then gets out without the ledger.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from storage import files, ledger_file, ledger_rows
from storage.ledger import Entry
from storage.records import new_id
from tests.faults.failing import FailingOs, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.vault import Vault

HOMES = [ledger_file, files]
GONE = Way(errno.EIO, persists=False, lasts=True)
SILENT = Way(errno.EIO, persists=True, lasts=True)  # what failed was done all the same
FLAG = "wrote to the ledger"
MOST = 400  # no act of these tests writes more often


@dataclass
class Meter:
    """Counts the writes and fails those from `at` on; with `file_gone` that one in the database, all in the file."""

    at: int
    way: Way
    file_gone: bool = False
    count: int = 0

    def database_fails(self) -> bool:
        """Whether this write to the database fails."""
        self.count += 1
        return self.count == self.at if self.file_gone else self.count >= self.at

    def file_fails(self) -> bool:
        """Whether this call for the file fails."""
        return True if self.file_gone else self.database_fails()

    def statement(self, connection: sa.Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        """Hears of a statement before it is run."""
        if not statement.startswith(("INSERT INTO ledger_", "UPDATE ledger_")):
            return
        connection.info[FLAG] = True
        if self.database_fails():
            if self.way.persists and not isinstance(parameters, list):
                cursor.execute(statement, parameters)
            raise _error(statement)

    def commit(self, connection: sa.Connection) -> None:
        """Hears of a commit before it is made."""
        if connection.info.pop(FLAG, False) and self.database_fails():
            if self.way.persists:
                connection.connection.commit()
            raise _error("COMMIT")

    @staticmethod
    def rollback(connection: sa.Connection) -> None:
        """Hears of a rollback."""
        connection.info.pop(FLAG, None)


class _Os(FailingOs):
    def __init__(self, meter: Meter) -> None:
        super().__init__(meter.at, meter.way)
        self._meter = meter

    def _fails(self) -> bool:
        return self._meter.file_fails()


@contextmanager
def ledger_down(at: int, way: Way, *, file_gone: bool = False) -> Iterator[Meter]:
    """For as long as the body runs, the ledger fails from its `at`th write on."""
    meter = Meter(at, way, file_gone)
    with _no_database(meter), _no_file(meter):
        yield meter


@contextmanager
def _no_file(meter: Meter) -> Iterator[None]:
    stand_in = _Os(meter)
    for module in HOMES:
        module.os = stand_in  # type: ignore[attr-defined]  # each of them has imported it
    try:
        yield
    finally:
        for module in HOMES:
            module.os = os  # type: ignore[attr-defined]  # as above


@contextmanager
def _no_database(meter: Meter) -> Iterator[None]:
    listeners: dict[str, Callable[..., None]] = {
        "before_cursor_execute": meter.statement,
        "commit": meter.commit,
        "rollback": meter.rollback,
    }
    for name, heard in listeners.items():
        sa.event.listen(sa.Engine, name, heard)
    try:
        yield
    finally:
        for name, heard in listeners.items():
            sa.event.remove(sa.Engine, name, heard)


def _error(statement: str) -> OperationalError:
    return OperationalError(statement, None, OSError(errno.EIO, "a text that holds a path", "/secret/path"))


def at_every_write(
    act: Callable[[], object], check: Callable[[BaseException | None], None], way: Way, *, file_gone: bool = False
) -> int:
    """Run `act` with the ledger failing from its Nth write on, N = 1, 2, … until a run is clean; returns that N.

    `check` states what must hold after each; it gets the error of the run, or None.
    """
    for at in range(1, MOST):
        with ledger_down(at, way, file_gone=file_gone) as meter:
            error = _try(act)
        check(error)
        if meter.count < at:
            return at
    raise AssertionError(MOST)


def _try(act: Callable[[], object]) -> BaseException | None:
    try:
        act()
    except Exception as error:  # noqa: BLE001  # whatever comes is what `check` judges
        return error
    return None


@dataclass
class Said:
    """What the ledger says from entry `size` on."""

    vault: Vault
    size: int

    @classmethod
    def from_now(cls, vault: Vault) -> Said:
        """From here on."""
        return cls(vault, int(vault.ledger.checkpoint().splitlines()[1]))

    def entries(self) -> list[dict[str, Any]]:
        """Everything since: what only the file could take goes into the tree with an entry that nothing hinders."""
        self.vault.ledger.record(Entry("settled", new_id()))
        since = itertools.chain.from_iterable(ledger_rows.pages(self.vault.database.reader, self.size))
        return [json.loads(leaf) for _, leaf in since]

    def allowed(self) -> set[str]:
        """The acts that were let in."""
        return {entry["act"] for entry in self.entries() if entry["event"] == "decision" and entry["allow"]}

    def kept(self) -> set[str]:
        """The acts that ended well."""
        return {entry["act"] for entry in self.entries() if entry["event"] == "outcome" and entry["ok"]}
