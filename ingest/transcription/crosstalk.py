"""Two speakers with a microphone and a channel each: silence in each channel what only leaks over from the other.

A voice reaches its own microphone several decibels louder than the other one. Frame by frame, the channel in which
it is clearly weaker is silenced; where both speak, both are kept, and each is written down. The silenced sound says
where to listen; what is listened to is the channel as it is, because holes in it make the recogniser mishear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ingest.transcription.stretches import RATE, floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLEARLY: Final = 6.0
"""Decibels by which the other channel must be louder: half of what the weakest separation that counts as one has."""

_FRAME: Final = RATE // 50
_AROUND: Final = 11
"""Frames of 20 ms the levels are averaged over: a syllable, so that a consonant is not cut off its vowel."""

_FLOOR: Final = 1e-9


def apart(stretch: NDArray[np.int16]) -> NDArray[np.int16]:
    """Both channels, (2, samples), each with silence where the other is clearly louder."""
    levels = np.stack([_levels(channel) for channel in stretch])
    kept = stretch.copy()
    for channel, other in ((0, 1), (1, 0)):
        leaking = np.repeat(levels[other] - levels[channel] > CLEARLY, _FRAME)[: stretch.shape[1]]
        kept[channel, : len(leaking)][leaking] = 0
    return kept


def _levels(channel: NDArray[np.int16]) -> NDArray[np.float64]:
    """The level of each 20 ms in decibels, averaged over a syllable."""
    whole = -(-len(channel) // _FRAME) * _FRAME
    frames = floats(np.pad(channel, (0, whole - len(channel)))).reshape(-1, _FRAME)
    power = np.convolve(np.square(frames).mean(axis=1), np.ones(_AROUND) / _AROUND, mode="same")
    return np.asarray(10 * np.log10(power + _FLOOR), dtype=np.float64)
