"""Words in windows the tagger can read at once, each word seen with what is said around it.

A transformer of this kind reads at most 512 pieces; it has learnt from paragraphs of up to about 250. Windows overlap,
and a word is judged where it stands furthest from an edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDE: Final = 220
"""Pieces in a window, without the two that mark its ends."""

AROUND: Final = 40
"""Pieces at each edge that are read but not judged, where the text goes on."""


@dataclass(frozen=True, slots=True)
class Window:
    """Words number `start` to `end`, of which `first` to `last` are judged here; ends are exclusive."""

    start: int
    end: int
    first: int
    last: int


def windows(lengths: Sequence[int]) -> Iterator[Window]:
    """Windows over words of so many pieces each: every word is judged in exactly one, in order."""
    first, start = 0, 0
    while first < len(lengths):
        end = _reach(lengths, start)
        last = len(lengths) if end == len(lengths) else max(first + 1, _back(lengths, end))
        yield Window(start, end, first, last)
        first = last
        start = _back(lengths, first)


def _reach(lengths: Sequence[int], start: int) -> int:
    """How far a window from `start` goes: one word at least."""
    room, at = WIDE, start
    while at < len(lengths) and (lengths[at] <= room or at == start):
        room -= lengths[at]
        at += 1
    return at


def _back(lengths: Sequence[int], end: int) -> int:
    """The first of the words before `end` that are not judged there."""
    room, at = AROUND, end
    while at > 0 and lengths[at - 1] <= room:
        at -= 1
        room -= lengths[at]
    return at
