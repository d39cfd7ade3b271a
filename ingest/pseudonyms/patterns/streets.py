"""Where somebody lives: a street and its number, also in small letters and number words; a postcode and its place."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.patterns.counting import digits_by_word, digits_of
from ingest.pseudonyms.patterns.forms import LIKELY, POSSIBLE, UNITS, Form, after, found
from ingest.pseudonyms.tokens import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.pseudonyms.finds import Find
    from ingest.pseudonyms.tokens import Token

_STREETS: Final = (
    *(
        "gata",
        "gaten",
        "gate",
        "gato",
        "veien",
        "vegen",
        "vei",
        "veg",
        "gade",
        "vej",
        "vejen",
        "gatan",
        "vägen",
        "väg",
    ),
    *("gränd", "gränden", "alle", "allé", "alleen", "alléen", "allén", "boulevard", "ringen"),
)
"""How a street's name ends, or what stands after it."""
_SMALL_STREETS: Final = (
    *("plass", "plassen", "plads", "pladsen", "plan", "stien", "stigen", "bakken", "bakke", "svingen", "tunet", "tun"),
    *(
        "lia",
        "kroken",
        "terrasse",
        "torg",
        "torget",
        "torvet",
        "torv",
        "stræde",
        "strædet",
        "smuget",
        "smauet",
        "løkka",
    ),
    *("haugen", "høgda", "høyden", "jordet", "grenda", "backen", "parken", "kaien", "brygga", "åsen", "feltet"),
)
"""The same, of words that seldom are streets: these want a capital, a letter after the number, or the word number."""
_ENDS: Final = _STREETS + _SMALL_STREETS
_ENGLISH: Final = vocabulary("street st road rd avenue ave lane drive close court terrace gardens crescent grove mews")
_SHORTEST_STEM: Final = 3
_ROADS: Final = frozenset(  # roads that are everywhere, in small letters
    stem + end
    for stem in (
        *("hoved", "motor", "lande", "skole", "arbeids", "sykkel", "grus", "om", "livs", "halv", "gå", "bak", "side"),
        *("hjem", "heim", "vann", "luft", "spise", "blind", "skogs", "bil", "gang", "snar", "jern", "ut", "av", "inn"),
        *("fylkes", "riks", "europa", "gal", "mellom", "kjerre", "sti", "under", "tur", "flukt", "rømnings", "hele"),
        *(
            "hel",
            "skole",
            "hoved",
            "lands",
            "cykel",
            "arbets",
            "skol",
            "huvud",
            "bi",
            "hver",
            "samme",
            "hjerte",
            "urin",
        ),
    )
    for end in _STREETS
)
_WHICH: Final = vocabulary(
    "store lille litle vesle gamle nye øvre nedre nordre søndre vestre østre ytre indre midtre norra södra västra "
    "östra stora lilla gamla nya nørre sønder vester øster"
)
"""Before the names of streets there are two of."""
_NAME_LETTERS: Final = "ABCDEFGH"
_LONGEST_NAME: Final = 3  # words before a street word that stands alone
_MOST_BETWEEN: Final = 3  # words between number and `street`
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


@cache
def _number() -> re.Pattern[str]:
    """The number of a house after its street, in digits or words, with its letter."""
    words = "|".join(sorted(digits_by_word(), key=len, reverse=True))
    return re.compile(
        rf",? (?P<told>nummer |nr\.? ?|number |no\. ?|nummer: ?)?"
        rf"(?P<number>\d{{1,4}}|(?:{words})\b)(?!\w{{2}})(?: ?(?P<letter>[a-h])\b)?(?!\d)",
        re.IGNORECASE,
    )


def streets(text: str, tokens: Sequence[Token], *, english: bool) -> Iterator[Find]:
    """The addresses of a line; in English the number comes first, and may be a word."""
    for at, token in enumerate(tokens):
        word = token.text.casefold()
        if word.endswith(_ENDS) and (first := _name(tokens, at, word)) is not None:
            yield from _numbered(text, tokens[first].start, token, small=not word.endswith(_STREETS))
        elif word in _ENGLISH and (number := _english_number(tokens, at, words=english)) is not None:
            yield found(tokens[number].start, token.end, "address", LIKELY if token.text[0].isupper() else POSSIBLE)


