"""The names a surrogate is drawn from: of the same gender, age and background as far as the real one tells.

A pool holds two dozen names or more where there are that many, so that a surrogate does not give away the name it
stands for even to somebody who knows these rules.
"""

from __future__ import annotations

from functools import cache

from ingest.pseudonyms import backgrounds, cohorts, gazetteer, nicknames
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.inventions import STREETS, invented, street_names

# Whose names a language's surrogates are taken from; a neighbour's widen the choice.
_LOCALES = {"no": ("no_NO", "da_DK"), "da": ("da_DK", "no_NO"), "sv": ("sv_SE",), "en": ("en_GB", "en_US")}
# Borne by many in the country but not at home in it: such a surname would tell something untrue about a person.
_ELSEWHERE = frozenset({"ahmed", "ali", "nguyen"})
_FEWEST = 12
_YEARS = 10

Pools = tuple[tuple[str, ...], ...]  # the first is the best, the next are for when it runs out


def family(language: str) -> str:
    """The language whose lists serve for a language."""
    return language if language in {"en", "da", "sv"} else "no"


def first_names(real: str, gender: str | None, language: str, elsewhere: str | None) -> Pools:
    """Stand-ins for a first name; `elsewhere` is the background of the person's other names."""
    home = backgrounds.background(real, "f") or (elsewhere if not _is_known(real) else None)
    wide = _broad(gender, family(language))
    if home:
        return backgrounds.names(home, "f", gender), wide
    known = nicknames.short(real)
    if known and nicknames.is_sure(real):
        return tuple(filter(_reads_well, nicknames.shorts(gender or known.gender))), wide
    return (*_of_their_time(real, gender, family(language)), wide)


def surnames(real: str, language: str, elsewhere: str | None) -> Pools:
    """Stand-ins for a surname."""
    home = backgrounds.background(real, "s") or (elsewhere if real.casefold() not in lists().surnames else None)
    here, made_up = _surnames(family(language)), _towns(family(language))  # many a surname is a farm's
    return (backgrounds.names(home, "s"), here, made_up) if home else (here, made_up)


def places(form: str, language: str) -> Pools:
    """Another country for a country, another street for a street, a place that does not exist for the rest."""
    if form.casefold() in lists().countries:
        return (gazetteer.country_names(language if language in gazetteer.LANGUAGES else family(language)),)
    if form.casefold().endswith(STREETS):
        return (street_names(family(language)),)
    return (_towns(family(language)),)


def _is_known(name: str) -> bool:
    return cohorts.births(name) is not None or lists().knows(name) or nicknames.short(name) is not None


def _of_their_time(real: str, gender: str | None, of: str) -> Pools:
    """Names of the same years as the real one; for one that no register has, names that were never common."""
    born = cohorts.births(real, gender)
    if of in {"en", "sv"} or (of == "da" and born is None):
        listed = _listed(gender, of)
        aged = tuple(name for name in listed if born and _is_of_age(name, born))
        return (aged, listed) if len(aged) >= _FEWEST else (listed,)
    if born is None:
        return (_uncommon(gender),)
    peers = _peers(born.name, born.sex)
    danish = tuple(name for name in peers if name in _listed(born.sex, of)) if of == "da" else ()
    return (danish, peers) if len(danish) >= _FEWEST else (peers,)


def _is_of_age(name: str, born: cohorts.Births) -> bool:
    other = cohorts.births(name, born.sex)
    return other is not None and abs(other.peak - born.peak) <= _YEARS


@cache
def _peers(name: str, sex: str) -> tuple[str, ...]:
    born = cohorts.births(name, sex)
    peers = cohorts.contemporaries(born) if born else []
    return tuple(peer for peer in peers if _is_home(peer) and cohorts.gender(peer) == sex)


@cache
def _uncommon(gender: str | None) -> tuple[str, ...]:
    found = [one for sex in gender or "fm" for one in cohorts.everyone(sex) if one.level == 0]
    return tuple(sorted({one.name for one in found if _is_home(one.name) and cohorts.gender(one.name)}))


@cache
def _listed(gender: str | None, of: str) -> tuple[str, ...]:
    """Faker's first names of a language's countries; names that tell no gender are left out."""
    found = {name for locale in _LOCALES[of] for sex in gender or "fm" for name in gazetteer.first_names(locale, sex)}
    return tuple(sorted(name for name in found if _reads_well(name) and lists().gender(name) in {*(gender or "fm")}))


@cache
def _broad(gender: str | None, of: str) -> tuple[str, ...]:
    """Every name there is for a gender."""
    every = (one.name for sex in gender or "fm" for one in cohorts.everyone(sex) if cohorts.gender(one.name) == sex)
    return tuple(sorted({*_listed(gender, of), *(filter(_is_home, every) if of in {"no", "da"} else ())}))


@cache
def _surnames(of: str) -> tuple[str, ...]:
    found = {name for locale in _LOCALES[of] for name in gazetteer.surnames(locale)}
    return tuple(sorted(name for name in found if name.casefold() not in _ELSEWHERE and _reads_well(name)))


@cache
def _towns(of: str) -> tuple[str, ...]:
    return tuple(name for name in invented(of) if name.casefold() not in lists().places)


def _is_home(name: str) -> bool:
    return _reads_well(name) and backgrounds.background(name, "f") is None


def _reads_well(name: str) -> bool:
    """Names that are also words would read oddly, and places and short ones be taken for something else."""
    folded = name.casefold()
    return len(name) > 2 and name.isalpha() and folded not in lists().words and folded not in lists().places
