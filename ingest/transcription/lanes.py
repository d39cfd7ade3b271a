"""Several blocks of one recording at once, each lane with a recogniser and a core of its own.

Two lanes of one thread hear nearly twice as much as one of two threads, because Whisper's decoder gains little from a
second thread. Which block goes to which lane depends on nothing but their order, and each lane draws its own random
numbers, so the same recording gives the same words every time.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Protocol

from ingest.transcription import models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ingest.transcription.models import Model
    from storage.transcript import Segment

WORTH_PARTING: Final = 120.0
"""Seconds of sound below which a second copy of the weights takes longer to load than it saves."""

SMALL: Final = 600_000_000
"""Bytes: heavier weights are not loaded more than once, or they would not fit a laptop's memory."""


class Listener(Protocol):
    """One recogniser, which hears one block at a time."""

    def block(self, offset: float, samples: Any, on_progress: Callable[[float], None], /) -> Iterator[Segment]:  # noqa: ANN401 - numpy is not imported here
        """The segments of a block that starts `offset` seconds in."""


class _Stopped(Exception):
    """Another lane has failed, so this one need not go on."""


def lanes_for(model: Model, seconds: float, cores: int) -> int:
    """How many blocks to hear at once: as many as there are cores, or one for short sound and heavy weights."""
    return cores if seconds >= WORTH_PARTING and models.size(model) <= SMALL else 1


def shared(on_progress: Callable[[float, float], None], total: float) -> Callable[[float], None]:
    """Adds up what the lanes have heard, in seconds, and tells it with the total, one call at a time."""
    lock, done = threading.Lock(), 0.0

    def add(seconds: float) -> None:
        nonlocal done
        with lock:
            done += seconds
            on_progress(min(done, total), total)

    return add


def heard(
    listeners: Sequence[Listener], parts: Sequence[tuple[float, Any]], on_progress: Callable[[float], None]
) -> tuple[Segment, ...]:
    """The segments of all parts in order, the listeners taking turns; the first lane's error stops them all."""
    stop = threading.Event()

    def tell(seconds: float) -> None:
        if stop.is_set():
            raise _Stopped
        on_progress(seconds)

    def lane(number: int) -> list[list[Segment]]:
        try:
            mine = parts[number :: len(listeners)]
            return [list(listeners[number].block(offset, samples, tell)) for offset, samples in mine]
        except BaseException:
            stop.set()
            raise

    return tuple(_in_order(_all(lane, len(listeners)), len(parts)))


def _all(lane: Callable[[int], list[list[Segment]]], count: int) -> list[list[list[Segment]]]:
    if count == 1:
        return [lane(0)]
    with ThreadPoolExecutor(count, thread_name_prefix="lane") as pool:
        futures = [pool.submit(lane, number) for number in range(count)]
    errors = [error for future in futures if (error := future.exception())]
    for error in sorted(errors, key=lambda error: isinstance(error, _Stopped)):
        raise error
    return [future.result() for future in futures]


def _in_order(lanes: list[list[list[Segment]]], parts: int) -> Iterator[Segment]:
    for part in range(parts):
        yield from lanes[part % len(lanes)][part // len(lanes)]
