"""The recordings that are listened to: decoded, joined, made longer, and with their reference texts.

What is in ../shared/audio with a text is the test set: nothing is ever tuned on it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

RATE: Final = 16_000
"""Samples a second."""

SHARED: Final = Path(__file__).resolve().parents[3] / "shared" / "audio"
INTERVIEW: Final = SHARED / "erna.mp3"
LANGUAGES: Final = {"erna": "no", "king": "no", "sv": "sv"}
"""The language of a recording by the first part of its name; English otherwise."""

SPONTANEOUS: Final = "spontaneous"
_MINUTE: Final = 60 * RATE
_SEARCHED: Final = 10 * RATE
_FRAME: Final = RATE // 50


def language_of(recording: Path) -> str:
    """What is spoken, ISO 639-1."""
    return LANGUAGES.get(recording.stem.partition("-")[0], "en")


def decode(path: Path) -> bytes:
    """A trusted file as 16 kHz mono s16le. Interviews go through the sandbox instead."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    frames += resampler.resample(None)
    return b"".join(frame.to_ndarray().tobytes() for frame in frames)


def write(recordings: Sequence[Path], target: Path, minutes: float | None = None) -> float:
    """Write the recordings one after another, 16 kHz mono s16le, and return seconds of sound.

    With `minutes`, as long as that: whole once, and then again and again in pieces of about a minute, each time in
    another order (always the same orders).
    """
    joined = np.concatenate([np.frombuffer(decode(path), dtype="<i2") for path in recordings])
    wanted = len(joined) if minutes is None else round(minutes * _MINUTE)
    written = 0
    with target.open("wb") as file:
        for piece in _over_and_over(joined):
            file.write(piece[: wanted - written].tobytes())
            written += len(piece)
            if written >= wanted:
                return wanted / RATE
    raise AssertionError  # it goes on for ever


def _over_and_over(samples: NDArray[np.int16]) -> Iterator[NDArray[np.int16]]:
    yield samples
    order = random.Random(1)  # noqa: S311 - an order, not a secret
    minutes = list(pieces(samples))
    while True:
        order.shuffle(minutes)
        yield from minutes


def pieces(samples: NDArray[np.int16]) -> Iterator[NDArray[np.int16]]:
    """About a minute each, cut where it is quietest in the minute's last ten seconds."""
    while len(samples) > _MINUTE:
        searched = samples[_MINUTE - _SEARCHED : _MINUTE].astype(np.float32).reshape(-1, _FRAME)
        cut = _MINUTE - _SEARCHED + int(np.square(searched).mean(axis=1).argmin()) * _FRAME
        yield samples[:cut]
        samples = samples[cut:]
    yield samples


def references(folder: Path = SHARED) -> dict[str, list[tuple[Path, Path]]]:
    """Each recording that has a reference text, with that text, by language; spontaneous speech apart."""
    found = defaultdict(list)
    for text in sorted(folder.glob("*.txt")):
        for recording in [path for path in sorted(folder.glob(f"{text.stem}.*")) if path != text][:1]:
            kind = f" {SPONTANEOUS}" if SPONTANEOUS in text.stem else ""
            found[language_of(recording) + kind].append((recording, text))
    return dict(found)
