"""Punctuation that stops: a decoder that slid into writing without marks and capitals, and stays there."""

from __future__ import annotations

import re
from statistics import median
from typing import TYPE_CHECKING, Final

from ingest.transcription.guards.reading import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.transcription.guards.doubt import Span
    from ingest.transcription.heard import Heard

_MARK: Final = re.compile(r"\w.*[.,:;!?…]|[.,:;!?…]\W*$")
_LONG: Final = 12
"""Words in a chunk from which on the absence of marks means something."""

_USUAL: Final = 1 / 15
"""Marks a word that a punctuated text has at least: read texts have one in six to nine."""

_STRETCH: Final = 40
"""Words without a mark that nobody says in one breath."""


def decayed(chunks: Sequence[Heard]) -> tuple[int, ...]:
    """Which chunks have neither marks nor capitals though most of the others do."""
    written = [texts(chunk) for chunk in chunks]
    long = {place: words for place, words in enumerate(written) if len(words) >= _LONG}
    if len(long) < 2 or median(_marks(words) / len(words) for words in long.values()) < _USUAL:
        return ()
    return tuple(place for place, words in long.items() if not _marks(words) and not _capitals(words))


def stops(heard: Heard) -> list[Span]:
    """The stretch of a punctuated chunk from which on there is no mark any more."""
    written = texts(heard)
    places = [place for place, text in enumerate(written) if _MARK.search(text)]
    last = places[-1] + 1 if places else 0
    if len(places) < 2 or len(places) < _USUAL * last or len(written) - last < _STRETCH:
        return []
    return [(last, len(written))]


def _marks(written: Sequence[str]) -> int:
    return sum(1 for text in written if _MARK.search(text))


def _capitals(written: Sequence[str]) -> int:
    """Words with a capital, but for English `I`, which stays one in the barest text."""
    return sum(1 for text in written if text[:1].isupper() and not re.fullmatch(r"I(?:['’]\w+)?", text))
