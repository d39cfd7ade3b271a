"""Hashes of the ledger's tree, kept in tiles, so that a proof reads a few rows and not every leaf.

A tile holds the hashes of up to 256 neighbouring nodes: on level 0 of leaves, on each level above of the full tiles
below (c2sp.org/tlog-tiles). A tile of leaves is kept once it is full; one above grows with each full tile below.
Tiles are derived: one that is missing is computed from what is below it, and who makes a proof checks it before
giving it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import ledger_rows, merkle
from storage.records import LedgerTile

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.merkle import Span

WIDTH = 256
LEVELS = 8  # a tile is this many levels of the tree high
# Made once: to put a question together costs more than to ask it.
_HASHES = sa.select(LedgerTile.hashes).where(
    LedgerTile.level == sa.bindparam("level"), LedgerTile.number == sa.bindparam("number")
)


class Tiles:
    """The nodes of the tree in one session; with `stored` false, all of them from the leaves."""

    def __init__(self, session: Session, *, stored: bool = True) -> None:
        self._session = session
        self._stored = stored
        self._known: dict[tuple[int, int], list[bytes]] = {}

    def root_of(self, span: Span) -> bytes:
        """The root over the entries of a span that is a subtree and in the ledger."""
        return merkle.fold([self._node(*full) for full in merkle.full_spans(span)])

    def grow(self, first: int, hashes: list[bytes]) -> None:
        """Keep what entries from position `first` on, with these leaf hashes, have filled."""
        number, end = first // WIDTH, first + len(hashes)
        if end // WIDTH == number:
            return
        row = [*self._hashes(0, number, first % WIDTH), *hashes]
        for full in range(number, end // WIDTH):
            at = (full - number) * WIDTH
            self._keep(0, full, row[at : at + WIDTH])
        self._session.flush()

    def _node(self, start: int, end: int) -> bytes:
        """The root over a full subtree: from hashes of the highest level of tiles that has them."""
        level, height = divmod((end - start).bit_length() - 1, LEVELS)
        unit = WIDTH**level
        number, slot = divmod(start // unit, WIDTH)
        return merkle.root(self._hashes(level, number, slot + (1 << height))[slot:])

    def _hashes(self, level: int, number: int, count: int) -> list[bytes]:
        """The first `count` hashes of a tile, which stand over what is in the ledger."""
        known = self._known.setdefault((level, number), [])
        if len(known) < count and self._stored:
            known[:] = self._read(level, number)
        if len(known) < count:
            known[:] = self._compute(level, number, count)
        return known[:count]

    def _compute(self, level: int, number: int, count: int) -> list[bytes]:
        first = number * WIDTH
        if level == 0:
            return [merkle.leaf_hash(leaf) for leaf in ledger_rows.leaves(self._session, first, first + count)]
        return [merkle.root(self._hashes(level - 1, child, WIDTH)) for child in range(first, first + count)]

    def _keep(self, level: int, number: int, hashes: list[bytes]) -> None:
        """Write a tile; a full one is a hash in the tile above."""
        self._known[level, number] = hashes
        row = self._row(level, number)
        if row is None:
            self._session.add(LedgerTile(level=level, number=number, hashes=b"".join(hashes)))
        else:
            row.hashes = b"".join(hashes)
        if len(hashes) == WIDTH:
            above, slot = divmod(number, WIDTH)
            self._keep(level + 1, above, [*self._hashes(level + 1, above, slot), merkle.root(hashes)])

    def _read(self, level: int, number: int) -> list[bytes]:
        data = self._session.scalar(_HASHES, {"level": level, "number": number}) or b""
        return [data[at : at + merkle.HASH_SIZE] for at in range(0, len(data), merkle.HASH_SIZE)]

    def _row(self, level: int, number: int) -> LedgerTile | None:
        query = sa.select(LedgerTile).where(LedgerTile.level == level, LedgerTile.number == number)
        return self._session.scalars(query).one_or_none()
