"""Chunks: what Whisper hears at once, at most 30 seconds of one channel, cut where nobody speaks.

Voice activity detection says where somebody speaks (Silero, as faster-whisper carries it). What lies between is left
out but for its edges, because in silence Whisper writes what nobody said; and a word at the edge needs some air.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ingest.transcription import weights
from ingest.transcription.stretches import RATE, floats, stretches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

WINDOW: Final = 30 * RATE
"""Samples in Whisper's window (Radford et al. 2022, section 2.2)."""

AIR: Final = int(0.4 * RATE)
"""Samples of silence kept before and after speech, or half the pause where the next speech is nearer."""

SHORTEST_PAUSE: Final = 160
"""Milliseconds of silence that are a place to cut."""

LONGEST_SPEECH: Final = 29.0
"""Seconds after which speech without a pause is cut anyhow; with its air it fits the window."""

LISTENED_TO: Final = 75 * RATE
"""Samples at most in which speech is looked for at once, cut at quiet places like the stretches themselves."""

BATCH: Final = 4
"""Chunks decoded together: beyond four there is little to win, and each takes 37 MB a worker with the base model."""

_FRAME: Final = 512
_BEFORE: Final = 128 * _FRAME
"""Silero's frames, and how many it has listened to, four seconds, when it is asked."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Sound for one window. `pieces` are ranges of samples in the recording; `sound` is these, one after another.

    `speech` is where in the recording somebody speaks, in seconds.
    """

    channel: int
    pieces: tuple[Span, ...]
    speech: tuple[tuple[float, float], ...]
    sound: NDArray[np.int16]

    @property
    def start(self) -> float:
        """Seconds from the start of the recording."""
        return self.pieces[0][0] / RATE

    @property
    def end(self) -> float:
        """Seconds from the start of the recording."""
        return self.pieces[-1][1] / RATE

    def at(self, start: float, end: float) -> tuple[float, float]:
        """Where in the recording a word lies that lasts from `start` to `end` in the chunk's sound; all in seconds.

        It lies in one piece, in the one with most speech of it: nobody heard what is left out between two.
        """
        gone, parts = 0.0, []
        for first, last in self.pieces:
            begin, length = first / RATE, (last - first) / RATE
            if start <= gone + length and end >= gone:
                parts.append((begin + max(0.0, start - gone), begin + min(length, end - gone)))
            gone += length
        return max(parts, key=self._spoken, default=(self.end, self.end))

    def _spoken(self, part: tuple[float, float]) -> tuple[float, float]:
        """Seconds of a part in which somebody speaks, and in all."""
        speech = sum(max(0.0, min(part[1], last) - max(part[0], first)) for first, last in self.speech)
        return speech, part[1] - part[0]

    def halves(self) -> tuple[Chunk, Chunk] | None:
        """The chunk cut at the longest pause in its middle half; None if it is one stretch of speech."""
        gaps = [
            (after[0] - before[1], number)
            for number, (before, after) in enumerate(pairwise(self.speech), 1)
            if abs(2 * before[1] - self.start - self.end) <= (self.end - self.start) / 2
        ]
        if not gaps:
            return None
        number = max(gaps, key=lambda gap: (gap[0], -gap[1]))[1]
        middle = (self.speech[number - 1][1] + self.speech[number][0]) / 2
        cut = self._into(round(middle * RATE))
        return self._part(0, cut, self.speech[:number]), self._part(cut, len(self.sound), self.speech[number:])

    def _into(self, sample: int) -> int:
        """How far into the chunk's sound a sample of the recording lies; at a piece's end, if it was left out."""
        gone = 0
        for first, last in self.pieces:
            if sample < last:
                return gone + max(0, sample - first)
            gone += last - first
        return gone

    def _part(self, start: int, end: int, speech: tuple[tuple[float, float], ...]) -> Chunk:
        pieces, gone = [], 0
        for first, last in self.pieces:
            low, high = max(start - gone, 0), min(end - gone, last - first)
            if low < high:
                pieces.append((first + low, first + high))
            gone += last - first
        return Chunk(self.channel, tuple(pieces), speech, self.sound[start:end])


