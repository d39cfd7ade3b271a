"""A person's name as words, and whether two names can be one person's."""

from __future__ import annotations

from ingest.pseudonyms import backgrounds, cohorts, nicknames
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.known import words
from ingest.pseudonyms.titles import PARTICLES

Name = tuple[str, ...]  # casefolded words


def name_of(form: str) -> Name:
    """A name's casefolded words: without particles, marks and full stops, and double names in two.

    `Anne-Marie von Berg` gives anne, marie, berg; `lille-Per` stays one word, for he need not be Per.
    """
    pieces = [piece for word in words(form) for piece in _pieces(word.rstrip("."))]
    kept = tuple(piece for piece in pieces if any(character.isalnum() for character in piece))
    return tuple(piece for piece in kept if piece not in PARTICLES) or kept


def _pieces(word: str) -> list[str]:
    before, name, after = nicknames.parted(word)
    return [word] if before or after else name.split("-")


def is_first(word: str) -> bool:
    """Whether a casefolded word is a first name of the lists, or short for one."""
    listed = cohorts.births(word) is not None or nicknames.short(word) is not None
    return listed or word in lists().first_names or any(nicknames.parted(word)[::2])


def is_last(word: str) -> bool:
    """Whether a casefolded word is a surname of the lists."""
    return word in lists().surnames or backgrounds.background(word, "s") is not None


def is_full(name: Name) -> bool:
    """Whether a name has a surname: more words than one, and not first names only (Per Olav)."""
    return len(name) > 1 and not (all(map(is_first, name)) and (name[-1] not in lists().surnames))


def gender(word: str) -> str | None:
    """The gender a first name tells, `f`, `m` or None."""
    name = nicknames.parted(word)[1].split("-")[0]
    known = nicknames.short(name)
    told = cohorts.gender(name)
    if told or cohorts.births(name):
        return told
    return known.gender if known else lists().gender(name) or backgrounds.gender(name)


def agree(one: Name, other: Name) -> bool:
    """Whether two full names differ at most in middle names that are left out or shortened to an initial."""
    if (one[0], one[-1]) != (other[0], other[-1]):
        return False
    less, more = sorted((one[1:-1], other[1:-1]), key=len)
    rest = iter(more)
    return all(any(is_same_or_initial(word, middle) for middle in rest) for word in less)


def abbreviates(one: Name, other: Name) -> bool:
    """Whether two full names agree when the first name of either is shortened to an initial (K. Nordtveit)."""
    shortened = min(len(one[0]), len(other[0])) == 1 and is_same_or_initial(one[0], other[0])
    return shortened and agree(one, (one[0], *other[1:]))


def is_same_or_initial(one: str, other: str) -> bool:
    """Whether two words are one, or one of them is the other's first letter."""
    return one == other or (min(len(one), len(other)) == 1 and one[:1] == other[:1])


def begins(name: Name, other: Name) -> bool:
    """Whether the second name goes on where the first ends."""
    return other[: len(name)] == name