def _name(tokens: Sequence[Token], at: int, word: str) -> int | None:
    """The token a street's name begins with; None where it is no name."""
    if word in _ENDS:
        return _owner(tokens, at)
    stem = min(len(word.removesuffix(end)) for end in _ENDS if word.endswith(end))
    named = tokens[at].text[0].isupper() and not tokens[at].opens
    if stem < _SHORTEST_STEM or (word in _ROADS and not named):
        return None
    return at - 1 if at and tokens[at - 1].text.casefold() in _WHICH else at


def _owner(tokens: Sequence[Token], at: int) -> int | None:
    """Whose street it is: Karl Johans gate, thomas heftyes gate, Store Ringvei."""
    first = at
    while first and at - first < _LONGEST_NAME and tokens[first - 1].text[0].isupper():
        first -= 1
    if first < at:
        return first
    owner = tokens[at - 1].text.casefold() if at else ""
    if len(owner) < 4 or not owner.endswith("s") or not owner.isalpha() or owner in lists().functions | _COMMON:
        return None
    before = tokens[at - 2].text if at > 1 else ""
    return at - 2 if lists().knows(before) and before.casefold() not in lists().words else at - 1


_COMMON: Final = vocabulary("hennes deres deires hans vores jeres hvis alles annens dens dets dagens byens livets")


def _numbered(text: str, start: int, street: Token, *, small: bool) -> Iterator[Find]:
    match = _number().match(text, street.end)
    if match is None or _YEAR.fullmatch(match["number"]) or _is_measure(text, match.end()):
        return
    plain = not (match["told"] or match["letter"])
    one = digits_of(match["number"]) == "1" and not match["number"].isdecimal()
    if plain and (one or (small and text[start].islower())):
        return
    yield found(start, match.end(), "address", LIKELY if text[start].isupper() else POSSIBLE)


def _is_measure(text: str, at: int) -> bool:
    word = re.match(r"[ \-]?([^\W\d_]+)", text[at : at + 20])
    return word is not None and word[1].casefold() in UNITS


def _english_number(tokens: Sequence[Token], at: int, *, words: bool) -> int | None:
    """Where the number stands before an English street, with nothing but names between."""
    for back in range(at - 1, max(-1, at - 2 - _MOST_BETWEEN), -1):
        text = tokens[back].text
        number = text[:-1] if text[-1:].upper() in _NAME_LETTERS and text[:-1].isdecimal() else text
        if number.isdecimal() or (words and digits_of(number)):
            return back if at - back > 1 else None
        if not tokens[back].is_word or text.casefold() in lists().functions | UNITS:
            return None
    return None


def _listed(match: str) -> float:
    return LIKELY if re.sub(r"^[\w \-]*\d[ ]+", "", match).casefold() in lists().places else 0.0


POSTCODES: Final = (
    Form("postal_place", re.compile(
        r"(?<![\w+])(?!19[5-9]\d|20[0-3]\d)(?:(?:NO?|DK)-)?\d{4} [^\W\d_][\w\-]+(?: [CKNSVØ]\b)?"),
        lambda match: _listed(re.sub(r" [CKNSVØ]$", "", match))),
    Form("postal_place", re.compile(r"(?<![\w+])(?:SE?-)?\d{3} \d{2} [^\W\d_][\w\-]+"), _listed),
    Form("postal_place", re.compile(r"(?<!\w)(?:NO?|DK)-\d{4}\b|(?<!\w)SE?-\d{3} ?\d{2}\b")),
    Form("postal_place", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")),
    Form("postal_place", after(r"post(?:nummer|nr\.?|code)(?:et)?|postnumret", r"\d{3} ?\d{1,2}(?!\d)")),
)  # fmt: skip
"""Postcodes with the place after them, or with a word that says what they are."""
