"""Names that are known beforehand: first names by gender, surnames, places, countries, and names that are also words.

First names are Statistics Norway's (CC BY 4.0, through `training/make_first_names.py`) and Faker's (MIT), as surnames
are; places are GeoNames' (CC BY 4.0, through `training/make_places.py`), the rest of `data/` was written for this
project.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Protocol

from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.genitive import ways
from ingest.pseudonyms.titles import is_title
from ingest.pseudonyms.tokens import casing, lines, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.pseudonyms.tokens import Token

LOCALES = ("no_NO", "da_DK", "sv_SE", "en_US", "en_GB")
LANGUAGES = ("en", "no", "nn", "da", "sv")  # the columns of countries.tsv after the code
_LONGEST_PLACE = 4  # words
_LONGEST_RUN = 6  # words of one name
# What says that a name comes.
_CALLED = vocabulary("heter heiter hedder hette het heitte hed heite hete kalt kalla kaldet kallad navn namn named")
# What stands before a place more often than before anything else that a list may take for one.
_WHERE = vocabulary("i på fra frå til ved från till vid in from to at near")
# How Nordic first names of women and of men end.
_WOMEN = ("a", "bjørg", "borg", "dis", "frid", "gerd", "hild", "laug", "run", "unn", "veig", "vild", "ine", "ette")
_MEN = ("ar", "bjørn", "finn", "gard", "geir", "leif", "mund", "olf", "rik", "stein", "ulf", "vald", "vard", "vin")


@dataclass(frozen=True)
class Lists:
    """Everything the gazetteer knows, casefolded."""

    women: frozenset[str]
    men: frozenset[str]
    surnames: frozenset[str]
    places: frozenset[str]
    countries: frozenset[str]
    words: frozenset[str]
    calendar: frozenset[str]
    functions: frozenset[str]

    @cached_property
    def first_names(self) -> frozenset[str]:
        """First names of either gender."""
        return self.women | self.men

    def gender(self, first_name: str) -> str | None:
        """`f` or `m` by the first list that has the name for one gender only, else by its ending, else None."""
        name = first_name.casefold()
        for women, men in _by_locale():
            if (name in women) != (name in men):
                return "f" if name in women else "m"
        return _gender_by_ending(name)

    def knows(self, name: str) -> bool:
        """Whether a single word is a name of any sort."""
        word = name.casefold()
        return any(word in names for names in (self.women, self.men, self.surnames, self.places, self.countries))


@cache
def lists() -> Lists:
    """The lists, read once from the packages that carry them."""
    calendar = frozenset(word for line in data_lines("calendar.txt") for word in line.split())
    countries = _folded(name for language in LANGUAGES for name in country_names(language))
    return Lists(
        women=_folded(name for locale in LOCALES for name in first_names(locale, "f")) | _born("f"),
        men=_folded(name for locale in LOCALES for name in first_names(locale, "m")) | _born("m"),
        surnames=_folded(name for locale in LOCALES for name in surnames(locale)),
        places=_folded(name for name in place_names() if len(name) > 2) | countries,
        countries=countries,
        words=calendar | {word for line in data_lines("words.txt") for word in line.split()},
        calendar=calendar,
        functions=frozenset(word for line in data_lines("functions.txt") for word in line.split()),
    )


@cache
def _by_locale() -> list[tuple[frozenset[str], frozenset[str]]]:
    """Women's and men's names of each locale, Norwegian first: Kari is a man in Finland only."""
    return [(_folded(first_names(locale, "f")), _folded(first_names(locale, "m"))) for locale in LOCALES]


def _gender_by_ending(name: str) -> str | None:
    """Magnhild is a woman and Torgeir a man, listed or not."""
    return "f" if name.endswith(_WOMEN) else "m" if name.endswith(_MEN) else None


def _born(gender: str) -> frozenset[str]:
    """First names of `f` or `m` that Statistics Norway counted."""
    rows = (line.split("\t") for line in data_lines("first_names.tsv"))
    return _folded(name for name, sex, _ in rows if sex == gender and len(name) > 1)


def first_names(locale: str, gender: str) -> list[str]:
    """Faker's first names of a locale such as `no_NO` for gender `f` or `m`."""
    provider = _provider(locale)
    return list(provider.first_names_female if gender == "f" else provider.first_names_male)


def surnames(locale: str) -> list[str]:
    """Faker's surnames of a locale."""
    return list(_provider(locale).last_names)


def place_names() -> list[str]:
    """Towns, regions and parts of towns, as written."""
    return [*data_lines("places.txt"), *(name for line in data_lines("regions.txt") for name in line.split(";"))]


@cache
def country_names(language: str) -> tuple[str, ...]:
    """Common names of countries in one of `LANGUAGES`; the same order in each."""
    column = LANGUAGES.index(language) + 1
    return tuple(line.split("\t")[column] for line in data_lines("countries.tsv"))


class _Provider(Protocol):
    first_names_female: Iterable[str]
    first_names_male: Iterable[str]
    last_names: Iterable[str]


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _provider(locale: str) -> _Provider:
    provider: _Provider = import_module(f"faker.providers.person.{locale}").Provider
    return provider


