"""How a surrogate is written where a real form stood: part for part, in the genitive, in its case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.pseudonyms import genitive
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.known import words

if TYPE_CHECKING:
    from ingest.pseudonyms.linking import Entity


def render(entity: Entity, surface: str, language: str) -> str:
    """The surrogate for a real surface: `Karis` gives `Birthes`, `Nordmann` the surname of the surrogate."""
    stem, ending = _parted(entity, surface, language)
    if entity.kind in {Kind.ORG, Kind.ID}:
        return entity.surrogate + (genitive.add("", language) if ending and entity.kind is Kind.ORG else "")
    name = _in_case(_fitting(entity, stem), stem)
    if ending.startswith(("'", "’")) and len(ending) > 1:
        return name + ending
    return genitive.add(name, language) if ending else name


def _parted(entity: Entity, surface: str, language: str) -> tuple[str, str]:
    """A surface as stem and genitive; a form the entity is known by stands for itself."""
    known = {name for form in entity.forms for name in (words(form), *((word,) for word in words(form)))}
    before, blank, last = surface.rpartition(" ")
    readings = [(f"{before}{blank}{stem}", ending) for stem, ending in genitive.ways(last)]
    for stem, ending in readings:
        if words(stem) in known:
            return stem, ending
    stem, ending = genitive.part(last, language, lists().knows)
    return f"{before}{blank}{stem}", ending


def _fitting(entity: Entity, stem: str) -> str:
    """Word for word where the words are known; else the first word for one word, and the whole for several."""
    parts = entity.surrogate.split(" ")
    forms = [form.casefold().split(" ") for form in sorted(entity.forms)]
    stands_for = {
        real: new for form in forms if len(form) == len(parts) for real, new in zip(form, parts, strict=True)
    }
    name = stem.casefold().split()
    if entity.kind is Kind.PER and stands_for.keys() >= set(name):
        return " ".join(stands_for[word] for word in name)
    nickname = entity.kind is Kind.PER and len(name) == 1 and max(map(len, forms)) > 1
    return parts[0] if nickname else entity.surrogate


def _in_case(name: str, surface: str) -> str:
    if surface.islower():
        return name.lower()
    return name.upper() if surface.isupper() and len(surface) > 2 else name
