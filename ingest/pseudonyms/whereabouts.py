"""What a place is and about where it lies: a town in the west of Norway, a country in Africa, a part of a town.

At home a town is told with its part of the country and a smaller place with its county, so that there are several it
may be; abroad everything is told with its country, and countries with their continent. Sources: `data/towns.tsv`
(GeoNames, through `training/make_towns.py`), `data/areas.tsv`, `data/places_said.tsv`, `data/countries.tsv`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ingest.pseudonyms.inventions import STREETS

LANGUAGES = ("en", "no", "nn", "da", "sv")  # the columns of places_said.tsv and countries.tsv after the first
# Of places of one name, the nearest to where the language is spoken is meant.
_NEAREST = {
    "no": ("NO", "SE", "DK", "GB"),
    "nn": ("NO", "SE", "DK", "GB"),
    "da": ("DK", "NO", "SE", "GB"),
    "sv": ("SE", "NO", "DK", "GB"),
    "en": ("GB", "US"),
}
_SMALL = "t"


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its sort (a letter; `data/areas.tsv` says which there are), country and admin1 code."""

    sort: str
    country: str
    region: str


def told(name: str, language: str) -> str | None:
    """A place less exactly, such as `by på Vestlandet`; None for one that nobody listed."""
    language = language if language in LANGUAGES else "no"
    found = _places().get(name.casefold(), [])
    if not found:
        return _said("sort:s", language) if name.casefold().endswith(STREETS) else None
    near = {country: at for at, country in enumerate(_NEAREST[language])}
    return _phrase(min(found, key=lambda place: near.get(place.country, len(near))), language)


@cache
def phrases() -> frozenset[str]:
    """Everything that `told` can say."""
    known = {place for places in _places().values() for place in places}
    streets = {_said("sort:s", language) for language in LANGUAGES}
    return frozenset({_phrase(place, language) for place in known for language in LANGUAGES} | streets)


def _phrase(place: Place, language: str) -> str:
    return f"{_said(f'sort:{place.sort}', language)} {_where(place, language)}".strip()


def _where(place: Place, language: str) -> str:
    if place.sort == "n":
        return _said(f"continent:{_continents().get(place.country, '')}", language)
    if place.country == _NEAREST[language][0]:
        width = "narrow" if place.sort == _SMALL else "wide"
        if said := _said(f"{width}:{place.country}.{place.region}", language):
            return said
    country = _countries(language).get(place.country)
    at_least = _said(f"continent:{_continents().get(place.country, '')}", language)
    joined = f"{'in' if language == 'en' else 'i'} {country}" if country else at_least
    return _said(f"country:{place.country}", language) or joined


def _said(key: str, language: str) -> str:
    return _words().get(key, {}).get(language, "")


@cache
def _words() -> dict[str, dict[str, str]]:
    return {key: dict(zip(LANGUAGES, said, strict=True)) for key, *said in _rows("places_said.tsv")}


@cache
def _countries(language: str) -> dict[str, str]:
    """Names of countries by their code."""
    column = LANGUAGES.index(language) + 1
    return {row[0]: row[column] for row in _rows("countries.tsv")}


@cache
def _continents() -> dict[str, str]:
    """Continents by the codes of countries."""
    return {code: row[1] for row in _rows("towns.tsv") if row[0] == "k" for code in row[3].split(";")}


@cache
def _places() -> dict[str, list[Place]]:
    """Places by their names, casefolded; what was written for this project goes before GeoNames."""
    found: dict[str, list[Place]] = {}
    for sort, country, region, names in (*_rows("areas.tsv"), *_rows("towns.tsv")):
        for name in names.split(";") if sort != "k" else ():
            found.setdefault(name.casefold(), []).append(Place(sort, country, region))
    for code, *called in _rows("countries.tsv"):
        for name in called:
            found[name.casefold()] = [Place("n", code, "")]
    return found


def _rows(name: str) -> list[list[str]]:
    text = (files("ingest.pseudonyms") / "data" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
