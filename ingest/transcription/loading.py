"""Models that are loaded: one of a kind in a process, whoever hears with it.

Hashing and loading take about as long as a minute of sound takes to hear, and the weights as much memory as they are
long; recordings that are heard one after another, or at the same time, share both.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ingest.transcription import weights
from ingest.transcription.ears import Ears

if TYPE_CHECKING:
    from ingest.transcription.models import Model

_loaded: dict[tuple[object, ...], Ears] = {}
_one_at_a_time = threading.Lock()


def ears(model: Model, workers: int, precision: str, device: str) -> Ears:
    """The model, loaded if it was not, after its files were hashed. Raises BadModel, PipelineFailed.

    Another model takes the place of the one before: two large ones do not fit a laptop.
    """
    key = (model.sha256, model.folder, workers, precision, device)
    with _one_at_a_time:
        if key not in _loaded:
            _loaded.clear()
            _loaded[key] = Ears(weights.load(model, workers=workers, precision=precision, device=device))
        return _loaded[key]


def forget() -> None:
    """Let go of what is loaded; whoever hears with it may finish."""
    with _one_at_a_time:
        _loaded.clear()
