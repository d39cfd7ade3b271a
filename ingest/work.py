"""One recording at one stage: what a stage is handed, and the artefacts it reads and makes."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest.audio.decode import Layout
from ingest.intake import ORIGINAL
from ingest.transcription.machine import machine_class
from storage.errors import NotReady
from storage.records import Artefact
from storage.transcript import Provenance, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

    from policies.act import Act
    from storage.database import Database
    from storage.records import Recording

LISTENING, LEVELS, TRANSCRIPT, MENTIONS = "listening copy", "levels", "transcript", "mentions"
PSEUDONYMISED, RELEASED = "pseudonymised", "released"


@dataclass(frozen=True)
class Told:
    """What a stage is told beside its recording: the study's names, its interviewers' voices, where to reckon."""

    hotwords: tuple[str, ...] = ()
    interviewers: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    device: str = "cpu"


@dataclass
class Work:
    """One recording at one stage: the open act, the recording, the records, and whom to tell of progress."""

    act: Act
    recording: Recording
    database: Database
    tell: Callable[[float, float], None] = lambda _done, _total: None
    told: Told = field(default_factory=Told)
    began: float = field(default_factory=time.monotonic)

    def artefact(self, kind: str) -> Artefact | None:
        """The newest artefact of this kind."""
        query = sa.select(Artefact).where(Artefact.recording_id == self.recording.id, Artefact.kind == kind)
        return self.act.one(query.order_by(Artefact.version.desc()))

    def need(self, kind: str) -> Artefact:
        """The newest artefact of this kind; raises NotReady if the stage before has not made it."""
        found = self.artefact(kind)
        if found is None:
            raise NotReady("The stage before this one is not done. Run `tillit run`.")
        return found

    def transcript(self, kind: str = TRANSCRIPT) -> Transcript:
        """A transcript artefact, opened."""
        return Transcript.from_bytes(self.act.read(self.need(kind)))

    @contextmanager
    def originals(self) -> Iterator[list[BinaryIO]]:
        """The parts of the interview as they came from the recorder, in their order, opened."""
        query = sa.select(Artefact).where(Artefact.recording_id == self.recording.id, Artefact.kind == ORIGINAL)
        parts = self.act.all(query.order_by(Artefact.version))
        if not parts:
            raise NotReady("The recording is not there. Take it in again.")
        with ExitStack() as stack:
            yield [stack.enter_context(self.act.open(part)) for part in parts]

    @property
    def layouts(self) -> list[Layout]:
        """What the channels of each part have to do with each other; of recordings taken in long ago, nothing."""
        return [Layout(part["layout"]) for part in self.recording.facts.get("parts", ()) if "layout" in part]

    @property
    def speaker_per_channel(self) -> bool:
        """Whether in every part each speaker has a channel."""
        return bool(self.layouts) and set(self.layouts) == {Layout.SPEAKER_PER_CHANNEL}

    def made_by(self, stage: str, engine: str, engine_version: str) -> Provenance:
        """What made an artefact of this stage, with the seconds since the stage began."""
        took = round(time.monotonic() - self.began, 3)
        return Provenance(stage, engine, engine_version, took=took, machine=machine_class())
