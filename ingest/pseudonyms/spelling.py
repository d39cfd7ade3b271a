"""Whether two words may be one name, spelt differently or misheard.

A recogniser of speech writes a name as it sounds: Catrine or Katrine, Nordtvedt or Nordtveit. Words that sound the
same are taken for one; words a letter apart only where they are long and not both known names, for Maria is not Marie.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from ingest.pseudonyms.cohorts import births
from ingest.pseudonyms.gazetteer import lists

_LONG = 5  # letters from which on one letter's difference may be a slip of the ear
_SHORT = 3
_SOUNDS = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        *(("aa", "å"), ("ä", "æ"), ("ö", "ø"), ("[éèêë]", "e"), ("[áàâã]", "a"), ("ü", "y"), ("[íì]", "i")),
        *(("ch", "k"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("qu", "kv"), ("q", "k"), ("x", "ks"), ("w", "v")),
        *(("c(?=[eiyæ])", "s"), ("c", "k"), ("z", "s"), ("dt", "t"), ("^h(?=[jv])", ""), ("(?<=[^sk])h$", "")),
        ("ssen$", "sen"),
    )
)
_LOOSE = tuple(
    (re.compile(pattern), new) for pattern, new in ((r"(.)\1+", r"\1"), ("(?<!^)h", ""), ("æ", "e"), ("d$", "t"))
)


def sound(word: str) -> str:
    """How a casefolded word sounds, for comparing: Christoffer, Kristoffer."""
    for pattern, new in _SOUNDS:
        word = pattern.sub(new, word)
    return word


def loose(word: str) -> str:
    """The same without double letters and silent ones: Hannah, Hana."""
    word = sound(word)
    for pattern, new in _LOOSE:
        word = pattern.sub(new, word)
    return word


def hints(word: str) -> set[str]:
    """What any two words that `alike` or `near` hold for share at least one of: an index's keys."""
    return {word, "~" + loose(word), *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def near(one: str, other: str) -> bool:
    """Whether one letter added, lost, changed or swapped with the next makes one word the other."""
    return OSA.distance(one, other, score_cutoff=1) <= 1


def alike(one: str, other: str) -> bool:
    """Whether two different casefolded words may be one name."""
    if one == other or min(len(one), len(other)) < _SHORT or not (one + other).replace("-", "").isalpha():
        return False
    if sound(one) == sound(other):
        return True
    if min(len(one), len(other)) < _LONG or (is_listed(one) and is_listed(other)):
        return False
    return near(one, other) or loose(one) == loose(other)


def is_listed(word: str) -> bool:
    """Whether a word is a first name or a surname of the lists."""
    return births(word) is not None or word in lists().first_names or word in lists().surnames
