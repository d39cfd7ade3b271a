"""What to cover so that no name is heard: word times held against the sound, and the result listened to again.

Where a name still comes back, more is covered: the words beside it, then its line. If that does not help either, or
if a name is said close by that nobody marked, there is no copy.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ingest.bleeping import again, check, sound, spans
from ingest.bleeping.beep import How, bleeped
from ingest.transcription.stretches import RATE
from storage.errors import Damaged, NotReady

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator, Sequence

    from ingest.bleeping.sound import Fresh, Heard
    from ingest.bleeping.spans import Cut, Span
    from ingest.pseudonyms.apply import Mention
    from ingest.pseudonyms.linking import Book
    from storage.transcript import Transcript

    Tell = Callable[[float, float], None]

LENGTH: Final = 0.1
"""Seconds by which the sound and its transcript may differ in length."""

STILL: Final = (
    "A name can still be heard at {at} though its whole line was covered, so nothing is kept. Listen there with the "
    "transcript: if a name stands in another line than it is said in, hand this interview off without its sound."
)
MISSED: Final = (
    "A name of this interview is also said at {at}, where no find covers it, so nothing is kept. Listen there: add it "
    "with `tillit review --add`, release again and bleep again."
)
OTHER_LENGTH: Final = "The sound and its transcript are not of one length. Restore the vault from a backup."


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, as people corrected it; which mentions in it leave the text, and the real forms of those.

    `edited` are the lines a person wrote anew in part, whose new words have the time of the old ones, more or less.
    `gone` are names that were found in `heard`, the transcript before all corrections, and cut out of the text.
    """

    transcript: Transcript
    mentions: Sequence[Mention]
    book: Book
    edited: Collection[int] = ()
    heard: Transcript | None = None
    gone: Sequence[Mention] = ()


def listened(fresh: Fresh, said: Said, tell: Tell) -> Heard:
    """Where somebody speaks; the first third of the work. Raises Damaged if another sound was transcribed."""
    duration = said.transcript.duration
    heard = sound.listened(fresh, lambda done: tell(done, 3 * duration))
    if abs(heard.samples / RATE - duration) > LENGTH:
        raise Damaged(OTHER_LENGTH)
    return heard


def by_times(said: Said, heard: Heard) -> list[Cut]:
    """What to cover by the word times and the sound, before anything is listened to again. Raises NotReady."""
    cuts = [
        (spans.wider(said.transcript, cut) if cut.segment in said.edited else None) or cut
        for cut in spans.cuts(said.transcript, said.mentions)
    ]
    before = said.heard or said.transcript
    gone = [spans.wider(before, cut) or cut for cut in spans.cuts(before, said.gone)]
    return check.checked([*cuts, *gone], said.transcript, heard.speech)


def inaudible(fresh: Fresh, said: Said, heard: Heard, hear: again.Hear, tell: Tell) -> list[Cut]:
    """Cuts through which no name is heard; the second third of the work. Raises NotReady where that cannot be had."""
    cuts = by_times(said, heard)
    kept = again.Kept.of(said.transcript, said.mentions)
    doubtful = spans.stretches(cuts, heard.milliseconds)
    while doubtful:
        everything = spans.stretches(cuts, heard.milliseconds)
        listen = [group for group in again.groups(everything, heard.milliseconds) if _any_in(doubtful, group)]
        with closing(covered(fresh, everything, How.SILENCE)) as pcm:
            names = again.names(sound.windows(pcm, listen), listen, hear, said.book)
            found = list(_told(names, heard.milliseconds / 1000, tell))
        cuts, doubtful = _wider(said.transcript, cuts, [name for name in found if not kept.stands(name)])
    return cuts


def covered(fresh: Fresh, stretches: Sequence[Span], how: How) -> Generator[bytes]:
    """The sound with these stretches covered."""
    with closing(fresh()) as pcm:
        yield from bleeped(pcm, stretches, how)


def _told(names: Iterator[tuple[Span, list[again.Name]]], duration: float, tell: Tell) -> Iterator[again.Name]:
    for (_, last), found in names:
        tell(duration + last / 1000, 3 * duration)
        yield from found


def _any_in(doubtful: Sequence[Span], group: Span) -> bool:
    return any(first < group[1] and group[0] < last for first, last in doubtful)


def _wider(transcript: Transcript, cuts: list[Cut], loud: Sequence[again.Name]) -> tuple[list[Cut], list[Span]]:
    """The cuts with those widened that let a name be heard, and the spans of these. Raises NotReady if none can be."""
    widened: dict[int, Cut] = {}
    missed, still = list[float](), list[float]()
    for name in loud:
        at_fault = [number for number, cut in enumerate(cuts) if _answers(transcript, cut, name)]
        found = {number: more for number in at_fault if (more := spans.wider(transcript, cuts[number]))}
        if not found:
            (still if at_fault else missed).append(name.start)
        widened |= found
    for sentence, times in ((MISSED, missed), (STILL, still)):
        if times:
            raise NotReady(sentence, at=", ".join(dict.fromkeys(map(spans.clock, sorted(times)))))
    after = [widened.get(number, cut) for number, cut in enumerate(cuts)]
    return after, [spans.padded_span(cut) for cut in widened.values()]


def _answers(transcript: Transcript, cut: Cut, name: again.Name) -> bool:
    """Whether a name that was heard is this cut's: it lies within it, or is of its entity and in its line."""
    segment = transcript.segments[cut.segment]
    within = name.start < cut.end + spans.PADDING and name.end > cut.start - spans.PADDING
    in_line = name.start < segment.end + again.BESIDE and name.end > segment.start - again.BESIDE
    return within or (in_line and cut.entity in name.entities)
