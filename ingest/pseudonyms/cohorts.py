"""First names by sex and decade of birth: Statistics Norway's births, 1930 to 2017 (CC BY 4.0; see data/NOTICE.md)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from math import sqrt

from ingest.pseudonyms.gazetteer import data_lines

FIRST_DECADE = 1930
_COMMON, _USUAL = (
    100,
    20,
)  # hundredths of a per cent of a decade's births: among the ten first, among the hundred first
_DISTINCT = 1.5  # how far above its mean a name's best decade must be to say anything of the bearer's age
_ONE_SEX = 10  # times as many of one sex as of the other tell the sex
_FEWEST, _MOST = 24, 48  # stand-ins for one name


@dataclass(frozen=True, slots=True)
class Births:
    """Shares of a decade's births of one sex (`f`, `m`), the 1930s first, in hundredths of a per cent.

    `peak` is the decade of the largest; `level` how common the name was then: 0 rare, 1 usual, 2 common.
    """

    name: str
    sex: str
    shares: tuple[int, ...]
    peak: int
    level: int

    def likeness(self, other: Births) -> float:
        """The cosine of the two rows of shares: 1 where the names were in fashion at the same time."""
        both = sum(one * two for one, two in zip(self.shares, other.shares, strict=True))
        return both / sqrt(sum(one * one for one in self.shares) * sum(two * two for two in other.shares))


def births(name: str, sex: str | None = None) -> Births | None:
    """A name's births, of the given sex if there are any, else of that most bearers have; None if unlisted."""
    found = _table().get(name.casefold(), ())
    return next((one for one in found if one.sex == sex), found[0] if found else None)


def gender(name: str) -> str | None:
    """`f` or `m` where at least ten times as many bearers are of that sex, else None."""
    found = _table().get(name.casefold(), ())
    if len(found) > 1 and sum(found[0].shares) < _ONE_SEX * sum(found[1].shares):
        return None
    return found[0].sex if found else None


def cohort(name: str) -> int | None:
    """The decade of birth a first name suggests, such as 1950; None for unlisted ones and those always in use."""
    found = births(name)
    if found is None or max(found.shares) * len(found.shares) < _DISTINCT * sum(found.shares):
        return None
    return found.peak


@cache
def everyone(sex: str) -> tuple[Births, ...]:
    """Every name given to one sex, in the order of the alphabet."""
    return tuple(
        sorted((one for found in _table().values() for one in found if one.sex == sex), key=lambda one: one.name)
    )


def contemporaries(of: Births) -> list[str]:
    """Names given to the same sex in the same years and about as often, most alike first: two dozen at least.

    As common ones come first; where they are too few, the next class is let in, but no common name for a rare one.
    """
    near = [one for one in everyone(of.sex) if one.name != of.name and abs(one.peak - of.peak) <= 10]
    for spread in (0, 1):
        pool = [one for one in near if abs(one.level - of.level) <= spread]
        if len(pool) >= _FEWEST:
            break
    return [one.name for one in sorted(pool, key=lambda one: (-of.likeness(one), one.name))[:_MOST]]


def _births(name: str, sex: str, shares: tuple[int, ...]) -> Births:
    most = max(shares)
    level = (most >= _USUAL) + (most >= _COMMON)
    return Births(name, sex, shares, FIRST_DECADE + 10 * shares.index(most), level)


@cache
def _table() -> dict[str, tuple[Births, ...]]:
    """By casefolded name: its births of the sex that most who bear it have, then of the other."""
    found = defaultdict[str, list[Births]](list)
    for line in data_lines("first_names.tsv"):
        name, sex, shares = line.split("\t")
        found[name.casefold()].append(_births(name, sex, tuple(map(int, shares.split()))))
    return {name: tuple(sorted(rows, key=lambda one: -sum(one.shares))) for name, rows in found.items()}
