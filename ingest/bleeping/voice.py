"""Another pitch for the voice. Weak protection: who knows somebody knows their words, their pace and dialect too.

Grains of the sound are stretched to a lower pitch and laid over each other at the pace of the original, each moved by
at most half a period so that it goes on where the one before ends (waveform similarity, Verhelst and Roelands 1993).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from ingest.transcription.stretches import RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Samples = NDArray[np.float64]


class Voice(StrEnum):
    """How the voices sound."""

    UNCHANGED = "unchanged"
    LOWER = "lower"


SEMITONES: Final = 4
"""A third lower: a voice that is still understood and still sounds like one."""

_RATIO: Final = 2 ** (-SEMITONES / 12)
_HOP: Final = RATE // 50  # 20 ms
_GRAIN: Final = 2 * _HOP
_TAKEN: Final = round(_GRAIN * _RATIO)  # samples of the original in a grain
_HALF: Final = _TAKEN // 2
_SEARCH: Final = 120  # 7.5 ms either way: a period of 67 Hz, lower than people speak
_REACH: Final = _SEARCH + _TAKEN
_WINDOW: Final = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_GRAIN) / _GRAIN)
_PLACES: Final = np.linspace(0.0, _TAKEN - 1.0, _GRAIN)


def lowered(pcm: Iterable[bytes]) -> Iterator[bytes]:
    """16 kHz mono s16le with its pitch lowered; as many samples as came in, each sound where it was."""
    grains = _Grains()
    for piece in pcm:
        yield grains.take(piece)
    yield grains.rest()


class _Grains:
    """What has come in and is still needed, and the half of the last grain that waits for the next."""

    def __init__(self) -> None:
        self._held: Samples = np.zeros(_REACH)  # before the first sample there is silence
        self._odd = b""
        self._waiting: Samples = np.zeros(_HOP)
        self._before: int | None = None  # where in `_held` the last grain goes on
        self._at = _REACH + _HOP - _HALF  # where the next one would begin if nothing were moved
        self._due = 0  # samples that came in and have not gone out

    def take(self, piece: bytes) -> bytes:
        """What is ready after this piece."""
        data = self._odd + piece
        whole = len(data) // 2 * 2
        self._odd = data[whole:]
        self._due += whole // 2
        return self._made(np.frombuffer(data[:whole], "<i2").astype(np.float64))

    def rest(self) -> bytes:
        """What is left when nothing more comes in."""
        due = self._due
        return self._made(np.zeros(due + 2 * _REACH + _GRAIN))[: 2 * due]

    def _made(self, more: Samples) -> bytes:
        self._held = np.concatenate([self._held, more])
        made: list[NDArray[np.int16]] = []
        while self._at + _REACH <= len(self._held):
            made.append(self._next())
        gone = max(0, min(self._at - _REACH, len(self._held)))
        self._held, self._at = self._held[gone:], self._at - gone
        self._before = None if self._before is None else self._before - gone
        self._due -= _HOP * len(made)
        return np.concatenate(made).tobytes() if made else b""

    def _next(self) -> NDArray[np.int16]:
        """A hop of sound: the end of the last grain and the beginning of this one."""
        start = self._at + (0 if self._before is None else self._moved(self._before))
        grain = _WINDOW * np.interp(_PLACES, np.arange(_TAKEN), self._held[start : start + _TAKEN])
        out = self._waiting + grain[:_HOP]
        self._waiting, self._before = grain[_HOP:], start + _HALF
        self._at += _HOP
        return np.clip(out.round(), -32_768, 32_767).astype("<i2")

    def _moved(self, before: int) -> int:
        """By how much the next grain is moved to look like what the last one went on to."""
        wanted = self._held[before : before + _HALF]
        around = self._held[self._at - _SEARCH : self._at + _SEARCH + _HALF]
        alike = np.correlate(around, wanted, "valid")
        sums = np.concatenate([[0.0], np.cumsum(around * around)])
        power = sums[_HALF:] - sums[:-_HALF]
        return int(np.argmax(alike / np.sqrt(np.maximum(power, 1.0)))) - _SEARCH
