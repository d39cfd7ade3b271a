"""From mentions to stretches of time: the words a mention touches, and what around them is covered as well.

A word's time is a guess of the recogniser's attention. Where it cannot be true, or the words are not those of the
text, the whole line is covered; where not even the line's time can be true, nothing is made at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from storage.errors import NotReady

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.pseudonyms.apply import Mention
    from storage.transcript import Segment, Transcript

PADDING: Final = 0.25
"""Seconds covered before and after: what a word's time may be off by, and the sounds that glide into a name."""

SHORTEST_WORD, LONGEST_WORD = 0.02, 5.0
SLACK: Final = 0.01
"""Seconds by which times may disagree: they are rounded to milliseconds more than once."""

UNUSABLE: Final = (
    "The line at {at} holds a name, and its times cannot be true, so nothing is bleeped. "
    "Hand this interview off without its sound."
)

Span = tuple[int, int]
"""From a millisecond of the recording to the one after the last."""


class Reach(IntEnum):
    """How much is covered for one mention."""

    WORDS = 0
    NEIGHBOURS = 1
    SEGMENT = 2


@dataclass(frozen=True, slots=True)
class Cut:
    """What is covered for one mention, in seconds and without the padding; words `first` to `last` of a segment."""

    segment: int
    entity: str
    first: int
    last: int
    start: float
    end: float
    reach: Reach = Reach.WORDS


def cuts(transcript: Transcript, mentions: Iterable[Mention]) -> list[Cut]:
    """What to cover for each mention. Raises NotReady where no time can be had of the line it stands in."""
    return [_cut(transcript, mention) for mention in mentions]


def _cut(transcript: Transcript, mention: Mention) -> Cut:
    if not 0 <= mention.segment < len(transcript.segments):
        raise NotReady("A find does not fit its transcript; find names again.")
    segment = transcript.segments[mention.segment]
    found = _touched(segment, mention)
    if found is None or not _believable(segment, found, transcript.duration):
        return whole(transcript, Cut(mention.segment, mention.entity, 0, len(segment.words), 0.0, 0.0))
    first, last = found
    words = segment.words[first:last]
    return Cut(mention.segment, mention.entity, first, last, words[0].start, max(word.end for word in words))


def placed(segment: Segment) -> list[tuple[int, int]] | None:
    """Where each word stands in the segment's text, in code points; None where words and text do not agree."""
    places, at = list[tuple[int, int]](), 0
    for word in segment.words:
        start = segment.text.find(word.text, at)
        if start < 0 or segment.text[at:start].strip():
            return None
        at = start + len(word.text)
        places.append((start, at))
    return None if segment.text[at:].strip() else places


def _touched(segment: Segment, mention: Mention) -> tuple[int, int] | None:
    """The first word a mention touches, and the one after the last; None where that cannot be said."""
    places = placed(segment) or ()
    touched = [number for number, (start, end) in enumerate(places) if start < mention.end and mention.start < end]
    return (touched[0], touched[-1] + 1) if touched else None


def _believable(segment: Segment, found: tuple[int, int], duration: float) -> bool:
    """Whether the words come one after another within their line and the sound, and those touched are as words are."""
    edges = [(word.start, word.end) for word in segment.words]
    low, high = max(0.0, segment.start) - SLACK, min(segment.end, duration) + SLACK
    inside = all(low <= start <= end <= high for start, end in edges)  # not a number is not within anything
    in_order = all(one[0] <= other[0] and one[1] <= other[1] + SLACK for one, other in pairwise(edges))
    touched = edges[found[0] : found[1]]
    return inside and in_order and all(SHORTEST_WORD <= end - start <= LONGEST_WORD for start, end in touched)


def whole(transcript: Transcript, cut: Cut) -> Cut:
    """The cut over its whole line. Raises NotReady if the line's times cannot be true."""
    segment = transcript.segments[cut.segment]
    start, end = segment.start, segment.end
    if not (-SLACK <= start < end <= transcript.duration + SLACK) or end - start < _shortest(segment):
        raise NotReady(UNUSABLE, at=clock(start if math.isfinite(start) else 0.0))
    return replace(cut, start=start, end=end, first=0, last=len(segment.words), reach=Reach.SEGMENT)


def _shortest(segment: Segment) -> float:
    return SHORTEST_WORD * max(1, len(segment.text.split()))


def wider(transcript: Transcript, cut: Cut) -> Cut | None:
    """The cut with the words beside it, or then the whole line; None if it is that already."""
    if cut.reach is Reach.SEGMENT:
        return None
    words = transcript.segments[cut.segment].words
    first, last = max(0, cut.first - 1), min(len(words), cut.last + 1)
    if cut.reach is Reach.NEIGHBOURS or (first, last) == (0, len(words)):
        return whole(transcript, cut)
    start, end = min(cut.start, words[first].start), max(cut.end, words[last - 1].end)
    return replace(cut, first=first, last=last, start=start, end=end, reach=Reach.NEIGHBOURS)


def stretches(found: Iterable[Cut], milliseconds: int) -> list[Span]:
    """The padded cuts, those that touch joined, within a recording of so many milliseconds."""
    padded = sorted(map(padded_span, found))
    joined = list[Span]()
    for first, last in ((max(0, first), min(milliseconds, last)) for first, last in padded):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def padded_span(cut: Cut) -> Span:
    """A cut with its padding, rounded outwards."""
    return math.floor((cut.start - PADDING) * 1000), math.ceil((cut.end + PADDING) * 1000)


def lines(found: Sequence[Cut]) -> int:
    """How many lines are covered whole."""
    return len({cut.segment for cut in found if cut.reach is Reach.SEGMENT})


def clock(seconds: float) -> str:
    """Minutes and seconds, as a player shows them."""
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"
