"""One pass over a recording as it streams by: where there is speech and overlap, and four voiceprints a second.

The sound itself is held for half a minute or so; what is kept of an hour is 11 MB of voiceprints.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ingest.speakers.segmentation import CENTRE, FRAME, OVERLAP, STEP, WINDOW, Stitcher, Stretch, active
from ingest.speakers.voiceprints import LENGTH, RATE, SHORTEST, voiceprints
from storage.errors import BadRecording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor

    from numpy.typing import NDArray

HOP: Final = 0.25
LOOKED: Final = 1.0
"""Seconds from one voiceprint to the next, and seconds of sound in each."""
_AT_ONCE: Final = 8
_BATCH: Final = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames `start` to `end` of one stretch, and the samples `first` to `last` its voiceprint is taken from."""

    start: int
    end: int
    stretch: int
    track: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Heard:
    """All that was heard: pieces in order with a voiceprint each, stretches of overlap, seconds of sound.

    `rivals` are pairs of tracks, the lower first, that were heard as two people in one window.
    """

    pieces: list[Piece]
    prints: NDArray[np.float32]
    overlaps: list[Stretch]
    rivals: set[tuple[int, int]]
    seconds: float


def listen(pcm: Iterable[bytes], pool: Executor, on_progress: Callable[[float], None]) -> Heard:
    """Hear 16 kHz mono s16le chunks of any length. Raises BadRecording if they end inside a sample."""
    ear = _Ear(pool)
    for chunk in pcm:
        ear.take(chunk)
        while ear.enough():
            on_progress(ear.step())
    on_progress(ear.finish())
    return ear.heard()


class _Ear:
    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._sound = bytearray()
        self._dropped = 0  # samples
        self._windows = 0
        self._stitcher = Stitcher()
        self._stretches = 0
        self._pieces: list[Piece] = []
        self._prints = bytearray()  # of an array, so that it grows without ever being there twice
        self._overlaps: list[Stretch] = []

    @property
    def _until(self) -> int:
        return self._dropped + len(self._sound) // 2

    def take(self, chunk: bytes) -> None:
        self._sound += chunk

    def enough(self) -> bool:
        """Whether the next few windows are all there."""
        return self._until >= self._begin(_AT_ONCE - 1) + WINDOW

    def step(self) -> float:
        """Hear the next few windows and return the seconds of which all is known."""
        self._look(_AT_ONCE)
        self._keep(self._stitcher.stretches())
        self._forget()
        return self._stitcher.start * FRAME / RATE

    def finish(self) -> float:
        """Hear what is left, the last window filled up with silence."""
        if len(self._sound) % 2:
            raise BadRecording(
                "The decoded sound ends inside a sample; it is incomplete. Take the recording in again."
            )
        while self._until > (self._begin(-1) + WINDOW if self._windows else 0):
            self._look(1)
        if self._windows:
            self._keep(self._stitcher.stretches(max(self._until // FRAME, self._stitcher.start)))
        return self._until / RATE

    def heard(self) -> Heard:
        prints = np.frombuffer(self._prints, np.float32).reshape(-1, LENGTH)
        return Heard(self._pieces, prints, self._overlaps, self._stitcher.rivals, self._until / RATE)

    def _begin(self, ahead: int) -> int:
        return (self._windows + ahead) * STEP * FRAME

    def _look(self, count: int) -> None:
        windows = [self._samples(self._begin(ahead), self._begin(ahead) + WINDOW) for ahead in range(count)]
        for mask in self._pool.map(active, windows):
            self._stitcher.add(mask)
        self._windows += count

    def _keep(self, stretches: list[Stretch]) -> None:
        self._overlaps += [stretch for stretch in stretches if stretch.track == OVERLAP]
        pieces: list[Piece] = []
        for stretch in stretches:
            self._stretches += 1
            if stretch.track != OVERLAP:
                pieces += cut(stretch, self._stretches)
        self._pieces += pieces
        for found in self._voiceprints([self._samples(piece.first, piece.last) for piece in pieces]):
            self._prints += found.tobytes()

    def _voiceprints(self, sounds: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """A voiceprint of each sound; those of one length go through the network a few at a time, which is faster."""
        order = sorted(range(len(sounds)), key=lambda number: len(sounds[number]))
        alike = [list(same) for _, same in groupby(order, key=lambda number: len(sounds[number]))]
        batches = [same[start : start + _BATCH] for same in alike for start in range(0, len(same), _BATCH)]
        stacks = [np.stack([sounds[number] for number in batch]) for batch in batches]
        found = dict(zip(chain(*batches), chain(*self._pool.map(voiceprints, stacks)), strict=True))
        return [found[number] for number in range(len(sounds))]

    def _samples(self, first: int, last: int) -> NDArray[np.float32]:
        """Samples in [-1, 1), silence beyond either end."""
        begin = max(first, self._dropped)
        here = self._sound[2 * (begin - self._dropped) : 2 * (max(last, begin) - self._dropped)]
        found = np.frombuffer(bytes(here[: len(here) // 2 * 2]), "<i2").astype(np.float32) / np.float32(32_768)
        return np.pad(found, (begin - first, last - begin - len(found)))

    def _forget(self) -> None:
        """Drop the sound before the first frame that is not settled, but for a margin around a short piece."""
        until = min(self._stitcher.start * FRAME - RATE, self._begin(0))
        if until > self._dropped:
            del self._sound[: 2 * (until - self._dropped)]
            self._dropped = until


def cut(stretch: Stretch, number: int) -> Iterator[Piece]:
    """A stretch in pieces of about HOP seconds; each looks LOOKED seconds around itself, within the stretch."""
    count = max(1, round((stretch.end - stretch.start) * FRAME / RATE / HOP))
    edges = np.linspace(stretch.start, stretch.end, count + 1).round().astype(int).tolist()
    low, high = _samples_of(stretch.start), _samples_of(stretch.end)
    for start, end in pairwise(edges):
        middle = (_samples_of(start) + _samples_of(end)) // 2
        yield Piece(start, end, number, stretch.track, *_around(middle, low, high))


def _samples_of(frame: int) -> int:
    return frame * FRAME + CENTRE - FRAME // 2


def _around(middle: int, low: int, high: int) -> tuple[int, int]:
    """LOOKED seconds around `middle`, moved into `low` to `high`, or all of that if it is shorter."""
    wanted = int(LOOKED * RATE)
    first = min(max(middle - wanted // 2, low), max(high - wanted, low))
    last = min(first + wanted, high)
    if last - first < SHORTEST:
        first = max(0, (first + last - SHORTEST) // 2)
        last = first + SHORTEST
    return first, last
