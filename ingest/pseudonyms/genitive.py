"""The genitive of names in Norwegian, Danish, Swedish and English: Karis, Kari's, Oslos, Hans', James's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_HISSES = ("s", "x", "z")
# After these letters a final s mostly belongs to the name itself: Andreas, Agnes, Paris, Amos, Magnus.
_OWN = frozenset("aeious")


def marked(word: str) -> str:
    """The unmistakable genitive at the end of a word: `'s`, or an apostrophe after s, x or z; else nothing."""
    if len(word) > 2 and word[-2] in "'’" and word[-1] in "sS":
        return word[-2:]
    if len(word) > 2 and word[-1] in "'’" and word[-2].casefold() in _HISSES:
        return word[-1:]
    return ""


def ways(word: str) -> list[tuple[str, str]]:
    """Every way to read a word as name and genitive: itself first, then with an ending taken off."""
    ending = marked(word)
    if ending:
        return [(word, ""), (word.removesuffix(ending), ending)]
    if len(word) > 2 and word[-1] in "sS" and word[-2].isalpha():
        return [(word, ""), (word[:-1], word[-1])]
    return [(word, "")]


def part(
    word: str, language: str, known: Callable[[str], bool], heard: Callable[[str], bool] | None = None
) -> tuple[str, str]:
    """A word as name and genitive; `known` says whether a word is a name as it stands.

    `heard`, where given, says whether a name without its genitive has been met in this very text.
    """
    ending = marked(word)
    if ending:
        return word.removesuffix(ending), ending
    *_, (stem, ending) = ways(word)
    if not ending or language == "en" or known(word):
        return word, ""
    if known(stem) or (heard and heard(stem)) or stem[-1].casefold() not in _OWN:
        return stem, ending
    return word, ""


def add(name: str, language: str) -> str:
    """A name in the genitive: Karis, Lars' and, in English, Kate's; after s, x and z Swedish writes nothing."""
    if language == "en":
        return name + "'s"
    hissed = "" if language == "sv" else "'"
    return name + (hissed if name[-1:].casefold() in _HISSES else "s")