def batches(stretch: NDArray[np.int16], start: int, voiced: NDArray[np.int16] | None = None) -> Iterator[list[Chunk]]:
    """The chunks of a stretch, (channels, samples), from sample number `start` on; those of like length together.

    Where somebody speaks is looked for in `voiced`, of the same shape, if there is one; heard is the stretch.

    A batch is decoded for as long as its longest chunk needs. The longest come first: they tell best what language is
    spoken, and short ones last leave no worker idle for long. There are two batches at least, for two workers; which
    chunk is in which depends on the sound alone, so that any number of workers hears the same words.
    """
    spoken = [speech(sound) for sound in (stretch if voiced is None else voiced)]
    found = [
        chunk for channel, sound in enumerate(stretch) for chunk in _chunks(channel, sound, start, spoken[channel])
    ]
    found.sort(key=lambda chunk: (-len(chunk.sound), chunk.start, chunk.channel))
    size = min(BATCH, -(-len(found) // 2)) or 1
    for first in range(0, len(found), size):
        yield found[first : first + size]


def _chunks(channel: int, sound: NDArray[np.int16], start: int, spoken: Sequence[Span]) -> Iterator[Chunk]:
    for group in _packed(_with_air(spoken, len(sound))):
        inside = tuple((first, last) for first, last in spoken if group[0][0] <= first < group[-1][1])
        yield Chunk(
            channel,
            tuple((start + first, start + last) for first, last in group),
            tuple(((start + first) / RATE, (start + last) / RATE) for first, last in inside),
            np.concatenate([sound[first:last] for first, last in group]),
        )


def speech(sound: NDArray[np.int16]) -> list[Span]:
    """Where somebody speaks, as ranges of samples of one channel.

    A minute at a time, two at once: nothing of a recording can be heard before, and it takes less memory.
    """
    starts = [start // _FRAME * _FRAME for start, _ in stretches([sound.tobytes()], longest=LISTENED_TO)]
    found = _listeners().map(lambda part: _speech(sound, *part), pairwise([*starts, len(sound)]))
    joined: list[Span] = []
    for first, last in (span for part in found for span in part):
        whole = joined and joined[-1][1] == first and last - joined[-1][0] <= LONGEST_SPEECH * RATE
        joined.append((joined.pop()[0] if whole else first, last))
    return joined


@cache
def _listeners() -> ThreadPoolExecutor:
    """Threads that stay: each new one would take some memory of its own and leave it in pieces."""
    return ThreadPoolExecutor(2, thread_name_prefix="speech")


def _speech(sound: NDArray[np.int16], start: int, end: int) -> list[Span]:
    """Between two samples, listened to from a little before, as somebody who has heard the beginning would."""
    weights.shut_the_network()
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415 - starts onnxruntime

    options = VadOptions(min_silence_duration_ms=SHORTEST_PAUSE, max_speech_duration_s=LONGEST_SPEECH, speech_pad_ms=0)
    since = max(0, start - _BEFORE)
    found = get_speech_timestamps(floats(sound[since:end]), options)
    spans = ((since + int(one["start"]), since + int(one["end"])) for one in found)
    return [(max(start, first), last) for first, last in spans if last > start]


def _with_air(spoken: Sequence[Span], length: int) -> list[Span]:
    """Each stretch of speech with the silence around it, no further than halfway to the next."""
    edges = [0, *((before[1] + after[0]) // 2 for before, after in pairwise(spoken)), length]
    return [
        (max(edges[number], first - AIR), min(edges[number + 1], last + AIR))
        for number, (first, last) in enumerate(spoken)
    ]


def _packed(pieces: Sequence[Span]) -> Iterator[list[Span]]:
    """As many neighbours together as fit the window; pieces that touch become one."""
    group: list[Span] = []
    for piece in pieces:
        if group and sum(last - first for first, last in group) + piece[1] - piece[0] > WINDOW:
            yield group
            group = []
        if group and group[-1][1] == piece[0]:
            group[-1] = (group[-1][0], piece[1])
        else:
            group.append(piece)
    if group:
        yield group
