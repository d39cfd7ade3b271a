"""The decoder's beginning and end: one job, one recording, one status."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from . import made
from .bounds import bind
from .refused import Refused
from .sound import Sound
from .source import Line, Source

if TYPE_CHECKING:
    from collections.abc import Callable

# PyAV imports these when it first meets such a stream, and by then no file can be opened.
LATE = ("av.subtitles.stream", "av.subtitles.codeccontext", "logging")
JOBS: dict[str, Callable[[Sound, Line], dict[str, object]]] = {
    "facts": made.facts,
    "pcm": made.pcm,
    "listening": made.listening,
}


def main(job: str, size: str, max_seconds: str, cpu_seconds: str, memory: str) -> None:
    """Do one job on a recording of `size` bytes; "hello" only says that everything needed is there."""
    for module in LATE:
        importlib.import_module(module)
    bind(int(memory), int(cpu_seconds))
    line = Line(sys.stdin.buffer, sys.stdout.buffer)
    status: dict[str, object] = {"code": "ok"}
    if job != "hello":
        status = _status(job, Source(line, int(size)), float(max_seconds), line)
    line.done(status)


def _status(job: str, source: Source, max_seconds: float, line: Line) -> dict[str, object]:
    """A code and facts: an exception's own words may hold pieces of the recording and stay in here."""
    try:
        return {"code": "ok", "facts": JOBS[job](Sound(source, max_seconds), line)}
    except Refused as no:
        return {"code": no.code, "facts": no.facts}
    except MemoryError:
        return {"code": "memory", "facts": {}}
    except Exception:  # noqa: BLE001  # whatever a hostile file provokes, the answer is a code
        return {"code": "failed", "facts": {}}
