"""Voices are biometric data: who may keep, know and forget them, and where the door stays shut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import consent
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.facts import PIPELINE, Actor
from policies.gate import Gate
from storage.errors import Denied
from storage.records import Person, Voice
from tests.house_fixtures import TODAY, House, build, given
from tests.listened import participants_voice, persons_voice
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.records import Recording


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[House]:
    """A study that keeps voices."""
    made = build(tmp_path / "vault", voices="kept")
    yield made
    made.vault.close()


def _desk(house: House, who: str) -> Desk:
    return Desk(house.vault, Gate(house.vault), Actor(PIPELINE, PIPELINE)) if who == PIPELINE else house.desk(who)


def _voice(house: House, who: str) -> Voice:
    """A voice that is kept: of somebody who works here, or of participant P01."""
    with Session(house.vault.database.reader, expire_on_commit=False) as session:
        person = session.scalars(sa.select(Person).where(Person.handle == who)).first()
    held = house.participant("P01")
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        made = persons_voice(act, house.study.id, person.id) if person else participants_voice(act, held)
        act.add(made)
    return made


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("ivar", True), ("ragna", True), ("astrid", False), ("a-stranger", False), (PIPELINE, False)],
)
def test_who_works_in_a_study_enrols_and_nobody_else(keeping: House, who: str, *, allowed: bool) -> None:
    """Interviewers and researchers keep their own voice; the steward of a study is heard in none of its interviews."""
    assert _opens(_desk(keeping, who), Action.ENROL_VOICE, keeping) is allowed


@pytest.mark.parametrize("who", ["ivar", "ragna", "astrid", PIPELINE])
def test_a_study_that_keeps_no_voices_enrols_nobody(house: House, who: str) -> None:
    """Unless it was made to keep them, no voice is kept, and the sentence says why."""
    with (
        pytest.raises(Denied, match="keeps no voices"),
        _desk(house, who).act(Action.ENROL_VOICE, house.study, Purpose.STEWARDSHIP),
    ):
        pytest.fail("the door opened")


@pytest.mark.parametrize("who", ["ivar", "ragna", "astrid", PIPELINE])
def test_only_the_pipeline_knows_voices(keeping: House, who: str) -> None:
    """What interviewers enrolled is opened by the pipeline, and by no person."""
    assert _opens(_desk(keeping, who), Action.KNOW_VOICES, keeping) is (who == PIPELINE)


def test_where_no_voices_are_kept_the_pipeline_knows_none(house: House) -> None:
    """In a study that keeps no voices there is nothing to be known."""
    assert not _opens(_desk(house, PIPELINE), Action.KNOW_VOICES, house)


@pytest.mark.parametrize(
    ("whose", "who", "allowed"),
    [
        ("ivar", "ivar", True),
        ("ivar", "astrid", True),
        ("ivar", "ragna", False),
        ("ivar", PIPELINE, False),
        ("P01", "astrid", True),
        ("P01", "ivar", False),
        ("P01", PIPELINE, False),
    ],
)
def test_who_may_forget_whose_voice(keeping: House, whose: str, who: str, *, allowed: bool) -> None:
    """One's own, everybody; anybody's, the steward; a participant's, the steward alone."""
    voice = _voice(keeping, whose)
    try:
        with _desk(keeping, who).act(Action.FORGET_VOICE, voice, Purpose.STEWARDSHIP) as act:
            act.forget([voice])
    except Denied:
        assert not allowed
    with Session(keeping.vault.database.reader) as session:
        assert (session.get(Voice, voice.id) is None) is allowed


def test_a_voice_that_is_gone_is_nobodys(keeping: House) -> None:
    """Forgotten meanwhile, it is no longer its owner's to forget; the steward's asking is allowed and harmless."""
    gone = Voice(id="ab" * 16, study_id=keeping.study.id, person_id=keeping.desk("ivar").who.id)
    with pytest.raises(Denied), keeping.desk("ivar").act(Action.FORGET_VOICE, gone, Purpose.STEWARDSHIP):
        pytest.fail("the door opened")
    with keeping.desk("astrid").act(Action.FORGET_VOICE, gone, Purpose.STEWARDSHIP) as act:
        act.forget([gone])


@pytest.mark.parametrize("who", ["ivar", "ragna", "astrid", PIPELINE])
def test_only_the_pipeline_tells_speakers(house: House, who: str) -> None:
    """Who speaks in a recording is told by the pipeline, as it transcribes, and asked for by no person."""
    recording = keep(house, house.participant("P01"))
    assert _tells(_desk(house, who), recording) is (who == PIPELINE)


@pytest.mark.parametrize("spoil", ["withdrawn", "expired", "another purpose"])
def test_speakers_are_told_only_of_whom_consent_allows(house: House, spoil: str) -> None:
    """A withdrawal, an expired consent and one to something else shut the door, as they do for transcribing."""
    held = house.participant("P01")
    recording, robot = keep(house, held), _desk(house, PIPELINE)
    assert _tells(robot, recording)
    if spoil == "withdrawn":
        consent.withdraw(house.desk("astrid"), held)
    elif spoil == "expired":
        last_year = TODAY.replace(year=TODAY.year - 1, day=1)
        consent.record(house.desk("astrid"), held, given((Purpose.TRANSCRIBE,), expires=last_year))
    else:
        consent.record(house.desk("astrid"), held, given((Purpose.RECORD, Purpose.ANALYSE)))
    assert not _tells(robot, recording)


def _opens(desk: Desk, action: Action, house: House) -> bool:
    try:
        with desk.act(action, house.study, Purpose.STEWARDSHIP):
            return True
    except Denied:
        return False


def _tells(desk: Desk, recording: Recording) -> bool:
    try:
        with desk.act(Action.TELL_SPEAKERS, recording, Purpose.TRANSCRIBE):
            return True
    except Denied:
        return False
