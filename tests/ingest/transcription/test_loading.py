"""One loaded model of a kind, whoever hears with it."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.transcription import loading, models
from storage.errors import BadInput, BadModel
from tests.ingest.transcription.listen import hear

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Nothing is loaded before, and nothing after."""
    loading.forget()
    yield
    loading.forget()


def test_two_who_ask_at_once_share_one_model() -> None:
    """Threads that ask for the same weights at the same time get the same ears, and later ones too."""
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(loading.ears, models.packaged(), 1, "int8", "cpu") for _ in range(3)]
    assert len({id(one.result()) for one in asked}) == 1
    assert loading.ears(models.packaged(), 1, "int8", "cpu") is asked[0].result()


def test_another_model_takes_the_place_of_the_one_before(jfk: bytes) -> None:
    """What was loaded before is let go of at once, weights and all, without waiting for the garbage collector."""
    hear(jfk[:64_000], cores=1)
    before = weakref.ref(loading.ears(models.packaged(), 1, "int8", "cpu")._whisper)
    gc.disable()
    try:
        loading.ears(models.packaged(), 2, "int8", "cpu")
        assert before() is None
    finally:
        gc.enable()


def test_who_hears_with_it_may_finish(jfk: bytes) -> None:
    """Ears that were forgotten still hear."""
    ears = loading.ears(models.packaged(), 1, "int8", "cpu")
    encoded = ears.encoded(np.frombuffer(jfk, "<i2"))
    loading.forget()
    assert ears.languages([encoded])[0][0][0] == "en"


def test_weights_that_changed_are_not_loaded(tmp_path: Path) -> None:
    """A model whose files are gone, or are others than registered, is refused, and nothing is kept of it."""
    with pytest.raises(BadModel):
        loading.ears(models.Model("gone", "0" * 64, tmp_path / "gone"), 1, "int8", "cpu")
    assert loading._loaded == {}


def test_a_language_the_model_was_not_taught_is_refused() -> None:
    """Cantonese came with large-v3: base says so, instead of writing nonsense."""
    ears = loading.ears(models.packaged(), 1, "int8", "cpu")
    for code in (None, "en", "no", "nn", "haw"):
        ears.require(code)
    with pytest.raises(BadInput, match="yue"):
        ears.require("yue")


def test_a_model_of_english_alone_is_asked_for_nothing_else() -> None:
    """Where the model knows only English, another language is refused, and none need be found out."""
    ears = loading.ears(models.packaged(), 1, "int8", "cpu")
    ears.multilingual = False
    ears.require("en")
    with pytest.raises(BadInput, match="only English"):
        ears.require("no")
    assert ears.languages([None, None]) == [(("en", 1.0),)] * 2
