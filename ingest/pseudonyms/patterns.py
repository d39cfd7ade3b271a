"""Finds what identifies by its form: numbers with check digits, telephones, addresses on the net and on the street.

A number whose check digits are right is sure; one that only looks right is found with a lower score, since speech is
misheard and a wrong digit still points at somebody. The sort of a find stands in its recogniser: `pattern:phone`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stdnum.dk import cpr
from stdnum.no import fodselsnummer, kontonr, orgnr
from stdnum.se import personnummer

from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.spoken import DATE, DIGITS, EMAIL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PREFIX = "pattern:"
_TELLING_DIGITS = 7
_SURE, _LIKELY, _POSSIBLE = 0.99, 0.9, 0.6


def _never(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A form; `check` says whether a match is sure, `otherwise` is the score of one that is not (0: not found)."""

    sort: str
    form: re.Pattern[str]
    check: Callable[[str], bool] = _never
    otherwise: float = _LIKELY


def _digits(*groups: str) -> re.Pattern[str]:
    """Alternatives of digit groups that no further digit touches."""
    return re.compile(rf"(?<![\d+])(?<!\d[.,])(?:{'|'.join(groups)})(?!\d)(?![.,]\d)")


def _is_listed_place(match: str) -> bool:
    return re.sub(r"^[\d ]+", "", match).casefold() in lists().places


def _is_long(match: str) -> bool:
    return sum(map(str.isdigit, match)) >= _TELLING_DIGITS


_STREET = r"(?:gata|gaten|gate|veien|vegen|vei|veg|gade|vej|gatan|vägen)"
_SMALL_STREET = (
    r"(?:allé|alleen|alléen|plass|plassen|stien|bakken|svingen|tunet|lia|kroken|terrasse|torg|torget|stræde)"
)
_ENGLISH_STREET = r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Close|Court|Way|Terrace|Gardens|Crescent)"
_NUMBER = r" \d{1,4}(?: ?[A-Ha-h]\b)?(?!\d)"
_CAPITAL = r"[^\W\d_a-zæøåäöé]"

_PATTERNS = (
    _Pattern("email", re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+")),
    _Pattern("email", EMAIL),
    _Pattern(
        "web",
        re.compile(
            r"(?:https?://|www\.)[^\s<>\"]*[\w/]|\b[\w\-]{1,63}\.(?:no|com|org|net|dk|se|info)\b(?:/[^\s<>\"]*[\w/])?"
        ),
    ),
    _Pattern("handle", re.compile(r"(?<![\w@.])@\w(?:[\w.]*\w)")),
    _Pattern("national_id", _digits(r"\d{6}[ .\-]?\d{5}"), fodselsnummer.is_valid, _POSSIBLE),
    _Pattern("national_id", _digits(r"\d{6}[ \-]\d{4}", r"\d{10}"), cpr.is_valid, 0),
    _Pattern("national_id", _digits(r"(?:\d{2})?\d{6}[\-+ ]?\d{4}"), personnummer.is_valid, 0),
    _Pattern("account", _digits(r"\d{4}[ .]\d{2}[ .]\d{5}"), kontonr.is_valid, _POSSIBLE),
    _Pattern("organisation_number", _digits(r"[89]\d{2} ?\d{3} ?\d{3}"), orgnr.is_valid, 0),
    _Pattern("phone", _digits(r"[2-9]\d(?: \d{2}){3}", r"[2-9]\d{2} \d{2} \d{3}", r"[2-9]\d{7}")),
    _Pattern("phone", re.compile(r"(?<![\d+])(?:\+|00)[1-9]\d{0,2}(?:[ \-]?\(?\d{1,4}\)?){2,6}(?!\d)")),
    _Pattern(
        "phone",
        _digits(
            r"0\d{1,4}[ \-]\d{2,4}(?:[ \-]?\d{2,4}){1,3}",
            r"0\d{9,10}",
            r"\d{3}-\d{3}-\d{4}",
            r"\(\d{3}\) ?\d{3}-\d{4}",
        ),
    ),
    # A recogniser writes a number that was said with pauses as it likes: 07-017-406-5-0.
    _Pattern("phone", _digits(r"\d{1,5}(?:[\-–]\d{1,5}){2,9}"), _is_long, 0),
    _Pattern("phone", DIGITS),
    _Pattern("address", re.compile(rf"\b(?:{_CAPITAL}[\w.\-]{{0,40}} ){{1,3}}(?:{_STREET}|{_SMALL_STREET}){_NUMBER}")),
    _Pattern(
        "address",
        re.compile(rf"\b(?:[^\W\d_][\w\-]{{1,40}}{_STREET}|{_CAPITAL}[\w\-]{{1,40}}{_SMALL_STREET}){_NUMBER}"),
    ),
    _Pattern("address", re.compile(rf"(?<!\d)\d{{1,4}}[A-Za-z]? (?:[A-Z][\w'’]{{1,40}} ){{1,3}}{_ENGLISH_STREET}\b")),
    _Pattern("postal_place", re.compile(r"(?<!\d)(?!19[5-9]\d|20[0-3]\d)\d{4} [^\W\d_][\w\-]+"), _is_listed_place, 0),
    _Pattern("postal_place", re.compile(r"(?<!\d)\d{3} \d{2} [^\W\d_][\w\-]+"), _is_listed_place, 0),
    _Pattern("postal_place", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")),
    _Pattern("plate", re.compile(r"\b[A-Z]{2} ?(?:\d{5}|\d{2} \d{3})\b|\b[A-Z]{3} ?\d{2}[\dA-Z]\b")),
    _Pattern(
        "date",
        _digits(r"(?:0?[1-9]|[12]\d|3[01])([./\-])(?:0?[1-9]|1[0-2])\1(?:19|20)?\d\d", r"(?:19|20)\d\d-\d\d-\d\d"),
    ),
    _Pattern("date", DATE),
)


class Patterns:
    """Finds every form above; each is of kind ID."""

    name = "patterns"
    version = "1"

    def find(self, text: str, language: str) -> list[Find]:
        """Matches in any language, since interviews switch; they may overlap."""
        del language
        return [find for pattern in _PATTERNS for find in _matches(pattern, text)]


def _matches(pattern: _Pattern, text: str) -> Iterator[Find]:
    group = "it" if "it" in pattern.form.groupindex else 0
    for match in pattern.form.finditer(text):
        score = _SURE if pattern.check(match[group]) else pattern.otherwise
        if score and "\n" not in match[group]:
            yield Find(*match.span(group), Kind.ID, score, (PREFIX + pattern.sort,))


def sort_of(recognisers: tuple[str, ...]) -> str:
    """The sort of an ID find, such as `phone`; empty when no pattern found it."""
    return next((name.removeprefix(PREFIX) for name in recognisers if name.startswith(PREFIX)), "")
