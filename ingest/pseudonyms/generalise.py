"""Names told less exactly: [kvinne], [by på Vestlandet], [fengsel], [1971], [50–59 år].

The same for every mention in a study, since it follows from what the link key holds of an entity.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ingest.pseudonyms import tags, whereabouts
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.rules import sort_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.pseudonyms.linking import Entity

_PEOPLE = {  # of gender f, m and unknown
    "no": ("kvinne", "mann", "person"),
    "nn": ("kvinne", "mann", "person"),
    "da": ("kvinde", "mand", "person"),
    "sv": ("kvinna", "man", "person"),
    "en": ("woman", "man", "person"),
}
_OLDEST = 90  # from this age on, ages are one band: so old there are few
_CENTURY = 30  # years of two digits from this one on are of the last century
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_DATE = re.compile(r"\d{1,2}[./\- ]+\d{1,2}[./\- ]+((?:1[89]|20)?\d\d)")
_AGE = re.compile(
    r"(\d{1,3})(?:[ -]?(?:år(?:s|ing|ig|a)?|åring(?:en)?|years?|yrs)(?:[ -](?:gammel|gamal|gammal|old))?)?",
    re.IGNORECASE,
)
_BAND = re.compile(r"\d{1,2}–\d{1,2} (?:år|years)|(?:over|över|more than) 89(?: år)?|(?:1[89]|20)\d\d")
_BRACKETS = re.compile(r"\[[^\[\]\n]{1,80}\]")
_HIDDEN = "□"


def generalised(entity: Entity, language: str) -> str | None:
    """An entity told less exactly, without brackets; None for what can only be told by a tag, such as a telephone."""
    if entity.kind is Kind.PER:
        women, men, anybody = _PEOPLE.get(language, _PEOPLE["no"])
        return {"f": women, "m": men}.get(entity.gender or "", anybody)
    told = (tell(form, language) for tell in _tellings(entity) for form in sorted(entity.forms))
    found = next((one for one in told if one), None)
    return found or (None if entity.kind is Kind.ID else tags.words(language)[entity.kind.lower()])


def _tellings(entity: Entity) -> tuple[Callable[[str, str], str | None], ...]:
    """The ways to tell an entity less exactly, the first that has an answer counts."""
    if entity.kind is Kind.LOC:
        return (whereabouts.told, _organisation)
    if entity.kind is Kind.ORG:
        return (_organisation,)
    return {"date": (_day, _year), "id": (_day, _age)}.get(sort_of(entity), ())


def veiled(text: str) -> str:
    """A text in which what the house itself put in brackets is hidden, every place keeping its offset.

    A look for real names must not stumble over the `Nordland` of [tettsted i Nordland], nor the word of a tag.
    """
    return _BRACKETS.sub(lambda found: _HIDDEN * len(found[0]) if _is_ours(found[0]) else found[0], text)


def _is_ours(bracketed: str) -> bool:
    inside = bracketed[1:-1]
    return tags.stands_for(bracketed) is not None or inside in _phrases() or _BAND.fullmatch(inside) is not None


@cache
def _phrases() -> frozenset[str]:
    people = {word for words in _PEOPLE.values() for word in words}
    kinds = {said for _, *names in _organisations() for said in names}
    unknown = {words[what] for words in tags.TAGS.values() for what in ("loc", "org")}
    return frozenset(whereabouts.phrases() | people | kinds | unknown)


def _organisation(name: str, language: str) -> str | None:
    """What an organisation is, if a word of its name tells it: [fengsel], [skole]."""
    column = whereabouts.LANGUAGES.index(language if language in whereabouts.LANGUAGES else "no")
    said = name.casefold().split()
    for endings, *kinds in _organisations():
        for ending in endings.split():
            if ending[1:] in said if ending.startswith("=") else any(word.endswith(ending) for word in said):
                return kinds[column]
    return None


@cache
def _organisations() -> list[list[str]]:
    text = (files("ingest.pseudonyms") / "data" / "organisations.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def _day(form: str, _language: str) -> str | None:
    """The year of a day in digits, such as 12.03.71."""
    dated = _DATE.fullmatch(form)
    if not dated or len(dated[1]) > 2:
        return dated and dated[1]
    return f"{19 if int(dated[1]) >= _CENTURY else 20}{dated[1]}"


def _year(form: str, _language: str) -> str | None:
    """The year that stands in a day, such as 12. mars 1971."""
    found = _YEAR.search(form)
    return found and found[0]


def _age(form: str, language: str) -> str | None:
    """Ten years that an age lies in."""
    told = _AGE.fullmatch(form)
    if not told or int(told[1]) > 120:
        return None
    if int(told[1]) >= _OLDEST:
        return {"en": "more than 89", "sv": "över 89 år"}.get(language, "over 89 år")
    first = int(told[1]) // 10 * 10
    return f"{first}–{first + 9} {'years' if language == 'en' else 'år'}"