def data_lines(name: str) -> list[str]:
    """The lines of a file of `data/`, without those that are empty or a comment."""
    text = (files("ingest.pseudonyms") / "data" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


class Speaks(StrEnum):
    """On which names the gazetteer speaks: every listed one, those its surroundings confirm, or none."""

    ALL = "all"
    CONFIRMED = "confirmed"
    NONE = "none"


CASED: Final = Speaks.ALL
"""In text with capitals, where a good tagger is surer than a list."""
LOWER: Final = Speaks.ALL
"""In text without, where the lists bring the cover of persons from 95.0 to 98.8 % (NorNE dev, bokmål, lower-cased)."""


class Gazetteer:
    """Finds the names of the lists: places as they stand, and runs of first names and surnames as one person.

    `cased` and `lower` say on which of them it speaks where there are capitals near, and where there are none.
    """

    name = "gazetteer"
    version = "2"

    def __init__(self, *, cased: Speaks = CASED, lower: Speaks = LOWER) -> None:
        self._speaks = {True: cased, False: lower}

    def find(self, text: str, language: str) -> list[Find]:
        """Listed names; those that are words too count with a capital inside a sentence, or beside what confirms them.

        That is a title or *heter* before them, or a surname that is no word after them.
        """
        del language  # interviews mention people of every country
        return [find for tokens in lines(text) for find in self._line(tokens)]

    def _line(self, tokens: Sequence[Token]) -> Iterator[Find]:
        at, cased = 0, casing(tokens)
        while at < len(tokens):
            name = _name_at(tokens, at, cased=cased[at])
            if name is not None and self._says(tokens, at, name, cased=cased[at]):
                score = 0.9 if cased[at] else 0.7
                yield Find(tokens[at].start, tokens[at + name.length - 1].end, name.kind, score, (self.name,))
            at += name.length if name else 1

    def _says(self, tokens: Sequence[Token], at: int, name: _Name, *, cased: bool) -> bool:
        speaks = self._speaks[cased]
        confirmed = name.length > 1 or _introduced(tokens, at) or (name.kind is Kind.LOC and _placed(tokens, at))
        return speaks is Speaks.ALL or (speaks is Speaks.CONFIRMED and confirmed)


@dataclass(frozen=True, slots=True)
class _Name:
    """How many tokens from one on make a name, and of what kind."""

    length: int
    kind: Kind


def _name_at(tokens: Sequence[Token], at: int, *, cased: bool) -> _Name | None:
    place = _place_at(tokens, at, cased=cased)
    person = _person_at(tokens, at, cased=cased)
    if place >= person and place:
        return _Name(place, Kind.LOC)
    return _Name(person, Kind.PER) if person else None


def _introduced(tokens: Sequence[Token], at: int) -> bool:
    """Whether what stands before says that a name comes: a title, or *heter*."""
    before = tokens[at - 1].text if at else ""
    return before.casefold() in _CALLED or is_title(before)


def _placed(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].text.casefold() in _WHERE


def _place_at(tokens: Sequence[Token], at: int, *, cased: bool) -> int:
    places = lists().places
    for length in range(min(_LONGEST_PLACE, len(tokens) - at), 0, -1):
        run = tokens[at : at + length]
        if _counts(run[0], cased=cased, alone=length == 1) and _joined(run) & places:
            return length
    return 0


def _joined(run: Sequence[Token]) -> frozenset[str]:
    """A run of words as a name might be listed, with and without genitive."""
    before = " ".join(token.text.casefold() for token in run[:-1])
    return frozenset(f"{before} {stem}".strip().casefold() for stem, _ in ways(run[-1].text))


def _person_at(tokens: Sequence[Token], at: int, *, cased: bool) -> int:
    """First names, then surnames; a surname alone counts too, but not a surname before a first name."""
    known = lists()
    length = 0
    names = known.first_names
    for place, token in enumerate(tokens[at : at + _LONGEST_RUN], at):
        told = not cased and (_introduced(tokens, place) or _before_surname(tokens, place))
        if not (told and token.is_word) and not _counts(token, cased=cased, alone=length == 0):
            break
        stems = {stem.casefold() for stem, _ in ways(token.text)}
        if not stems & (names | known.surnames):
            break
        if not stems & names:
            names = frozenset()
        length += 1
    return length


def _before_surname(tokens: Sequence[Token], at: int) -> bool:
    """Whether a first name's next word is a surname and nothing else: liv hansen."""
    known = lists()
    after = tokens[at + 1].text.casefold() if at + 1 < len(tokens) else ""
    surname = after in known.surnames and after not in known.words | known.places
    return surname and tokens[at].text.casefold() in known.first_names


def _counts(token: Token, *, cased: bool, alone: bool) -> bool:
    """Whether a word's looks allow it to be a name; `alone` when no name stands before it."""
    is_word_too = any(stem.casefold() in lists().words for stem, _ in ways(token.text))
    if alone and token.text.casefold() in lists().calendar:
        return False
    if not cased:
        return token.is_word and not is_word_too
    return token.text[0].isupper() and not (is_word_too and alone and token.opens)
