"""Numbers said aloud: a telephone in pairs, a national id digit by digit, a postcode before its place, a plate.

Words and digits are read together (`98 sju seks 54 …`), since a recogniser of speech writes now one, now the other.
What is counted up or down, years, amounts and doses are no numbers of anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from stdnum.no import fodselsnummer

from ingest.pseudonyms.gazetteer import lists
from ingest.pseudonyms.patterns.counting import AND, HUNDRED, digits_of, is_ten
from ingest.pseudonyms.patterns.forms import LIKELY, POSSIBLE, SURE, UNITS, found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.pseudonyms.finds import Find
    from ingest.pseudonyms.tokens import Token

_PAUSES: Final = frozenset({",", ".", "-", "–", "…", "eh", "ehm", "øh", "øhm", "hm", "så", *AND})
_TWICE: Final = frozenset({"double", "dobbel", "dobbelt", "dubbel"})
_CUES: Final = (
    *("telefon", "tlf", "mobil", "nummer", "ring", "fødselsnummer", "personnummer", "cpr", "konto", "phone", "number"),
    *("nås", "mitt nummer", "call", "dial"),
)
_PLATE_CUES: Final = ("skilt", "bilskilt", "nummerskilt", "registrering", "regnummer", "nummerplade", "nummerplåt")
_CUE_REACH: Final = 6  # words before a number that may say what it is
_MEASURES: Final = UNITS | HUNDRED
_STEPS: Final = frozenset({-100, -10, -5, -2, -1, 0, 1, 2, 5, 10, 100})
_LONGEST_NUMBER: Final = 5  # digits that a recogniser writes together in the middle of a dictated number
_PHONE: Final = range(8, 13)  # digits
_NATIONAL_ID: Final = 11
_PLATE: Final = 5
_POSTCODE: Final = 4
_YEARS: Final = ("1800", "2039")


@dataclass(frozen=True, slots=True)
class Run:
    """Number words on end: tokens `first` to `last`, what each group of them says, and how many are written out."""

    first: int
    last: int
    groups: tuple[str, ...]
    spoken: int

    @property
    def digits(self) -> str:
        """All of it."""
        return "".join(self.groups)


def dictated(tokens: Sequence[Token], *, english: bool) -> Iterator[Find]:
    """The dictated numbers of a line; in English `to` is no number."""
    for run in _runs(tokens, english=english):
        start, end = tokens[run.first].start, tokens[run.last].end
        if (letters := _plate(tokens, run)) is not None:
            yield found(letters, end, "plate", LIKELY)
        elif places := _place_after(tokens, run):
            yield found(start, places, "postal_place", LIKELY)
        elif score := _score(tokens, run):
            valid = len(run.digits) == _NATIONAL_ID and fodselsnummer.is_valid(run.digits)
            sort = "national_id" if valid or (len(run.digits) == _NATIONAL_ID and not english) else "phone"
            yield found(start, end, sort, SURE if valid else score)


def _runs(tokens: Sequence[Token], *, english: bool) -> Iterator[Run]:
    at = 0
    while at < len(tokens):
        run = _run_at(tokens, at, english=english)
        if run.groups:
            yield run
        at = run.last + 1


def _run_at(tokens: Sequence[Token], first: int, *, english: bool) -> Run:
    groups: list[str] = []
    last, spoken, at = first, 0, first
    while at < len(tokens):
        group, after = _group(tokens, at, english=english)
        if not group:
            break
        groups.append(group)
        spoken += not tokens[at].text.isdecimal()
        last, at = after - 1, _over_pause(tokens, after)
    return Run(first, last, tuple(groups), spoken)


def _group(tokens: Sequence[Token], at: int, *, english: bool) -> tuple[str, int]:
    """What the tokens from `at` on say together (`to og førti`, `fire hundre og åtte`), and where they end."""
    number = _digits(tokens, at, english=english)
    after = at + 1
    if _word(tokens, at) in _TWICE:
        return 2 * _digits(tokens, after, english=english), after + 1
    if number and _word(tokens, after) in HUNDRED and len(number) == 1:
        return _hundred(tokens, number, after + 1, english=english)
    joined = after + 1 if _word(tokens, after) in AND else 0
    if joined and len(number) == 1 and joined < len(tokens) and is_ten(tokens[joined].text):
        return digits_of(tokens[joined].text)[0] + number, joined + 1
    ones = _digits(tokens, after, english=english)
    if number and is_ten(tokens[at].text) and len(ones) == 1 and ones != "0" and not tokens[after].text.isdecimal():
        return number[0] + ones, after + 1
    return number, after


def _hundred(tokens: Sequence[Token], number: str, after: int, *, english: bool) -> tuple[str, int]:
    at = after + 1 if _word(tokens, after) in AND else after
    rest, end = _group(tokens, at, english=english)
    return (number + rest.zfill(2), end) if rest and len(rest) < 3 else (number + "00", after)


def _digits(tokens: Sequence[Token], at: int, *, english: bool) -> str:
    word = _word(tokens, at)
    return "" if (english and word == "to") or len(digits_of(word)) > _LONGEST_NUMBER else digits_of(word)


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text.casefold() if at < len(tokens) else ""


def _over_pause(tokens: Sequence[Token], at: int) -> int:
    """Past what is said or written between two groups; a mark with no blank after it is part of a decimal or time."""
    for _ in range(2):
        if _word(tokens, at) not in _PAUSES:
            break
        tight = at + 1 < len(tokens) and tokens[at].end == tokens[at + 1].start
        if tight and tokens[at].text in ".,":
            return len(tokens)
        at += 1
    return at


def _score(tokens: Sequence[Token], run: Run) -> float:
    digits, count = run.digits, len(run.groups)
    in_pairs = count == 4 and all(len(group) == 2 for group in run.groups)
    cued = _cued(tokens, run.first, _CUES)
    if _is_measure(tokens, run) or _are_years(run) or _is_amount(run) or _counts(run, loosely=not (in_pairs or cued)):
        return 0.0
    if not run.spoken and not cued:
        lone = _blanks_only(tokens, run) and (in_pairs or count > 5)
        return LIKELY if lone and len(digits) in _PHONE else 0.0
    if (cued and len(digits) > 4 and count > 1) or (count > 3 and len(digits) in _PHONE):
        return LIKELY
    if len(digits) == 8 and [len(group) for group in run.groups] == [3, 2, 3]:
        return LIKELY
    return POSSIBLE if count > 5 or (count == 5 and len(digits) > 5) else 0.0


def _is_measure(tokens: Sequence[Token], run: Run) -> bool:
    return _word(tokens, run.last + 1) in _MEASURES


def _are_years(run: Run) -> bool:
    """`1985 1987`, or `nitten sekstisju nitten åttifire`."""
    centuries = run.groups[::2]
    two = len(run.groups) == 4 and set(centuries) <= {"18", "19", "20"}
    return two or all(len(group) == 4 and _YEARS[0] <= group <= _YEARS[1] for group in run.groups)


def _is_amount(run: Run) -> bool:
    """1 250 000: after the first group only thousands."""
    return not run.spoken and all(len(group) == 3 for group in run.groups[1:])


def _counts(run: Run, *, loosely: bool) -> bool:
    """Whether it goes up or down all the way: by even steps, or anyhow where `loosely`."""
    steps = [int(two) - int(one) for one, two in pairwise(run.groups)]
    if len(set(steps)) == 1 and steps[0] in _STEPS:
        return True
    return loosely and bool(steps) and (min(steps) > 0 or max(steps) < 0)


def _blanks_only(tokens: Sequence[Token], run: Run) -> bool:
    return all(token.text.isdecimal() for token in tokens[run.first : run.last + 1])


def _cued(tokens: Sequence[Token], first: int, cues: tuple[str, ...]) -> bool:
    before = tokens[max(0, first - _CUE_REACH) : first]
    return any(token.text.casefold().startswith(cues) for token in before)


def _place_after(tokens: Sequence[Token], run: Run) -> int:
    """Where a listed place ends that stands after a postcode in words; 0 without one."""
    year = _YEARS[0] <= run.digits <= _YEARS[1]
    if len(run.digits) != _POSTCODE or year or not run.spoken or len(run.groups) == 1:
        return 0
    follows = _word(tokens, run.last + 1)
    return tokens[run.last + 1].end if follows in lists().places else 0


def _plate(tokens: Sequence[Token], run: Run) -> int | None:
    """Where the letters of a plate begin whose five digits are said; None when no plate is told."""
    if len(run.digits) != _PLATE or not run.first:
        return None
    before = tokens[run.first - 1].text
    spelt = run.first > 1 and len(before) == 1 and len(tokens[run.first - 2].text) == 1
    if spelt and (before + tokens[run.first - 2].text).isalpha():
        return tokens[run.first - 2].start
    cased = before.isupper() and not tokens[run.first - 1].opens and run.spoken > 0
    told = len(before) == 2 and before.isalpha() and (cased or _cued(tokens, run.first - 1, _PLATE_CUES))
    return tokens[run.first - 1].start if told else None
