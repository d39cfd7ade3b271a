"""Which of the interviews' languages a text is in, by its small words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Final

TONGUES: Final = ("no", "nn", "da", "sv", "en")

# The commonest words that not all of the five share; written for this project.
_SMALL: Final = {
    "no": "jeg ikke meg deg seg av fra ble var hva hvor hvordan hvem hun også noe noen mye etter ut nå bare skulle "
    "kunne ville hadde være sånn veldig en et ei dere vår gjør når mer sier sa vi de er og til",
    "nn": "eg ikkje meg deg seg av frå vart blei var kva kor korleis kven ho også noko nokon mykje etter ut no berre "
    "skulle kunne ville hadde vere sånn veldig ein eit ei dykk vår gjer når meir seier sa me vi dei er og til",
    "da": "jeg ikke mig dig sig af fra blev var hvad hvor hvordan hvem hun også noget nogen meget efter ud nu bare "
    "skulle kunne ville havde være sådan en et jer vores gør når mere siger sagde vi de er og til",
    "sv": "jag inte mig dig sig av från blev var vad hur vem hon också något någon mycket efter ut nu bara skulle "
    "kunde ville hade vara så väldigt en ett er vår gör när mer säger sa vi de är och till",
    "en": "i the and is of to that you was it we they have this are with what my for not but a in he she had be at "
    "on so there then when were her his me just like know said would from",
}
# Those that most of the five share.
_SHARED: Final = "i på som det den at om for med til men å att der da så har han hon henne under over mot ved vid hos"
_WORDS: Final = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = ("LATIN ", "FEMININE ORDINAL", "MASCULINE ORDINAL", "MICRO SIGN", "MODIFIER LETTER")


@cache
def small(language: str) -> frozenset[str]:
    """The commonest small words of a language: they join a sentence together and are in no name by themselves."""
    return _WORDS.get(language, frozenset()) | frozenset(_SHARED.split())


def tongue(text: str) -> str | None:
    """The ISO 639-1 code of `TONGUES` most of whose small words are in the text; None where none is."""
    words = Counter(match.group() for match in _LETTERS.finditer(text.casefold()))
    found = {
        language: sum(count for word, count in words.items() if word in small) for language, small in _WORDS.items()
    }
    likeliest = max(TONGUES, key=lambda language: found[language])
    return likeliest if found[likeliest] else None


def is_latin(text: str) -> bool:
    """Whether every word of a text is in the Latin alphabet; a letter by itself, as in a formula, is no word."""
    words = (
        match.group() for match in _LETTERS.finditer(text) if len(match.group()) > 1 and not match.group().isascii()
    )
    return all(_in_latin(letter) for word in words for letter in word)


@cache
def _in_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_LATIN)
