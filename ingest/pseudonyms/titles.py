"""Titles before a person's name, which stay in the text and may tell a gender, and the small words inside one."""

from __future__ import annotations

_GENDERS = {
    **dict.fromkeys(("fru", "frøken", "fröken", "frk", "madam", "mrs", "miss", "ms", "tante", "sister"), "f"),
    **dict.fromkeys(("herr", "hr", "onkel", "mr", "sir"), "m"),
    **dict.fromkeys(("dr", "doktor", "doctor", "professor", "prof", "overlege", "pastor", "prest"), None),
}

# Small words inside a name, which alone are no name.
PARTICLES = frozenset({"af", "av", "bin", "da", "de", "den", "der", "di", "du", "el", "la", "le", "ten", "van", "von"})


def is_title(word: str) -> bool:
    """Whether a word is a title, with or without a full stop."""
    return word.rstrip(".").casefold() in _GENDERS


def title(surface: str) -> str:
    """The titles before a name, with the blanks after them; empty when there are none, or nothing follows."""
    at = 0
    while True:
        word, blank, rest = surface[at:].partition(" ")
        if not blank or not rest.strip() or not is_title(word):
            return surface[:at]
        at += len(word) + 1


def gender(surface: str) -> str | None:
    """The gender that the titles before a name tell: `f`, `m` or None."""
    told = (_GENDERS[word.rstrip(".").casefold()] for word in title(surface).split())
    return next((one for one in told if one), None)
