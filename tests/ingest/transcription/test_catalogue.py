"""Weights worth bringing in."""

from __future__ import annotations

import pytest

from ingest.transcription import catalogue
from storage.errors import BadInput


@pytest.mark.parametrize("language", ["no", "nb", "nn"])
def test_the_national_librarys_come_first_for_norwegian(language: str) -> None:
    """NB-Whisper, plain and verbatim, stand before those made for every language."""
    names = [offer.name for offer in catalogue.offers(language)]
    assert names[:2] == ["nb-whisper-large", "nb-whisper-large-verbatim"]
    assert names.index("whisper-large-v3") > names.index("nb-whisper-small")
    assert "kb-whisper-large" not in names


def test_a_language_without_weights_of_its_own_has_those_for_all() -> None:
    """Danish gets OpenAI's; no language gets the whole list; an unknown one is refused."""
    assert [offer.name for offer in catalogue.offers("da")] == ["whisper-large-v3", "whisper-small"]
    assert len(catalogue.offers()) > len(catalogue.offers("no"))
    with pytest.raises(BadInput):
        catalogue.offers("klingon")


def test_every_offer_says_how_it_is_brought_in() -> None:
    """Source, size, licence, and a command that makes a folder of the offer's name."""
    for offer in catalogue.offers():
        assert offer.gigabytes > 0
        assert offer.licence
        assert f"--model {offer.source} --output_dir {offer.name} " in offer.how
