"""The decoder's beginning and end: one job, one interview, one status."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from . import made
from .bounds import bind
from .order import Order
from .refused import Refused
from .sound import Interview
from .source import Line, Source

if TYPE_CHECKING:
    from collections.abc import Callable

# PyAV imports these when it first meets such a stream, and by then no file can be opened.
LATE = ("av.subtitles.stream", "av.subtitles.codeccontext", "logging")
JOBS: dict[str, Callable[[Interview, Order, Line], dict[str, object]]] = {
    "facts": made.facts,
    "pcm": made.pcm,
    "listening": made.listening,
}


def main(word: str, cpu_seconds: str, memory: str) -> None:
    """Do what the `Order` in `word` says; "hello" only says that everything needed is there."""
    for module in LATE:
        importlib.import_module(module)
    bind(int(memory), int(cpu_seconds))
    line = Line(sys.stdin.buffer, sys.stdout.buffer)
    order = Order.from_word(word)
    line.done({"code": "ok"} if order.job == "hello" else status(order, line))


def status(order: Order, line: Line) -> dict[str, object]:
    """A code and facts: an exception's own words may hold pieces of the recording and stay in here."""
    sources = [Source(line, size, part) for part, size in enumerate(order.sizes)]
    interview = Interview(sources, order.max_seconds)
    try:
        return {"code": "ok", "facts": JOBS[order.job](interview, order, line)}
    except Refused as no:
        return {"code": no.code, "facts": {**no.facts, "part": interview.part}}
    except MemoryError:
        return {"code": "memory", "facts": {"part": interview.part}}
    except Exception:  # noqa: BLE001  # whatever a hostile file provokes, the answer is a code
        return {"code": "failed", "facts": {"part": interview.part}}
