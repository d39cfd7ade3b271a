"""What spoiling the door's Python, one expression at a time, showed no other test to see."""

from __future__ import annotations

import hashlib
import json
import struct
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from policies import facts, in_two, second_person
from policies.actions import Action, Purpose, Role
from policies.decide import NO_RULE, STUMBLED, THE_VAULT, _whom_to_ask, house_rules
from policies.facts import Actor, Resource
from policies.second_person import State
from storage.errors import BadInput, Damaged, Denied
from storage.records import Participant, Recording, Study, Voice, now
from storage.requests import Request

if TYPE_CHECKING:
    from tests.house_fixtures import House

SOON, BEFORE = now() + timedelta(days=1), now() - timedelta(days=1)


def _row(**values: Any) -> Request:
    return Request(**{"by_person_id": "asks", "expires": SOON, **values})


def test_a_digest_is_the_same_in_every_version() -> None:
    """SHA-256 over action, thing and payload, each behind its length in eight bytes: old requests stay good."""
    parts = [one.encode() for one in ("set_pseudonyms", "Study/1", '{"rules": "é"}')]
    framed = b"".join(struct.pack(">Q", len(one)) + one for one in parts)
    assert in_two.digest(*(one.decode() for one in parts)) == hashlib.sha256(framed).hexdigest()


def test_two_requests_for_the_same_have_two_digests(house: House) -> None:
    """Sixteen bytes of chance are in each, or whoever sees the digest could try out what it is of."""
    desk = house.desk("astrid")
    both = [second_person.request(desk, Action.WAIVE_REVIEW, house.study, {}, lambda: "Så.") for _ in range(2)]
    assert both[0].digest != both[1].digest
    for one in both:
        assert len(bytes.fromhex(json.loads(one.terms or "")["salt"])) == 16
        assert timedelta(days=6, hours=23) < one.expires - one.created <= timedelta(days=7)
        assert second_person.why(one) == "Så."


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (_row(), State.WAITING),
        (_row(approved_by_person_id="other"), State.APPROVED),
        (_row(approved_by_person_id="other", used=BEFORE, expires=BEFORE), State.USED),
        (_row(used=BEFORE, closed_by_person_id="asks"), State.USED),
        (_row(closed_by_person_id="asks", expires=BEFORE), State.WITHDRAWN),
        (_row(closed_by_person_id="other", approved_by_person_id="other"), State.REFUSED),
        (_row(approved_by_person_id="other", expires=BEFORE), State.EXPIRED),
    ],
)
def test_how_far_a_request_has_come(row: Request, said: State) -> None:
    """What was done with it comes before that its time is over, and being over before being approved."""
    assert second_person.state(row) is said


def test_a_reason_that_is_sealed_is_not_read_without_its_key() -> None:
    """A request about a participant has no terms beside its sealed ones."""
    with pytest.raises(BadInput, match="for something else"):
        second_person.why(_row(terms=None))


def test_a_request_for_nothing_there_is_is_damaged(house: House) -> None:
    """A kind of thing the house has not was written by nobody of the house; the vault is its own id."""
    with pytest.raises(Damaged, match="for nothing there is"):
        second_person.thing(house.desk("astrid"), _row(resource="Voice/1"))
    assert second_person.thing(house.desk("astrid"), _row(resource="Vault/abc")) == "abc"


def test_a_request_is_listed_with_who_approved_it_and_until_when(house: House) -> None:
    """The list names both people, the study it is about, and the times; for another action it is empty."""
    approved = house.approved(Action.WAIVE_REVIEW, house.study)
    (line,) = second_person.listed(house.desk("ragna"), house.study, Action.WAIVE_REVIEW)
    assert (line.request, line.who, line.approved_by, line.state) == ("rus/1", "astrid", "signe", "approved")
    assert (line.action, line.recording) == ("waive_review", "rus")
    times = [datetime.fromisoformat(one) for one in (line.asked, line.until)]
    assert times[1] - times[0] < timedelta(hours=25)
    assert line.to_dict()["until"] == line.until
    assert second_person.listed(house.desk("ragna"), house.study, Action.HAND_OFF_BULK) == []
    assert approved


