"""Reading the whole ledger back: its leaves against its checkpoints, its file against its leaves.

Everything streams: a page of leaves, its lines of the file beside it, the frontier of the tree. What makes the two
homes differ as no crash can is Damaged; what the file lacks at its end is said, for it follows later.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from storage import ledger_rows, merkle, note
from storage.errors import Damaged
from storage.ledger_file import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from storage.ledger_file import LedgerFile
    from storage.ledger_rows import Page
    from storage.note import Checkpoint

UNREAD = "The ledger's file could not be read, so the entries were checked in the database alone. Check its disk."
LACKING = "The ledger's file lacks {n} of the entries. The next act adds them; if it does not, check the file's disk."
WAITING = "Entries in the ledger's file that the database could not take: {n}. The next act adds them."


@dataclass(frozen=True)
class Verified:
    """What a check of the whole ledger found: its length, the checkpoint it adds up to, what the file lacks."""

    size: int
    checkpoint: str
    warnings: tuple[str, ...] = ()


class Verifier:
    """Checks one ledger: `reader` its database, `file` its second home, `vkey` its verifier key."""

    def __init__(self, reader: sa.Engine, file: LedgerFile, vkey: str) -> None:
        self._reader = reader
        self._file = file
        self._vkey = vkey

    def verify(self, kept: str | None) -> Verified:
        """Recompute the tree; `kept` is a checkpoint from elsewhere. Raises Damaged if anything disagrees."""
        try:
            with self._file.lines() as lines:  # first: each of its lines was in the database before it was there
                return self._verify(kept, Beside(self._file, lines))
        except OSError:
            return self._verify(kept, None)

    def _verify(self, kept: str | None, beside: Beside | None) -> Verified:
        checkpoint = self._newest()
        size = self._add_up(checkpoint, kept, beside)
        if beside is None:
            return Verified(size, checkpoint, (UNREAD,))
        with self._reader.connect() as connection:
            waiting = beside.settle(connection)
        return Verified(size, checkpoint, tuple(differences(beside.lacking, waiting)))

    def _add_up(self, checkpoint: str, kept: str | None, beside: Beside | None) -> int:
        frontier = merkle.Frontier()
        wanted = [self._trusted(checkpoint), *([] if kept is None else [self._kept(kept)])]
        wanted = _compare(frontier, wanted)
        for page in ledger_rows.pages(self._reader):
            wanted = _add(frontier, page, wanted)
            if beside is not None:
                beside.compare(page)
        if wanted:
            raise Damaged("The ledger is shorter than a signed checkpoint says: entries were cut off its end.")
        if frontier.size > self._trusted(self._newest()).size:  # read anew: others may have written meanwhile
            raise Damaged("The ledger has entries after its signed end: they were not written by Tillit.")
        return frontier.size

    def _newest(self) -> str:
        with Session(self._reader) as session:
            return ledger_rows.head(session).checkpoint

    def _trusted(self, text: str) -> Checkpoint:
        return note.verify(self._vkey, text)

    def _kept(self, text: str) -> Checkpoint:
        try:
            return self._trusted(text)
        except Damaged:
            raise Damaged(
                "What was given as a kept checkpoint is none that this ledger's key signed. It is another file, was "
                "edited or belongs to another vault; if you are sure of it, then this ledger was replaced."
            ) from None


class Beside:
    """The file's lines, read beside the database's leaves."""

    def __init__(self, file: LedgerFile, lines: Iterator[bytes]) -> None:
        self._file = file
        self._lines = lines
        self._line = next(lines, None)
        self._behind: dict[str, Line] = {}  # entries that waited and that copies follow: they are in the tree
        self._last: dict[str, Line] = {}  # the others
        self.lacking = 0

    def compare(self, page: Page) -> None:
        """Check the lines of the next entries. Raises Damaged if the file has something else in their place."""
        for position, leaf in page:
            if self._line == b"%d %b" % (position, leaf):
                self._line = next(self._lines, None)
            else:
                self._look_for(position, leaf)

    def settle(self, connection: sa.Connection) -> int:
        """Check what is left of the file, and that every entry that waited is in the tree; returns how many wait yet.

        Raises Damaged.
        """
        if self._next_copy() is not None:
            raise Damaged("The ledger's file has more entries than the database: the database was rolled back.")
        there = ledger_rows.by_id(connection, [*self._behind, *self._last])
        for name, line in (self._behind | self._last).items():
            taken = there.get(name)
            if taken != line.leaf and (taken is not None or name in self._behind or not self._file.is_ours(line)):
                raise Damaged("The ledger's file has an entry that waited, and the database has not: one was edited.")
        return len(self._last.keys() - there.keys())

    def _look_for(self, position: int, leaf: bytes) -> None:
        copy = self._next_copy()
        if copy is None:
            self.lacking += 1
        elif (copy.position, copy.leaf) != (position, leaf):
            raise Damaged(
                "The ledger's file and the database differ at entry {n}: one of them was edited.", n=position
            )
        else:
            self._behind |= self._last
            self._last = {}
            self._line = next(self._lines, None)

    def _next_copy(self) -> Line | None:
        """The next line with a position, past what was cut short; what waits before it is noted."""
        while self._line is not None:
            line = Line.parse(self._line)
            if line is not None and line.position is not None:
                return line
            if line is not None:
                self._last[line.id] = line
            self._line = next(self._lines, None)
        return None


def differences(lacking: int, waiting: int) -> list[str]:
    """What is to be said about a file that lacks so many entries, or has so many that wait."""
    return [text.format(n=n) for text, n in ((LACKING, lacking), (WAITING, waiting)) if n]


def _add(frontier: merkle.Frontier, page: Page, wanted: list[Checkpoint]) -> list[Checkpoint]:
    """Add a page of leaves, stopping at each checkpoint on the way; returns those still to be reached."""
    for number, (position, _) in enumerate(page, frontier.size):
        if position != number:
            raise Damaged("The ledger has a gap after entry {n}. Restore it from a backup.", n=number)
    hashes = [hashlib.sha256(b"\x00" + leaf).digest() for _, leaf in page]
    first = frontier.size
    stops = {one.size for one in wanted if one.size <= first + len(page)} | {first + len(page)}
    for stop in sorted(stops):
        frontier.extend(hashes[frontier.size - first : stop - first])
        wanted = _compare(frontier, wanted)
    return wanted


def _compare(frontier: merkle.Frontier, wanted: list[Checkpoint]) -> list[Checkpoint]:
    """The checkpoints still to be reached; raises Damaged if one of this size has another root."""
    if any(one.size == frontier.size and one.root != frontier.root() for one in wanted):
        raise Damaged("The ledger does not add up to its checkpoint at entry {n}: it was edited.", n=frontier.size)
    return [one for one in wanted if one.size > frontier.size]
