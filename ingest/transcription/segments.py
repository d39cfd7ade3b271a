"""Segments: what was heard in chunks, as sentences with their words and the doubts about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ingest.transcription import guards
from ingest.transcription.guards.reading import sentences
from storage.transcript import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.transcription.heard import Heard
    from storage.transcript import Word

PAUSE: Final = 1.5
"""Seconds without a word that end a segment, whatever the punctuation says."""

SHORTEST: Final = 4
"""Words below which a sentence goes with the one after it: `Ja. Det var slik.` is one line."""

_WEAK: Final = re.compile(r"\w")


def segments(heard: Sequence[Heard], speakers: Sequence[str] = ()) -> tuple[Segment, ...]:
    """All segments in order of time; with a channel a speaker, `speakers` has their labels.

    `heard` may come in any order; each chunk's segments are its own.
    """
    ordered = sorted(heard, key=lambda one: (one.start, one.channel))
    decayed = set(guards.decayed(ordered))
    found = [
        segment
        for number, one in enumerate(ordered)
        for segment in _of_chunk(one, speakers[one.channel] if speakers else None, unpunctuated=number in decayed)
    ]
    return tuple(sorted(found, key=lambda segment: segment.start))


def _of_chunk(heard: Heard, speaker: str | None, *, unpunctuated: bool) -> Iterator[Segment]:
    doubted = guards.doubted_spans(heard)
    everywhere = {guards.Doubt.UNPUNCTUATED} if unpunctuated else set()
    for first, last in _lines(heard.words):
        words = heard.words[first:last]
        doubts = everywhere | {doubt for start, end, doubt in doubted if start < last and first < end}
        text = " ".join(word.text for word in words)
        if _WEAK.search(text) or doubts:
            in_order = tuple(doubt.value for doubt in guards.Doubt if doubt in doubts)
            yield Segment(words[0].start, words[-1].end, text, words, speaker, in_order)


def _lines(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Where each segment's words begin and end: a sentence or more, without a long pause in it."""
    first = 0
    ends = {last for _, last in sentences([word.text for word in words])}
    for place in range(1, len(words) + 1):
        over = place == len(words) or words[place].start - words[place - 1].end >= PAUSE
        if over or (place in ends and place - first >= SHORTEST):
            yield first, place
            first = place
