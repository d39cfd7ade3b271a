"""Makes the Nth call to the system or statement to a database fail: once or for good, before or after it took effect.

A room whose calls to the system all stand as `os.…` is tested by swapping that name in its modules; databases are
tested through SQLAlchemy's events. Neither touches the code under test.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

CALLS = {"mkdir", "open", "write", "fsync", "rename", "replace", "link", "unlink", "rmdir", "ftruncate", "close"}


@dataclass(frozen=True)
class Way:
    """How a call fails: with which errno, after all having taken effect or not, once or from then on."""

    code: int
    persists: bool
    lasts: bool

    def __str__(self) -> str:
        effect = "persisted" if self.persists else "failed"
        return f"{errno.errorcode[self.code]}, {effect}, {'for good' if self.lasts else 'once'}"


WAYS = [
    Way(code, persists, lasts)
    for code in (errno.ENOSPC, errno.EIO)
    for persists in (False, True)
    for lasts in (False, True)
]
PAIR = [Way(errno.EIO, persists=False, lasts=False), Way(errno.EIO, persists=True, lasts=False)]


class FailingOs:
    """The `os` module, whose Nth call that changes or opens something fails; a failing write may write a part."""

    def __init__(self, at: int, way: Way) -> None:
        self.at, self.way, self.count = at, way, 0

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        return self._wrap(name, real) if name in CALLS else real

    def _wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.count += 1
            if not self._fails():
                return real(*arguments, **named)
            if name == "write" and not self.way.persists:
                real(arguments[0], memoryview(arguments[1])[: len(arguments[1]) // 2])  # a short write, then the error
            elif self.way.persists or name == "close":  # Linux lets a descriptor go even where close reports an error
                self._let_go(name, real(*arguments, **named))
            raise OSError(self.way.code, "a text that holds a path", "/secret/path")

        return call

    @staticmethod
    def _let_go(name: str, result: Any) -> None:
        if name == "open":
            os.close(result)

    def _fails(self) -> bool:
        return self.count == self.at or (self.way.lasts and self.count > self.at)


@contextmanager
def failing_os(modules: list[ModuleType], at: int, way: Way) -> Iterator[FailingOs]:
    """For as long as the body runs, `os` in these modules fails at its Nth call."""
    stand_in = FailingOs(at, way)
    for module in modules:
        module.os = stand_in  # type: ignore[attr-defined]  # each of them has imported it
    try:
        yield stand_in
    finally:
        for module in modules:
            module.os = os  # type: ignore[attr-defined]  # as above


@contextmanager
def failing_databases(at: int, way: Way) -> Iterator[list[int]]:
    """For as long as the body runs, the Nth statement or commit on any database fails; yields how many there were."""
    count = [0]

    def fails() -> bool:
        count[0] += 1
        return count[0] == at or (way.lasts and count[0] > at)

    def before(_connection: sa.Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if fails():
            if way.persists and not isinstance(parameters, list):
                cursor.execute(statement, parameters)
            raise _error(statement)

    def commit(connection: sa.Connection) -> None:
        if fails():
            if way.persists:
                connection.connection.commit()
            raise _error("COMMIT")

    sa.event.listen(sa.Engine, "before_cursor_execute", before)
    sa.event.listen(sa.Engine, "commit", commit)
    try:
        yield count
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", before)
        sa.event.remove(sa.Engine, "commit", commit)


def _error(statement: str) -> OperationalError:
    return OperationalError(statement, None, OSError(errno.EIO, "a text that holds a path", "/secret/path"))


def at_every_call(
    act: Callable[[], object], check: Callable[[BaseException | None], None], modules: list[ModuleType], way: Way
) -> int:
    """Run `act` with its Nth call failing, N = 1, 2, … until a run is clean; `check` states what must hold after each.

    Returns the N of the clean run; `check` gets the error of a run, or None.
    """
    at = 0
    while True:
        at += 1
        with failing_os(modules, at, way) as stand_in:
            error = _try(act)
        check(error)
        if stand_in.count < at:
            return at


def at_every_statement(act: Callable[[], object], check: Callable[[BaseException | None], None], way: Way) -> int:
    """The same for statements and commits on databases."""
    at = 0
    while True:
        at += 1
        with failing_databases(at, way) as count:
            error = _try(act)
        check(error)
        if count[0] < at:
            return at


def _try(act: Callable[[], object]) -> BaseException | None:
    try:
        act()
    except Exception as error:  # noqa: BLE001  # whatever comes is what `check` judges
        return error
    return None
