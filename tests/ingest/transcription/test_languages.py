"""Language codes: the house's to Whisper's."""

from __future__ import annotations

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from ingest.transcription.languages import CODES, whisper_code
from storage.errors import BadInput


@pytest.mark.parametrize(
    ("asked", "code"),
    [("no", "no"), ("nb", "no"), ("nb-NO", "no"), ("nn", "nn"), ("da", "da"), ("EN_gb", "en"), (" sv ", "sv")],
)
def test_tags_become_whispers_codes(asked: str, code: str) -> None:
    """Bokmål under either code, regions, case and blanks all lead to the code Whisper knows."""
    assert whisper_code(asked) == code


def test_no_language_means_find_out() -> None:
    """None stays None, which asks the recogniser to detect the language."""
    assert whisper_code(None) is None


@pytest.mark.parametrize("asked", ["norwegian", "xx", "", "-", "n"])
def test_an_unknown_language_is_refused_with_the_list(asked: str) -> None:
    """A language Whisper does not know is refused, and the sentence lists those it does."""
    with pytest.raises(BadInput, match=r"af, am, .*nn, no, .*yue"):
        whisper_code(asked)


def test_the_list_is_whispers_own() -> None:
    """Our copy of the codes is the one faster-whisper carries."""
    assert CODES == _LANGUAGE_CODES
