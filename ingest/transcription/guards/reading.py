"""A chunk as the guards read it: its words with or without times, bare of marks and case, and its sentences."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.transcription.guards.doubt import Span
    from ingest.transcription.heard import Heard

# CJK is written without blanks; each of its characters is a word here. Thai and Lao are left whole.
_WORD: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_ENDS: Final = re.compile(r"[.!?…。！？♪♫🎵]+[\"'»”’)\]]*$")  # noqa: RUF001 - the full-width marks are what Whisper writes in CJK
_ABBREVIATION: Final = re.compile(r"\w\.|\w+\.\w+\.?|(?:dr|mr|mrs|ms|st|nr|ca|kl|etc|osv|bl|vs)\.", re.IGNORECASE)


def texts(heard: Heard) -> tuple[str, ...]:
    """The chunk's words as written: those that were aligned, else the text's."""
    return tuple(word.text for word in heard.words) or tuple(_WORD.findall(heard.text))


def bare(text: str) -> str:
    """A word without case, marks and signs; a word of nothing else, such as `♪`, stays what it is."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum() or unicodedata.category(sign) == "Mn") or folded.strip()


def sentences(written: Sequence[str]) -> list[Span]:
    """Where each sentence begins and ends; what follows the last full stop is one as well."""
    spans, first = [], 0
    for place, text in enumerate(written):
        if _ENDS.search(text) and not _ABBREVIATION.fullmatch(text):
            spans.append((first, place + 1))
            first = place + 1
    return [*spans, (first, len(written))] if first < len(written) else spans


def spoken(heard: Heard, start: float, end: float, margin: float = 0.0) -> float:
    """Seconds between two times in which voice activity detection hears somebody, give or take a margin."""
    return sum(max(0.0, min(end, last + margin) - max(start, first - margin)) for first, last in heard.speech)
