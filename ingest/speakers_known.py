"""Voices a study knows: its interviewers', each enrolled by themselves, and its participants' from earlier interviews.

A voice is a list of numbers by which a speaker is told from others (its embedding): biometric data, GDPR article 9. It
is kept only in a study that says so, sealed, an interviewer's under the study's key and a participant's under their
own, and it can be forgotten at any time.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies.actions import Action, Purpose
from storage import places
from storage.errors import BadInput, NotFound, StorageFailed
from storage.records import Participant, Person, Study, Voice, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Recording

KEPT = "kept"


@dataclass(frozen=True)
class Known:
    """Whose voice a study keeps, and since when; `who` is a handle, or a participant as "study/P07"."""

    who: str
    since: str

    def to_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def enrol(desk: Desk, study: Study, voice: Iterable[float]) -> None:
    """Keep the caller's own voice, in place of an earlier one. Raises Denied, as where the study keeps no voices."""
    with desk.act(Action.ENROL_VOICE, study, Purpose.STEWARDSHIP) as act:
        row = Voice(id=new_id(), study_id=study.id, person_id=desk.who.id)
        row.sealed_voice = act.seal_for_study(places.voice(row), _text(voice))
        _put(act, row, Voice.study_id == study.id, Voice.person_id == desk.who.id)


def forget(desk: Desk, study: Study, whose: str) -> None:
    """Delete a voice: of whoever has that handle, or of a participant by code or as "study/P07".

    Backups made before still hold it. Raises Denied, NotFound, BadInput where it could be either's.
    """
    voice = _voice_of(desk, study, whose)
    with desk.act(Action.FORGET_VOICE, voice, Purpose.STEWARDSHIP) as act:
        act.forget([voice])
        act.facts["voice"] = voice.id
        act.after(lambda: _scrub(desk))


def known(desk: Desk, study: Study) -> list[Known]:
    """Whose voices a study keeps, for whoever may see how it stands; no voice is opened. Raises Denied."""
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        return [Known(who, voice.created.isoformat()) for who, voice in sorted(_voices(act.all, study).items())]


def interviewers(desk: Desk, study: Study) -> dict[str, tuple[float, ...]]:
    """The voices of whoever enrolled in a study, by handle; the pipeline alone is told. Raises Denied, Damaged."""
    if study.voices != KEPT:
        return {}
    with desk.act(Action.KNOW_VOICES, study, Purpose.STEWARDSHIP) as act:
        return {
            who: _numbers(act.open_for_study(places.voice(row), row.sealed_voice))
            for who, row in _voices(act.all, study).items()
            if row.person_id
        }


def of_participant(act: Act, recording: Recording) -> tuple[float, ...] | None:
    """The voice of a recording's participant, from earlier interviews, if it is kept. Raises Damaged."""
    row = act.one(sa.select(Voice).where(*_participants(recording)))
    if row is None:
        return None
    return _numbers(act.open_text(recording.participant_id, places.voice(row), row.sealed_voice))


def keep_participant(act: Act, recording: Recording, voice: Iterable[float]) -> None:
    """Keep the voice of a recording's participant, in place of an earlier one, if the study keeps voices."""
    study = act.one(sa.select(Study).where(Study.id == recording.study_id))
    if study is None or study.voices != KEPT:
        return
    row = Voice(id=new_id(), study_id=recording.study_id, participant_id=recording.participant_id)
    row.sealed_voice = act.seal_text(recording.participant_id, places.voice(row), _text(voice))
    _put(act, row, *_participants(recording))


def _scrub(desk: Desk) -> None:
    with suppress(
        StorageFailed
    ):  # somebody is reading: what is left is sealed, and goes with the next thing destroyed
        desk.vault.database.scrub(Voice.__tablename__)


def _participants(recording: Recording) -> tuple[sa.ColumnElement[bool], ...]:
    return Voice.study_id == recording.study_id, Voice.participant_id == recording.participant_id


def _put(act: Act, row: Voice, *former: sa.ColumnElement[bool]) -> None:
    """In place of what is there when the act ends: two recordings of one participant may end at once."""

    def write(session: Session) -> None:
        for older in session.scalars(sa.select(Voice).where(*former)):
            session.delete(older)
        session.flush()
        session.add(row)

    act.later(write)
    act.facts["voice"] = row.id


def _voices(ask: Callable[[sa.Select[Any]], list[Any]], study: Study) -> dict[str, Voice]:
    """A study's voices, each by a handle or as "study/P07", which is no handle."""
    named = {person.id: person.handle for person in ask(sa.select(Person))}
    held = ask(sa.select(Participant).where(Participant.study_id == study.id))
    named |= {one.id: f"{study.code}/{one.code}" for one in held}
    return {
        named[row.person_id or row.participant_id]: row
        for row in ask(sa.select(Voice).where(Voice.study_id == study.id))
    }


def _voice_of(desk: Desk, study: Study, whose: str) -> Voice:
    with Session(desk.vault.database.reader) as session:
        there = _voices(lambda query: list(session.scalars(query)), study)
    found = [there[who] for who in (whose, f"{study.code}/{whose}") if who in there]
    if not found:
        raise NotFound("No voice of theirs is kept in this study. Look with `tillit voice list`.")
    if len(found) > 1:
        raise BadInput("A participant's code is also somebody's handle here. Name the participant as study/code.")
    return found[0]


def _text(voice: Iterable[float]) -> str:
    return json.dumps([float(number) for number in voice])


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(json.loads(text))
