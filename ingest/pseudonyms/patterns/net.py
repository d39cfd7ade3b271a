"""Addresses on the net, written or read out: e-mail, web, what somebody is called on a social medium."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingest.pseudonyms.patterns.counting import digits_of
from ingest.pseudonyms.patterns.forms import LIKELY, POSSIBLE, Form, found
from ingest.pseudonyms.tokens import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.pseudonyms.finds import Find

_TLD: Final = r"(?:no|com|org|net|dk|se|info|io|uk|nu|eu|edu)"
_DOT: Final = r"(?:punktum|punkt|prikk|dot|prick)"
_AT: Final = r"(?:krøllalfa|alfakrøll|krøll-?alfa|snabel-?a|snabel a|kanelbulle)"
_JOIN: Final = rf"(?:{_DOT}|understrek|understreg|understreck|underscore|bindestrek|bindestreg|bindestreck|strek|dash)"
_HOST: Final = rf"[\w\-]{{1,40}}(?: {_DOT} [\w\-]{{1,40}}){{0,2}}?"

# `at` and a dot that is not said are a sentence: view at example.com.
_READ_OUT: Final = re.compile(
    rf"(?<![\w.\-])[\w.\-]{{1,64}} (?:{_AT} {_HOST}(?: {_DOT} |\.)|at {_HOST} {_DOT} ){_TLD}\b", re.IGNORECASE
)
_JOINED: Final = re.compile(rf"[\w\-]{{1,64}} {_JOIN} $", re.IGNORECASE)
_LAST_WORD: Final = re.compile(r"(?<![\w'’\-])[\w\-]{1,20} $")

_MEDIA: Final = (
    r"(?:insta(?:gram)?|snap(?:chat)?(?:en)?|tik ?tok|twitter|facebook|face|discord|reddit|twitch|youtube|telegram|"
    r"flashback|tinder|grindr)"
)
_PRONOUN: Final = r"(?:jeg|eg|æ|e|jag|hun|ho|hon|han|hen|I|she|he)"
_CALLED: Final = r"(?:heter|heiter|hedder|heite|hette|het|kaller|kallar|kalder)"
_IS: Final = r"(?:er|var|är|is|was|am)"
_USER: Final = (
    r"(?:bruker|brukar|bruger|användar)na(?:v|m)n(?:et|e)?|username|user name|handle|nick(?:et|name)?|"
    rf"(?:my|mitt|min) {_MEDIA}|{_MEDIA}-?(?:konto|kontoen|navnet|brukeren|account|name)"
)
_SOMEBODY: Final = r"(?P<it>@?\w[\w.\-]{2,30}\w)"
_LITTLE: Final = vocabulary(
    "ikke ikkje inte noe noko något bare berre veldig very also blitt taken tatt opptatt samme same helt rart secret "
    "hemmelig annet something else anna annat really"
)
# What stands before `punktum no` in a sentence that only ends there: `det var det, punktum, no går vi`.
_NO_HOST: Final = vocabulary("det den de dette et ett en ein som og och and på the a")


def _is_made_up(name: str) -> bool:
    """Whether a name is none that people have: digits, dots or lines in it."""
    return not name.isalpha()


def _handle(name: str) -> float:
    return LIKELY if _is_made_up(name) or name.casefold() not in _LITTLE else 0.0


def _made_up(name: str) -> float:
    return POSSIBLE if _is_made_up(name) else 0.0


def _site(address: str) -> float:
    return 0.0 if address.casefold().partition(" ")[0] in _NO_HOST else LIKELY


NET: Final = (
    Form("email", re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+")),
    Form("web", re.compile(
        r"(?:https?://|www\.)[^\s<>\"]*[\w/]|\b[\w\-]{1,63}\.(?:no|com|org|net|dk|se|info)\b(?:/[^\s<>\"]*[\w/])?")),
    Form("web", re.compile(
        rf"(?<![\w.\-])(?:(?:www|w w w|ve ve ve|dobbel-?ve dobbel-?ve dobbel-?ve) {_DOT} )?[\w\-]{{1,40}} {_DOT} "
        rf"{_TLD}\b(?: (?:slash|skråstrek|skråstreg|snedstreck) [\w\-]{{1,40}}){{0,4}}", re.IGNORECASE), _site),
    Form("handle", re.compile(r"(?<![\w@.])@\w(?:[\w.]*\w)")),
    Form("handle", re.compile(
        rf"\b(?:på|on) {_MEDIA} (?:{_CALLED} {_PRONOUN}(?: meg| mig)?|{_PRONOUN} go by) (?:bare |for )?{_SOMEBODY}",
        re.IGNORECASE), _handle),
    Form("handle", re.compile(
        rf"\b(?:på|on) {_MEDIA} (?:{_IS} {_PRONOUN}|I[’']m|{_PRONOUN} {_IS}) {_SOMEBODY}", re.IGNORECASE), _made_up),
    Form("handle", re.compile(
        rf"\b(?:{_CALLED}|{_IS}) {_SOMEBODY} (?:på|on) {_MEDIA}\b", re.IGNORECASE), _made_up),
    Form("handle", re.compile(
        rf"\b(?:{_USER})(?: (?:mitt|mit|min|hans|hennes|hendes|mi))? {_IS} {_SOMEBODY}", re.IGNORECASE), _handle),
)  # fmt: skip
"""Every form of an address on the net, but for e-mail that is read out."""


def read_out(text: str) -> Iterator[Find]:
    """E-mail addresses that are read out, with the words joined to the last and the number before it."""
    for match in _READ_OUT.finditer(text):
        yield found(_beginning(text, match.start()), match.end(), "email", LIKELY)


def _beginning(text: str, start: int) -> int:
    """Where an address begins whose last word before the at-sign is at `start`."""
    for _ in range(8):
        before = text[max(0, start - 100) : start].rpartition("\n")[2]
        joined = _JOINED.search(before)
        single = _LAST_WORD.search(before)
        if joined:
            start -= len(joined.group())
        elif single and (_is_digits(text[start:], single.group()) or len(single.group()) == 2):
            start -= len(single.group())
        else:
            break
    return start


def _is_digits(rest: str, word: str) -> bool:
    """Whether a word of an address is a number, or stands before one: kari nitten åttifire krøllalfa."""
    number = digits_of(rest.partition(" ")[0])
    return bool(digits_of(word.strip()) or number)
