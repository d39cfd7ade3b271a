"""Listening again to what was covered: is a name still heard there, or said close by where nobody marked it?

Each stretch is transcribed with what is around it, and the text is searched as a text that is about to leave.
The recogniser is told no names: it would write them where it hears a tone.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from ingest.bleeping.spans import placed
from ingest.pseudonyms.leaks import left_at
from ingest.transcription.guards.reading import bare
from ingest.transcription.machine import usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ingest.bleeping.spans import Span
    from ingest.pseudonyms.apply import Mention
    from ingest.pseudonyms.linking import Book
    from storage.transcript import Segment, Transcript, Word

    Hear = Callable[[bytes], Transcript]

AROUND: Final = 3_000
"""Milliseconds heard before and after a stretch at least."""

LONGEST: Final = 30_000
"""Milliseconds heard at once, Whisper's window, unless one stretch alone is longer.

Within one the recogniser may be wrong about when a word is said, and from one to the next it is not: so a window is
filled, and a name whose time is off by ten seconds is heard all the same.
"""

BESIDE: Final = 1.0
"""Seconds by which the same word may be timed differently in two hearings."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that was heard: when (seconds of the recording), whose it may be, its words without case and marks."""

    start: float
    end: float
    entities: tuple[str, ...]
    words: tuple[str, ...]


def groups(spans: Sequence[Span], milliseconds: int) -> list[Span]:
    """What to listen to so that every stretch has its surroundings: neighbours together, in windows that are full."""
    found: list[Span] = []
    for first, last in spans:
        low, high = max(0, first - AROUND), min(milliseconds, last + AROUND)
        if found and high - found[-1][0] <= LONGEST:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return [_filled(group, milliseconds) for group in found]


def _filled(group: Span, milliseconds: int) -> Span:
    """As long as a window, on both sides alike as far as there is sound."""
    low, high = group
    room = max(0, LONGEST - (high - low))
    start = max(0, min(low - room // 2, milliseconds - LONGEST))
    return min(low, start), max(high, min(milliseconds, start + LONGEST))


def names(sound: Iterable[bytes], spans: Sequence[Span], hear: Hear, book: Book) -> Iterator[tuple[Span, list[Name]]]:
    """For the sound of each span, the names heard in it; as many at once as there are cores."""
    cores, pairs = usable_cores(), zip(spans, sound, strict=True)
    with ThreadPoolExecutor(cores, thread_name_prefix="again") as pool:
        while some := list(islice(pairs, cores)):
            heard = pool.map(hear, [piece for _, piece in some])
            yield from ((span, _names(text, span, book)) for (span, _), text in zip(some, heard, strict=True))


def _names(heard: Transcript, span: Span, book: Book) -> list[Name]:
    """Every real form in what was heard in a span."""
    found, starts, at = list[Name](), list[int](), 0
    for segment in heard.segments:
        starts.append(at)
        at += len(segment.text) + 1
    for left in left_at(heard.text, book):
        for start, segment in zip(starts, heard.segments, strict=True):
            if start <= left.start < start + len(segment.text):
                said = _said(segment, left.start - start, left.end - start)
                times = (span[0] / 1000 + said[0].start, span[0] / 1000 + said[-1].end) if said else None
                low, high = times or (span[0] / 1000 + segment.start, span[0] / 1000 + segment.end)
                found.append(Name(low, high, left.entities, _bare(heard.text[left.start : left.end])))
    return found


def _said(segment: Segment, start: int, end: int) -> list[Word]:
    """The words of a segment that reach into code points `start` to `end` of its text; none if that cannot be said."""
    places = placed(segment)
    if places is None:
        return []
    return [word for word, (low, high) in zip(segment.words, places, strict=True) if low < end and start < high]


def _bare(text: str) -> tuple[str, ...]:
    return tuple(bare(word) for word in text.split())


@dataclass(frozen=True, slots=True)
class Kept:
    """The words of a transcript that stay in the text that leaves, with their times, in order."""

    words: tuple[tuple[float, float, str], ...]

    @classmethod
    def of(cls, transcript: Transcript, mentions: Iterable[Mention]) -> Kept:
        """All words but those a mention touches; of a line whose words are not those of its text, none."""
        gone: dict[int, list[Mention]] = {number: [] for number in range(len(transcript.segments))}
        for mention in mentions:
            gone[mention.segment].append(mention)
        kept = (
            (word.start, word.end, bare(word.text))
            for number, segment in enumerate(transcript.segments)
            for word, (start, end) in zip(segment.words, placed(segment) or (), strict=False)
            if not any(start < one.end and one.start < end for one in gone[number])
        )
        return cls(tuple(sorted(kept)))

    def stands(self, name: Name) -> bool:
        """Whether what was heard is what the text says there: it tells no more in the sound than in the text."""
        near = {text for start, end, text in self.words if start < name.end + BESIDE and end > name.start - BESIDE}
        return near.issuperset(name.words)
