"""A find: a stretch of text that may tell who is spoken of, and the protocol of what finds them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Kind(StrEnum):
    """What a find names: a person, a place, an organisation, or anything else that identifies (numbers, addresses)."""

    PER = "PER"
    LOC = "LOC"
    ORG = "ORG"
    ID = "ID"


@dataclass(frozen=True, slots=True)
class Find:
    """A stretch `start` to `end` (Unicode code points of the text, never across a newline); `score` is 0 to 1."""

    start: int
    end: int
    kind: Kind
    score: float
    recognisers: tuple[str, ...]

    def overlaps(self, other: Find) -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end


class Tagger(Protocol):
    """Anything that finds names in a text; `language` is an ISO 639-1 code. Offsets count in the text given."""

    @property
    def name(self) -> str:
        """What the tagger is called in a find's recognisers."""

    @property
    def version(self) -> str:
        """Changes whenever the same text could give other finds."""

    def find(self, text: str, language: str) -> list[Find]:
        """Every stretch this tagger takes for a name; finds may overlap."""


@runtime_checkable
class Adjustable(Tagger, Protocol):
    """A tagger that takes a word for a name when the chance that it is none is below `threshold`, 0 to 1."""

    threshold: float


def merge(finds: Iterable[Find]) -> list[Find]:
    """Sorted finds without overlap, that cover all the given ones cover.

    An ID beats the others, then the longest wins, then the first, then the better score. The winner takes over the
    recognisers of what it overlaps. A loser that sticks out on either side is joined if it is of the winner's kind and
    keeps its rest otherwise: giving up a part would leave half a name in the open.
    """
    return [find for knot in _knots(finds) for find in sorted(_settled(knot), key=lambda find: find.start)]


def _knots(finds: Iterable[Find]) -> Iterator[list[Find]]:
    """The finds in groups that hang together by overlaps, from the first to the last."""
    knot: list[Find] = []
    reach = 0
    for find in sorted(finds, key=lambda find: find.start):
        if knot and find.start >= reach:
            yield knot
            knot = []
        knot.append(find)
        reach = max(reach, find.end) if len(knot) > 1 else find.end
    if knot:
        yield knot


def _settled(knot: list[Find]) -> list[Find]:
    waiting, kept = sorted(knot, key=_rank), list[Find]()
    while waiting:
        winner, waiting = _absorb(waiting[0], waiting[1:])
        kept.append(winner)
    return kept


def _rank(find: Find) -> tuple[bool, int, int, float, str, tuple[str, ...]]:
    return (
        find.kind is not Kind.ID,
        find.start - find.end,
        find.start,
        -find.score,
        find.kind,
        find.recognisers,
    )


def _absorb(winner: Find, others: list[Find]) -> tuple[Find, list[Find]]:
    """The winner, grown by what it joins, and what of the others it does not cover."""
    start, end = _reach(winner, [other for other in others if other.kind is winner.kind])
    winner = replace(winner, start=start, end=end)
    rest = [other for other in others if not winner.overlaps(other)]
    for other in others:
        if winner.overlaps(other):
            winner = _joined(winner, other)
            rest += _outside(other, winner) if other.kind is not winner.kind else []
    return winner, sorted(rest, key=_rank)


def _reach(winner: Find, same: list[Find]) -> tuple[int, int]:
    """From where to where the winner reaches with all of its kind that hang on it, one overlapping the next."""
    start = end = -1
    for find in sorted([winner, *same], key=lambda find: find.start):
        if find.start >= end > winner.start:
            break
        start, end = (find.start, find.end) if find.start >= end else (start, max(end, find.end))
    return start, end


def _joined(winner: Find, other: Find) -> Find:
    recognisers = tuple(sorted({*winner.recognisers, *other.recognisers}))
    return replace(winner, recognisers=recognisers, score=max(winner.score, other.score))


def _outside(find: Find, winner: Find) -> list[Find]:
    """What of a find lies before and after the winner."""
    sides = ((find.start, min(find.end, winner.start)), (max(find.start, winner.end), find.end))
    return [replace(find, start=start, end=end) for start, end in sides if start < end]