def test_a_day_ends_with_its_last_second() -> None:
    """A consent or a study that ends on a day holds that whole day, and not a moment of the next."""
    assert facts._end_of(date(2026, 1, 31)) == datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
    assert facts._midnight(date(2026, 2, 1)) == datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("thing", "resource"),
    [
        (Study(id="s"), Resource("Study", "s", "s", None)),
        (Participant(id="p", study_id="s"), Resource("Participant", "p", "s", "p")),
        (Recording(id="r", study_id="s", participant_id="p"), Resource("Recording", "r", "s", "p")),
        (Voice(id="v", study_id="s", participant_id="p"), Resource("Voice", "v", "s", "p")),
        ("vault", Resource("Vault", "vault", None, None)),
    ],
)
def test_each_thing_is_of_its_study_and_its_participant(thing: Any, resource: Resource) -> None:
    """By these the door finds the consent, and the ledger whom an act was about."""
    assert facts.resource_of(thing) == resource


def test_a_question_the_rules_trip_over_is_a_no() -> None:
    """Without the entities the schema wants nothing is allowed, and the sentence says what to do."""
    asked = facts.request(
        Actor("a", "a"), Action.SEE_STATUS, Resource("Study", "s", "s"), Purpose.STEWARDSHIP, now(), nonsense=1
    )
    decision = house_rules().decide(asked, [])
    assert (decision.allowed, decision.rules, decision.reason) == (False, ("engine-error",), STUMBLED)


def test_an_engine_that_fails_outright_is_a_no() -> None:
    """A question it cannot even be asked raises inside it, and that opens nothing either."""
    decision = house_rules().decide({"principal": object()}, [])
    assert (decision.allowed, decision.rules, decision.reason) == (False, ("engine-error",), STUMBLED)


def test_a_role_elsewhere_is_no_role_here() -> None:
    """Whoever has a role in another study alone is a stranger in this one; for the vault there is one sentence."""
    study = {"uid": {"type": "Tillit::Study", "id": "here"}, "parents": []}
    steward = [{"type": "Tillit::Role", "id": f"there/{Role.STEWARD}"}]
    user = {"uid": {"type": "Tillit::User", "id": "u"}, "parents": steward}
    assert "Ask a data steward of the study" in _whom_to_ask([user, study])
    assert _whom_to_ask([user]) == NO_RULE + THE_VAULT


def test_a_decision_is_in_the_ledger_with_all_it_was_about(house: House) -> None:
    """Who, what, on what, what for, the answer and the rules that gave it: of a yes and of a no."""
    actor = house.desk("ragna").who.id
    with house.desk("ragna").act(Action.SEE_STATUS, house.study, Purpose.STEWARDSHIP):
        pass
    with pytest.raises(Denied), house.desk("ragna").act(Action.ADD_MEMBER, house.study, Purpose.STEWARDSHIP):
        pass
    yes, no = [one for one in map(json.loads, house.vault.ledger.leaves()) if one.get("actor") == actor][-2:]
    about = {"actor": actor, "resource": f"Study/{house.study.id}", "purpose": "stewardship"}
    assert about.items() <= yes.items()
    assert about.items() <= no.items()
    assert (yes["action"], yes["allow"], no["action"], no["allow"]) == ("see_status", True, "add_member", False)
    assert yes["rules"] != []
    assert no["rules"] == []


def test_the_wrong_purpose_is_a_no_before_any_rule_is_asked(house: House) -> None:
    """What the table does not know is `undeclared` in the ledger."""
    with pytest.raises(Denied, match="do not know this action"):
        house.desk("astrid").gate.act(
            house.desk("astrid").who, Action.SEE_STATUS, house.study, Purpose.TRANSCRIBE
        ).__enter__()
    last = json.loads(list(house.vault.ledger.leaves())[-1])
    assert (last["allow"], last["rules"]) == (False, ["undeclared"])
