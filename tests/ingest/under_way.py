"""Recordings on their way through the stages of a real vault, and what is kept of them meanwhile."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import intake, pipeline, reading
from ingest.stages import RUN
from ingest.work import Told, Work
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.gate import Gate
from storage import lookup
from storage.records import Artefact, Heard, Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from storage.transcript import Transcript
    from tests.house_fixtures import House


class Killed(BaseException):
    """The power is gone."""


def taken_in(house: House, code: str, *sounds: bytes) -> Recording:
    """A new participant's recording of these parts."""
    parts = [intake.Incoming(f"{number}.wav", io.BytesIO(one)) for number, one in enumerate(sounds)]
    receipt = intake.take_in_parts(house.desk("ivar"), house.participant(code), parts)
    return lookup.by_id(house.vault.database, Recording, receipt.id)


def stage(
    house: House,
    recording: Recording,
    action: Action,
    tell: Callable[[float, float], None] = lambda *_: None,
    names: Sequence[str] = (),
) -> None:
    """Do one stage as the pipeline does it."""
    robot = Desk(house.vault, Gate(house.vault), pipeline.ROBOT)
    with robot.act(action, recording, Purpose.TRANSCRIBE) as act:
        work = Work(act, recording, house.vault.database, tell, Told(hotwords=tuple(names)))
        RUN[action.value.replace("_", " ")](work)


def kept(house: House) -> list[Heard]:
    """What is kept of recordings under way."""
    with Session(house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Heard).order_by(Heard.number)))


def artefacts(house: House, kind: str) -> list[Artefact]:
    """All versions, oldest first."""
    with Session(house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Artefact).where(Artefact.kind == kind).order_by(Artefact.version)))


def transcript(house: House, recording: Recording) -> Transcript:
    """The raw transcript, as a researcher reads it."""
    return reading.read(house.desk("ragna"), recording, real_names=True)


def dying(after: int) -> Callable[[float, float], None]:
    """Progress that loses power once this many batches are kept."""
    told: list[float] = []

    def tell(done: float, _total: float) -> None:
        told.append(done)
        if len(told) >= after:
            raise Killed

    return tell
