"""Who got what: gathers what is released, packs it, and keeps a row of it before the door closes.

The study is asked for once, and every interview again by itself: one without consent for this purpose is left out
and said so, it does not stop the others.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from handoff.package import pack
from handoff.source import Case, Interview
from handoff.source import Study as Packable
from policies import studies
from policies.actions import Action
from storage import lookup
from storage.errors import Denied, NotReady
from storage.records import Artefact, Handoff, Participant, Recording, new_id
from storage.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from handoff.package import Packed
    from policies.act import Act
    from policies.actions import Purpose
    from policies.desk import Desk
    from storage.records import Study


@dataclass(frozen=True)
class Order:
    """What is asked for: where to, in which formats, for whom, why, and in which language the recipient reads."""

    folder: Path
    formats: Sequence[str]
    recipient: str
    purpose: Purpose
    language: str


@dataclass(frozen=True)
class Handed:
    """What was handed off: the register's id, the files, and how many interviews are in and were left out."""

    id: str
    files: list[Packed]
    interviews: int
    left_out: int


def hand_off(desk: Desk, study: Study, order: Order) -> Handed:
    """Pack every released interview the door lets through. Raises Denied, NotReady, AlreadyThere, BadInput."""
    with _unless_it_fails(order.folder), desk.act(Action.HAND_OFF, study, order.purpose) as act:
        recordings = _released(act, study)
        taken = [held for recording in recordings if (held := _take(desk, recording, order.purpose))]
        if not taken:
            raise NotReady("No interview of this study is released for this purpose. Review, then `tillit release`.")
        row = _row(desk, study, order, taken)
        files = pack(_packable(study, taken, order.language), order.folder, order.formats, _about(row, taken))
        row.manifest = {file.name: file.sha256 for file in files}
        act.add(row)
        act.facts.update(handoff=row.id, recordings=row.recordings, left_out=len(recordings) - len(taken))
    return Handed(row.id, files, len(taken), len(recordings) - len(taken))


@contextmanager
def _unless_it_fails(folder: Path) -> Iterator[None]:
    """What could not be entered in the register must not lie about: a folder made by the body goes again."""
    before = folder.exists()
    try:
        yield
    except BaseException:
        if not before and folder.exists():
            shutil.rmtree(folder)
        raise


def _row(desk: Desk, study: Study, order: Order, taken: list[_Held]) -> Handoff:
    return Handoff(
        id=new_id(),
        study_id=study.id,
        recipient=order.recipient,
        purpose=order.purpose,
        recordings=[held.interview.id for held in taken],
        by_person_id=desk.who.id,
    )


@dataclass(frozen=True)
class _Held:
    interview: Interview
    case: Case
    release: str


def _released(act: Act, study: Study) -> list[Recording]:
    of_study = sa.select(Recording).where(Recording.study_id == study.id, Recording.stage == "release")
    return act.all(of_study.order_by(Recording.created, Recording.id))


def _take(desk: Desk, recording: Recording, purpose: Purpose) -> _Held | None:
    participant = lookup.by_id(desk.vault.database, Participant, recording.participant_id)
    try:
        with desk.act(Action.HAND_OFF_RECORDING, recording, purpose) as act:
            newest = sa.select(Artefact).where(Artefact.recording_id == recording.id, Artefact.kind == "released")
            artefact = act.one(newest.order_by(Artefact.version.desc()))
            if artefact is None:
                return None
            transcript = Transcript.from_bytes(act.read(artefact))
            case = Case(participant.id, participant.code, dict(studies.attributes(act, participant)))
            act.facts["version"] = artefact.version
    except Denied:
        return None
    title = f"{participant.code}-{recording.number}"
    interview = Interview(
        recording.id, participant.code, title, transcript.language, transcript.duration, transcript, None
    )
    return _Held(interview, case, f"{artefact.id} v{artefact.version}")


def _packable(study: Study, taken: list[_Held], language: str) -> Packable:
    cases = {held.case.id: held.case for held in taken}
    return Packable(study.id, study.code, language, tuple(cases.values()), tuple(held.interview for held in taken))


def _about(register: Handoff, taken: list[_Held]) -> dict[str, str]:
    made_by = {held.interview.title: _recogniser(held.interview.transcript) for held in taken}
    return {
        "handoff": register.id,
        "recipient": register.recipient,
        "purpose": register.purpose,
        "releases": json.dumps({held.interview.title: held.release for held in taken}, sort_keys=True),
        "recogniser": json.dumps(made_by, sort_keys=True),
    }


def _recogniser(transcript: Transcript) -> str:
    made = transcript.made_by
    return f"{made.engine} {made.version}, {made.model} (sha256 {made.model_sha256})"
