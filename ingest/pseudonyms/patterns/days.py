"""The day somebody was born: in digits, in words, or mixed: født den sjette mars nittensekstisju.

A whole date in digits stands alone. Any other day counts where it is said to be a birthday, or where the month is a
number too (ellevte i åttende syttito), since hardly anything but a birthday is told like that.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from ingest.pseudonyms.patterns.counting import digits_by_word
from ingest.pseudonyms.patterns.forms import LIKELY, Form, digits, found
from ingest.pseudonyms.tokens import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.pseudonyms.finds import Find
    from ingest.pseudonyms.tokens import Token

MONTHS: Final = vocabulary(
    "januar februar mars marts april mai maj juni juli august augusti september oktober november desember december "
    "januari februari january february march may june july october"
)
_FIRST: Final = vocabulary(
    "første fyrste första andre anden andra tredje fjerde fjärde femte sjette sjätte sjuende "
    "sjuande syvende sjunde åttende åttande ottende åttonde niende niande nionde tiende tiande tionde ellevte elfte "
    "elvte tolvte trettende trettande trettonde fjortende fjortande fjortonde femtende femtande femtonde sekstende "
    "sekstande sextonde syttende syttande sjuttonde attende attande artonde nittende nittande nittonde tjuende "
    "tjuande tyvende tjugonde trettiende trettiande tredivte trettionde first second third fourth fifth sixth seventh "
    "eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
    "twentieth thirtieth"
)
_NINE: Final = vocabulary(
    "første fyrste första andre andra tredje fjerde fjärde femte sjette sjätte sjuende sjuande sjunde syvende "
    "åttende åttande åttonde niende niande nionde"
)
_NINE_ENGLISH: Final = vocabulary("first second third fourth fifth sixth seventh eighth ninth")
_ONES: Final = vocabulary("en to tre fire fem seks sju syv åtte otte ni")

ORDINALS: Final = frozenset(
    [*_FIRST]
    + [ten + one for ten in ("tjue", "tjugo", "tretti", "trettio") for one in _NINE]
    + [f"{ten}-{one}" for ten in ("twenty", "thirty") for one in _NINE_ENGLISH]
    + [one + "og" + ten for one in _ONES for ten in ("tyvende", "tjuende", "tredivte", "trettiende")]
)
"""First to thirty-first, in the interviews' languages."""

_BORN: Final = re.compile(
    r"\b(?:født|fødd|fødde|född|fødselsdag\w*|fødselsdato\w*|fødedag\w*|födelsedag\w*|bursdag\w*|gebursdag\w*|born|"
    r"birthday|birth|f\.)(?!\w)", re.IGNORECASE,
)  # fmt: skip
_REACH: Final = 45  # code points between a day and the word that says it is a birthday
_TENS: Final = "tjue|tretti|førti|femti|seksti|sytti|åtti|nitti|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_TENS_AFTER: Final = "tyve|tredive|fyrre|halvtreds|tres|halvfjerds|firs|halvfems|tjue|førti|femti|seksti|sytti|åtti"
_SENTENCE: Final = re.compile(r"(?<![\df])[.!?](?: |$)|\n")


@cache
def _day() -> re.Pattern[str]:
    """A day of the year, in digits or words, with or without its year."""
    nth = rf"(?:(?:{_either(ORDINALS)})\b|\d{{1,2}}(?:\.|st|nd|rd|th|:e|:a)?(?![\d:]|[.,]\d))"
    month = rf"(?P<month>{_either(MONTHS)})\b"
    number = rf"(?P<number>(?:{_either(ORDINALS)})\b|(?:0?[1-9]|1[0-2])\.?(?![\d:]))"
    tail = rf"(?:,? (?:i |in |of )?(?P<year>{_year()}))?"
    in_order = rf"(?:den |the )?{nth} (?:of |i )?(?:{month}|(?:(?<= i )|(?<=\. )){number}){tail}"
    american = rf"(?P<first>{_either(MONTHS)}) (?:the )?{nth}(?:,? (?P<american>{_year()}))?"
    return re.compile(rf"(?:{in_order}|{american})(?!\w)", re.IGNORECASE)


def _year() -> str:
    """A year in digits or words: 1967, 67, nittensekstisju, nitten hundre og sekstisju, syv og tres, two thousand."""
    by_length = {
        length: _either([word for word, number in digits_by_word().items() if len(number) == length])
        for length in (1, 2)
    }
    apart = rf"(?:{_TENS}) (?:{by_length[1]})\b"
    turned = rf"(?:{by_length[1]}) og (?:{_TENS_AFTER})"
    century = r"(?:nitten|nittan|nitton|atten|tjue|to|nineteen|twenty|two)[ \-]?"
    hundred = r"(?:(?:hundre|hundrede|hundra|tusen|tusind|thousand)(?: ?(?:og|och|and) ?| )?)?"
    said = rf"(?:{century}{hundred})?(?:{turned}|{apart}|{by_length[2]})"
    return rf"(?:(?:19|20)\d\d(?!\d)|[’']?\d\d(?![\d:.,])|{said}|to ?tusen(?: ?og ?\w+)?)"


def _either(words: Iterator[str] | frozenset[str] | list[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


DAYS: Final = (
    Form("date", digits(r"(?:0?[1-9]|[12]\d|3[01])([./\-])(?:0?[1-9]|1[0-2])\1(?:19|20)?\d\d",
                        r"(?:19|20)\d\d-\d\d-\d\d")),
    Form("date", re.compile(
        rf"{_BORN.pattern}(?: den| the| er| var| is| was| i| on|:){{0,3}} "
        r"(?P<it>(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)?\d\d)(?!\d)", re.IGNORECASE)),
)  # fmt: skip
"""Days in digits."""


def days(text: str, tokens: Sequence[Token]) -> Iterator[re.Match[str]]:
    """Every day of the year in a line, said or written; the groups of a match tell how: `month`, `number`, `year`."""
    reached = 0
    for token in tokens:
        if token.start >= reached and _may_begin(token.text) and (match := _day().match(text, token.start)):
            reached = match.end()
            yield match


def birthdays(text: str, tokens: Sequence[Token]) -> Iterator[Find]:
    """The days of a line that somebody was born on."""
    for match in days(text, tokens):
        if (match["number"] and match["year"]) or _is_birthday(text, match):
            yield found(match.start(), match.end(), "date", LIKELY)


def _may_begin(word: str) -> bool:
    folded = word.casefold()
    digits_first = word[0].isdecimal() and len(word) <= 4
    return digits_first or folded in ORDINALS or folded in MONTHS or folded in {"den", "the"}


def _is_birthday(text: str, match: re.Match[str]) -> bool:
    """Whether the words around a day, in its sentence, say that somebody was born on it."""
    before = text[max(0, match.start() - _REACH) : match.start()]
    follows = text[match.end() : match.end() + _REACH]
    ends = [*_SENTENCE.finditer(before)]
    before = before[ends[-1].end() :] if ends else before
    stop = _SENTENCE.search(follows)
    return bool(_BORN.search(before) or _BORN.search(follows[: stop.start()] if stop else follows))
