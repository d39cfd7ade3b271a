"""How fast words are said, against how fast anyone can say them.

Speakers of 17 languages average 4 to 9 syllables a second (Coupé, Oh, Dediu & Pellegrino 2019, Science Advances
5:eaaw2594). Interviewees vary a good deal within one utterance (Miller, Grosjean & Lomanto 1984, Phonetica 41:215),
and syllables that are written are not all spoken, in Danish far fewer than in Norwegian and Swedish (Hilton, Schüppert
& Gooskens 2011, Nordic Journal of Linguistics 34:215). So the limit is a third above the fastest average, over time in
which voice activity detection hears speech, with half a second for its edges.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from ingest.transcription.guards.reading import sentences, spoken, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.transcription.guards.doubt import Span
    from ingest.transcription.heard import Heard

FASTEST: Final = 12.0
"""Written syllables a second."""

SLOWEST: Final = 1.5
"""Written syllables a second of speech below which something was left out, or the sound was no speech.

Less than half of the slowest average; real chunks of clear, spontaneous and hoarse speech had 2.5 and more.
"""

_EDGES: Final = 0.5
_ENOUGH: Final = 3.0
"""Seconds of speech from which on it is remarkable that hardly a word is written."""

_FEW: Final = 8
"""Syllables up to which a sentence's times say nothing: an alignment is a few tenths of a second off."""

_VOWELS: Final = re.compile(r"[aeiouyæøœ]+")
_SILENT_E: Final = re.compile(r"(?<=[aeiouy][^aeiouy\W])e(?=s?$)|(?<=[aeiouy][^aeiouy\W]{2})e(?=s?$)")
_ONE_EACH: Final = re.compile(r"[0-9\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def syllables(word: str, language: str = "") -> int:
    """How many syllables a written word stands for, roughly: its groups of vowels; digits and CJK signs one each.

    In other scripts than the Latin two letters make a syllable.
    """
    letters = "".join(
        sign for sign in unicodedata.normalize("NFKD", word.casefold()) if unicodedata.category(sign) != "Mn"
    )
    if not any(sign.isalnum() for sign in letters):
        return 0
    if language == "en":
        letters = _SILENT_E.sub("", letters)
    each = len(_ONE_EACH.findall(unicodedata.normalize("NFKC", word)))
    if not each and not letters.isascii() and not _VOWELS.search(letters):
        return -(-len(letters) // 2)
    return max(1, len(_VOWELS.findall(letters)) + each)


def in_all(written: Iterable[str], language: str) -> int:
    """The syllables of several words."""
    return sum(syllables(word, language) for word in written)


def too_fast(heard: Heard) -> bool:
    """Whether the whole text is more than can be said in the time somebody speaks."""
    time = spoken(heard, heard.start, heard.end)
    return time > 0 and in_all(texts(heard), heard.language) > FASTEST * (time + _EDGES)


def sparse(heard: Heard) -> bool:
    """Whether there is much speech and hardly a word: text was dropped, or somebody laughs, cries or sings."""
    time = spoken(heard, heard.start, heard.end)
    return time >= _ENOUGH and in_all(texts(heard), heard.language) < SLOWEST * time


def rushed(heard: Heard) -> list[Span]:
    """Sentences whose words are said faster than can be, by their own times."""
    words = heard.words
    return [
        (first, last)
        for first, last in sentences([word.text for word in words])
        if (said := in_all([word.text for word in words[first:last]], heard.language)) > _FEW
        and said > FASTEST * (words[last - 1].end - words[first].start + _EDGES)
    ]
