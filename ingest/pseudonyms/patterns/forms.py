"""What a form is: an expression, the sort of thing it shows, and how sure a match of it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ingest.pseudonyms.finds import Find, Kind
from ingest.pseudonyms.tokens import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PREFIX: Final = "pattern:"
SURE, LIKELY, POSSIBLE = 0.99, 0.9, 0.6

UNITS: Final = vocabulary(
    "kr kroner krone kronor kronar euro dollar dollars pund pound pounds nok prosent procent percent år års året "
    "åring åringer åringar year years måneder månader mnd månad månader months month uker uke veker veke veckor "
    "uger weeks week dager dagar dage dag days day døgn dygn timer timar timmar time hours hour minutter minutt "
    "minuter min minutes sekunder sekund sekunder seconds gram g hg kg kilo mg milligram mikrogram mcg ml "
    "milliliter liter litre litres cl dl desiliter meter metres m km kilometer mil miles cm mm millimeter "
    "centimeter ganger gonger gange gang gong gånger gång times stykker stykk stykken stk personer person "
    "mennesker menneske menneskjer människor folk people barn unger ungar children kids biler bilar poeng poäng "
    "point points sider sidor pages grader grad degrees piller pillar pills tabletter tablettar tablets kapsler "
    "øl beers enheter enheder units tusen tusind tusental thousand millioner million millions hundre hundrede "
    "hundra hundred klasse klassen klass trinn etasje etasjer"
)
"""Words after a number that make it an amount, an age, a dose or a time."""


def _likely(_: str) -> float:
    return LIKELY


@dataclass(frozen=True, slots=True)
class Form:
    """An expression (its group `it`, where there is one, is the find) and how sure each match is; 0 is no find."""

    sort: str
    form: re.Pattern[str]
    score: Callable[[str], float] = _likely

    def finds(self, text: str) -> Iterator[Find]:
        """Every match that is not 0, on one line each."""
        group = "it" if "it" in self.form.groupindex else 0
        for match in self.form.finditer(text):
            score = self.score(match[group])
            if score and "\n" not in match[group]:
                yield found(*match.span(group), self.sort, score)


def found(start: int, end: int, sort: str, score: float) -> Find:
    """A find of kind ID that says of which sort it is."""
    return Find(start, end, Kind.ID, score, (PREFIX + sort,))


def checked(valid: Callable[[str], bool], otherwise: float = 0.0) -> Callable[[str], float]:
    """Sure where the check digits are right, else `otherwise`."""
    return lambda number: SURE if valid(number) else otherwise


def digits(*groups: str) -> re.Pattern[str]:
    """Alternatives of digit groups that no further digit touches, and that are no amount, dose or time."""
    units = "|".join(sorted(UNITS))
    return re.compile(
        rf"(?<![\d+])(?<!\d[.,])(?:{'|'.join(groups)})(?!\d)(?![.,]\d)(?! ?(?:{units})\b)", re.IGNORECASE
    )


def after(cue: str, number: str) -> re.Pattern[str]:
    """What stands after a word that says what it is: `kontonummeret er 1234 …`."""
    return re.compile(
        rf"\b(?:{cue})\b[ :]{{0,3}}(?:(?:mitt|mit|min|my|hans|hennes|er|var|är|is|was|på|of) ){{0,2}}(?P<it>{number})",
        re.IGNORECASE,
    )
