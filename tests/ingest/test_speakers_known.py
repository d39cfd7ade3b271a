"""Voices a study knows: enrolled, replaced, listed, forgotten, and told to the pipeline alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import speakers_known
from policies import ceremonies, studies
from policies.actions import Action, Purpose, Role
from policies.desk import Desk
from policies.facts import PIPELINE, Actor
from policies.gate import Gate
from storage import fsck
from storage.errors import BadInput, Denied, NotFound
from storage.records import Voice
from tests.faults.canaries import found
from tests.house_fixtures import House, build
from tests.storage.spoiling import keep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from storage.records import Participant, Recording

VOICE, ANOTHER = np.array([0.6, -0.8, 0.1234567], np.float32), np.array([0.0, 1.0, 0.0], np.float32)


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[House]:
    """A study that keeps voices."""
    made = build(tmp_path / "vault", voices="kept")
    yield made
    made.vault.close()


def _robot(house: House) -> Desk:
    return Desk(house.vault, Gate(house.vault), Actor(PIPELINE, PIPELINE))


def _keep(house: House, recording: Recording, voice: NDArray[np.float32]) -> None:
    with _robot(house).act(Action.TELL_SPEAKERS, recording, Purpose.TRANSCRIBE) as act:
        speakers_known.keep_participant(act, recording, voice)


def _of(house: House, recording: Recording) -> tuple[float, ...] | None:
    with _robot(house).act(Action.TELL_SPEAKERS, recording, Purpose.TRANSCRIBE) as act:
        return speakers_known.of_participant(act, recording)


def _voices(house: House) -> int:
    with Session(house.vault.database.reader) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Voice)) or 0


def _interviewed(house: House, code: str = "P01") -> tuple[Participant, Recording]:
    """A recording whose participant's voice is not known yet."""
    held = house.participant(code)
    recording = keep(house, held)
    speakers_known.forget(house.desk("astrid"), house.study, code)
    return held, recording


def test_what_is_enrolled_is_what_the_pipeline_is_told(keeping: House) -> None:
    """To the last bit of each number, by handle; enrolled again, the new voice replaces the old one."""
    for who, voice in (("ivar", VOICE), ("ragna", VOICE), ("ragna", ANOTHER)):
        speakers_known.enrol(keeping.desk(who), keeping.study, voice)
    told = speakers_known.interviewers(_robot(keeping), keeping.study)
    assert told == {"ivar": tuple(map(float, VOICE)), "ragna": tuple(map(float, ANOTHER))}
    assert _voices(keeping) == 2
    assert fsck.examine(keeping.vault.database, keeping.vault.blobs, keeping.vault.ledger, lambda *_: None) == []


def test_a_voice_is_another_in_every_study(keeping: House) -> None:
    """Enrolled in one study, an interviewer is not known in another."""
    with_dates = studies.NewStudy(
        "alko", "Another", "REK 2", keeping.study.starts, keeping.study.ends, "no", voices="kept"
    )
    other = studies.create(keeping.desk("astrid"), with_dates)
    studies.add_member(keeping.desk("astrid"), other, "ivar", [Role.INTERVIEWER])
    speakers_known.enrol(keeping.desk("ivar"), keeping.study, VOICE)
    assert speakers_known.interviewers(_robot(keeping), other) == {}
    speakers_known.enrol(keeping.desk("ivar"), other, ANOTHER)
    assert speakers_known.interviewers(_robot(keeping), keeping.study) == {"ivar": tuple(map(float, VOICE))}


def test_a_study_that_keeps_no_voices_keeps_none(house: House) -> None:
    """Nobody enrols, a participant's is passed over, and the door is not asked for what cannot be there."""
    with pytest.raises(Denied, match="keeps no voices"):
        speakers_known.enrol(house.desk("ivar"), house.study, VOICE)
    _, recording = _interviewed(house)
    _keep(house, recording, VOICE)
    before = house.vault.ledger.verify().size
    assert speakers_known.interviewers(_robot(house), house.study) == {}
    assert house.vault.ledger.verify().size == before
    assert (_voices(house), _of(house, recording)) == (0, None)


