"""The door: who gets in, what the ledger keeps of it, and what happens when something fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import consent, studies
from policies.actions import CONSENTED, Action, Purpose
from policies.decide import STUMBLED, Rules, house_rules
from policies.desk import Desk
from policies.gate import Gate
from storage import places
from storage.errors import Damaged, Denied, StorageFailed
from storage.records import Artefact, Recording, Study, new_id
from storage.transcript import Provenance
from tests.house_fixtures import TODAY, given

if TYPE_CHECKING:
    from policies.act import Act
    from storage.records import Participant
    from tests.house_fixtures import House

MADE_BY = Provenance("test", "test", "1")


def _keep_recording(house: House, participant: Participant, words: bytes = b"words") -> Recording:
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=participant.id, number=1, sha256="0" * 64, size=5,
        facts={"duration": 1.0}, model="base", by_person_id=house.desk("ivar").who.id,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
        act.add(recording)
        act.seal(recording, "transcript", words, MADE_BY)
    return recording


def _only(act: Act, recording: Recording) -> Artefact:
    found = act.one(sa.select(Artefact).where(Artefact.recording_id == recording.id))
    assert found is not None
    return found


def _leaves(house: House) -> list[dict[str, Any]]:
    return [json.loads(leaf) for leaf in house.vault.ledger.leaves()]


def test_what_is_sealed_in_one_act_is_read_in_another(house: House) -> None:
    """An allowed act reads back exactly what an earlier act sealed."""
    recording = _keep_recording(house, house.participant("P01"))
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        assert act.read(_only(act, recording)) == b"words"


def test_a_read_without_consent_is_refused_says_why_and_is_in_the_ledger(house: House) -> None:
    """Without consent for the purpose nothing opens, the sentence says so, and the denial is kept."""
    participant = house.participant("P01")
    recording = _keep_recording(house, participant)
    consent.record(house.desk("astrid"), participant, given((Purpose.RECORD, Purpose.TRANSCRIBE)))
    with (
        pytest.raises(Denied, match="did not consent to this purpose"),
        house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE),
    ):
        pytest.fail("the door opened")
    last = _leaves(house)[-1]
    assert (last["action"], last["allow"], last["rules"]) == ("read_transcript", False, ["consent-purpose"])


@pytest.mark.parametrize(
    ("spoil", "why"),
    [("nothing recorded", "No consent is recorded"), ("withdrawn", "withdrawn"), ("expired", "expired")],
)
def test_every_way_consent_can_be_missing_closes_the_door(house: House, spoil: str, why: str) -> None:
    """No consent, a withdrawn one and an expired one each deny, with their own reason."""
    participant = house.participant("P01", () if spoil == "nothing recorded" else CONSENTED)
    if spoil == "withdrawn":
        consent.withdraw(house.desk("astrid"), participant)
    if spoil == "expired":
        yesterday = TODAY.replace(year=TODAY.year - 1)
        consent.record(house.desk("astrid"), participant, given(CONSENTED, expires=yesterday))
    with (
        pytest.raises(Denied, match=why),
        house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD),
    ):
        pytest.fail("the door opened")


@pytest.mark.parametrize(
    ("who", "action", "allowed"),
    [
        ("ivar", Action.READ_TRANSCRIPT, False),
        ("astrid", Action.READ_TRANSCRIPT, False),
        ("ragna", Action.READ_TRANSCRIPT, True),
        ("ragna", Action.REVIEW, True),
        ("ivar", Action.RELEASE, False),
        ("a-stranger", Action.READ_PSEUDONYMISED, False),
    ],
)
def test_roles_open_what_they_should_and_no_more(house: House, who: str, action: Action, *, allowed: bool) -> None:
    """A researcher reads, an interviewer and a steward do not, a stranger gets nothing."""
    recording = _keep_recording(house, house.participant("P01"))
    if allowed:
        with house.desk(who).act(action, recording, Purpose.ANALYSE) as act:
            assert act.read(_only(act, recording)) == b"words"
    else:
        with pytest.raises(Denied), house.desk(who).act(action, recording, Purpose.ANALYSE):
            pytest.fail("the door opened")
    assert _leaves(house)[-1 if not allowed else -2]["allow"] is allowed


def test_a_purpose_the_action_was_not_declared_for_is_denied(house: House) -> None:
    """Asking with another purpose than those in the table is a deny, and in the ledger."""
    recording = _keep_recording(house, house.participant("P01"))
    with pytest.raises(Denied), house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.QUOTE):
        pytest.fail("the door opened")
    assert _leaves(house)[-1]["rules"] == ["undeclared"]


def test_a_permit_opens_nothing_after_its_act_or_for_somebody_else(house: House) -> None:
    """Keys refuse a permit whose act is over, and one given for another participant."""
    mine, other = house.participant("P01"), house.participant("P02")
    recording = _keep_recording(house, mine)
    theirs = _keep_recording(house, other)
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        artefact = _only(act, recording)
        with pytest.raises(Denied, match="not allowed for that participant"):
            act.read(_only(act, theirs))
        with pytest.raises(Denied, match="may not open the link key"):
            act.names()
    with pytest.raises(Denied, match="is over"):
        act.read(artefact)


def test_nothing_opens_when_the_ledger_cannot_be_written(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """If neither the database nor the ledger's file takes the decision, the body of the act never runs."""
    recording = _keep_recording(house, house.participant("P01"))

    def fail(*_: object) -> int:
        raise StorageFailed("The ledger could not be written.")

    monkeypatch.setattr(type(house.vault.ledger), "_append", fail)
    (house.vault.folder / "ledger.log").unlink()
    (house.vault.folder / "ledger.log").mkdir()
    with pytest.raises(StorageFailed), house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE):
        pytest.fail("the door opened")


