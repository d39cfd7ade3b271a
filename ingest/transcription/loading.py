"""Models that are loaded: one of a kind in a process, whoever hears with it.

Hashing and loading take about as long as a minute of sound takes to hear, and the weights as much memory as they are
long; recordings that are heard one after another, or at the same time, share both.
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ingest.transcription import weights
from ingest.transcription.ears import Ears

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.transcription.models import Model

_loaded: dict[tuple[object, ...], Ears] = {}
_one_at_a_time = threading.Lock()
_lent = Counter[tuple[object, ...]]()
_returned = threading.Condition()


@contextmanager
def lent(model: Model, workers: int, precision: str, device: str) -> Iterator[Ears]:
    """The model, as by `ears`, for as long as somebody hears with it; whoever wants another waits until then.

    So recordings at once that want different models are heard one after another, with one of them in memory.
    """
    key = _key(model, workers, precision, device)
    with _returned:
        _returned.wait_for(lambda: not _lent or key in _lent)
        _lent[key] += 1
    try:
        yield ears(model, workers, precision, device)
    finally:
        with _returned:
            _lent[key] -= 1
            if not _lent[key]:
                del _lent[key]
            _returned.notify_all()


def ears(model: Model, workers: int, precision: str, device: str) -> Ears:
    """The model, loaded if it was not, after its files were hashed. Raises BadModel, PipelineFailed.

    Another model takes the place of the one before: two large ones do not fit a laptop.
    """
    key = _key(model, workers, precision, device)
    with _one_at_a_time:
        if key not in _loaded:
            _loaded.clear()
            _loaded[key] = Ears(weights.load(model, workers=workers, precision=precision, device=device))
        return _loaded[key]


def _key(model: Model, workers: int, precision: str, device: str) -> tuple[object, ...]:
    return model.sha256, model.folder, workers, precision, device


def forget() -> None:
    """Let go of what is loaded; whoever hears with it may finish."""
    with _one_at_a_time:
        _loaded.clear()
