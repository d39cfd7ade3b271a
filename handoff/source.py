"""What writers get: a study with its cases and interviews, and an interview's words in speaker turns.

By the time anything is here the gate has released it: texts are pseudonymised, titles and codes are the
server's own. Writers only give it another form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, TypeAlias

from handoff.text import clean, clock, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.transcript import Transcript

Value: TypeAlias = str | int | float | bool | date

# The zip format's first day. Some importers refuse a source without a date, and nobody takes this one for real.
UNDATED = date(1980, 1, 1)


@dataclass(frozen=True, slots=True)
class Interview:
    """One released interview: `id` a UUID, `code` the participant's ("P07"), `title` its own ("P07-1").

    `language` is an ISO 639-1 code, `duration` is in seconds. `recorded` is written into the files; None keeps
    the day of the interview out of them. `sound` is the bleeped copy (WebM), None where it does not go out.
    """

    id: str
    code: str
    title: str
    language: str
    duration: float
    transcript: Transcript
    recorded: date | None
    sound: bytes | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A participant by code, with the attributes that may leave the house; `id` is a UUID."""

    id: str
    code: str
    attributes: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Study:
    """What is handed off together; `id` is a UUID, `language` (ISO 639-1) the one the recipient reads."""

    id: str
    name: str
    language: str
    cases: tuple[Case, ...]
    interviews: tuple[Interview, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says until another does; times in seconds, `text` one line as `handoff.text.clean` gives it."""

    start: float
    end: float
    speaker: str | None
    text: str


def pieces(interview: Interview) -> list[Turn]:
    """One turn for each segment that has words, in order of time."""
    segments = sorted(interview.transcript.segments, key=lambda segment: segment.start)
    made = (Turn(s.start, s.end, label(s.speaker), clean(s.text)) for s in segments)
    return [piece for piece in made if piece.text]


def turns(interview: Interview) -> list[Turn]:
    """Consecutive segments of one speaker joined; where no speaker is known each segment stands alone.

    To join segments of unknown speakers would put a question and its answer into one paragraph.
    """
    joined: list[Turn] = []
    for piece in pieces(interview):
        if joined and piece.speaker is not None and piece.speaker == joined[-1].speaker:
            joined[-1] = _join(joined[-1], piece)
        else:
            joined.append(piece)
    return joined


def _join(turn: Turn, piece: Turn) -> Turn:
    return replace(turn, end=max(turn.end, piece.end), text=f"{turn.text} {piece.text}")


def line(turn: Turn) -> str:
    """The one line that most coding tools understand: `Deltaker 01: [00:00:06] tekst`."""
    marked = f"[{clock(turn.start)}] {turn.text}"
    return f"{turn.speaker}: {marked}" if turn.speaker else marked


def lines(interview: Interview) -> list[str]:
    """The interview as lines, a turn each: the body of every text format."""
    return [line(turn) for turn in turns(interview)]


def day(interview: Interview) -> datetime:
    """The midnight (UTC) that starts the day of recording, or `UNDATED`: files carry no time of day."""
    return datetime.combine(interview.recorded or UNDATED, time(), UTC)
