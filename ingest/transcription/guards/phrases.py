"""Whole sentences that recognisers are known to invent (phrases.toml says where it is known from)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from ingest.transcription.guards import silence
from ingest.transcription.guards.reading import bare, sentences, texts
from ingest.transcription.guards.scores import silent, unsure
from ingest.transcription.guards.tongues import kin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.transcription.guards.doubt import Span
    from ingest.transcription.heard import Heard

_BETWEEN: Final = "og och and und & for för für the die der von av af fra från by community"
_JOINERS: Final = frozenset(_BETWEEN.split())
_NAME: Final = re.compile(r"[^\w]*(?:[A-ZÆØÅÄÖÜ0-9]|\w+\.\w).*")
_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:www\.[\w-]+(?:\.[\w/-]+)+|\w+\.(?:com|org|net|nu))[.!]?", re.IGNORECASE
)
_OPEN: Final = "[(*♪♫🎵"
_CLOSED: Final = "])*♪♫🎵"
_LONGEST_NAMES: Final = 8
_LONGEST_NOTE: Final = 6


def invented(heard: Heard) -> list[Span]:
    """The sentences that are a phrase recognisers invent, and notes such as `[musikk]` that are no words at all."""
    written = texts(heard)
    found = [span for span in sentences(written) if _known(written[slice(*span)]) or _doubtful(heard, span)]
    return [*found, *_notes(written)]


def _known(sentence: Sequence[str]) -> bool:
    """Whether nobody says this, in whatever language: credits come in others than the one spoken."""
    key = _key(sentence)
    alone = len(sentence) == 1 and _ADDRESS.fullmatch(sentence[0])
    return bool(alone) or key in _phrases("never") or _credit(sentence)


def _credit(sentence: Sequence[str]) -> bool:
    """Whether nothing but names, years and addresses follow the beginning of a credit."""
    return any(
        _key(sentence[:place]) in _phrases("credit") and _names(sentence[place:])
        for place in range(1, len(sentence))
        if len(sentence) - place <= _LONGEST_NAMES
    )


def _names(words: Sequence[str]) -> bool:
    return any(map(_NAME.fullmatch, words)) and all(bare(word) in _JOINERS or _NAME.fullmatch(word) for word in words)


def _doubtful(heard: Heard, span: Span) -> bool:
    """Whether people say this, but here nobody spoke, or the recogniser is not sure that anybody did."""
    key, tongues = _key(texts(heard)[slice(*span)]), ("any", *kin(heard.language))
    if not any(key in _phrases("seldom", tongue) for tongue in tongues):
        return False
    return silent(heard) or unsure(heard) or not _voiced(heard, span)


def _voiced(heard: Heard, span: Span) -> bool:
    """Whether somebody speaks while any of the sentence is said."""
    return silence.voiced(heard) and not any(
        first <= span[0] and span[1] <= last for first, last in silence.unspoken(heard)
    )


def _notes(written: Sequence[str]) -> Iterator[Span]:
    """What is said about the sound instead of written down from it: in brackets, between asterisks or notes."""
    for first, text in enumerate(written):
        if text.startswith(tuple(_OPEN)):
            within = range(first, min(first + _LONGEST_NOTE, len(written)))
            last = next((place for place in within if written[place].rstrip(".,!?")[-1:] in {*_CLOSED}), None)
            if last is not None:
                yield first, last + 1


def _key(words: Sequence[str]) -> str:
    """A sentence without case, marks and blanks; blanks vary (`Amara.org-Community`), and CJK has none."""
    return "".join(map(bare, words))


@cache
def _phrases(sort: str, tongue: str = "") -> frozenset[str]:
    """The phrases of one sort, of one language or of all."""
    table = tomllib.loads((files("ingest.transcription.guards") / "phrases.toml").read_text(encoding="utf-8"))
    chosen = [table.get(tongue, {})] if tongue else table.values()
    return frozenset(_key(phrase.split()) for part in chosen for phrase in part.get(sort, ()))
