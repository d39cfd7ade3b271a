"""What may tell indirectly who is spoken of: a rare office, an unusual family, an exact age, a known event.

Flags are for the reviewer to look at and are never replaced by themselves. What a code means is in
`ingest.pseudonyms.why`, what is looked for in `ingest.pseudonyms.telling`.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.gazetteer import Gazetteer, lists
from ingest.pseudonyms.patterns.days import days
from ingest.pseudonyms.telling import EVENTS, EVENTS_ENGLISH, expressions
from ingest.pseudonyms.tokens import lines, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.pseudonyms.finds import Find
    from ingest.pseudonyms.tokens import Token

SORTS: Final = {
    "rare_work": "occupation",
    "only_one": "occupation",
    "leader": "occupation",
    "rare_family": "family",
    "many_children": "family",
    "many_marriages": "family",
    "exact_age": "age",
    "birth_year": "date",
    "exact_date": "date",
    "known_event": "event",
    "place_event": "event",
    "rare_illness": "illness",
    "membership": "membership",
    "media": "media",
    "school_year": "school",
}
"""What each code is about."""

_REACH: Final = 60  # code points between an event and the place it happened in
_BIG: Final = vocabulary(
    "oslo bergen trondheim stavanger kristiansand københavn copenhagen aarhus århus odense aalborg stockholm göteborg "
    "malmö uppsala gothenburg london manchester birmingham paris berlin norden skandinavia europa europe amerika "
    "america afrika asia vestlandet østlandet sørlandet trøndelag nordland jylland skåne"
)
"""Places so big that an event in them points at nobody."""
_HOLIDAYS: Final = frozenset(
    {
        *("17. mai", "17 mai", "syttende mai", "1. mai", "første mai", "1. maj", "8. mai", "8. mars", "6. juni"),
        *("24. desember", "25. desember", "26. desember", "31. desember", "1. januar", "første januar", "1 maj"),
        *("24. december", "25. december", "31. december", "22. juli", "11. september", "6 juni", "24 december"),
        *("july 4", "july 4th", "4th of july", "december 24", "december 25"),
    }
)
"""Days on which everybody did something."""
_NOBODY: Final = vocabulary(
    "gang gangen gong gongen gången time thing things ting tingen tinga grunn grunnen grunden reason way måten måte "
    "måde sättet stedet staden platsen place problemet trøsten håpet jeg jag som hjelpen positive lyspunktet maten"
)
"""What is often the only one somewhere, and is no person."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Code points `start` to `end` that may identify indirectly: what it is about, and the code of the reason."""

    start: int
    end: int
    sort: str
    why: str


def flags(text: str, language: str, finds: Iterable[Find] | None = None) -> list[Flag]:
    """What a reviewer should look at, in order; `finds` are the text's, whose places tell where things happened.

    Without `finds` the places are those of the lists. Flags of one reason do not overlap; others may.
    """
    known = Gazetteer().find(text, language) if finds is None else finds
    places = sorted(find.start for find in known if _is_small_place(text, find))
    found = [*_told(text)]
    for tokens in lines(text):
        found += [*_dates(text, tokens), *_events(text, tokens, places, english=language == "en")]
    return sorted(_apart(found), key=lambda flag: (flag.start, flag.end, flag.why))


def _apart(found: Iterable[Flag]) -> Iterator[Flag]:
    """Of those that overlap and have one reason, the first and longest."""
    reached: dict[str, int] = {}
    for flag in sorted(found, key=lambda flag: (flag.start, -flag.end, flag.why)):
        if reached.get(flag.why, 0) <= flag.start:
            reached[flag.why] = flag.end
            yield flag


def _flag(start: int, end: int, why: str) -> Flag:
    return Flag(start, end, SORTS[why], why)


def _told(text: str) -> Iterator[Flag]:
    for code, expression in expressions():
        for match in expression.finditer(text):
            who = match.groupdict().get("who")
            if who is None or who.casefold() not in _NOBODY:
                yield _flag(match.start(), match.end(), code)


def _dates(text: str, tokens: Sequence[Token]) -> Iterator[Flag]:
    for day in days(text, tokens):
        said = text[day.start() : day.end()].casefold().removeprefix("den ").removeprefix("the ")
        month = day["month"] or day["first"]
        if month and said not in _HOLIDAYS:
            yield _flag(day.start(), day.end(), "exact_date")


def _events(text: str, tokens: Sequence[Token], places: Sequence[int], *, english: bool) -> Iterator[Flag]:
    words = EVENTS_ENGLISH if english else EVENTS
    for token in tokens:
        if token.text.casefold() in words and _beside_place(text, token, places):
            yield _flag(token.start, token.end, "place_event")


def _beside_place(text: str, event: Token, places: Sequence[int]) -> bool:
    """Whether a place is told near an event, in the same sentence."""
    for start in places[bisect_left(places, event.start - _REACH) :]:
        if start > event.end + _REACH:
            break
        between = text[min(start, event.end) : max(start, event.start)]
        if not any(mark in between for mark in (". ", "! ", "? ", "\n")):
            return True
    return False


def _is_small_place(text: str, find: Find) -> bool:
    name = text[find.start : find.end].casefold()
    return find.kind is Kind.LOC and not {name, name.rstrip("s")} & (_BIG | lists().countries)
