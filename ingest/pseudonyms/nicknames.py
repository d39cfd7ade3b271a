"""Short and pet forms of first names: Kalle is Karl, Aleks Aleksander, lille-Per some Per."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from ingest.pseudonyms.cohorts import births
from ingest.pseudonyms.gazetteer import data_lines, lists

# What tells a child from a parent of the same name, with a hyphen before or after the name.
LITTLE = frozenset({"lille", "litle", "vesle", "veslle", "lill", "store", "stor", "gamle", "unge", "ung", "little"})
TAILS = frozenset({"mann", "gutten", "gutt", "jenta", "mor", "far", "vennen", "mannen", "pus", "ungen"})
# Said before a first name, they tell apart two of that name: lille Anne, bestemor Anne.
APART = LITTLE | {"bestemor", "besta", "mormor", "farmor", "bestefar", "morfar", "farfar", "oldemor", "oldefar"}
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Short:
    """A short form as written, of gender `f` or `m`, and the casefolded names it may be short for."""

    form: str
    gender: str
    of: frozenset[str]


def short(word: str) -> Short | None:
    """A word as a short form; None if it is not listed as one."""
    return _listed().get(word.casefold())


def shorts(gender: str | None) -> tuple[str, ...]:
    """Short forms of one gender, or of both, that are no ordinary names themselves."""
    return tuple(one.form for one in _listed().values() if gender in {None, one.gender} and is_sure(one.form))


def is_sure(word: str) -> bool:
    """Whether a short form is seldom a name of its own: Kalle, but not Lise, who need be no Elisabeth."""
    found = births(word)
    return found is None or found.level == 0


def kin(word: str) -> set[str]:
    """The casefolded names a word may be short for, and the short forms it may have."""
    known = _listed().get(word)
    return set(known.of if known else ()) | _by_name().get(word, set())


def is_short_for(word: str, name: str) -> bool:
    """Whether a casefolded word may stand for a longer one, by the list or as its unlisted beginning (Aleks)."""
    known = _listed().get(word)
    if known is not None and name in known.of:
        return True
    begins = _SHORTEST <= len(word) <= len(name) - 2 and name.startswith(word)
    return begins and births(word) is None and not lists().knows(word)


def parted(word: str) -> tuple[str, str, str]:
    """A word as what stands before a hyphen (`lille-`), the name, and what stands after one (`-mann`)."""
    first, hyphen, rest = word.partition("-")
    if hyphen and rest and first.casefold() in LITTLE:
        return first + hyphen, rest, ""
    before, hyphen, last = word.rpartition("-")
    if hyphen and before and last.casefold() in TAILS:
        return "", before, hyphen + last
    return "", word, ""


@cache
def _listed() -> dict[str, Short]:
    rows = (line.split("\t") for line in data_lines("short_forms.tsv"))
    return {form.casefold(): Short(form, sex, frozenset(of.casefold().split())) for form, sex, of in rows}


@cache
def _by_name() -> dict[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    for form, one in _listed().items():
        for name in one.of:
            found[name].add(form)
    return dict(found)
