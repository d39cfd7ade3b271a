"""What stands before each chunk: the study's names and the style's fillers."""

from __future__ import annotations

import pytest

from ingest.transcription.languages import CODES
from ingest.transcription.styles import BEFORE, Style, before

NAMES = ("Kari Nordmann", "Ås")


@pytest.mark.parametrize(
    ("style", "language", "names", "text"),
    [
        (Style.VERBATIM, "no", (), "Eh, mm, ja."),
        (Style.VERBATIM, "no", NAMES, "Kari Nordmann, Ås. Eh, mm, ja."),
        (Style.PLAIN, "no", NAMES, "Kari Nordmann, Ås."),
        (Style.PLAIN, "no", (), ""),
        (Style.VERBATIM, "fr", (), ""),
        (Style.VERBATIM, "fr", NAMES, "Kari Nordmann, Ås."),
    ],
)
def test_names_come_first_and_fillers_where_they_are_wanted(
    style: Style, language: str, names: tuple[str, ...], text: str
) -> None:
    """Verbatim puts a language's fillers before the text, plain none; names stand before either, as a sentence."""
    assert before(style, language, names) == text


def test_fillers_are_for_languages_there_are() -> None:
    """Every language with fillers is one Whisper knows, and its fillers are a sentence, after which another begins."""
    assert BEFORE.keys() <= set(CODES)
    assert all(fillers.endswith(".") and fillers[0].isupper() for fillers in BEFORE.values())
