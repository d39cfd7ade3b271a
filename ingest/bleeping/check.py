"""Word times held against the sound: is there speech under a word, and does it end where the word is said to?

The recogniser's attention may lie beside the word; voice activity detection hears speech and knows no words. Where
the two disagree by at most half a second, the cut goes on to the next pause or word; by more, over the whole line.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from ingest.bleeping.spans import SLACK, Reach, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.bleeping.spans import Cut
    from storage.transcript import Transcript

Speech = list[tuple[float, float]]
"""When somebody speaks: seconds of the recording, in order and without overlap."""

HARDLY: Final = 0.3
"""Less than this share of a word's time is speech: it was said somewhere else."""

MOST: Final = 0.5
"""Seconds a cut is moved at either end before the whole line is covered."""

_STARTS, _ENDS = itemgetter(0), itemgetter(1)


@dataclass(frozen=True, slots=True)
class _Room:
    """A cut's neighbours in time: where the word before it ends and the one after it starts."""

    before: float
    after: float


def checked(found: Iterable[Cut], transcript: Transcript, speech: Speech) -> list[Cut]:
    """Every cut, as wide as the sound asks for. Raises NotReady where a line that has to be covered has no time."""
    times = sorted((word.start, word.end) for segment in transcript.segments for word in segment.words)
    return [_checked(cut, times, transcript, speech) for cut in found]


def _checked(cut: Cut, times: Sequence[tuple[float, float]], transcript: Transcript, speech: Speech) -> Cut:
    if cut.reach is Reach.SEGMENT:
        return cut
    room = _room(cut, times, transcript.duration)
    under = _onto_speech(cut, room, speech)
    ending = under and _to_its_end(under, room, speech)
    return ending or whole(transcript, cut)


def _room(cut: Cut, times: Sequence[tuple[float, float]], duration: float) -> _Room:
    at = bisect_left(times, cut.start, key=_STARTS)
    before = times[at - 1][1] if at else 0.0
    after = next((start for start, _ in times[at:] if start >= cut.end - SLACK), duration)
    return _Room(min(before, cut.start), max(after, cut.end))


def _onto_speech(cut: Cut, room: _Room, speech: Speech) -> Cut | None:
    """The cut if there is speech under it, or up to its neighbours if there is some there; else None."""
    needed = HARDLY * (cut.end - cut.start)
    if _spoken(speech, cut.start, cut.end) >= needed:
        return cut
    start, end = max(room.before, cut.start - MOST), min(room.after, cut.end + MOST)
    return replace(cut, start=start, end=end) if _spoken(speech, start, end) >= needed else None


def _to_its_end(cut: Cut, room: _Room, speech: Speech) -> Cut | None:
    """The cut with what is spoken on at its edges and belongs to no other word; None if that is too long."""
    start = max(room.before, _around(speech, cut.start)[0])
    end = min(room.after, _around(speech, cut.end)[1])
    if cut.start - start > MOST or end - cut.end > MOST:
        return None
    return replace(cut, start=min(start, cut.start), end=max(end, cut.end))


def _around(speech: Speech, at: float) -> tuple[float, float]:
    """The stretch of speech a moment lies in; the moment itself where nobody speaks."""
    place = bisect_right(speech, at, key=_STARTS) - 1
    if place >= 0 and speech[place][0] < at < speech[place][1]:
        return speech[place]
    return at, at


def _spoken(speech: Speech, start: float, end: float) -> float:
    """Seconds of speech between two moments."""
    spoken, place = 0.0, bisect_right(speech, start, key=_ENDS)
    while place < len(speech) and speech[place][0] < end:
        spoken += min(end, speech[place][1]) - max(start, speech[place][0])
        place += 1
    return spoken
