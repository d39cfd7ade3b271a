"""Surrogates: what stands in the text instead of a real form.

A candidate's rank is an HMAC of the name it stands for and the candidate, under the study's seed; the best candidate
not yet in use wins. So a name gets the same surrogate whichever interview comes first, unless two names want the same
one, and without the seed nobody can tell from a surrogate which name it may stand for.
"""

from __future__ import annotations

import hmac
from functools import cache
from itertools import chain, count, product
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ingest.pseudonyms import gazetteer
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.inventions import STREETS, TAGS, invented, street_names
from ingest.pseudonyms.known import words
from ingest.pseudonyms.titles import PARTICLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.pseudonyms.linking import Book, Entity

# Whose names a language's surrogates are taken from; a neighbour's widen the choice.
_LOCALES = {"no": ("no_NO", "da_DK"), "da": ("da_DK", "no_NO"), "sv": ("sv_SE",), "en": ("en_GB", "en_US")}
# Borne by many in the country but not at home in it: such a surname would tell something untrue about a person.
_ELSEWHERE = frozenset({"ahmed", "ali", "nguyen"})
_LONG = 5  # letters from which on one letter's difference is too little


def choose(book: Book, entity: Entity, language: str, sort: str = "") -> str:
    """A surrogate for a new entity of one form, of the same shape, that is nobody's real form and not in use."""
    (form,) = entity.forms
    if entity.kind in {Kind.ORG, Kind.ID}:
        return _tag(
            book, _tags(language).get(sort if entity.kind is Kind.ID else "org", _tags(language)["id"]), entity
        )
    if entity.kind is Kind.LOC:
        return _best(book, form, _places(form, language))
    return _person(book, form.split(" "), entity.gender, language)


def extended(book: Book, entity: Entity, form: str, language: str) -> str:
    """The surrogate of a known entity that turns out to have a longer name: the part in use stays as it is."""
    if entity.kind is not Kind.PER or len(form.split(" ")) <= max(len(known.split(" ")) for known in entity.forms):
        return entity.surrogate
    return _person(book, form.split(" "), entity.gender, language)


def _family(language: str) -> str:
    return language if language in {"en", "da", "sv"} else "no"


def _tags(language: str) -> dict[str, str]:
    return TAGS.get(language, TAGS[_family(language)])


def _tag(book: Book, tag: str, entity: Entity) -> str:
    """A tag in brackets; organisations are numbered from the first, the rest from the second on."""
    used = {other.surrogate for other in book}
    first = f"[{tag} 1]" if entity.kind is Kind.ORG else f"[{tag}]"
    return next(name for name in chain([first], (f"[{tag} {n}]" for n in count(2))) if name not in used)


def _person(book: Book, parts: list[str], gender: str | None, language: str) -> str:
    """Part for part, so that a surname shared in life is shared in the text; never a whole surrogate twice."""
    known = _parts_in_use(book)
    used = {words(other.surrogate) for other in book}
    new: list[str] = []
    for at, part in enumerate(parts):
        role = _role(part, last=at == len(parts) - 1, alone=len(parts) == 1)
        fixed = known.get(part.casefold())
        new.append(fixed or _part(book, part, role, gender, language))
    if words(" ".join(new)) in used and len(parts) > 1:
        new[-1] = _best(book, " ".join(parts), _names("s", None, language))
    return " ".join(new)


def _role(part: str, *, last: bool, alone: bool) -> str:
    """What a word of a name is: `p` particle, `i` initial, `s` surname, `f` first name."""
    if part.casefold() in PARTICLES:
        return "p"
    if len(part.rstrip(".")) == 1:
        return "i"
    name = part.casefold()
    is_surname = name in lists().surnames and name not in lists().first_names if alone else last
    return "s" if is_surname else "f"


def _part(book: Book, part: str, role: str, gender: str | None, language: str) -> str:
    if role == "p":
        return part
    if role == "i":
        letters = [letter + part[1:] for letter in "ABDEFGHIJKLMNOPRSTUV" if letter != part[0].upper()]
        return min(letters, key=lambda letter: _rank(book.seed, part, letter))
    return _best(book, part, _names(role, lists().gender(part) or gender, language))


