"""The Merkle tree of RFC 6962 §2.1: SHA-256 over 0x00 ‖ leaf and 0x01 ‖ left ‖ right.

A log of n entries has one root. A Frontier is all that is needed to add to it: the roots of the full subtrees on its
right edge, one for each bit set in n, the largest first. A proof is a list of 32-byte hashes, each over a span of
neighbouring entries; which spans, follows from the sizes alone. Who makes a proof and who checks it therefore walk
the same way through the tree, and checking needs no log.

Sources: RFC 6962 §2.1.1 and §2.1.2; for subtrees [start, end) other than the first entries of the log,
draft-ietf-plants-merkle-tree-certs, "Subtrees".
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from storage.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Span = tuple[int, int]  # entries from the first number up to, not including, the second
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
        self._push(leaf, 1)

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add the hashes of many entries, as many at a time as fill a subtree."""
        at = 0
        while at < len(leaves):
            width = _power_within(len(leaves) - at)
            if self.size:
                width = min(width, self.size & -self.size)
            self._push(_full_root(leaves[at : at + width]), width)
            at += width

    def _push(self, peak: bytes, width: int) -> None:
        """Add the root of the next `width` entries, a power of two that divides the size."""
        added = width
        while self.size & width:
            peak = node_hash(self._peaks.pop(), peak)
            width <<= 1
        self._peaks.append(peak)
        self.size += added

    def root(self) -> bytes:
        """The root over everything added."""
        return fold(self._peaks)

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


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root over full subtrees, the largest first, each smaller than the one before."""
    if not peaks:
        return EMPTY_ROOT
    *rest, node = peaks
    for peak in reversed(rest):
        node = node_hash(peak, node)
    return node


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, MTH(D[n]) of RFC 6962 §2.1."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


def full_spans(span: Span) -> list[Span]:
    """The full subtrees that `span`, itself a subtree, is made of: the largest first."""
    start, end = span
    found = []
    while start < end:
        width = _power_within(end - start)
        found.append((start, start + width))
        start += width
    return found


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Which spans' roots prove entry `index` of `size`: PATH(m, D[n]) of RFC 6962 §2.1.1, the leaf's sibling first."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    return consistency_spans((index, index + 1), size)[1:]


def consistency_spans(part: Span, size: int) -> list[Span]:
    """Where the climb from the subtree `part` to the root over `size` entries starts, and its siblings on the way up.

    It starts at `part` itself where that is a node of the tree, and whoever checks knows its root; else at its last
    full subtree. For the first m entries the rest is PROOF(m, D[n]) of RFC 6962 §2.1.2.
    """
    if not (_is_subtree(part) and part[0] < part[1] <= size):
        raise ValueError("no such older tree")
    (low, high), (start, end), siblings = part, (0, size), []
    while (low, high) != (start, end):
        middle = start + _split(end - start)
        if high <= middle:
            siblings.append((middle, end))
            end = middle
        else:  # what of the part stands on the left is a sibling too
            siblings.append((start, middle))
            start, low = middle, max(low, middle)
    return [(start, end), *reversed(siblings)]


def inclusion_proof(root_of: Callable[[Span], bytes], index: int, size: int) -> list[bytes]:
    """The proof that entry `index` is in the log of `size`; `root_of` gives the root over a span."""
    return [root_of(span) for span in inclusion_spans(index, size)]


def consistency_proof(root_of: Callable[[Span], bytes], part: Span, size: int) -> list[bytes]:
    """The proof that the subtree `part` is in the log of `size`; (0, m) is the log when it had m entries."""
    return [root_of(span) for span in consistency_spans(part, size) if span != part]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `proof` leads from a leaf's hash to the root `expected` over `size` leaves."""
    return verify_subtree_inclusion(leaf, index, (0, size), proof, expected)


def verify_subtree_inclusion(leaf: bytes, index: int, part: Span, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether `proof` leads from a leaf's hash to the root `expected` of the subtree `part`."""
    start, end = part
    if not (_is_subtree(part) and start <= index < end and _hashes(leaf)):
        return False
    return verify_consistency((index - start, index - start + 1), end - start, proof, leaf, expected)


def verify_consistency(part: Span, size: int, proof: Sequence[bytes], part_root: bytes, expected: bytes) -> bool:
    """Whether the subtree `part`, which is not empty, is in the tree of `size`; (0, m) is the tree when it had m."""
    if not (_is_subtree(part) and part[0] < part[1] <= size):
        return False
    at, *siblings = consistency_spans(part, size)
    old, *path = [part_root, *proof] if at == part else (proof or [b""])
    if len(path) != len(siblings) or not _hashes(*path, *([old] if path else [])):
        return False
    new = old
    for (start, end), sibling in zip(siblings, path, strict=True):
        on_the_left = start < at[0]
        new = node_hash(sibling, new) if on_the_left else node_hash(new, sibling)
        # What of the part is not on the climb stands on its left.
        old = node_hash(sibling, old) if on_the_left and part[0] <= start else old
        at = (min(at[0], start), max(at[1], end))
    return hmac.compare_digest(old, part_root) and hmac.compare_digest(new, expected)


def verify_subtree_consistency(
    part: Span, size: int, proof: Sequence[bytes], part_root: bytes, expected: bytes
) -> bool:
    """The same where `part` may be empty, which is in every tree that reaches so far."""
    if part[0] == part[1]:
        return 0 <= part[1] <= size and not proof and part_root == EMPTY_ROOT
    return verify_consistency(part, size, proof, part_root, expected)


def _is_subtree(span: Span) -> bool:
    """Whether one node can stand over just these entries, in a tree that ends with them."""
    start, end = span
    return 0 <= start <= end and start % (1 << max(end - start - 1, 0).bit_length()) == 0


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _power_within(size: int) -> int:
    """The largest power of two that is not above `size`."""
    return 1 << size.bit_length() - 1


def _full_root(hashes: Sequence[bytes]) -> bytes:
    """The root over as many hashes as a power of two, level by level: several times as fast as one by one."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
