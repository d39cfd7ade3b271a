"""Receive a recording, in one file or in several parts: seal it, check what was sealed, keep it, give a receipt.

The bytes are sealed first and checked afterwards, through the sealed copies, so that what was checked is what is
kept. A file that fails the check leaves nothing but an entry in the ledger, and nothing of the parts beside it.
"""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import parts
from ingest.audio.decode import check
from ingest.parts import Part
from policies.actions import Action, Purpose
from storage import age, lookup
from storage.errors import AlreadyThere, BadInput, BadRecording
from storage.records import LedgerEntry, Recording, Study, new_id, now
from storage.transcript import Provenance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from policies.act import Act
    from policies.desk import Desk
    from policies.facts import Actor
    from storage.records import Artefact, Participant

    Keep = Callable[[Act, Recording], list["Original"]]

ORIGINAL = "original"
BLOCK = 1 << 20
MADE_BY = Provenance("intake", "tillit", "1")


@dataclass(frozen=True)
class Receipt:
    """What the interviewer gets: which recording it became, and the SHA-256 of exactly the bytes that were sent.

    Of several parts `sha256` is that of their hashes (parts.sha256_of), `size` and `seconds` are theirs together.
    """

    recording: str
    id: str
    sha256: str
    size: int
    seconds: float
    format: str
    received: str
    ledger_entry: int
    parts: tuple[Part, ...] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; where the parts came from is left out."""
        each = [{"sha256": part.sha256, "size": part.size} for part in self.parts]
        return {**asdict(self), "parts": each}


@dataclass(frozen=True)
class Incoming:
    """A file that is to be a part: its name, and its bytes to be read once."""

    filename: str
    file: BinaryIO


@dataclass(frozen=True)
class Original:
    """A part that is sealed, and what it is."""

    artefact: Artefact
    part: Part


def take_in_file(desk: Desk, participant: Participant, path: Path, model: str | None = None) -> Receipt:
    """Take in one file from a disk. Raises Denied, BadRecording, BadInput."""
    return take_in_joined(desk, participant, [path], model)


def take_in_joined(desk: Desk, participant: Participant, paths: Sequence[Path], model: str | None = None) -> Receipt:
    """Take in files from a disk as the parts of one recording, in this order. Raises as `take_in_parts`."""
    with ExitStack() as stack:
        sources = [Incoming(path.name, stack.enter_context(_opened(path))) for path in paths]
        return take_in_parts(desk, participant, sources, model)


def take_in(
    desk: Desk, participant: Participant, source: BinaryIO, filename: str, model: str | None = None
) -> Receipt:
    """Take in what `source` holds as one recording. Raises as `take_in_parts`."""
    return take_in_parts(desk, participant, [Incoming(filename, source)], model)


def take_in_parts(
    desk: Desk, participant: Participant, sources: Sequence[Incoming], model: str | None = None
) -> Receipt:
    """Seal, check and keep parts as one recording; the same parts in the same order again get their receipt again.

    Raises Denied, BadRecording, BadInput; then nothing is kept of any.
    """

    def seal(act: Act, recording: Recording) -> list[Original]:
        return [_sealed(act, recording, source, number) for number, source in enumerate(sources, 1)]

    return _received(desk, participant, seal, model)


def _sealed(act: Act, recording: Recording, source: Incoming, number: int) -> Original:
    hashed = _Hashed(source.file)
    original = act.seal(recording, ORIGINAL, io.BufferedReader(hashed, BLOCK), MADE_BY, number)
    return Original(original, Part(source.filename, hashed.sha256, hashed.size))


def take_in_sealed(desk: Desk, participant: Participant, sealed: BinaryIO, filename: str) -> Receipt:
    """Keep an age file that a device sealed to the study, its payload as it came, after a look at what is in it.

    Raises Denied, BadRecording; then nothing is kept.
    """

    def adopt(act: Act, recording: Recording) -> list[Original]:
        try:
            original = act.adopt(recording, ORIGINAL, sealed, MADE_BY)
        except age.NoMatch:
            raise BadRecording("It was not sealed for this study. Seal it to the study's own recipient.") from None
        hashed = _Hashed(act.open(original))
        while hashed.read(BLOCK):
            pass
        return [Original(original, Part(filename, hashed.sha256, hashed.size))]

    return _received(desk, participant, adopt, None)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError:
        raise BadInput("A file cannot be opened. Check that it exists and that you may read it.") from None


def _received(desk: Desk, participant: Participant, keep: Keep, model: str | None) -> Receipt:
    study = lookup.by_id(desk.vault.database, Study, participant.study_id)
    try:
        recording, came, position = _keep(desk, study, participant, keep, model)
    except TakenBefore as before:
        recording, came, position = before.recording, before.parts, _entry_of(desk, before.recording)
    return _receipt(f"{study.code}/{participant.code}-{recording.number}", recording, came, position)


def _keep(
    desk: Desk, study: Study, participant: Participant, keep: Keep, model: str | None
) -> tuple[Recording, tuple[Part, ...], int]:
    with desk.act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
        recording = _new(act, desk.who, study, participant)
        recording.model = model or study.model
        originals = keep(act, recording)
        _name(recording, [original.part for original in originals])
        _refuse_twice(act, recording)
        came = _look(act, recording, originals)
        parts.seal(act, recording, came)
        act.facts.update(recording=recording.id, parts=len(came))
        act.committed["sha256"] = recording.sha256
    return recording, came, act.position or 0


def _name(recording: Recording, came: Sequence[Part]) -> None:
    """What it is known by: its hash, and the bytes of all its parts. Raises BadInput."""
    if same := parts.twice(came):
        raise BadInput(
            "Part {one} and part {other} are the same file. Name each part once.", one=same[0], other=same[1]
        )
    recording.sha256, recording.size = parts.sha256_of(came), sum(part.size for part in came)


def _look(act: Act, recording: Recording, originals: Sequence[Original]) -> tuple[Part, ...]:
    """Decode every part from its sealed copy; returns the parts, with what their recorder says of itself."""
    checked = check([act.open(original.artefact) for original in originals])
    recording.facts = {"duration": checked.duration, "parts": [facts.to_dict() for facts in checked.parts]}
    return tuple(
        replace(original.part, recorded=origin.recorded, device=origin.device)
        for original, origin in zip(originals, checked.origins, strict=True)
    )


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
    """The same bytes of the same participant are in the vault; carries the recording they became, and its parts."""

    def __init__(self, recording: Recording, came: tuple[Part, ...]) -> None:
        super().__init__("This very recording was taken in before, as number {n}.", n=recording.number)
        self.recording, self.parts = recording, came


def _refuse_twice(act: Act, recording: Recording) -> None:
    same = sa.select(Recording).where(
        Recording.participant_id == recording.participant_id, Recording.sha256 == recording.sha256
    )
    there = act.one(same)
    if there is not None:
        raise TakenBefore(there, parts.opened(act, there))


def _receipt(reference: str, recording: Recording, came: tuple[Part, ...], position: int) -> Receipt:
    codings = dict.fromkeys(f"{facts['container']}/{facts['codec']}" for facts in recording.facts["parts"])
    return Receipt(
        recording=reference,
        id=recording.id,
        sha256=recording.sha256,
        size=recording.size,
        seconds=round(float(recording.facts["duration"]), 2),
        format=", ".join(codings),
        received=recording.created.isoformat(),
        ledger_entry=position,
        parts=came,
    )


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
