"""Turns laid over words: every word gets a speaker, and a segment is parted where the speaker changes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Final

import numpy as np

from storage.errors import BadInput
from storage.transcript import Segment, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from ingest.speakers.turns import Turn
    from storage.transcript import Transcript

OVERLAPPED: Final = "somebody else speaks at the same time"
_HALF: Final = 0.5
"""Share of a word beside which somebody else must speak for it to be doubted."""
_CHANGE: Final = 0.4
_CHANGE_AFTER_SENTENCE: Final = 0.1
"""Share of a word that must speak for another speaker before one is heard: a word whose edge touches the next turn
is no turn, one wholly within another's turn is, and speakers like to change where a sentence ends."""
_NEAR: Final = 0.3
"""What the nearest turn counts for a word that is in none."""
_ENDS: Final = (".", "?", "!", "…")


def assigned(transcript: Transcript, turns: Sequence[Turn], names: Sequence[str]) -> Transcript:
    """The transcript with a speaker for each segment; `names` has the label of speaker 0, 1, and so on.

    A segment is parted between words where the speaker changes, its text with it; a segment without words goes whole.
    Without turns nothing changes. Raises BadInput if a speaker has no name.
    """
    if not turns:
        return transcript
    if max(turn.speaker for turn in turns) >= len(names):
        raise BadInput("There are more speakers than labels; give a label for each speaker.")
    spoken = [_words(segment) for segment in transcript.segments]
    timeline = _Timeline(turns, len(names))
    speakers = iter(_speakers(spoken, timeline))
    parts = (
        part
        for segment, words in zip(transcript.segments, spoken, strict=True)
        for part in _parted(segment, [next(speakers) for _ in words], names, timeline)
    )
    return replace(transcript, segments=tuple(parts))


def _words(segment: Segment) -> tuple[Word, ...]:
    return segment.words or (Word(segment.start, segment.end, segment.text),)


class _Timeline:
    """The turns, to be asked about a stretch of time."""

    def __init__(self, turns: Iterable[Turn], speakers: int) -> None:
        self._turns = sorted(turns, key=lambda turn: turn.start)
        self._starts = [turn.start for turn in self._turns]
        self._ends = list(accumulate((turn.end for turn in self._turns), max))
        self.speakers = speakers

    def shares(self, start: float, end: float) -> NDArray[np.float64]:
        """For each speaker the share of this time they speak; _NEAR for the nearest if nobody does."""
        shares = np.zeros(self.speakers)
        for turn in self._touched(start, end):
            shares[turn.speaker] += _shared(turn, start, end)
        if not shares.any():
            shares[self._nearest(start, end).speaker] = _NEAR
        return shares.clip(0.0, 1.0)

    def overlapped(self, start: float, end: float) -> float:
        """The share of this time in which two or more speak at once."""
        shares = np.zeros(self.speakers)
        for turn in self._touched(start, end):
            if turn.overlapped:
                shares[turn.speaker] += _shared(turn, start, end)
        return float(shares.max())

    def _touched(self, start: float, end: float) -> Iterator[Turn]:
        first = bisect_right(self._ends, start)
        last = bisect_left(self._starts, end) if end > start else bisect_right(self._starts, start)
        return (turn for turn in self._turns[first:last] if turn.end > start)

    def _nearest(self, start: float, end: float) -> Turn:
        at = bisect_left(self._starts, start)
        around = self._turns[max(0, at - 3 * self.speakers) : at + 1]  # of each speaker the last, cut up or not
        return min(around, key=lambda turn: max(turn.start - end, start - turn.end, 0.0))


def _shared(turn: Turn, start: float, end: float) -> float:
    """The share of the time from `start` to `end` that lies within a turn that touches it; a moment lies whole."""
    if end <= start:
        return 1.0
    return max(0.0, min(turn.end, end) - max(turn.start, start)) / (end - start)


def _speakers(spoken: Sequence[tuple[Word, ...]], timeline: _Timeline) -> list[int]:
    """The cheapest sequence of speakers over all words (Viterbi)."""
    total = np.zeros(timeline.speakers)
    came: list[NDArray[np.int64]] = []
    price = 0.0
    for words in spoken:
        for word in words:
            best = total.argmax()
            came.append(np.where(total >= total[best] - price, np.arange(len(total)), best))
            total = np.maximum(total, total[best] - price) + timeline.shares(word.start, word.end)
            price = _CHANGE_AFTER_SENTENCE if word.text.endswith(_ENDS) else _CHANGE
        price = _CHANGE_AFTER_SENTENCE
    return _walked_back(came, int(total.argmax()))


def _walked_back(came: Sequence[NDArray[np.int64]], last: int) -> list[int]:
    path = [last]
    for choices in reversed(came[1:]):
        path.append(int(choices[path[-1]]))
    return path[::-1] if came else []


def _parted(segment: Segment, speakers: Sequence[int], names: Sequence[str], timeline: _Timeline) -> Iterator[Segment]:
    """The segment in parts of one speaker each."""
    words = _words(segment)
    runs = [list(run) for _, run in groupby(range(len(words)), key=lambda number: speakers[number])]
    for run in runs:
        mine = words[run[0] : run[-1] + 1]
        yield Segment(
            start=segment.start if run is runs[0] else mine[0].start,
            end=segment.end if run is runs[-1] else max(word.end for word in mine),
            text=segment.text if len(runs) == 1 else " ".join(word.text for word in mine),
            words=mine if segment.words else (),
            speaker=names[speakers[run[0]]],
            doubts=_doubts(segment, mine, timeline),
        )


def _doubts(segment: Segment, words: Sequence[Word], timeline: _Timeline) -> tuple[str, ...]:
    beside = any(timeline.overlapped(word.start, word.end) >= _HALF for word in words)
    return (*segment.doubts, OVERLAPPED) if beside and OVERLAPPED not in segment.doubts else segment.doubts
