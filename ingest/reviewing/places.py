"""Where in a recording a decision points: at code points, each known by who put it there, so that nothing moves it.

A code point is the recogniser's (owner 0, at its offset in the raw text of its segment) or was typed by an edit
(owner: the edit's number, at its offset in all that edit typed). Offsets of today's text would shift with every edit
and every undo; these never do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RAW = 0
Point = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """Code points `start` to `end` of one owner."""

    owner: int
    start: int
    end: int

    def points(self) -> Iterator[Point]:
        """Each of them."""
        return ((self.owner, at) for at in range(self.start, self.end))


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of the text of segment number `segment`; of words nobody edited it is one run of the raw text."""

    segment: int
    runs: tuple[Run, ...]

    @property
    def id(self) -> str:
        """A short name that says nothing of what stands there: "3:5-11", or "3:5-11+2@0-4" where some was typed."""
        owners = (f"{run.owner}@" if run.owner != RAW else "" for run in self.runs)
        spans = (f"{owner}{run.start}-{run.end}" for owner, run in zip(owners, self.runs, strict=True))
        return f"{self.segment}:{'+'.join(spans)}"

    def points(self) -> Iterator[Point]:
        """Every code point of it, in order."""
        return (point for run in self.runs for point in run.points())


def raw(segment: int, start: int, end: int) -> Place:
    """A stretch of what the recogniser made."""
    return Place(segment, (Run(RAW, start, end),))


def runs_of(points: Iterable[Point]) -> tuple[Run, ...]:
    """Code points in the order they stand in, as runs."""
    runs: list[Run] = []
    for owner, at in points:
        if runs and (runs[-1].owner, runs[-1].end) == (owner, at):
            runs[-1] = Run(owner, runs[-1].start, at + 1)
        else:
            runs.append(Run(owner, at, at + 1))
    return tuple(runs)
