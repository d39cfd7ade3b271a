"""The names of a text while decisions are taken in one after the other: never two at one place.

The rules where two overlap. What a person decided stays as it was decided, and of a find that overlaps it only what
lies outside is left, undecided: giving that up could leave half a name in the open. Of two decisions the later one
counts where they overlap, and what lies outside keeps the earlier verdict. Of two undecided finds the later counts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ingest.reviewing.deeds import Claim

Bounds = tuple[int, int]


class Verdict(StrEnum):
    """A find is a name and is replaced, or it is none and stays."""

    CONFIRM = "confirm"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Held:
    """A name at a place, and what was decided of it: None is nothing yet."""

    claim: Claim
    verdict: Verdict | None = None


class Table:
    """Names by segment and place; `text` gives a segment's text as it reads now."""

    def __init__(self, text: Callable[[int], str]) -> None:
        self._text = text
        self._of: dict[int, dict[Bounds, Held]] = defaultdict(dict)

    def __iter__(self) -> Iterator[tuple[int, Bounds, Held]]:
        """In the order of the text."""
        for segment, names in sorted(self._of.items()):
            yield from ((segment, at, names[at]) for at in sorted(names))

    def at(self, segment: int, bounds: Bounds) -> Held | None:
        """What stands exactly there."""
        return self._of[segment].get(bounds)

    def put(self, segment: int, bounds: Bounds, held: Held) -> None:
        """Write a decision down; what it overlaps gives way."""
        names = self._of[segment]
        if bounds not in names:
            for other in [other for other in names if _overlap(other, bounds)]:
                kept = names.pop(other)
                names.update(dict.fromkeys(self._outside(segment, other, [bounds]), kept))
        names[bounds] = held

    def offer(self, segment: int, bounds: Bounds, claim: Claim) -> None:
        """Write an undecided find down, as far as nothing decided is there."""
        names = self._of[segment]
        decided = [at for at, held in names.items() if held.verdict and _overlap(at, bounds)]
        for piece in self._outside(segment, bounds, decided) if decided else [bounds]:
            self.put(segment, piece, Held(claim))

    def drop(self, segment: int, bounds: Bounds) -> None:
        """Take away what stands exactly there."""
        self._of[segment].pop(bounds, None)

    def _outside(self, segment: int, bounds: Bounds, holes: Iterable[Bounds]) -> Iterator[Bounds]:
        """What of a stretch lies outside the holes, without the blanks and marks at its ends."""
        text, at = self._text(segment), bounds[0]
        for start, end in [*sorted(holes), (bounds[1], bounds[1])]:
            words = [place for place in range(at, min(start, bounds[1])) if text[place].isalnum()]
            if words:
                yield words[0], words[-1] + 1
            at = max(at, end)


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[1] and other[0] < one[1]
