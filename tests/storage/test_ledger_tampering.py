"""Ten thousand entries, and somebody who holds the disk, the key or both: a checkpoint kept elsewhere tells.

Whoever holds the key signs what they like, so nothing here rests on the head of the ledger or on its file: the file
is gone, and each tampered ledger gets a head that is signed for it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import merkle, note
from storage.errors import Damaged
from storage.records import LedgerEntry
from tests.storage.ledgers import SIGNER, Place, fill, rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.ledger import Ledger

ENTRIES = 10_000
SAMPLE = range(0, ENTRIES, 623)


class Kept:
    """The ledger, its leaves, and the checkpoint that is kept elsewhere."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.ledger: Ledger = place.make()
        fill(place.database, self.ledger, ENTRIES)
        place.file.unlink()
        self.leaves = list(self.ledger.leaves())
        self.checkpoint = self.ledger.checkpoint()
        self.root = note.verify(SIGNER.vkey, self.checkpoint).root

    def detects(self, changed: list[bytes]) -> bool:
        """Whether `verify` refuses a ledger of these leaves, which its own signed head vouches for."""
        self.become(changed)
        assert self.ledger.verify().checkpoint != self.checkpoint
        try:
            self.ledger.verify(self.checkpoint)
        except Damaged:
            return True
        return False

    def become(self, leaves: list[bytes]) -> None:
        """Have these leaves, under a head that is signed for them."""
        rewrite(self.place.database, lambda _: leaves)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A ledger of ten thousand entries."""
    place = Place(tmp_path_factory.mktemp("tampering") / "ledger")
    yield Kept(place)
    place.close()


def _flips(leaf: bytes) -> Iterator[bytes]:
    """Every leaf that differs from this one in a single bit."""
    number, size = int.from_bytes(leaf, "big"), len(leaf)
    for bit in range(8 * size):
        yield (number ^ (1 << bit)).to_bytes(size, "big")


def test_no_bit_of_any_leaf_can_change_under_the_root(kept: Kept) -> None:
    """No flipped bit leaves a leaf its hash, and no other hash leads from any place to the root that is kept.

    The way from a place to the root is the one `verify` takes: there the same leaf hash gives the kept root, and
    a different one a different root, since each step hashes exactly what the one before gave.
    """
    hashes = [merkle.leaf_hash(leaf) for leaf in kept.leaves]
    nodes = _levels(hashes)
    for index, leaf in enumerate(kept.leaves):
        flipped = {hashlib.sha256(b"\x00" + other).digest() for other in _flips(leaf)}
        assert len(flipped) == 8 * len(leaf)
        assert hashes[index] not in flipped
        proof = [_root(nodes, span) for span in merkle.inclusion_spans(index, ENTRIES)]
        assert merkle.verify_inclusion(hashes[index], index, ENTRIES, proof, kept.root)
        assert not merkle.verify_inclusion(flipped.pop(), index, ENTRIES, proof, kept.root)


def _levels(hashes: list[bytes]) -> list[list[bytes]]:
    """Every full subtree's root: the leaves, their pairs, and so on up."""
    levels = [hashes]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([merkle.node_hash(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)])
    return levels


def _root(levels: list[list[bytes]], span: merkle.Span) -> bytes:
    full = merkle.full_spans(span)
    heights = [(end - start).bit_length() - 1 for start, end in full]
    return merkle.fold([levels[height][start >> height] for height, (start, _) in zip(heights, full, strict=True)])


def test_verify_finds_flipped_bits_all_over_the_ledger(kept: Kept) -> None:
    """A bit flipped in the database is found wherever it is, and still if the head is signed anew for it."""
    kept.become(kept.leaves)
    for number, position in enumerate(SAMPLE):
        leaf = kept.leaves[position]
        at = sa.update(LedgerEntry).where(LedgerEntry.position == position)
        with kept.place.database.writer.begin() as connection:
            connection.execute(at.values(leaf=list(_flips(leaf))[31 * number % (8 * len(leaf))]))
        with pytest.raises(Damaged, match="edited"):
            kept.ledger.verify(kept.checkpoint)
        with kept.place.database.writer.begin() as connection:
            connection.execute(at.values(leaf=leaf))
    assert kept.ledger.verify(kept.checkpoint).size == ENTRIES
    assert kept.detects([*kept.leaves[:300], next(_flips(kept.leaves[300])), *kept.leaves[301:]])


@pytest.mark.parametrize("left", [0, 1, 4096, 6000, 9999])
def test_verify_finds_a_ledger_cut_short(kept: Kept, left: int) -> None:
    """Yesterday's ledger, or however little is left of today's, is refused beside today's checkpoint."""
    assert kept.detects(kept.leaves[:left])


@pytest.mark.parametrize(("one", "other"), [(0, 1), (0, 9999), (8191, 8192), (123, 9876)])
def test_verify_finds_entries_in_another_order(kept: Kept, one: int, other: int) -> None:
    """Two entries that changed places are found, neighbours and far apart."""
    swapped = list(kept.leaves)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert kept.detects(swapped)


@pytest.mark.parametrize("since", [0, 5000, 9999])
def test_verify_finds_a_fork(kept: Kept, since: int) -> None:
    """A ledger that took another way from some entry on is found, though it is longer by now."""
    assert kept.detects([*kept.leaves[:since], *(b"{}" for _ in range(ENTRIES + 5 - since))])


@pytest.mark.parametrize(("what", "to"), [(0, 1), (77, 5000)])
def test_verify_finds_a_replay(kept: Kept, what: int, to: int) -> None:
    """An entry that was put in a second time is found."""
    assert kept.detects([*kept.leaves[:to], kept.leaves[what], *kept.leaves[to:]])


def test_verify_finds_a_replay_at_the_end(kept: Kept) -> None:
    """A copy behind all that is signed for is no part of the ledger; signed for, it is one entry more than it was."""
    kept.become(kept.leaves)
    with Session(kept.place.database.writer) as session, session.begin():
        session.add(LedgerEntry(position=ENTRIES, leaf=kept.leaves[-1], participant_id=None))
    with pytest.raises(Damaged, match="signed end"):
        kept.ledger.verify(kept.checkpoint)
    kept.become([*kept.leaves, kept.leaves[-1]])
    assert kept.ledger.verify(kept.checkpoint).size == ENTRIES + 1
