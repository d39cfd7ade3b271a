"""Who of up to three nearby speakers is active, ten seconds at a time: the windows, and how they are laid together.

The network (Plaquet and Bredin 2023) knows its speakers only within one window, in no fixed order. Windows overlap
by three quarters: where they disagree on speech the majority wins, and a speaker who goes on across two windows is
known by being active in the same frames of both. Such a chain is a track: it says who is *not* somebody else nearby,
never who a person is over the whole recording. Two voices of the same sex often share one; the voiceprints part them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from ingest.speakers import networks

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME: Final = 270
"""Samples from one frame to the next: 16.9 ms."""
CENTRE: Final = 495
"""Samples from a frame's number times FRAME to the middle of what the network looks at for it."""
WINDOW: Final = 160_000
FRAMES: Final = 589
"""Frames in a window of ten seconds."""
STEP: Final = 148
"""Frames from one window to the next: 2.5 s."""
LOCAL: Final = 3
# The classes of the network: nobody, each alone, each pair.
_CLASSES: Final = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.bool_)
_EDGE: Final = (FRAMES - STEP) // 2
"""A track is taken from the window whose middle is nearest."""
_SAME: Final = 0.3
"""Shared share of two windows' activity from which they speak of one speaker."""
_LONGEST: Final = round(30 * 16_000 / FRAME)
"""Frames: a stretch is cut after half a minute, so that an unbroken monologue need not be held whole."""

BESIDE: Final = 0.5
"""Share of the windows that must hear two at once."""
OVERLAP: Final = -1
_SILENCE, _UNKNOWN = -2, -3


def active(samples: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of three local speakers are active in each frame of one window of samples: (FRAMES, LOCAL)."""
    scores = networks.run(networks.SEGMENTATION, samples[None, None])[0]
    chosen: NDArray[np.bool_] = _CLASSES[scores.argmax(axis=1)]
    return chosen


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames `start` to `end` in which nothing changes: one track alone, or OVERLAP with the `tracks` in it."""

    start: int
    end: int
    track: int
    tracks: tuple[int, ...]


class Stitcher:
    """Lays the windows of one recording together as they come, and lets go of what no later window can change."""

    def __init__(self) -> None:
        self._start = 0
        self._added = 0
        self._next = 0
        self._votes = np.zeros((0, 3), np.int32)  # windows that looked, that heard speech, that heard overlap
        self._tracks = np.zeros((0, LOCAL), np.int64)
        self._last: NDArray[np.bool_] | None = None
        self._names = np.zeros(LOCAL, np.int64)
        self.rivals: set[tuple[int, int]] = set()
        """Pairs of tracks, the lower first, that some window heard as two people."""

    @property
    def start(self) -> int:
        """The first frame not yet given out."""
        return self._start

    def add(self, mask: NDArray[np.bool_]) -> None:
        """The next window."""
        first = self._added * STEP - self._start
        self._grow(first + FRAMES)
        here = slice(first, first + FRAMES)
        self._votes[here] += np.stack([np.ones(FRAMES, np.int32), mask.any(axis=1), mask.sum(axis=1) > 1], axis=1)
        self._name(mask)
        edge = _EDGE if self._added else 0
        self._tracks[first + edge : first + FRAMES] = np.where(mask[edge:], self._names, OVERLAP)
        self._added += 1

    def stretches(self, until: int | None = None) -> list[Stretch]:
        """What is settled; with `until`, the recording's number of frames, all of the rest."""
        settled = (self._added * STEP if until is None else until) - self._start
        labels = self._labels(settled)
        runs = _runs(labels)
        if until is None and runs and runs[-1][1] - runs[-1][0] < _LONGEST:
            runs.pop()
        found = [self._stretch(begin, end, int(labels[begin])) for begin, end in runs if labels[begin] != _SILENCE]
        self._forget(runs[-1][1] if runs else 0)
        return found

    def _grow(self, length: int) -> None:
        more = length - len(self._votes)
        self._votes = np.concatenate([self._votes, np.zeros((more, 3), np.int32)])
        self._tracks = np.concatenate([self._tracks, np.full((more, LOCAL), OVERLAP, np.int64)])

    def _name(self, mask: NDArray[np.bool_]) -> None:
        """Give the window's speakers the names of those in the window before with whom they share their frames."""
        names = np.arange(self._next, self._next + LOCAL)
        if self._last is not None:
            before, now = self._last[STEP:].astype(np.float64), mask[: FRAMES - STEP].astype(np.float64)
            both = before.T @ now
            either = np.maximum(before.sum(axis=0)[:, None] + now.sum(axis=0)[None] - both, 1)
            for old, new in zip(*linear_sum_assignment(-both), strict=True):
                if both[old, new] > _SAME * either[old, new]:
                    names[new] = self._names[old]
        self._names, self._last = names, mask
        self._next += LOCAL
        self.rivals.update(combinations(sorted(names[mask.any(axis=0)].tolist()), 2))

    def _labels(self, settled: int) -> NDArray[np.int64]:
        """For each frame a track, OVERLAP or _SILENCE; speech nobody owns goes to the nearest track."""
        looked, speech, overlap = self._votes[:settled].T
        alone = (self._tracks[:settled] >= 0).sum(axis=1) == 1
        labels = np.where(alone, self._tracks[:settled].max(axis=1), _UNKNOWN)
        labels = _nearest(labels)
        labels[overlap >= BESIDE * np.maximum(looked, 1)] = OVERLAP
        labels[2 * speech < np.maximum(looked, 1)] = _SILENCE
        return labels

    def _stretch(self, begin: int, end: int, track: int) -> Stretch:
        heard = self._tracks[begin:end]
        names, times = np.unique(heard[heard >= 0], return_counts=True)
        often = tuple(int(name) for name in names[np.argsort(-times, kind="stable")])
        return Stretch(self._start + begin, self._start + end, track, often if track == OVERLAP else (track,))

    def _forget(self, frames: int) -> None:
        self._votes, self._tracks = self._votes[frames:], self._tracks[frames:]
        self._start += frames


def _runs(labels: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Begin and end of each run of equal labels, none longer than _LONGEST."""
    cuts = [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    return [
        (begin, min(begin + _LONGEST, end)) for first, end in pairwise(cuts) for begin in range(first, end, _LONGEST)
    ]


def _nearest(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each _UNKNOWN replaced by the nearest known label; track 0 where nothing is known at all."""
    known = np.flatnonzero(labels != _UNKNOWN)
    if not len(known):
        return np.zeros_like(labels)
    at = np.arange(len(labels))
    after = np.searchsorted(known, at).clip(0, len(known) - 1)
    before = (after - 1).clip(0)
    left, right = known[before], known[after]
    nearest: NDArray[np.int64] = labels[np.where(np.abs(at - left) <= np.abs(right - at), left, right)]
    return nearest
