"""Turns from a recording with a microphone and a channel for each of two speakers: whoever is louder speaks.

Each microphone also hears the other speaker, weaker and a little later. A channel speaks where it stands out from its
own noise and is not clearly below the other channel; how far below is measured on the recording itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ingest.speakers.shaping import shaped
from storage.errors import BadRecording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from ingest.speakers.turns import Turn

RATE: Final = 16_000
FRAME: Final = 320
"""Samples: 20 ms."""
ABOVE_NOISE: Final = 9.0
"""Decibels above a channel's own quiet by which it speaks."""
BELOW_SPEECH: Final = 40.0
"""Decibels below the louder speaker's voice under which nobody speaks, however quiet the room."""
BLEED_MARGIN: Final = 6.0
"""Decibels above what leaks over from the other channel by which a second speaker is heard beside the first."""
AROUND: Final = 9
"""Frames the energy is averaged over: a syllable."""
BREATH: Final = 15
"""Frames: a channel that is silent for up to 0.3 s goes on speaking, whatever the other does."""
SHORTEST: Final = 10
"""Frames: a sound shorter than 0.2 s is no turn."""
_FLOOR: Final = 1e-10


def turns_by_channel(pcm: Iterable[bytes], on_progress: Callable[[float], None]) -> tuple[Turn, ...]:
    """Turns from 16 kHz interleaved stereo s16le chunks of any length, speaker 0 being the left channel.

    Unlike elsewhere the numbers are the channels', so that a channel keeps its speaker if it speaks second or never.
    Of an hour 1.4 MB is held. `on_progress` gets the seconds of sound done; what it raises stops the work and passes
    through. Raises BadRecording if the sound ends inside a sample.
    """
    energies, samples = _energies(pcm, on_progress)
    if not len(energies):
        return ()
    levels = 10 * np.log10(_smooth(energies) + _FLOOR)
    edges = np.arange(len(levels) + 1, dtype=np.float64) * (FRAME / RATE)
    return shaped(_whole(_speaking(levels)), edges, samples / RATE)


def _energies(pcm: Iterable[bytes], on_progress: Callable[[float], None]) -> tuple[NDArray[np.float64], int]:
    """The mean square of each frame of each channel (frames, 2), and the samples of a channel."""
    rest, found, samples = b"", [np.zeros((0, 2))], 0
    for chunk in pcm:
        data = rest + chunk
        whole = len(data) // (4 * FRAME) * (4 * FRAME)
        rest = data[whole:]
        if whole:
            found.append(_mean_squares(data[:whole]))
            samples += whole // 4
            on_progress(samples / RATE)
    if len(rest) % 4:
        raise BadRecording("The decoded sound ends inside a sample; it is incomplete. Take the recording in again.")
    if rest:
        found.append(_mean_squares(rest.ljust(4 * FRAME, b"\0")))
        samples += len(rest) // 4
        on_progress(samples / RATE)
    return np.concatenate(found), samples


def _mean_squares(data: bytes) -> NDArray[np.float64]:
    frames = np.frombuffer(data, "<i2").reshape(-1, FRAME, 2).astype(np.float64) / 32_768
    squares: NDArray[np.float64] = np.square(frames - frames.mean(axis=1, keepdims=True)).mean(axis=1)
    return squares


def _smooth(energies: NDArray[np.float64]) -> NDArray[np.float64]:
    window = np.ones(min(AROUND, len(energies))) / min(AROUND, len(energies))
    return np.stack([np.convolve(channel, window, "same") for channel in energies.T], axis=1)


def _speaking(levels: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which channel speaks in each frame (frames, 2), from levels in decibels."""
    quiet, loud = np.percentile(levels, 10, axis=0), np.percentile(levels, 95, axis=0)
    lively = loud - quiet > ABOVE_NOISE  # hum and hiss are steady, speech is not
    stands_out = lively & (levels > quiet + np.minimum(ABOVE_NOISE, (loud - quiet) / 2))
    stands_out &= levels > loud.max() - BELOW_SPEECH
    other = levels[:, ::-1]
    return stands_out & (levels > other - _leaks(levels) + BLEED_MARGIN)


def _leaks(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """By how many decibels the other channel's speech is weaker in each, from the loud frames of the recording."""
    gap = levels[:, 0] - levels[:, 1]
    loud = levels.max(axis=1) > np.percentile(levels.max(axis=1), 60)
    return np.array([_widest(-gap[loud]), _widest(gap[loud])])


def _widest(gap: NDArray[np.float64]) -> float:
    """The gap when the other is silent, so nearly the widest; at least BLEED_MARGIN, the least that can be told."""
    ahead = gap[gap > 0]
    return max(float(np.percentile(ahead, 90)), BLEED_MARGIN) if len(ahead) else BLEED_MARGIN


def _whole(speaking: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Each channel's speech with the gaps between syllables closed, and without clicks."""
    kept = speaking.copy()
    for channel in range(2):
        for begin, end in _runs(np.logical_not(speaking[:, channel])):
            kept[begin:end, channel] |= begin > 0 and end < len(speaking) and end - begin <= BREATH
        for begin, end in _runs(kept[:, channel]):
            kept[begin:end, channel] = end - begin >= SHORTEST
    return kept


def _runs(mask: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    turns = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]])))
    return ((int(begin), int(end)) for begin, end in turns.reshape(-1, 2))
