"""Looks for thousands of byte strings at once, at some hundred megabytes a second."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GRAM = 4  # bytes looked at before the whole needle is compared
BITS = 20
MIX = np.uint32(2_654_435_761)  # Knuth's multiplicative hashing
PIECE = 1 << 20  # bytes, so that what is worked on stays in the processor's cache


class Needles:
    """Each needle is known by its most telling four bytes; a table of their hashes rules nearly every place out."""

    def __init__(self, needles: Iterable[bytes]) -> None:
        self._at: defaultdict[bytes, list[tuple[int, bytes]]] = defaultdict(list)
        for needle in set(needles):
            offset = max(range(len(needle) - GRAM + 1), key=lambda at, n=needle: len(set(n[at : at + GRAM])))  # type: ignore[misc]  # a default binds the loop's value
            self._at[needle[offset : offset + GRAM]].append((offset, needle))
        self._table = np.zeros(1 << BITS, dtype=np.bool_)
        self._table[_hashed(np.frombuffer(b"".join(self._at), dtype="<u4"))] = True

    def within(self, data: bytes) -> Iterator[bytes]:
        """Every needle that is in `data`, as often as it is there."""
        for place in self._places(data):
            for offset, needle in self._at.get(data[place : place + GRAM], ()):
                if offset <= place and data.startswith(needle, place - offset):
                    yield needle

    def _places(self, data: bytes) -> Iterator[int]:
        for begin in range(0, len(data), PIECE):
            end = min(begin + PIECE + GRAM - 1, len(data))
            for start in range(begin, min(begin + GRAM, end - GRAM + 1)):
                grams = np.frombuffer(data, dtype="<u4", count=(end - start) // GRAM, offset=start)
                yield from (start + GRAM * np.flatnonzero(self._table[_hashed(grams)])).tolist()


def _hashed(
    grams: np.ndarray[tuple[int, ...], np.dtype[np.uint32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    return (grams * MIX) >> np.uint32(32 - BITS)
