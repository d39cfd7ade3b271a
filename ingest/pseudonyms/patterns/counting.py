"""Number words of the interviews' languages as the digits a person writes when they are dictated."""

from __future__ import annotations

from functools import cache
from typing import Final

_UNITS: Final = {
    "0": "null nul noll zero oh nought",
    "1": "en én ein éin ei et ett eitt one",
    "2": "to två tvo two",
    "3": "tre three",
    "4": "fire fyra four",
    "5": "fem five",
    "6": "seks sex six",
    "7": "sju syv sjau seven",
    "8": "åtte otte åtta eight",
    "9": "ni nio nine",
}
_TEENS: Final = {
    "10": "ti tio ten",
    "11": "elleve elva eleven",
    "12": "tolv twelve",
    "13": "tretten tretton thirteen",
    "14": "fjorten fjorton fourteen",
    "15": "femten femton fifteen",
    "16": "seksten sexton sixteen",
    "17": "sytten sjutton seventeen",
    "18": "atten arton eighteen",
    "19": "nitten nitton nineteen",
}
_TENS: Final = {
    "2": "tjue tyve kjue tjugo tjugu twenty",
    "3": "tretti tredve tredive trettio thirty",
    "4": "førti førr fyrre førre fyrtio fyrti förti forty",
    "5": "femti halvtreds femtio fifty",
    "6": "seksti tres sextio sexti sixty",
    "7": "sytti søtti halvfjerds sjuttio sjutti seventy",
    "8": "åtti firs åttio eighty",
    "9": "nitti halvfems nittio ninety",
}
HUNDRED: Final = frozenset({"hundre", "hundrede", "hundra", "hundred"})
AND: Final = frozenset({"og", "och", "and"})


@cache
def digits_by_word() -> dict[str, str]:
    """Each number word under a hundred, with the digits it stands for: `åttini` 89, `nulltre` 03, `toogtyve` 22."""
    units = {word: digit for digit, words in _UNITS.items() for word in words.split()}
    tens = {word: digit for digit, words in _TENS.items() for word in words.split()}
    joined = {ten + mid + unit: a + b for ten, a in tens.items() for unit, b in units.items() for mid in ("", "-")}
    turned = {f"{unit}{mid}{ten}": a + b for ten, a in tens.items() for unit, b in units.items() for mid in ("og",)}
    zeros = {zero + unit: "0" + b for zero in ("null", "nul", "noll") for unit, b in units.items()}
    teens = {word: digits for digits, words in _TEENS.items() for word in words.split()}
    return joined | turned | zeros | teens | {word: digit + "0" for word, digit in tens.items()} | units


def digits_of(word: str) -> str:
    """What a word says when a number is dictated, such as `89` for `åttini` and `12` for itself; else nothing."""
    if word.isascii() and word.isdecimal():
        return word
    return digits_by_word().get(word.casefold(), "")


def is_ten(word: str) -> bool:
    """Whether a word is twenty, thirty … to ninety, which a smaller number may stand beside."""
    number = digits_of(word)
    return not word.isdecimal() and len(number) == 2 and number[1] == "0" and number > "10"
