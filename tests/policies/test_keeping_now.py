"""What an act keeps before it ends, and what it deletes when it does; sealed to a study as to a participant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import ceremonies, consent
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.facts import PIPELINE, Actor
from policies.gate import Gate
from storage import columns, keys, places
from storage.errors import AlreadyThere, Damaged, Denied, NotFound, NotReady, StorageFailed
from storage.records import Heard, Voice
from tests import listened
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.act import Act
    from storage.records import Participant, Recording
    from tests.house_fixtures import House


@pytest.fixture
def held(house: House) -> Participant:
    """Somebody who was interviewed."""
    return house.participant("P01")


@pytest.fixture
def recording(house: House, held: Participant) -> Recording:
    """The interview; batch 0 of it is heard already."""
    return keep(house, held)


def _robot(house: House) -> Desk:
    return Desk(house.vault, Gate(house.vault), Actor(PIPELINE, PIPELINE))


def _numbers(house: House) -> list[int]:
    with Session(house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Heard.number).order_by(Heard.number)))


def test_what_is_kept_now_stays_when_the_act_fails(house: House, recording: Recording) -> None:
    """A batch that was heard is there at once for anybody who asks, opens, and is there after a stop."""

    def stopped() -> None:
        with _robot(house).act(Action.TRANSCRIBE, recording, Purpose.TRANSCRIBE) as act:
            act.keep_now(listened.heard(act, recording, 1))
            assert _numbers(house) == [0, 1]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    with _robot(house).act(Action.TRANSCRIBE, recording, Purpose.TRANSCRIBE) as act:
        rows = act.all(sa.select(Heard).where(Heard.recording_id == recording.id).order_by(Heard.number))
        opened = [act.open_text(recording.participant_id, places.heard(row), row.sealed_text) for row in rows]
    assert opened == [listened.WORDS] * 2


def test_what_was_heard_is_deleted_with_the_act_that_needs_it_no_more(house: House, recording: Recording) -> None:
    """Rows go in the transaction that ends the act; if it fails they stay. What is gone already is no hindrance."""

    def transcribe(fail: type[BaseException] | None) -> None:
        with _robot(house).act(Action.TRANSCRIBE, recording, Purpose.TRANSCRIBE) as act:
            act.forget(act.all(sa.select(Heard).where(Heard.recording_id == recording.id)))
            if fail:
                raise fail

    with pytest.raises(KeyboardInterrupt):
        transcribe(KeyboardInterrupt)
    assert _numbers(house) == [0]
    with _robot(house).act(Action.TRANSCRIBE, recording, Purpose.TRANSCRIBE) as act:
        act.forget(act.all(sa.select(Heard)))
        transcribe(None)
    assert _numbers(house) == []


MEANWHILE: dict[str, tuple[Callable[[House, Participant], object], type[Exception]]] = {
    "withdrawn": (lambda house, held: consent.withdraw(house.desk("astrid"), held), Denied),
    "shredded": (lambda house, held: house.shred(held), NotFound),
    "rotated": (lambda house, held: ceremonies.rotate_participant(house.desk("astrid"), held), NotReady),
}


@pytest.mark.parametrize("how", MEANWHILE)
def test_nothing_is_kept_now_that_would_not_be_kept_at_the_end(
    house: House, held: Participant, recording: Recording, how: str
) -> None:
    """Withdrawn, shredded or given another key while it was being heard: the next batch is refused."""
    deed, error = MEANWHILE[how]

    def outrun() -> None:
        with _robot(house).act(Action.TRANSCRIBE, recording, Purpose.TRANSCRIBE) as act:
            batch = listened.heard(act, recording, 1)
            deed(house, held)
            act.keep_now(batch)

    with pytest.raises(error):
        outrun()
    assert 1 not in _numbers(house)


def test_the_same_batch_is_kept_once(house: House, recording: Recording) -> None:
    """A second row for a batch, with the same weights and parameters, is there already; with others it is kept."""
    with _robot(house).act(Action.TRANSCRIBE, recording, Purpose.TRANSCRIBE) as act:
        with pytest.raises(AlreadyThere):
            act.keep_now(listened.heard(act, recording, 0))
        act.keep_now(listened.heard(act, recording, 0, "weights/beam 1"))
    assert _numbers(house) == [0, 0]


def test_a_full_disk_is_told(house: House, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the database cannot take is StorageFailed, and quotes nothing."""
    with _robot(house).act(Action.TRANSCRIBE, recording, Purpose.TRANSCRIBE) as act:
        batch = listened.heard(act, recording, 1)

        def full(*_: object) -> None:
            raise sa.exc.OperationalError(listened.WORDS, None, Exception("disk full"))

        monkeypatch.setattr(Session, "flush", full)
        with pytest.raises(StorageFailed) as caught:
            act.keep_now(batch)
        monkeypatch.undo()
    assert "Bergen" not in str(caught.value)


