"""How a recording sounds: sentences about what is wrong, and a picture, by speaker once they are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest import reading
from ingest.audio.decode import Levels
from ingest.audio.report import drawn, report
from ingest.work import LEVELS, LISTENING, TRANSCRIPT, Work
from policies.actions import Action, Purpose
from storage.errors import NotFound

if TYPE_CHECKING:
    from policies.desk import Desk
    from storage.records import Recording
    from storage.transcript import Transcript


@dataclass(frozen=True)
class Sound:
    """What there is to say of the sound, a sentence each, and its picture, a line of text each."""

    sentences: tuple[str, ...]
    picture: tuple[str, ...]


def look(desk: Desk, recording: Recording, width: int = 80) -> Sound:
    """How a recording sounds; who speaks is shown once that is known. Raises Denied, NotFound, NotReady."""
    with desk.act(Action.READ_PSEUDONYMISED, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        if work.artefact(LISTENING) and not work.artefact(LEVELS):
            raise NotFound("It was taken in before levels were measured, so there is no picture of it.")
        levels = Levels.from_bytes(act.read(work.need(LEVELS)))
        heard = work.transcript() if work.artefact(TRANSCRIPT) else None
    turns = _turns(heard) if heard else []
    silent = reading.silent(heard) if heard else None
    sentences = (*report(levels, turns), *([silent] if silent else []))
    return Sound(sentences, tuple(drawn(levels, width, turns)))


def _turns(transcript: Transcript) -> list[tuple[float, float, str]]:
    """Who spoke when, as far as somebody is named."""
    return [(one.start, one.end, one.speaker) for one in transcript.segments if one.speaker]
