"""Recordings with something planted between the words: silence, noise, music, laughter, crying, the world outside.

The speech is real (or the sample interview's); what is planted is synthesised here, from a seed, so that everybody's
tests hear the same. Nobody speaks in a planted stretch: whatever a recogniser writes there, it invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from tests.planted import music, scenes, voices
from tests.planted.signals import RATE, level, samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from tests.planted.signals import Dice, Sound

KINDS: Final[dict[str, Callable[[Dice, float], Sound]]] = {
    "silence": scenes.nothing,
    "room noise": scenes.room,
    "music": music.music,
    "laughter": voices.laughter,
    "crying": voices.crying,
    "traffic": scenes.traffic,
    "telephone": scenes.telephone,
    "keyboard": scenes.keyboard,
}
LASTING: Final = (10.0, 60.0)
"""How long a planted stretch may be, in seconds."""

_FRAME: Final = RATE // 50
_PAUSE: Final = 15
_EDGE: Final = RATE // 50


@dataclass(frozen=True, slots=True, eq=False)
class Planted:
    """A recording, 16 kHz mono, and where in it nobody speaks: (kind, start, end) in seconds, in order."""

    samples: NDArray[np.int16]
    stretches: tuple[tuple[str, float, float], ...]

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / RATE


def planted(
    speech: NDArray[np.int16],
    seed: int,
    *,
    kinds: Sequence[str] = tuple(KINDS),
    lasting: tuple[float, float] = LASTING,
) -> Planted:
    """The speech, cut at its quietest places, a stretch of each kind between the parts, in an order of the seed."""
    dice = np.random.default_rng(seed)
    loudness = float(np.sqrt(np.mean(np.square(speech.astype(np.float64))))) or 1.0
    parts: list[NDArray[np.int16]] = []
    stretches: list[tuple[str, float, float]] = []
    order = [kinds[place] for place in dice.permutation(len(kinds))]
    for words, kind in zip(_cut(speech, len(kinds)), [*order, None], strict=True):
        parts.append(words)
        if kind is not None:
            start = sum(map(len, parts)) / RATE
            parts.append(stretch(kind, dice, dice.uniform(*lasting), loudness))
            stretches.append((kind, start, start + len(parts[-1]) / RATE))
    return Planted(np.concatenate(parts), tuple(stretches))


def stretch(kind: str, dice: Dice, seconds: float, loudness: float = 2_000.0) -> NDArray[np.int16]:
    """One stretch alone, from 10 dB softer to 2 dB louder than speech of this loudness (RMS of 16-bit samples)."""
    sound = level(KINDS[kind](dice, seconds), loudness * 10 ** (dice.uniform(-10, 2) / 20))
    fade = np.minimum(1.0, np.minimum(np.arange(len(sound)), np.arange(len(sound))[::-1]) / _EDGE)
    return np.asarray(np.clip(sound * fade, -32_768, 32_767).astype(np.int16))


def _cut(speech: NDArray[np.int16], cuts: int) -> Iterator[NDArray[np.int16]]:
    """The speech in one part more than `cuts`, parted in the quietest 0.3 s near each even place."""
    even, start = len(speech) // (cuts + 1), 0
    for number in range(1, cuts + 1):
        low = number * even - even // 3
        around = speech[low : number * even + even // 3]
        cut = low + _quietest(around)
        yield speech[start:cut]
        start = cut
    yield speech[start:]


def _quietest(part: NDArray[np.int16]) -> int:
    """Where, in samples, the middle of a part's quietest pause is."""
    frames = part[: len(part) // _FRAME * _FRAME].astype(np.float64).reshape(-1, _FRAME)
    power = np.convolve(np.square(frames).mean(axis=1), np.ones(_PAUSE), mode="valid")
    return (int(power.argmin()) + _PAUSE // 2) * _FRAME


__all__ = ["KINDS", "RATE", "Planted", "planted", "samples", "stretch"]
