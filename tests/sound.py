"""Sound for tests: the opening of the sample interview as a WAV file, and what it looks like in bytes."""

from __future__ import annotations

import io
import wave
from functools import cache
from typing import TYPE_CHECKING

import av
import numpy as np

from tests.conftest import REPO

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = REPO / "samples" / "interview.opus"
RATE = 16_000
WINDOW = 32  # samples


@cache
def samples(seconds: float) -> bytes:
    """The first `seconds` of the sample interview as 16 kHz mono s16le."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    parts: list[bytes] = []
    with av.open(str(SAMPLE)) as container:
        for frame in container.decode(audio=0):
            parts += [out.to_ndarray().tobytes() for out in resampler.resample(frame)]
            if sum(map(len, parts)) >= seconds * RATE * 2:
                break
    return b"".join(parts)[: int(seconds * RATE) * 2]


@cache
def decoded(path: Path, layout: str = "mono") -> bytes:
    """A trusted file as 16 kHz s16le, its channels interleaved. Interviews go through the sandbox instead."""
    resampler = av.AudioResampler(format="s16", layout=layout, rate=RATE)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return b"".join(frame.to_ndarray().tobytes() for frame in (*frames, *resampler.resample(None)))


@cache
def opening(seconds: float) -> bytes:
    """A WAV file of the first `seconds`."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples(seconds))
    return file.getvalue()


def pcm_windows(seconds: float, count: int = 40) -> list[bytes]:
    """Short stretches of the sound that are loud enough to be nobody else's bytes."""
    pcm = np.frombuffer(samples(seconds), dtype="<i2")
    loud = [start for start in range(0, len(pcm) - WINDOW, WINDOW) if np.abs(pcm[start : start + WINDOW]).mean() > 800]
    return [pcm[start : start + WINDOW].tobytes() for start in loud[:: max(1, len(loud) // count)]]
