"""Signs that another language is spoken than the one that is written: by Whisper's ear, the script, the small words.

Norwegian, Danish and Swedish are understood across their borders, and Whisper's detection often takes one for
another; between them only its word on a long chunk counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingest.transcription.guards.reading import bare, sentences, spoken, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ingest.transcription.guards.doubt import Span
    from ingest.transcription.heard import Heard

SURE: Final = 0.8
"""The probability of another language and its kin from which on it counts."""

UNLIKELY: Final = 0.1
"""The probability of the written language and its kin up to which it is thought wrong."""

_LONG: Final = 10.0
"""Seconds of speech after which detection tells the Scandinavian languages apart."""

_SHORT: Final = 2.0
"""Seconds of speech up to which detection says nothing."""

_SCANDINAVIAN: Final = ("no", "nn", "da", "sv")
_NEAR: Final = (_SCANDINAVIAN, ("hr", "sr", "bs", "sl"), ("ru", "uk", "be"), ("cs", "sk"), ("id", "ms", "jw", "su"))
_NOT_LATIN: Final = (
    "am ar as az ba be bg bn bo bs el fa gu he hi hy ja ka kk km kn ko lo mk ml mn mr my ne pa ps ru sa sd si sr ta "
    "te tg th tt uk ur uz yi yue zh"
)
"""Languages Whisper writes in other scripts, or in both."""

_LATIN: Final = re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]")
_SMALL: Final = {
    "no": "jeg ikke og det er som på til av med har at en et vi dere hva hvor hun også fra noe men meg",
    "nn": "eg ikkje og det er som på til av med har at ein eit vi dykk kva kvar ho også frå noko men meg",
    "da": "jeg ikke og det er som på til af med har at en et vi hvad hvor hun også fra noget men mig",
    "sv": "jag inte och det är som på till av med har att en ett vi vad var hon också från något men mig",
    "en": "i the and is of to that you was it's we they have this are with what it my for not but a in",
    "de": "ich nicht und das ist die der zu von mit haben dass ein eine wir was wo sie auch aus aber mich",
}
_SMALL_WORDS: Final = {tongue: frozenset(words.split()) for tongue, words in _SMALL.items()}
_ENOUGH: Final = 6
"""Words in a sentence from which on its small words say what language it is in."""


def kin(language: str) -> tuple[str, ...]:
    """The languages that are understood, and mistaken, for this one; itself first."""
    return (language, *(near for group in _NEAR if language in group for near in group if near != language))


def heard_otherwise(heard: Heard) -> bool:
    """Whether Whisper's detection is sure of another language, on enough speech to be believed."""
    time = spoken(heard, heard.start, heard.end)
    best = heard.others[0][0] if heard.others else heard.language
    if best == heard.language or {best, heard.language} == {"no", "nn"} or time < _SHORT:
        return False
    own = kin(heard.language)
    if best in own:
        return time >= _LONG and _share(heard, (best,)) >= SURE and _share(heard, {*own} - {best}) <= UNLIKELY
    return _share(heard, kin(best)) >= SURE and _share(heard, own) <= UNLIKELY


def _share(heard: Heard, languages: Collection[str]) -> float:
    """The probability that it is one of these."""
    return sum(probability for language, probability in heard.others if language in languages)


def strange(heard: Heard) -> list[Span]:
    """Words in a script the language is not written in, and sentences whose small words are another language's."""
    written = texts(heard)
    return [*_foreign_script(heard.language, written), *_foreign_sentences(heard.language, written)]


def _foreign_script(language: str, written: Sequence[str]) -> list[Span]:
    if language in _NOT_LATIN.split():
        return []
    return [(place, place + 1) for place, text in enumerate(written) if any(map(_elsewhere, text))]


def _elsewhere(sign: str) -> bool:
    """Whether it is a letter, and none of the Latin alphabet; physics' µ and Ω are let pass."""
    return sign.isalpha() and not _LATIN.match(sign) and sign not in "µμΩ"


def _foreign_sentences(language: str, written: Sequence[str]) -> list[Span]:
    own = frozenset[str]().union(*(_SMALL_WORDS.get(near, frozenset()) for near in kin(language)))
    if not own:
        return []
    others = [words for tongue, words in _SMALL_WORDS.items() if tongue not in kin(language)]
    return [
        span
        for span in sentences(written)
        if span[1] - span[0] >= _ENOUGH and _theirs([bare(text) for text in written[slice(*span)]], own, others)
    ]


def _theirs(tokens: Sequence[str], own: frozenset[str], others: Sequence[frozenset[str]]) -> bool:
    """Whether a third of the words are another language's small ones, and hardly any are of this one's."""
    ours = sum(token in own for token in tokens)
    return any(
        (theirs := sum(token in words for token in tokens)) * 3 >= len(tokens) and theirs >= 4 * ours
        for words in others
    )
