"""What happens at each stage: from the artefact before it to the artefact it makes.

Every stage may be run again: one whose artefact is there does nothing. A stage is handed an open act and ids, and
leaves no plaintext anywhere but in the artefact it seals.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import naming
from ingest.audio import decode as audio
from ingest.intake import ORIGINAL
from ingest.pseudonyms.apply import from_bytes, mentions_of, pseudonymise, to_bytes
from ingest.pseudonyms.finder import find_known, find_names
from ingest.transcription import models, registry
from ingest.transcription.engine import Whisper
from ingest.transcription.machine import machine_class
from storage.errors import Damaged, NotReady
from storage.records import Artefact
from storage.streams import reader
from storage.transcript import Provenance, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.act import Act
    from storage.database import Database
    from storage.records import Recording

LISTENING, TRANSCRIPT, MENTIONS = "listening copy", "transcript", "mentions"
PSEUDONYMISED, RELEASED = "pseudonymised", "released"
BLOCK = 1 << 20


@dataclass
class Work:
    """One recording at one stage: the open act, the recording, the records, and whom to tell of progress."""

    act: Act
    recording: Recording
    database: Database
    tell: Callable[[float, float], None] = lambda _done, _total: None
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

    def made_by(self, stage: str, engine: str, engine_version: str) -> Provenance:
        """What made an artefact of this stage, with the seconds since the stage began."""
        took = round(time.monotonic() - self.began, 3)
        return Provenance(stage, engine, engine_version, took=took, machine=machine_class())


def admit(work: Work) -> None:
    """Read the original back whole, and see that the weights are there; loading them will check their hash."""
    models.size(registry.registered(work.database, work.recording.model))
    with work.act.open(work.need(ORIGINAL)) as original:
        size = 0
        while block := original.read(BLOCK):
            size += len(block)
    if size != work.recording.size:
        raise Damaged("The sealed recording is shorter than what was received. Restore the vault from a backup.")


def decode(work: Work) -> None:
    """Make the listening copy: mono Opus in WebM, without the recorder's metadata."""
    if work.artefact(LISTENING):
        return
    with work.act.open(work.need(ORIGINAL)) as original:
        copy = reader(audio.listening_copy([original]))
        work.act.seal(work.recording, LISTENING, copy, work.made_by("decode", "pyav", version("av")))


def transcribe(work: Work) -> None:
    """Turn the sound into words with the recording's registered weights, here on this machine."""
    if work.artefact(TRANSCRIPT):
        return
    recogniser = Whisper(registry.registered(work.database, work.recording.model))
    with work.act.open(work.need(ORIGINAL)) as original:
        transcript = recogniser.transcribe(audio.pcm([original]), work.recording.language or None, work.tell)
    work.act.seal(work.recording, TRANSCRIPT, transcript.to_bytes(), transcript.made_by)
    work.act.facts["segments"] = len(transcript.segments)


def find_mentions(work: Work) -> None:
    """Find names and numbers, those the study knows among them, and link each to its entity in the link key."""
    if work.artefact(MENTIONS):
        return
    transcript = work.transcript()
    text, language = transcript.text, transcript.language
    found = find_names(text, language)  # before the link key is opened: nobody else can write to it from then on
    finds = find_known(text, language, found, naming.confirmed(work.act.names()).names())
    book = naming.load(work.act.names())
    mentions = mentions_of(transcript, finds, book)
    naming.save(work.act.names(), book)
    made_by = work.made_by("find names", "tillit-names", naming.ENGINE)
    work.act.seal(work.recording, MENTIONS, to_bytes(mentions), made_by)
    work.act.facts["mentions"] = len(mentions)


def apply_pseudonyms(work: Work) -> None:
    """Make the draft a reviewer sees: every find replaced by its surrogate."""
    if work.artefact(PSEUDONYMISED):
        return
    transcript, mentions = work.transcript(), from_bytes(work.act.read(work.need(MENTIONS)))
    draft = pseudonymise(transcript, mentions, naming.load(work.act.names()))
    made_by = work.made_by("apply pseudonyms", "tillit-names", naming.ENGINE)
    work.act.seal(work.recording, PSEUDONYMISED, draft.to_bytes(), made_by)


RUN: dict[str, Callable[[Work], None]] = {
    "admit": admit,
    "decode": decode,
    "transcribe": transcribe,
    "find names": find_mentions,
    "apply pseudonyms": apply_pseudonyms,
}
