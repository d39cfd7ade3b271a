"""Makes proofs from the database's tiles and leaves, and gives out none that does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.orm import Session

from storage import ledger_rows, merkle, note
from storage.errors import Damaged, NotFound
from storage.ledger_proof import Growth, Proof
from storage.ledger_tiles import Tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from storage.merkle import Span

Made = TypeVar("Made")
UNPROVABLE = "The ledger does not add up, so nothing can be proved by it. Run `tillit audit verify`."


class Prover:
    """Proves from the database that `reader` reads, whose checkpoints `vkey` verifies."""

    def __init__(self, reader: sa.Engine, vkey: str) -> None:
        self._reader = reader
        self._vkey = vkey

    def prove(self, position: int) -> Proof:
        """That entry `position` is in the ledger. Raises NotFound if there is none, Damaged if it cannot be shown."""
        with Session(self._reader) as session:
            text = ledger_rows.head(session).checkpoint
            size = note.verify(self._vkey, text).size
            if not 0 <= position < size:
                raise NotFound("The ledger has no entry {n}: its last is {last}.", n=position, last=size - 1)
            leaf = b"".join(ledger_rows.leaves(session, position, position + 1))

            def make(root_of: Callable[[Span], bytes]) -> Proof:
                return Proof(position, leaf, merkle.inclusion_proof(root_of, position, size), text)

            return _first_sound(session, make, lambda proof: proof.check(self._vkey))

    def grew_from(self, old_checkpoint: str, checkpoint: str | None) -> Growth:
        """That the ledger at `checkpoint`, or at its newest, begins with what `old_checkpoint` signed for.

        Raises Damaged if it does not, or if one of them is no checkpoint of this ledger.
        """
        old = note.verify(self._vkey, old_checkpoint)
        with Session(self._reader) as session:
            text = checkpoint or ledger_rows.head(session).checkpoint
            size = note.verify(self._vkey, text).size
            if old.size > size:
                raise Damaged("The ledger is shorter than a signed checkpoint says: entries were cut off its end.")

            def make(root_of: Callable[[Span], bytes]) -> Growth:
                hashes = merkle.consistency_proof(root_of, (0, old.size), size) if old.size else []
                return Growth(old.size, hashes, text)

            return _first_sound(session, make, lambda growth: growth.check(self._vkey, old_checkpoint))


def _first_sound(
    session: Session, make: Callable[[Callable[[Span], bytes]], Made], check: Callable[[Made], object]
) -> Made:
    """What the tiles give, or the leaves alone if a tile is wrong. Raises Damaged if neither holds."""
    made = make(Tiles(session).root_of)
    try:
        check(made)
    except Damaged:
        made = make(Tiles(session, stored=False).root_of)
        try:
            check(made)
        except Damaged:
            raise Damaged(UNPROVABLE) from None
    return made
