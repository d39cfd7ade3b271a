"""What every row's process does: load, hear each sound against the clock, print one line of JSON.

    python -m benchmarks.listeners.MODULE JOB

JOB is JSON: {"row": …, "model": a folder or file, "sounds": [{"pcm": file, "language": …, "hotwords": […]}, …]}.
The line printed: {"load": seconds, "peak": bytes, "heard": [{"seconds": …, "cpu": …, "text": …}, …]}. The peak is the
whole process's, from its start: libraries, weights and sound too.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_PIECE = 1 << 20
"""Samples: how many are made floats at a time, so that making them is not what takes the most memory."""


class Loading:
    """Adds up the time and the CPU time that loading weights takes, which is not time spent listening."""

    def __init__(self) -> None:
        self.seconds, self.cpu = 0.0, 0.0

    def __enter__(self) -> Self:
        self._began, self._spent = time.perf_counter(), cpu()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._began
        self.cpu += cpu() - self._spent


class Ready(Protocol):
    """A listener that is loaded."""

    def __call__(self, pcm: Path, language: str, hotwords: Sequence[str], /) -> Callable[[], str]:
        """Get ready for one sound, outside the clock; what is returned hears it and returns its text."""


def main(load: Callable[[str, Path, Loading], Ready]) -> None:
    """Do the job in the arguments. `load` gets the row, the model and what to load within."""
    job = json.loads(sys.argv[1])
    loading = Loading()
    ready = load(job["row"], Path(job["model"]), loading)
    heard = [_hear(ready, sound, loading) for sound in job["sounds"]]
    sys.stdout.write("\n" + json.dumps({"load": loading.seconds, "peak": peak(), "heard": heard}) + "\n")


def _hear(ready: Ready, sound: dict[str, Any], loading: Loading) -> dict[str, object]:
    hear = ready(Path(sound["pcm"]), sound["language"], sound["hotwords"])
    before = loading.seconds, loading.cpu
    began, spent = time.perf_counter(), cpu()
    text = hear()
    seconds = time.perf_counter() - began - (loading.seconds - before[0])
    return {"seconds": seconds, "cpu": cpu() - spent - (loading.cpu - before[1]), "text": text}


def floats(pcm: Path) -> NDArray[np.float32]:
    """A file of 16 kHz mono s16le as Whisper's libraries want it: floats in [-1, 1)."""
    samples = np.memmap(pcm, dtype="<i2", mode="r")
    made = np.empty(len(samples), dtype=np.float32)
    for start in range(0, len(samples), _PIECE):
        made[start : start + _PIECE] = samples[start : start + _PIECE]
    made /= np.float32(32_768)
    return made


def cpu() -> float:
    """Seconds of CPU so far, of this process and of those it started and that are over."""
    return sum(os.times()[:4])


def peak() -> int:
    """Bytes: the most memory this process ever had (VmHWM), and the largest of those it started."""
    mine = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("VmHWM"))
    return 1024 * (int(mine.split()[1]) + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