def _parts_in_use(book: Book) -> dict[str, str]:
    """For each word of a person's name that has been replaced before, the word that stands for it."""
    known: dict[str, str] = {}
    for entity in book:
        stand_in = entity.surrogate.split(" ")
        forms = [form.split(" ") for form in sorted(entity.forms)] if entity.kind is Kind.PER else []
        for form in forms:
            if len(form) == len(stand_in):
                known.update((real.casefold(), new) for real, new in zip(form, stand_in, strict=True))
    return known


@cache
def _names(role: str, gender: str | None, language: str) -> tuple[str, ...]:
    """Candidates for a surname or a first name; names that are also words would read oddly and are left out."""
    locales = _LOCALES[_family(language)]
    genders = (gender,) if gender else ("f", "m")
    if role == "s":
        names = {name for locale in locales for name in gazetteer.surnames(locale)}
        names = {name for name in names if name.casefold() not in _ELSEWHERE}
    else:
        names = {name for locale in locales for sex in genders for name in gazetteer.first_names(locale, sex)}
        names = {name for name in names if lists().gender(name) is not None}
    return tuple(sorted(name for name in names if len(name) > 2 and name.isalpha() and not _is_word(name)))


def _is_word(name: str) -> bool:
    return name.casefold() in lists().words


def _places(form: str, language: str) -> tuple[str, ...]:
    """Another country for a country, another street for a street, a place that does not exist for the rest."""
    family = _family(language)
    if form.casefold() in lists().countries:
        return gazetteer.country_names(language if language in gazetteer.LANGUAGES else family)
    if form.casefold().endswith(STREETS):
        return street_names(family)
    return tuple(name for name in invented(family) if name.casefold() not in lists().places)


def _best(book: Book, real: str, pool: tuple[str, ...]) -> str:
    """The candidate of highest rank that is free; double names once the pool is empty."""
    barred, near = _barred(book), _near(book)
    for candidates in (pool, tuple(_doubles(pool))):
        ranked = sorted(candidates, key=lambda name: _rank(book.seed, real, name))
        free = next((name for name in ranked if not _is_barred(name, barred, near)), None)
        if free is not None:
            return free
    return next(name for n in count(2) if (name := f"{pool[0]} {n}").casefold() not in barred)


def _doubles(pool: tuple[str, ...]) -> Iterator[str]:
    return (f"{one}-{other}" for one, other in product(pool[:60], pool[-60:]) if one != other)


def _rank(seed: bytes, real: str, candidate: str) -> bytes:
    message = f"{real.casefold()}\x00{candidate}".encode("utf-8", "surrogatepass")
    return hmac.digest(seed, message, "sha256")


def _barred(book: Book) -> set[str]:
    """Words no surrogate may be: every word of a real form, and every surrogate in use with its words."""
    real = {word for form in book.forms() for word in words(form)}
    used = {word for entity in book for word in (*words(entity.surrogate), *_ends(entity.surrogate.casefold()))}
    return real | used | book.expected


def _ends(surrogate: str) -> Iterator[str]:
    """The whole and what each blank is followed by: a surname may be of two words, once the names have run out."""
    while surrogate:
        yield surrogate
        surrogate = surrogate.partition(" ")[2]


def _near(book: Book) -> list[str]:
    """Real words so long that a surrogate one letter away would be taken for a slip of the pen."""
    real = {word for form in book.forms() for word in words(form)} | book.expected
    return sorted(word for word in real if len(word) >= _LONG and word.isalpha())


def _is_barred(name: str, barred: set[str], near: list[str]) -> bool:
    folded = name.casefold()
    if not barred.isdisjoint({folded, folded + "s", folded.removesuffix("s"), *words(name), *folded.split("-")}):
        return True
    return process.extractOne(folded, near, scorer=Levenshtein.distance, score_cutoff=1) is not None