def test_a_participant_is_known_in_the_next_interview(keeping: House) -> None:
    """The voice of one interview is there in the next, the newest counts, and another participant's is not opened."""
    _, recording = _interviewed(keeping)
    assert _of(keeping, recording) is None
    _keep(keeping, recording, VOICE)
    _keep(keeping, recording, ANOTHER)
    assert _of(keeping, recording) == tuple(map(float, ANOTHER))
    _, other = _interviewed(keeping, "P02")
    assert _of(keeping, other) is None
    assert _voices(keeping) == 1


def test_rotations_keep_every_voice_open(keeping: House) -> None:
    """After a new key for the study and one for the participant, both of their voices are what they were."""
    held, recording = _interviewed(keeping)
    _keep(keeping, recording, VOICE)
    speakers_known.enrol(keeping.desk("ivar"), keeping.study, ANOTHER)
    ceremonies.rotate_study(keeping.desk("astrid"), keeping.study)
    ceremonies.rotate_participant(keeping.desk("astrid"), held)
    assert _of(keeping, recording) == tuple(map(float, VOICE))
    assert speakers_known.interviewers(_robot(keeping), keeping.study) == {"ivar": tuple(map(float, ANOTHER))}


def test_a_shredded_participants_voice_is_gone_and_the_interviewers_is_not(keeping: House) -> None:
    """Their voice goes with their key; who asked the questions is still known."""
    held, recording = _interviewed(keeping)
    _keep(keeping, recording, VOICE)
    speakers_known.enrol(keeping.desk("ivar"), keeping.study, ANOTHER)
    keeping.shred(held)
    assert _voices(keeping) == 1
    assert [one.who for one in speakers_known.known(keeping.desk("astrid"), keeping.study)] == ["ivar"]


def test_the_list_says_whose_and_opens_none(keeping: House) -> None:
    """Handles and codes with the day, for whoever works in the study; a stranger is told nothing."""
    _, recording = _interviewed(keeping)
    _keep(keeping, recording, VOICE)
    speakers_known.enrol(keeping.desk("ivar"), keeping.study, VOICE)
    listed = speakers_known.known(keeping.desk("ragna"), keeping.study)
    assert [one.to_dict()["who"] for one in listed] == ["ivar", "rus/P01"]
    with pytest.raises(Denied):
        speakers_known.known(keeping.desk("nobody"), keeping.study)


def test_a_voice_is_forgotten_by_its_owner_or_the_steward(keeping: House) -> None:
    """By handle, by code, or as study/code; nobody else's hand reaches it, and what is not there is not found."""
    _, recording = _interviewed(keeping)
    for whose, who in (("ivar", "ivar"), ("ivar", "astrid"), ("P01", "astrid"), ("rus/P01", "astrid")):
        _keep(keeping, recording, VOICE)
        speakers_known.enrol(keeping.desk("ivar"), keeping.study, VOICE)
        with pytest.raises(Denied):
            speakers_known.forget(keeping.desk("ragna"), keeping.study, whose)
        speakers_known.forget(keeping.desk(who), keeping.study, whose)
        with pytest.raises(NotFound):
            speakers_known.forget(keeping.desk(who), keeping.study, whose)
        assert _voices(keeping) == 1


def test_a_handle_that_is_a_code_too_is_asked_about(keeping: House) -> None:
    """Where it could be either's, nothing is deleted until the participant is named with the study."""
    studies.add_member(keeping.desk("astrid"), keeping.study, "P01", [Role.INTERVIEWER])
    _, recording = _interviewed(keeping)
    _keep(keeping, recording, VOICE)
    speakers_known.enrol(keeping.desk("P01"), keeping.study, VOICE)
    with pytest.raises(BadInput, match="study/code"):
        speakers_known.forget(keeping.desk("astrid"), keeping.study, "P01")
    speakers_known.forget(keeping.desk("astrid"), keeping.study, "rus/P01")
    assert [one.who for one in speakers_known.known(keeping.desk("astrid"), keeping.study)] == ["P01"]


def test_no_number_of_a_voice_is_on_the_disk(keeping: House) -> None:
    """Neither the database, its log nor the ledger's file has the embedding's text or its numbers."""
    _, recording = _interviewed(keeping)
    _keep(keeping, recording, VOICE)
    speakers_known.enrol(keeping.desk("ivar"), keeping.study, VOICE)
    needles = [b"0.1234567", b"0.6000000238418579", VOICE.tobytes()]
    assert found([keeping.vault.folder], needles) == []
