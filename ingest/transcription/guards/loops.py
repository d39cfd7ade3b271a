"""Text that goes round in circles: periodic in its words, in the letters of one word, or too easily compressed.

A decoder that is lost repeats itself (Radford et al. 2022, section 4.5; Holtzman et al. 2020 say why). People repeat
themselves too: `ja, ja, ja`, `nei, nei, nei, nei`, a stutter's `det er, det er, det er`, a thing said three times
because it hurts. So how often is often enough depends on how long the repeated part is.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from typing import TYPE_CHECKING, Final

from ingest.transcription.guards.doubt import Span, joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COMPRESSED_ABOVE: Final = 2.4
"""Bytes of text for a byte of its zlib form: Whisper's own threshold (Radford et al. 2022, section 4.5)."""

_GENUINE: Final = ((1, 7), (2, 4), (5, 3), (11, 2))
"""Words in the repeated part, at most, and how many times in a row people may say it."""

_LONGEST_GENUINE: Final = 1
_GRAM: Final = 3
_LETTERS: Final = re.compile(r"(\w)\1{11,}|((?:\w-?){2,8}?)\2{7,}")
"""One letter twelve times in a row, or up to eight letters eight times, within one word."""


def loops(tokens: Sequence[str]) -> list[Span]:
    """Where the bare words go round in circles, the first time round included: nobody knows if that one was said."""
    spans = [(place, place + 1) for place, token in enumerate(tokens) if _LETTERS.search(token)]
    for period in range(1, len(tokens) // 2 + 1):
        spans += [run for run in _runs(tokens, period) if (run[1] - run[0]) // period > genuine(period)]
    return joined(spans)


def genuine(period: int) -> int:
    """How many times in a row somebody may really say the same `period` words."""
    return next((times for most, times in _GENUINE if period <= most), _LONGEST_GENUINE)


def _runs(tokens: Sequence[str], period: int) -> Iterator[Span]:
    """Stretches of this period as long as they last, the turn they break off in included."""
    first = 0
    for place in range(len(tokens) - period + 1):
        if place + period == len(tokens) or tokens[place] != tokens[place + period]:
            if place > first:
                yield first, place + period
            first = place + 1


def compression(text: str) -> float:
    """How many times shorter the text becomes, as Whisper measures it."""
    data = text.encode()
    return len(data) / len(zlib.compress(data))


def repeated(tokens: Sequence[str]) -> list[Span]:
    """The words of all triples that occur three times or more; all words if there is no such triple."""
    grams = [tuple(tokens[place : place + _GRAM]) for place in range(len(tokens) - _GRAM + 1)]
    often = {gram for gram, times in Counter(grams).items() if times >= _GRAM}
    spans = joined([(place, place + _GRAM) for place, gram in enumerate(grams) if gram in often])
    return spans or [(0, len(tokens))]
