"""whisper.cpp, by pywhispercpp, in an environment of its own: only numpy and pywhispercpp are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pywhispercpp.model import Model  # type: ignore[import-not-found]  # installed where this runs, not in .venv

from benchmarks.listeners import CPP_BEAM, child

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

GREEDY, BEAM = 0, 1
"""whisper.cpp's sampling strategies; the second takes beams of 5 unless told otherwise, as its command does."""


def load(row: str, model: Path, loading: child.Loading) -> child.Ready:
    """The model, with whisper.cpp's own defaults for everything but the strategy."""
    strategy = BEAM if row == CPP_BEAM else GREEDY
    with loading:
        whisper = Model(
            str(model), params_sampling_strategy=strategy, redirect_whispercpp_logs_to=None, print_progress=False
        )

    def ready(pcm: Path, language: str, hotwords: Sequence[str]) -> Callable[[], str]:
        samples = child.floats(pcm)
        prompt = {"initial_prompt": ", ".join(hotwords), "carry_initial_prompt": True} if hotwords else {}

        def hear() -> str:
            return " ".join(segment.text for segment in whisper.transcribe(samples, language=language, **prompt))

        return hear

    return ready


if __name__ == "__main__":
    child.main(load)