def test_only_what_the_ledger_does_not_vouch_for_is_kept_now(house: House, held: Participant) -> None:
    """A row whose digest belongs in the outcome's entry cannot be written past it."""
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act, pytest.raises(TypeError):
        act.keep_now(listened.participants_voice(act, held))


def _enrolled(house: House, held: Participant) -> Voice:
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        made = listened.persons_voice(act, house.study.id, act.actor.id)
        act.add(made)
    return made


def _open_voice(act: Act, row: Voice) -> list[float]:
    stored = act.one(sa.select(Voice).where(Voice.id == row.id))
    assert stored is not None
    return list(json.loads(act.open_for_study(places.voice(stored), stored.sealed_voice)))


def test_a_studys_new_key_opens_its_interviewers_voices_and_the_old_one_does_not(
    house: House, held: Participant
) -> None:
    """A rotation seals them anew; with the study's former key in hand none of them opens."""
    made = _enrolled(house, held)
    with Session(house.vault.database.reader) as session:
        old = keys.opened(keys.row(session, house.study.id).sealed_identity, house.vault.keys._root)
    ceremonies.rotate_study(house.desk("astrid"), house.study)
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        assert _open_voice(act, made) == listened.VOICE
    with Session(house.vault.database.reader) as session:
        row = session.get_one(Voice, made.id)
    with pytest.raises(Damaged):
        columns.unseal(columns.key_of(old), places.voice(row), row.sealed_voice)


def test_a_voice_opens_only_as_whose_it_is(house: House, held: Participant) -> None:
    """Put into a row of somebody else, or of another study, it is Damaged."""
    made = _enrolled(house, held)
    with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
        for change in ({"person_id": "somebody else"}, {"study_id": "another"}):
            other = Voice(**{"id": made.id, "study_id": made.study_id, "person_id": made.person_id, **change})
            with pytest.raises(Damaged):
                act.open_for_study(places.voice(other), made.sealed_voice)


def test_nothing_is_sealed_to_a_study_whose_key_was_rotated_meanwhile(house: House, held: Participant) -> None:
    """What was sealed to the former key is not kept: it would not open."""

    def outrun() -> None:
        with house.desk("ivar").act(Action.TAKE_IN, held, Purpose.RECORD) as act:
            act.add(listened.persons_voice(act, house.study.id, act.actor.id))
            ceremonies.rotate_study(house.desk("astrid"), house.study)

    with pytest.raises(NotReady):
        outrun()


def test_an_act_that_opens_no_study_key_seals_nothing_to_it(house: House, recording: Recording) -> None:
    """Transcribing is for one participant: it opens no interviewer's voice."""
    with (
        _robot(house).act(Action.TRANSCRIBE, recording, Purpose.TRANSCRIBE) as act,
        pytest.raises(Denied, match="study's key"),
    ):
        act.seal_for_study("voice/sealed_voice/x/1", "[]")
