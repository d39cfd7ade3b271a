"""Receive a recording: seal it, check what was sealed, keep it, give a receipt.

The bytes are sealed first and checked afterwards, through the sealed copy, so that what was checked is what is
kept. A file that fails the check leaves nothing but an entry in the ledger.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest.audio.decode import check
from policies.actions import Action, Purpose
from storage import age, lookup, places
from storage.errors import AlreadyThere, BadInput, BadRecording
from storage.records import LedgerEntry, Recording, Study, new_id, now
from storage.transcript import Provenance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from policies.act import Act
    from policies.desk import Desk
    from policies.facts import Actor
    from storage.records import Artefact, Participant

    Keep = Callable[[Act, Recording], Artefact]

ORIGINAL = "original"
BLOCK = 1 << 20


@dataclass(frozen=True)
class Receipt:
    """What the interviewer gets: which recording it became, and the SHA-256 of exactly the bytes that were sent."""

    recording: str
    id: str
    sha256: str
    size: int
    seconds: float
    format: str
    received: str
    ledger_entry: int

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """Each file, and each file in each folder, in order; hidden files are left out."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        else:
            yield path


def take_in_file(desk: Desk, participant: Participant, path: Path, model: str | None = None) -> Receipt:
    """Take in one file from a disk. Raises Denied, BadRecording, BadInput, AlreadyThere."""
    try:
        source = path.open("rb")
    except OSError:
        raise BadInput("That file cannot be opened. Check that it exists and that you may read it.") from None
    with source:
        return take_in(desk, participant, source, path.name, model)


def take_in(
    desk: Desk, participant: Participant, source: BinaryIO, filename: str, model: str | None = None
) -> Receipt:
    """Seal, check and keep what `source` holds; the same file again gets its receipt again.

    Raises Denied, BadRecording, BadInput; then nothing is kept.
    """

    def seal(act: Act, recording: Recording) -> Artefact:
        hashed = _Hashed(source)
        original = act.seal(recording, ORIGINAL, io.BufferedReader(hashed, BLOCK), Provenance("intake", "tillit", "1"))
        recording.sha256, recording.size = hashed.sha256, hashed.size
        return original

    return _received(desk, participant, seal, filename, model)


def take_in_sealed(desk: Desk, participant: Participant, sealed: BinaryIO, filename: str) -> Receipt:
    """Keep an age file that a device sealed to the study, its payload as it came, after a look at what is in it.

    Raises Denied, BadRecording; then nothing is kept.
    """

    def adopt(act: Act, recording: Recording) -> Artefact:
        try:
            original = act.adopt(recording, ORIGINAL, sealed, Provenance("intake", "tillit", "1"))
        except age.NoMatch:
            raise BadRecording("It was not sealed for this study. Seal it to the study's own recipient.") from None
        hashed = _Hashed(act.open(original))
        while hashed.read(BLOCK):
            pass
        recording.sha256, recording.size = hashed.sha256, hashed.size
        return original

    return _received(desk, participant, adopt, filename, None)


def _received(desk: Desk, participant: Participant, keep: Keep, filename: str, model: str | None) -> Receipt:
    study = lookup.by_id(desk.vault.database, Study, participant.study_id)
    try:
        recording, position = _keep(desk, study, participant, keep, filename, model)
    except TakenBefore as before:
        recording, position = before.recording, _entry_of(desk, before.recording)
    return _receipt(study, participant, recording, position)


def _keep(  # noqa: PLR0913, PLR0917  # everything a receipt speaks of
    desk: Desk, study: Study, participant: Participant, keep: Keep, filename: str, model: str | None
) -> tuple[Recording, int]:
    with desk.act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
        recording = _new(act, desk.who, study, participant)
        recording.model = model or study.model
        original = keep(act, recording)
        _refuse_twice(act, recording)
        facts = check([act.open(original)]).parts[0].to_dict()
        recording.facts = {"duration": facts["duration"], "parts": [facts]}
        recording.sealed_origin = act.seal_text(participant.id, places.origin(recording), _origin(recording, filename))
        act.facts["recording"] = recording.id
        act.committed["sha256"] = recording.sha256
    return recording, act.position or 0


def _entry_of(desk: Desk, recording: Recording) -> int:
    """The ledger entry of a recording's intake."""
    of_participant = sa.select(LedgerEntry).where(LedgerEntry.participant_id == recording.participant_id)
    with Session(desk.vault.database.reader) as session:
        for entry in session.scalars(of_participant.order_by(LedgerEntry.position)):
            if json.loads(entry.leaf).get("recording") == recording.id:
                return entry.position
    return 0


def _new(act: Act, who: Actor, study: Study, participant: Participant) -> Recording:
    recording = Recording(
        id=new_id(),
        study_id=study.id,
        participant_id=participant.id,
        language=study.language,
        by_person_id=who.id,
        created=now(),
    )
    act.later(lambda session: _number(session, recording))
    return recording


def _number(session: Session, recording: Recording) -> None:
    """The participant's next number, taken inside the transaction, so that two uploads at once get two."""
    taken = sa.select(sa.func.max(Recording.number)).where(Recording.participant_id == recording.participant_id)
    recording.number = (session.scalar(taken) or 0) + 1
    session.add(recording)


class TakenBefore(AlreadyThere):
    """The same bytes of the same participant are in the vault; carries the recording they became."""

    def __init__(self, recording: Recording) -> None:
        super().__init__("This very file was taken in before, as number {n}.", n=recording.number)
        self.recording = recording


def _refuse_twice(act: Act, recording: Recording) -> None:
    same = sa.select(Recording).where(
        Recording.participant_id == recording.participant_id, Recording.sha256 == recording.sha256
    )
    there = act.one(same)
    if there is not None:
        raise TakenBefore(there)


def _receipt(study: Study, participant: Participant, recording: Recording, position: int) -> Receipt:
    return Receipt(
        recording=f"{study.code}/{participant.code}-{recording.number}",
        id=recording.id,
        sha256=recording.sha256,
        size=recording.size,
        seconds=round(float(recording.facts["duration"]), 2),
        format=_format(recording.facts["parts"][0]),
        received=recording.created.isoformat(),
        ledger_entry=position,
    )


def _format(facts: dict[str, Any]) -> str:
    return f"{facts['container']}/{facts['codec']}"


def _origin(recording: Recording, filename: str) -> str:
    part = {
        "filename": filename,
        "sha256": recording.sha256,
        "size": recording.size,
        "recorded": None,
        "device": None,
    }
    return json.dumps([part], ensure_ascii=False)


class _Hashed(io.RawIOBase):
    """Reads through, counting and hashing."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._source.read(len(view))
        except OSError:
            raise BadInput(
                "The file could not be read to its end. Check the recorder or the card, and try again."
            ) from None
        view[: len(data)] = data
        self._digest.update(data)
        self.size += len(data)
        return len(data)
