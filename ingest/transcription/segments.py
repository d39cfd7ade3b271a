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

UNHEARD: Final = "(…)"
"""Stands where somebody speaks and nothing could be made out, as people write it who transcribe by hand."""

UNPUNCTUATED: Final = guards.Doubt.UNPUNCTUATED
_WEAK: Final = re.compile(r"\w")

Span = tuple[int, int, guards.Doubt]


def segments(heard: Sequence[Heard], speakers: Sequence[str] = ()) -> tuple[Segment, ...]:
    """All segments in order of time; with a channel a speaker, `speakers` has their labels.

    `heard` may come in any order; each chunk's segments are its own.
    """
    ordered = sorted(heard, key=lambda one: (one.start, one.channel))
    doubted = _doubted(ordered)
    found = [
        segment
        for one, spans in zip(ordered, doubted, strict=True)
        for segment in _of_chunk(one, spans, speakers[one.channel] if speakers else None)
    ]
    return tuple(sorted(found, key=lambda segment: segment.start))


def _doubted(heard: Sequence[Heard]) -> list[list[Span]]:
    """For each chunk what is doubted of which words, also what only the others beside it show.

    Where most chunks lack punctuation the model writes none, and that is no reason to doubt it.
    """
    found = [list(guards.doubted_spans(one)) for one in heard]
    bare = {number for number, spans in enumerate(found) if any(doubt is UNPUNCTUATED for *_, doubt in spans)}
    if 2 * len(bare) > len(heard):
        return [[span for span in spans if span[2] is not UNPUNCTUATED] for spans in found]
    for number in guards.decayed(heard):
        found[number].append((0, len(heard[number].words), UNPUNCTUATED))
    return found


def _of_chunk(heard: Heard, doubted: Sequence[Span], speaker: str | None) -> Iterator[Segment]:
    if not heard.words and guards.Doubt.SPARSE in guards.doubts(heard):
        start, end = heard.speech[0][0], heard.speech[-1][1]
        yield Segment(start, end, UNHEARD, (), speaker, (guards.Doubt.SPARSE.value,))
    for first, last in _lines(heard.words):
        words = heard.words[first:last]
        doubts = {doubt for start, end, doubt in doubted if start < last and first < end}
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
