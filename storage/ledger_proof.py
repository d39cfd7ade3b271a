"""Proofs that need no ledger to be checked: that it holds an entry, and that it only grew since a checkpoint.

Both are text: a few lines, hashes in base64, an empty line, the checkpoint they lead to. Sources: c2sp.org/tlog-proof
for an entry; for growth the request of c2sp.org/tlog-witness, which is what a witness would be sent.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from storage import ledger_rows, merkle, note
from storage.errors import Damaged, NotFound
from storage.ledger_tiles import Tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from storage.merkle import Span
    from storage.note import Checkpoint

FORMAT = "c2sp.org/tlog-proof@v1"
UNPROVABLE = "The ledger does not add up, so nothing can be proved by it. Run `tillit audit verify`."


@dataclass(frozen=True)
class Proof:
    """That the entry with these bytes stands at `index` (from 0) of the log that `checkpoint` signs for."""

    index: int
    leaf: bytes
    hashes: list[bytes]
    checkpoint: str

    def text(self) -> str:
        """As c2sp.org/tlog-proof has it; whoever checks it must be given the leaf too."""
        return "\n".join([FORMAT, f"index {self.index}", *_base64(self.hashes), "", self.checkpoint])


@dataclass(frozen=True)
class Growth:
    """That the log that `checkpoint` signs for begins with the first `old_size` entries as they once were."""

    old_size: int
    hashes: list[bytes]
    checkpoint: str

    def text(self) -> str:
        """As a witness is sent it, c2sp.org/tlog-witness."""
        return "\n".join([f"old {self.old_size}", *_base64(self.hashes), "", self.checkpoint])


class Prover:
    """Makes proofs from the database, and gives out none that does not hold."""

    def __init__(self, reader: sa.Engine, vkey: str) -> None:
        self._reader = reader
        self._vkey = vkey

    def prove(self, position: int) -> Proof:
        """That entry `position` is in the ledger. Raises NotFound if there is none, Damaged if it cannot be shown."""
        with Session(self._reader) as session:
            text, now = self._newest(session)
            if not 0 <= position < now.size:
                raise NotFound("The ledger has no entry {n}: its last is {last}.", n=position, last=now.size - 1)
            leaf = b"".join(ledger_rows.leaves(session, position, position + 1))
            hashed = merkle.leaf_hash(leaf)

            def holds(proof: list[bytes]) -> bool:
                return merkle.verify_inclusion(hashed, position, now.size, proof, now.root)

            hashes = _found(session, lambda root_of: merkle.inclusion_proof(root_of, position, now.size), holds)
        return Proof(position, leaf, hashes, text)

    def grew_from(self, old: Checkpoint) -> Growth:
        """That the ledger begins with what `old` signed for. Raises Damaged if it does not."""
        with Session(self._reader) as session:
            text, now = self._newest(session)
            if old.size > now.size:
                raise Damaged("The ledger is shorter than a signed checkpoint says: entries were cut off its end.")
            if old.size == 0:  # everything grew from nothing, and that takes no proof
                return Growth(0, [], text)
            part = (0, old.size)

            def holds(proof: list[bytes]) -> bool:
                return merkle.verify_consistency(part, now.size, proof, old.root, now.root)

            hashes = _found(session, lambda root_of: merkle.consistency_proof(root_of, part, now.size), holds)
        return Growth(old.size, hashes, text)

    def _newest(self, session: Session) -> tuple[str, Checkpoint]:
        text = ledger_rows.head(session).checkpoint
        return text, note.verify(self._vkey, text)


def _found(
    session: Session,
    make: Callable[[Callable[[Span], bytes]], list[bytes]],
    holds: Callable[[list[bytes]], bool],
) -> list[bytes]:
    """The proof from the tiles, or from the leaves alone if a tile is wrong. Raises Damaged if neither holds."""
    for stored in (True, False):
        proof = make(Tiles(session, stored=stored).root_of)
        if holds(proof):
            return proof
    raise Damaged(UNPROVABLE)


def _base64(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]