def test_the_decision_is_durable_before_the_body_runs(house: House) -> None:
    """While an act is under way its decision can already be read from the database."""
    recording = _keep_recording(house, house.participant("P01"))
    before = len(_leaves(house))
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE):
        during = _leaves(house)
    assert len(during) == before + 1
    assert during[-1]["event"] == "decision"


def test_an_exception_rolls_back_and_leaves_a_failure_but_not_its_words(house: House) -> None:
    """What an act wrote is gone, payloads included, and the ledger has the error's type and not its text."""
    participant = house.participant("P01")
    recording = _keep_recording(house, participant)
    blobs = set(house.vault.blobs.names())

    def burst() -> None:
        with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
            act.seal(recording, "another", b"more words", MADE_BY)
            act.change(recording, stage="spoilt")
            raise ValueError("Kari said something")

    with pytest.raises(ValueError, match="Kari"):
        burst()
    assert set(house.vault.blobs.names()) == blobs
    with Session(house.vault.database.reader) as session:
        assert session.get_one(Recording, recording.id).stage == "received"
    assert _leaves(house)[-1]["error"] == "ValueError"
    assert b"Kari" not in b"".join(house.vault.ledger.leaves())


def test_a_withdrawal_during_an_act_keeps_nothing_of_it(house: House) -> None:
    """Work that was allowed when it began is thrown away if consent was withdrawn before it ended."""
    participant = house.participant("P01")
    recording = _keep_recording(house, participant)
    blobs = set(house.vault.blobs.names())

    def outrun() -> None:
        with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
            act.seal(recording, "late", b"late words", MADE_BY)
            consent.withdraw(house.desk("astrid"), participant)

    with pytest.raises(Denied, match="withdrawn"):
        outrun()
    assert set(house.vault.blobs.names()) == blobs


def test_a_stumbling_rule_engine_denies() -> None:
    """Facts that do not fit the schema make the engine err, and an error is a deny."""
    decision = house_rules().decide({"principal": 1}, [])
    assert not decision.allowed
    assert decision.reason == STUMBLED


def test_rules_that_do_not_fit_the_schema_are_not_loaded() -> None:
    """A typo in a policy stops the house at the door instead of opening it."""
    with pytest.raises(Damaged):
        Rules('permit (principal, action == Tillit::Action::"reed", resource);', "namespace Tillit { entity User; }")


def test_a_forbid_over_a_missing_fact_cannot_fail_open(house: House) -> None:
    """If a recording's consent is missing from the facts, the answer is no, though Cedar skips erring forbids."""
    recording = Recording(id="r", study_id=house.study.id, participant_id="nobody")
    ragna = house.desk("ragna")
    with pytest.raises(Denied), ragna.act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE):
        pytest.fail("the door opened")


def test_an_unapproved_study_takes_nothing_in(house: House) -> None:
    """Without an approval reference nothing of anybody is taken in."""
    participant = house.participant("P01")
    with Session(house.vault.database.writer) as session, session.begin():
        session.get_one(Study, house.study.id).approval = " "
    with (
        pytest.raises(Denied, match="approval reference"),
        house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD),
    ):
        pytest.fail("the door opened")


def test_attributes_are_sealed_to_their_place(house: House) -> None:
    """A participant's attributes read back for an act that covers them, and not when moved to another's row."""
    one, two = house.participant("P01"), house.participant("P02")
    studies.set_attributes(house.desk("ivar"), one, {"sex": "woman"})
    recording = _keep_recording(house, one)
    stored = _stored(house, one)
    with house.desk("ragna").act(Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        assert studies.attributes(act, stored) == {"sex": "woman"}
        two.sealed_attributes, two.attributes_version = stored.sealed_attributes, 1
        with pytest.raises(Denied):
            studies.attributes(act, two)
        with pytest.raises(Damaged):
            act.open_text(one.id, places.attributes(two, 1), stored.sealed_attributes or b"")


def _stored(house: House, participant: Participant) -> Participant:
    with Session(house.vault.database.reader) as session:
        return session.get_one(type(participant), participant.id)


def test_a_second_desk_sees_one_door(house: House) -> None:
    """Two gates on one vault write to one ledger that adds up."""
    participant = house.participant("P01")
    ivar = house.desk("ivar")
    for gate in (Gate(house.vault), Gate(house.vault)):
        with Desk(house.vault, gate, ivar.who).act(Action.TAKE_IN, participant, Purpose.RECORD):
            pass
    assert house.vault.ledger.verify().size == len(_leaves(house))
