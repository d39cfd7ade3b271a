"""The append-only audit log: an RFC 6962 Merkle tree whose head is a C2SP checkpoint, signed with Ed25519.

A leaf is one line of JSON: opaque ids, a rule's id, an outcome. What could point at a person (the hash of their
recording) stands there only as a salted commitment; the salt is kept beside the leaf, so that it can be erased
while the tree still adds up. `append` runs inside the caller's transaction, `record` in one of its own.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from storage import age, merkle, note
from storage.errors import Damaged, StorageFailed
from storage.records import LedgerEntry, LedgerHead, now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database import Database

HEAD = "head"
PAGE = 5000


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `facts` go in the clear (ids, counts, rule ids), `committed` as commitments.

    What opens the commitments is sealed to `recipient`, the participant's; without one it is not kept.
    """

    event: str
    act: str
    facts: dict[str, Any] = field(default_factory=dict)
    committed: dict[str, str] = field(default_factory=dict)
    participant: str | None = None
    recipient: age.HybridRecipient | None = None


@dataclass(frozen=True)
class Verified:
    """What a check of the whole ledger found: how many entries, and the checkpoint they add up to."""

    size: int
    checkpoint: str


class Ledger:
    """The ledger of one vault."""

    def __init__(self, database: Database, signer: note.Signer) -> None:
        self._database = database
        self.signer = signer

    def start(self, session: Session) -> None:
        """Write the head of an empty ledger."""
        frontier = merkle.Frontier()
        checkpoint = self.signer.checkpoint(0, frontier.root())
        session.add(LedgerHead(id=HEAD, size=0, frontier=frontier.to_bytes(), checkpoint=checkpoint))

    def record(self, entry: Entry) -> int:
        """Append `entry` and make it durable; raises StorageFailed, and then nothing may open."""
        try:
            with Session(self._database.writer) as session, session.begin():
                return self.append(session, entry)
        except (DBAPIError, OSError):
            raise StorageFailed(
                "The ledger could not be written, so nothing was opened. Check the disk and run `tillit doctor`.",
            ) from None

    def append(self, session: Session, entry: Entry) -> int:
        """Append `entry` in the caller's transaction; returns its position, from 0."""
        head = session.get_one(LedgerHead, HEAD, populate_existing=True)
        frontier = merkle.Frontier.from_bytes(head.frontier)
        position, salts = head.size, {name: secrets.token_hex(16) for name in entry.committed}
        leaf = _leaf(entry, salts)
        frontier.add(merkle.leaf_hash(leaf))
        sealed = _sealed_openings(entry, salts)
        session.add(
            LedgerEntry(position=position, leaf=leaf, participant_id=entry.participant, sealed_openings=sealed),
        )
        self._move_head(session, position, frontier)
        return position

    def _move_head(self, session: Session, old_size: int, frontier: merkle.Frontier) -> None:
        moved = session.execute(
            sa.update(LedgerHead)
            .where(LedgerHead.id == HEAD, LedgerHead.size == old_size)
            .values(
                size=frontier.size,
                frontier=frontier.to_bytes(),
                checkpoint=self.signer.checkpoint(frontier.size, frontier.root()),
            )
            .execution_options(synchronize_session=False),
        )
        if moved.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult
            raise StorageFailed("Somebody else wrote to the ledger at the same time. Try again.")
        session.flush()

    def checkpoint(self) -> str:
        """The newest signed checkpoint, a C2SP signed note."""
        with self._database.reader.connect() as connection:
            return connection.execute(sa.select(LedgerHead.checkpoint).where(LedgerHead.id == HEAD)).scalar_one()

    def leaves(self) -> Iterator[bytes]:
        """Every leaf in order, byte for byte."""
        for row in self.rows():
            yield row.leaf

    def rows(self) -> Iterator[sa.Row[int, bytes]]:
        """Every (position, leaf) in order."""
        columns = sa.select(LedgerEntry.position, LedgerEntry.leaf).order_by(LedgerEntry.position)
        with self._database.reader.connect() as connection:
            yield from connection.execution_options(yield_per=PAGE).execute(columns)

    def verify(self, kept: str | None = None) -> Verified:
        """Recompute the tree; `kept` is a checkpoint from elsewhere. Raises Damaged if anything disagrees."""
        checkpoint = self.checkpoint()
        wanted = [self._trusted(checkpoint)]
        if kept is not None:
            wanted.append(self._kept(kept))
        frontier = merkle.Frontier()
        wanted = _compare(frontier, wanted)
        for position, leaf in self.rows():
            if position != frontier.size:
                raise Damaged("The ledger has a gap after entry {n}. Restore it from a backup.", n=frontier.size)
            frontier.add(merkle.leaf_hash(leaf))
            wanted = _compare(frontier, wanted)
        if wanted:
            raise Damaged("The ledger is shorter than a signed checkpoint says: entries were cut off its end.")
        if frontier.size > self._trusted(self.checkpoint()).size:  # read anew: others may have written meanwhile
            raise Damaged("The ledger has entries after its signed end: they were not written by Tillit.")
        return Verified(frontier.size, checkpoint)

    def _trusted(self, text: str) -> note.Checkpoint:
        return note.verify(self.signer.vkey, text)

    def _kept(self, text: str) -> note.Checkpoint:
        try:
            return self._trusted(text)
        except Damaged:
            raise Damaged(
                "What was given as a kept checkpoint is none that this ledger's key signed. It is another file, was "
                "edited or belongs to another vault; if you are sure of it, then this ledger was replaced."
            ) from None


def _compare(frontier: merkle.Frontier, wanted: list[note.Checkpoint]) -> list[note.Checkpoint]:
    """The checkpoints still to be reached; raises Damaged if one of this size has another root."""
    if any(one.size == frontier.size and one.root != frontier.root() for one in wanted):
        raise Damaged("The ledger does not add up to its checkpoint at entry {n}: it was edited.", n=frontier.size)
    return [one for one in wanted if one.size > frontier.size]


def _leaf(entry: Entry, salts: dict[str, str]) -> bytes:
    commitments = {name: commitment(salts[name], value) for name, value in entry.committed.items()}
    line = {"v": 1, "t": now().isoformat(), "event": entry.event, "act": entry.act, **entry.facts}
    if entry.participant:
        line["participant"] = entry.participant
    if commitments:
        line["committed"] = commitments
    return json.dumps(line, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _sealed_openings(entry: Entry, salts: dict[str, str]) -> bytes | None:
    """JSON of {name: [salt, value]}, an age file to the participant's recipient."""
    if not entry.committed or entry.recipient is None:
        return None
    openings = {name: [salts[name], value] for name, value in entry.committed.items()}
    return age.encrypt(json.dumps(openings).encode(), [entry.recipient])


def commitment(salt: str, value: str) -> str:
    """HMAC-SHA-256 of `value` under a random salt of 16 bytes: opens for who holds the salt, says nothing else."""
    return hmac.digest(bytes.fromhex(salt), value.encode(), "sha256").hex()
