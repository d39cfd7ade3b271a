"""The append-only audit log: an RFC 6962 Merkle tree whose head is a C2SP checkpoint, signed with Ed25519.

It has two homes, best on two disks: the database, whose rows are the tree, and a file that follows them. An entry
counts as taken when one of them has it; one that only the file could take waits there and goes into the tree with the
next that the database takes. If neither takes it, nothing opens.

`append` runs inside the caller's transaction, who calls `follow` after the commit; `record` does all of it.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from storage import ledger_rows, merkle
from storage.errors import StorageFailed, TillitError
from storage.ledger_file import LedgerFile
from storage.ledger_group import Together
from storage.ledger_leaf import Entry, Leaf, commitment, leaf_of
from storage.ledger_proof import Growth, Proof
from storage.ledger_prover import Prover
from storage.ledger_rows import HEAD, Head
from storage.ledger_tiles import Tiles
from storage.ledger_verify import Verified, Verifier, differences
from storage.records import LedgerHead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.database import Database
    from storage.note import Signer

__all__ = ["Entry", "Growth", "Ledger", "Proof", "Verified", "commitment"]

UNWRITTEN = "The ledger could not be written, so nothing was opened. Check the disk and run `tillit doctor`."
UNFOLLOWED = "The ledger's file could not be written ({why}); what it lacks is in the database. Check the file's disk."
UNREADABLE = "The ledger's file or the database could not be read just now. Check their disks."
AHEAD = "The ledger's file has more entries than the database. Run `tillit audit verify`."


class Ledger:
    """The ledger of one vault; `file` is the path of its second home, which need not be there yet."""

    def __init__(self, database: Database, signer: Signer, file: Path) -> None:
        self._database = database
        self.signer = signer
        self._file = LedgerFile(file, signer)
        self._together = Together(self._record_all)
        self._unfollowed: str | None = None

    def start(self, session: Session) -> None:
        """Write the head of an empty ledger."""
        frontier = merkle.Frontier()
        checkpoint = self.signer.checkpoint(0, frontier.root())
        session.add(LedgerHead(id=HEAD, size=0, frontier=frontier.to_bytes(), checkpoint=checkpoint))

    def record(self, entry: Entry) -> int | None:
        """Make `entry` durable; calls from several threads share a transaction. Returns its position.

        None if only the file could take it. It then waits, and what opens its commitments is not kept. Raises
        StorageFailed if nothing took it, and then nothing may open.
        """
        return self._together(leaf_of(entry))

    def append(self, session: Session, entry: Entry) -> int:
        """Append `entry` in the caller's transaction; returns its position, from 0."""
        return self._append(session, [leaf_of(entry)])

    def append_all(self, session: Session, entries: Iterable[Entry]) -> int:
        """Append many entries in the caller's transaction, under one signature; returns the first one's position."""
        return self._append(session, [leaf_of(entry) for entry in entries])

    def follow(self) -> None:
        """Bring the file up to what the database has committed. Never raises: `warnings` says what went wrong."""
        try:
            self._file.follow(lambda first: ledger_rows.pages(self._database.reader, first), self._missing)
            self._unfollowed = None
        except OSError as error:
            self._unfollowed = errno.errorcode.get(error.errno or 0, "unknown")
        except (SQLAlchemyError, TillitError):
            self._unfollowed = "database"

    def warnings(self) -> list[str]:
        """What is wrong with the file, in sentences: not written, behind or ahead of the database, entries waiting."""
        said = [UNFOLLOWED.format(why=self._unfollowed)] if self._unfollowed else []
        try:
            tail = self._file.tail()
            with Session(self._database.reader) as session:
                lacking = ledger_rows.head(session).size - (tail.last + 1)
            waiting = len(self._missing(tail.waiting))
        except (OSError, SQLAlchemyError, TillitError):
            return said or [UNREADABLE]
        return [*said, *([AHEAD] if lacking < 0 else []), *differences(max(lacking, 0), waiting)]

    def checkpoint(self) -> str:
        """The newest signed checkpoint, a C2SP signed note."""
        with Session(self._database.reader) as session:
            return ledger_rows.head(session).checkpoint

    def leaves(self) -> Iterator[bytes]:
        """Every leaf in order, byte for byte."""
        for _, leaf in self.rows():
            yield leaf

    def rows(self) -> Iterator[tuple[int, bytes]]:
        """Every (position, leaf) in order."""
        for page in ledger_rows.pages(self._database.reader):
            yield from page

    def verify(self, kept: str | None = None) -> Verified:
        """Recompute the tree; `kept` is a checkpoint from elsewhere. Raises Damaged if anything disagrees."""
        return Verifier(self._database.reader, self._file, self.signer.vkey).verify(kept)

    def prove(self, position: int) -> Proof:
        """That the entry at `position` is in the ledger. Raises NotFound, Damaged if it cannot be shown."""
        return Prover(self._database.reader, self.signer.vkey).prove(position)

    def consistent(self, old_checkpoint: str, checkpoint: str | None = None) -> Growth:
        """That the ledger only grew from `old_checkpoint` to `checkpoint`, or to now. Raises Damaged if it did not."""
        return Prover(self._database.reader, self.signer.vkey).grew_from(old_checkpoint, checkpoint)

    def _record_all(self, leaves: list[Leaf]) -> list[int | None]:
        try:
            with Session(self._database.writer) as session, session.begin():
                first = self._append(session, leaves)
        except (SQLAlchemyError, OSError, StorageFailed):
            self._wait(leaves)
            return [None] * len(leaves)
        self.follow()
        return list(range(first, first + len(leaves)))

    def _wait(self, leaves: list[Leaf]) -> None:
        try:
            self._file.wait(leaves)
        except OSError:
            raise StorageFailed(UNWRITTEN) from None

    def _append(self, session: Session, new: list[Leaf]) -> int:
        """Append entries, behind those that waited in the file; returns the first new one's position."""
        waited = self._waited(session)
        leaves = [*waited, *new]
        head = ledger_rows.head(session)
        frontier, first = merkle.Frontier.from_bytes(head.frontier), head.size
        if not leaves:
            return first
        hashes = [merkle.leaf_hash(leaf.data) for leaf in leaves]
        ledger_rows.insert(session, first, leaves)
        Tiles(session).grow(first, hashes)
        frontier.extend(hashes)
        self._move_head(session, first, frontier)
        return first + len(waited)

    def _waited(self, session: Session) -> list[Leaf]:
        """Those of the file's waiting entries that are not in the tree yet; they go in now, or with a later entry."""
        try:
            waiting = self._file.tail().waiting
        except OSError:
            return []
        return ledger_rows.missing(session.connection(), waiting) if waiting else []

    def _missing(self, waiting: list[Leaf]) -> list[Leaf]:
        if not waiting:
            return []
        with self._database.reader.connect() as connection:
            return ledger_rows.missing(connection, waiting)

    def _move_head(self, session: Session, old_size: int, frontier: merkle.Frontier) -> None:
        checkpoint = self.signer.checkpoint(frontier.size, frontier.root())
        if not ledger_rows.move_head(session, old_size, Head(frontier.size, frontier.to_bytes(), checkpoint)):
            raise StorageFailed("Somebody else wrote to the ledger at the same time. Try again.")
