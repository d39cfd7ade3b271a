"""A recording whose transcript is written by hand, so that review and release can be tried on any words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest import pipeline
from ingest.stages import RUN
from ingest.work import TRANSCRIPT, Work
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.gate import Gate
from storage import lookup
from storage.records import Recording, new_id
from storage.transcript import Provenance, Segment, Transcript, Word

if TYPE_CHECKING:
    from tests.house_fixtures import House

MADE_BY = Provenance("transcribe", "by hand", "1")


def transcript(lines: tuple[str, ...], language: str = "en", speaker: str | None = None) -> Transcript:
    """A segment a line, five seconds each."""
    segments = tuple(
        Segment(5.0 * n, 5.0 * n + 4, line, tuple(Word(5.0 * n, 5.0 * n + 4, word) for word in line.split()), speaker)
        for n, line in enumerate(lines)
    )
    return Transcript(language, 5.0 * len(lines), segments, MADE_BY)


def said(house: House, code: str, *lines: str, language: str = "en", speaker: str | None = None) -> Recording:
    """A new participant's recording with these lines transcribed, names found and the draft made."""
    participant = house.participant(code)
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=participant.id, number=1, sha256=new_id() * 2, size=5,
        facts={"duration": 5.0 * len(lines)}, model="base", language=language, stage="transcribe",
        by_person_id=house.desk("ivar").who.id,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
        act.add(recording)
        act.seal(recording, TRANSCRIPT, transcript(lines, language, speaker).to_bytes(), MADE_BY)
    robot = Desk(house.vault, Gate(house.vault), pipeline.ROBOT)
    for stage in (Action.FIND_NAMES, Action.APPLY_PSEUDONYMS):
        name = stage.value.replace("_", " ")
        with robot.act(stage, recording, Purpose.TRANSCRIBE) as act:
            RUN[name](Work(act, recording, house.vault.database))
            act.change(recording, stage=name)
    return lookup.by_id(house.vault.database, Recording, recording.id)
