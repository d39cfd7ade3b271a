"""Places inside longer words: Oslos, bergenskvinne, Tøyen-gutt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.pseudonyms import genitive

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

# What may follow a place's name in one word: a joint, and a word in small letters.
_REST = re.compile(r"(?:s?-|s)?[^\W\d_]{3,}")
_FEWEST = 4  # letters of a place that stands in a compound without a hyphen
# A word that ends so is a place of its own: Oslofjorden, Bergensdalen.
_PLACES = (
    *("berg", "bergen", "bruk", "by", "byen", "dal", "dalen", "elv", "elva", "fjell", "fjellet", "fjord", "fjorden"),
    *("foss", "gata", "gaten", "gate", "halvøya", "heim", "holm", "hus", "land", "landet", "mark", "marka", "moen"),
    *("nes", "neset", "sjøen", "stad", "strand", "sund", "sundet", "vann", "vannet", "vatn", "vatnet", "veien"),
    *("vegen", "vik", "vika", "viken", "våg", "ås", "åsen", "øy", "øya", "øyene"),
)
# Who comes from a place that no list knows, after a hyphen: Knausen-gutt.
_PEOPLE = frozenset(
    {
        *(
            "barn",
            "boy",
            "dame",
            "damen",
            "dreng",
            "drengen",
            "flicka",
            "flickan",
            "folk",
            "folket",
            "gjengen",
            "girl",
        ),
        *(
            "gutt",
            "gutta",
            "gutten",
            "jente",
            "jenta",
            "jentene",
            "kar",
            "karen",
            "kille",
            "killen",
            "kvinne",
            "kvinna",
        ),
        *("lady", "man", "mann", "mannen", "pige", "pigen", "pojke", "woman"),
    }
)


def compound(surface: str, forms: Collection[str]) -> tuple[str, str] | None:
    """The longest form that a word begins with, and the rest of the word with its joint; None if there is none.

    The rest is a lower-case word of three letters or more, after an s, a hyphen or nothing: (`Bergen`, `skvinne`),
    (`Tøyen`, `-gutt`). A surrogate and the rest make the word anew.
    """
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        rest = surface[len(form) :]
        begins = form.strip() == form != "" and surface[: len(form)].casefold() == form.casefold()
        if begins and rest == rest.lower() and _REST.fullmatch(rest):
            return form, rest
    return None


def stem_of(surface: str, language: str, known: Callable[[str], bool]) -> tuple[str, str]:
    """A surface as a place and the rest of the word; `known` says whether something is a place's name.

    A genitive's ending is a rest too; the rest is empty where the surface is a place by itself, or may be one.
    """
    if known(surface):
        return surface, ""
    before, blank, last = surface.rpartition(" ")
    stem, ending = genitive.part(last, language, lambda word: known(f"{before}{blank}{word}"))
    if ending and known(f"{before}{blank}{stem}"):
        return f"{before}{blank}{stem}", ending
    return _parted(surface, known) or (f"{before}{blank}{stem}", ending)


def _parted(surface: str, known: Callable[[str], bool]) -> tuple[str, str] | None:
    """A compound as its place and the rest: the longest place that is known, or any before a word for people."""
    before, hyphen, after = surface.rpartition("-")
    if before and after.casefold() in _PEOPLE:
        return before, hyphen + after
    if surface.casefold().endswith(_PLACES) and not (hyphen and after.islower()):
        return None
    for end in range(len(surface) - 3, 1, -1):
        place, rest = surface[:end], surface[end:]
        if (end >= _FEWEST or rest.startswith("-")) and compound(surface, (place,)) and known(place):
            return place, rest
    return None
