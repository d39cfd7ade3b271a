"""What is written where a real form stood: by the study's rules, in the genitive, in its case, with a word's rest.

The same entity under the same rules gives the same text wherever in the study it is spoken of.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.pseudonyms import genitive, tags, titles
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.generalise import generalised
from ingest.pseudonyms.known import words
from ingest.pseudonyms.places import compound
from ingest.pseudonyms.rules import DEFAULT, Way, sort_of
from ingest.pseudonyms.taken import pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.pseudonyms.linking import Entity
    from ingest.pseudonyms.rules import Rules

_INITIALS = re.compile(r"(?:[^\W\d_]\.)+|[^\W\d_]")
_SHOUTED = 3  # letters in capitals from which on they are no initials


def render(entity: Entity, surface: str, language: str, rules: Rules = DEFAULT) -> str:
    """What stands for a real surface: `Karis` gives `Birthes`, `Nordmann` the surname of the surrogate, or [PERSON 3].

    A title before a person's name stays.
    """
    way = rules.way(entity)
    if way is Way.KEEP:
        return surface
    title = titles.title(surface) if entity.kind is Kind.PER else ""
    stem, ending = _parted(entity, surface[len(title) :], language)
    new = _bracketed(entity, language, way)
    if new is None:
        name = _in_case(_fitting(entity, stem), stem)
        new = f"[{name}]" if rules.marked and not name.startswith("[") else name
    return title + new + _ended(new, ending, language)


def _bracketed(entity: Entity, language: str, way: Way) -> str | None:
    """What is the same however the entity is spoken of; None where its surrogate stands."""
    told = generalised(entity, language) if way is Way.GENERALISE else None
    if told is not None:
        return f"[{told}]"
    if way is Way.SURROGATE and not tags.stands_for(entity.surrogate):
        return None
    what = sort_of(entity) if entity.kind is Kind.ID else entity.kind.lower()
    return tags.tag(what, language, entity.number)


def _ended(new: str, ending: str, language: str) -> str:
    """What follows the name in its word: a genitive as the language and the new name want it, or a compound's rest."""
    if not ending or not _is_genitive(ending):
        return ending
    if ending.startswith(("'", "’")) and len(ending) > 1:
        return ending
    name = new.strip("[]")
    written = genitive.add(name, language)[len(name) :]
    return written.upper() if ending.isupper() and name.isupper() and not new.startswith("[") else written


def _is_genitive(ending: str) -> bool:
    return ending.casefold() in {"s", "'", "’", "'s", "’s"}


def _parted(entity: Entity, surface: str, language: str) -> tuple[str, str]:
    """A surface as stem and what follows it; a form the entity is known by stands for itself."""
    if entity.kind is Kind.ID:
        return surface, ""
    known = {name for form in entity.forms for name in (words(form), *((word,) for word in words(form)))}
    before, blank, last = surface.rpartition(" ")
    readings = [(f"{before}{blank}{stem}", ending) for stem, ending in genitive.ways(last)]
    for stem, ending in readings:
        if words(stem) in known:
            return stem, ending
    if entity.kind is Kind.LOC and (split := compound(surface, entity.forms)):
        form, rest = split
        return surface[: len(form)], rest
    stem, ending = genitive.part(last, language, lists().knows)
    return f"{before}{blank}{stem}", ending


def _fitting(entity: Entity, stem: str) -> str:
    """Word for word where the words are known; else the first word for one word, and the whole for several."""
    if entity.kind is not Kind.PER:
        return entity.surrogate
    stands_for, name = dict(pairs(entity)), stem.casefold().split()
    spelt_out = {real: new for real, new in stands_for.items() if not _INITIALS.fullmatch(real)}
    new = [_initials(word, spelt_out) or stands_for.get(word) for word in name]
    if all(new):
        return " ".join(word for word in new if word)
    nickname = len(name) == 1 and any(" " in form for form in entity.forms)
    otherwise = entity.surrogate.partition(" ")[0] if nickname else entity.surrogate
    return stands_for.get("-".join(name), otherwise)


def _initials(word: str, stands_for: Mapping[str, str]) -> str | None:
    """K. for Kari becomes the initial of what stands for Kari; None for what is no initial of a known name."""
    if not _INITIALS.fullmatch(word):
        return None
    new, names = word, iter(stands_for.items())
    for letter in word.replace(".", ""):
        stand_in = next((stand_in for real, stand_in in names if real.startswith(letter)), None)
        if stand_in is None:
            return None
        new = new.replace(letter, stand_in[0], 1)
    return new


def _in_case(name: str, surface: str) -> str:
    if surface.islower():
        return name.lower()
    return name.upper() if surface.isupper() and len(surface) >= _SHOUTED and "." not in surface else name
