"""The Merkle tree of RFC 6962 §2.1: SHA-256 over 0x00 ‖ leaf and 0x01 ‖ left ‖ right.

A log of n entries has one root. A Frontier is all that is needed to add to it: the roots of the full subtrees on its
right edge, one for each bit set in n, the largest first. Proofs are lists of 32-byte hashes; checking one needs no
log. Sources: RFC 6962 §2.1.1 and §2.1.2 for making proofs, RFC 9162 §2.1.3.2 and §2.1.4.2 for checking them.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from storage.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Sequence

HASH_SIZE = 32
SIZE_BYTES = 8
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of the next entry, from `leaf_hash`."""
        peak, size = leaf, self.size
        while size & 1:
            peak = node_hash(self._peaks.pop(), peak)
            size >>= 1
        self._peaks.append(peak)
        self.size += 1

    def root(self) -> bytes:
        """The root over everything added."""
        return _fold(self._peaks) if self._peaks else EMPTY_ROOT

    def to_bytes(self) -> bytes:
        """The size, 8 bytes big endian, and the subtree roots."""
        return self.size.to_bytes(SIZE_BYTES, "big") + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """Read what `to_bytes` wrote. Raises Damaged."""
        frontier = cls()
        frontier.size = int.from_bytes(data[:SIZE_BYTES], "big")
        if len(data) != SIZE_BYTES + HASH_SIZE * frontier.size.bit_count():
            raise Damaged("The head of the ledger is damaged. Run `tillit audit verify` and restore it from a backup.")
        frontier._peaks = [data[at : at + HASH_SIZE] for at in range(SIZE_BYTES, len(data), HASH_SIZE)]
        return frontier


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, MTH(D[n]) of RFC 6962 §2.1."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.add(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path from leaf `index` to the root over `leaves`, PATH(m, D[n]) of RFC 6962 §2.1.1."""
    if not 0 <= index < len(leaves):
        raise ValueError("no such leaf")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*inclusion_proof(left, index), root(right)]
    return [*inclusion_proof(right, index - split), root(left)]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """That the first `old_size` leaves are a start of `leaves`, PROOF(m, D[n]) of RFC 6962 §2.1.2."""
    if not 0 < old_size <= len(leaves):
        raise ValueError("no such older tree")
    return _subproof(leaves, old_size, known=True)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `proof` leads from a leaf's hash to the root `expected` over `size` leaves."""
    if not 0 <= index < size or not _hashes(leaf, expected, *proof):
        return False
    turns = _turns(index, size - 1)
    if len(proof) != len(turns):
        return False
    node = leaf
    for sibling, on_the_left in zip(proof, turns, strict=True):
        node = node_hash(sibling, node) if on_the_left else node_hash(node, sibling)
    return hmac.compare_digest(node, expected)


def verify_consistency(old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the tree of `size` leaves grew from the tree of `old_size`, which is not empty."""
    if not 0 < old_size <= size or not _hashes(old_root, new_root, *proof):
        return False
    if old_size == size:
        return not proof and hmac.compare_digest(old_root, new_root)
    # The climb starts at the last full subtree of the older tree; if that is the whole of it, its root is known.
    level = (old_size & -old_size).bit_length() - 1
    path = [old_root, *proof] if old_size == 1 << level else list(proof)
    turns = _turns(old_size - 1 >> level, size - 1 >> level)
    if len(path) != 1 + len(turns):
        return False
    old = new = path[0]
    for sibling, on_the_left in zip(path[1:], turns, strict=True):
        # What stands on the left is part of both trees, what stands on the right of the newer one only.
        old = node_hash(sibling, old) if on_the_left else old
        new = node_hash(sibling, new) if on_the_left else node_hash(new, sibling)
    return hmac.compare_digest(old, old_root) and hmac.compare_digest(new, new_root)


def _turns(index: int, last: int) -> list[bool]:
    """For each hash on the way up from node `index` of a level whose last node is `last`: does it stand on the left?

    Up to where the ways of the two nodes meet, the bits of `index` say so. Above, on the right edge, only left
    neighbours exist, and only where a bit is set.
    """
    meeting = (index ^ last).bit_length()
    return [bool(index >> level & 1) for level in range(meeting)] + [True] * (index >> meeting).bit_count()


def _subproof(leaves: Sequence[bytes], old_size: int, *, known: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962 §2.1.2; `known` is its b."""
    if old_size == len(leaves):
        return [] if known else [root(leaves)]
    split = _split(len(leaves))
    left, right = leaves[:split], leaves[split:]
    if old_size <= split:
        return [*_subproof(left, old_size, known=known), root(right)]
    return [*_subproof(right, old_size - split, known=False), root(left)]


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _fold(peaks: Sequence[bytes]) -> bytes:
    *rest, node = peaks
    for peak in reversed(rest):
        node = node_hash(peak, node)
    return node


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
