"""Where a name is at home, so that a name from elsewhere gets a surrogate from the same elsewhere.

The lists are this project's own (data/backgrounds.tsv) and Faker's (MIT). A background is only as telling as a name
is: Mohammad says little of a country, Agnieszka much; nothing is kept of it but the surrogate.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib import import_module
from typing import Protocol

from ingest.pseudonyms.cohorts import births
from ingest.pseudonyms.gazetteer import LOCALES, data_lines, first_names, lists

_LOCALES = ("pl_PL", "lt_LT", "lv_LV", "hr_HR", "tr_TR", "vi_VN", "hu_HU", "et_EE", "es_ES", "pt_PT", "it_IT", "cs_CZ")
_TELLING = ("pl_PL", "tr_TR")  # whose names are foreign though Sweden's most common ones hold some of them
_LONG_HERE = 10  # hundredths of a per cent of the births of the 1930s to 1960s, when few had come from elsewhere
_ATTRIBUTES = {
    "f": ("first_names_female", "first_names_unisex"),
    "m": ("first_names_male", "first_names_unisex"),
    "s": ("last_names", "unisex_last_names", "male_last_names"),
}
_FEWEST = 10  # names of one sort, from which on a list can hide one of them


def background(word: str, role: str) -> str | None:
    """Where a first name (role `f`) or surname (`s`) is at home if not here: a code for `names`, else None."""
    known = word.casefold()
    roles = ("s",) if role == "s" else ("f", "m")
    own = next((code for code, lists_ in _own().items() if any(known in lists_.get(one, {}) for one in roles)), None)
    if own or _is_nordic(known, role):
        return own
    found = [code for code in _LOCALES if any(known in _faker(code, one) for one in roles)]
    return found[0] if len(found) == 1 or {*found} & {*_TELLING} else None  # a name of several countries tells none


def names(code: str, role: str, gender: str | None = None) -> tuple[str, ...]:
    """The surnames (role `s`) or first names of a background, of one gender if that is known."""
    roles = ("s",) if role == "s" else tuple(gender or "fm")
    found = [_own()[code].get(one, {}) if code in _own() else _faker(code, one) for one in roles]
    pool = tuple(sorted({name for listed in found for name in listed.values()}))
    return pool if len(pool) >= _FEWEST else ()


def gender(word: str) -> str | None:
    """`f` or `m` where the own lists have a first name for one of them only, else None."""
    known = word.casefold()
    sexes = {sex for listed in _own().values() for sex in "fm" if known in listed.get(sex, {})}
    return sexes.pop() if len(sexes) == 1 else None


def _is_nordic(word: str, role: str) -> bool:
    """Whether a name is in use here; a first name also if it was once among the hundred first, or is an old one."""
    if role == "s":
        return word in lists().surnames
    found = births(word)
    if word in _at_home() or (found is not None and sum(found.shares[:4]) >= _LONG_HERE):
        return True
    known = word in lists().first_names or (found is not None and found.level > 0)
    return known and not any(word in _faker(code, sex) for code in _TELLING for sex in "fm")


@cache
def _at_home() -> frozenset[str]:
    locales = (locale for locale in LOCALES if locale != "sv_SE")
    return frozenset(name.casefold() for locale in locales for sex in "fm" for name in first_names(locale, sex))


@cache
def _own() -> dict[str, dict[str, dict[str, str]]]:
    """By background and role: names by their casefolded form."""
    found = defaultdict[str, dict[str, dict[str, str]]](dict)
    for line in data_lines("backgrounds.tsv"):
        code, role, listed = line.split("\t")
        found[code][role] = {name.casefold(): name for name in listed.split()}
    return dict(found)


class _Module(Protocol):
    Provider: type


@cache
def _faker(locale: str, role: str) -> dict[str, str]:
    """Faker's names of a locale that are one word in Latin letters, by their casefolded form."""
    module: _Module = import_module(f"faker.providers.person.{locale}")
    listed = [name for attribute in _ATTRIBUTES[role] for name in getattr(module.Provider, attribute, ())]
    return {name.casefold(): name for name in listed if len(name) > 2 and name.isalpha() and name[0].isupper()}
