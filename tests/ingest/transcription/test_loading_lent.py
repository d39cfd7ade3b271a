"""A model that is lent: recordings at once with different models, and never both in memory."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import ctranslate2
import pytest

from ingest.transcription import loading, models
from ingest.transcription.engine import Parameters, Whisper
from storage.errors import BadInput, BadModel

if TYPE_CHECKING:
    from pathlib import Path


def test_who_wants_another_model_waits_for_who_hears(jfk: bytes) -> None:
    """The second model is not loaded while somebody hears with the first."""
    order: list[str] = []
    asking = threading.Event()

    def other() -> None:
        asking.set()
        with loading.lent(models.packaged(), 2, "int8", "cpu"):
            order.append("the second is loaded")

    with ThreadPoolExecutor(1) as pool:
        with loading.lent(models.packaged(), 1, "int8", "cpu"):
            waiting = pool.submit(other)
            asking.wait()
            Whisper(models.packaged(), cores=1).transcribe([jfk], "en", lambda *_: None)
            order.append("the first has heard")
        waiting.result()
    assert order == ["the first has heard", "the second is loaded"]


def test_a_model_that_cannot_be_loaded_holds_up_nobody(tmp_path: Path) -> None:
    """Somebody whose weights are gone gets their sentence, and the next recording its model."""
    with pytest.raises(BadModel), loading.lent(models.Model("gone", "0" * 64, tmp_path / "gone"), 1, "int8", "cpu"):
        pass
    with loading.lent(models.packaged(), 1, "int8", "cpu") as ears:
        assert ears.multilingual


@pytest.mark.skipif(ctranslate2.get_cuda_device_count() > 0, reason="this machine has a graphics card")
def test_without_a_graphics_card_the_model_is_not_blamed(jfk: bytes) -> None:
    """Asked to reckon where there is nothing to reckon with, it says so."""
    with pytest.raises(BadInput, match="graphics card"):
        Whisper(models.packaged(), parameters=Parameters(device="cuda")).transcribe([jfk], "en", lambda *_: None)
