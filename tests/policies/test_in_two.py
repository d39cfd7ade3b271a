"""Every act that takes two, by the one table: alone it is refused, approved by another it is done, once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from policies import decide, holds, people, second_person, shredding
from policies.actions import ACTIONS, Action, Purpose
from policies.in_two import Second
from storage import lookup
from storage.errors import Denied, TakesTwo
from storage.records import now
from storage.requests import Request
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from policies.facts import Thing
    from tests.house_fixtures import House

IN_TWO = sorted(action for action, spec in ACTIONS.items() if spec.second_person)
ASKED_APART = {Action.REIDENTIFY}  # asked for inside an act that reads the interview: see test_second_person
WHO = {Action.HAND_OFF_BULK: "ragna", Action.REIDENTIFY: "ivar"}
TERMS = {"rules": "strict"}


def _thing(house: House, action: Action) -> Thing | str:
    held = house.participant("P01")
    things: dict[str, Thing | str] = {
        "Vault": house.vault.id, "Study": house.study, "Participant": held, "Recording": keep(house, held),
    }  # fmt: skip
    return things[ACTIONS[action].resource]


def _asked(house: House, action: Action, thing: Thing | str) -> Request:
    house.second_steward()
    desk = house.desk(WHO.get(action, "astrid"))
    return second_person.request(desk, action, thing, _terms(action), lambda: "It has to be.")


def _terms(action: Action) -> dict[str, str]:
    return {} if ACTIONS[action].resource == "Participant" else TERMS


def _fresh(house: House, request: Request) -> Request:
    return lookup.by_id(house.vault.database, Request, request.id)


def _approve(house: House, request: Request, who: str = "signe", *, said: bool | None = True) -> None:
    second_person.answer(house.desk(who), _fresh(house, request), lambda _: said)


def _go_on(house: House, action: Action, thing: Thing | str, request: Request, **terms: str) -> None:
    second = Second(request.id, terms=terms or _terms(action))
    with house.desk(WHO.get(action, "astrid")).act(action, thing, min(ACTIONS[action].purposes), second):
        pass


def _change(house: House, request: Request, **values: object) -> None:
    with Session(house.vault.database.writer) as session, session.begin():
        for name, value in values.items():
            setattr(session.get_one(Request, request.id), name, value)


def test_what_the_table_declares_is_what_the_rules_hold() -> None:
    """The actions declared `second_person` and `fresh` are those of the schema's groups, by name, and no others."""
    text = (decide.HERE / "access.cedarschema").read_text()
    for group, declared in (("takes_two", IN_TWO), ("fresh", [one for one, spec in ACTIONS.items() if spec.fresh])):
        found = {
            name.strip().strip('"')
            for line in text.replace("\n         ", " ").splitlines()
            if line.strip().startswith("action ") and f'"{group}"' in line.partition(" in ")[2]
            for name in line.partition(" in ")[0].removeprefix("  action ").split(",")
        }
        assert found == set(declared)


@pytest.mark.parametrize("action", IN_TWO)
def test_nobody_does_it_alone(house: House, action: Action) -> None:
    """Every act of the table that is declared to take two is refused without a request, to every role."""
    thing = _thing(house, action)
    for who in ("astrid", "ivar", "ragna", "a-stranger"):
        with pytest.raises(TakesTwo), house.desk(who).act(action, thing, min(ACTIONS[action].purposes)):
            pytest.fail("the door opened")


@pytest.mark.parametrize("action", sorted(set(IN_TWO) - ASKED_APART))
def test_it_is_asked_for_approved_and_done_once(house: House, action: Action) -> None:
    """Not before it is approved, not by who asked; then it is done, and never again by the same approval."""
    thing = _thing(house, action)
    request = _asked(house, action, thing)
    with pytest.raises(Denied, match=r"Nobody else has approved"):
        _go_on(house, action, thing, request)
    with pytest.raises(Denied):
        _approve(house, request, WHO.get(action, "astrid"))
    _approve(house, request)
    _go_on(house, action, thing, request)
    assert second_person.state(_fresh(house, request)) is second_person.State.USED
    with pytest.raises(Denied, match="used already"):
        _go_on(house, action, thing, request)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        ({"expires": now() - timedelta(seconds=1)}, "time for this is over"),
        ({"action": "waive_review"}, "another thing"),
        ({"resource": "Study/another"}, "another thing"),
        ({"terms": '{"rules": "names", "salt": "", "why": ""}'}, "another thing"),
    ],
)
def test_an_approval_that_is_not_for_this_opens_nothing(house: House, spoil: dict[str, object], why: str) -> None:
    """One that is over, for another act, for another thing, or whose terms were edited in the records."""
    request = _asked(house, Action.SET_PSEUDONYMS, house.study)
    _approve(house, request)
    _change(house, request, **spoil)
    with pytest.raises(Denied, match=why):
        _go_on(house, Action.SET_PSEUDONYMS, house.study, request)


def test_other_terms_than_were_approved_are_refused(house: House) -> None:
    """Another set of rules than the one that was shown."""
    request = _asked(house, Action.SET_PSEUDONYMS, house.study)
    _approve(house, request)
    with pytest.raises(Denied, match="another thing"):
        _go_on(house, Action.SET_PSEUDONYMS, house.study, request, rules="names")


def test_terms_that_were_taken_out_are_not_none(house: House) -> None:
    """Where none but the reason were asked for, a request whose text is gone from the records opens nothing."""
    house.second_steward()
    request = second_person.request(house.desk("astrid"), Action.WAIVE_REVIEW, house.study, {}, lambda: "Invented.")
    _approve(house, request)
    _change(house, request, terms=None)
    second = Second(request.id)
    with (
        pytest.raises(Denied, match="another thing"),
        house.desk("astrid").act(Action.WAIVE_REVIEW, house.study, Purpose.STEWARDSHIP, second),
    ):
        pytest.fail("the door opened")


def test_an_approver_who_left_approves_nothing(house: House) -> None:
    """Whoever lost the role between the approval and the act has approved nothing."""
    request = _asked(house, Action.SET_PSEUDONYMS, house.study)
    _approve(house, request)
    people.remove(house.desk("astrid"), house.study, "signe")
    with pytest.raises(Denied, match="may approve nothing"):
        _go_on(house, Action.SET_PSEUDONYMS, house.study, request)


@pytest.mark.parametrize("end", ["refused", "withdrawn"])
def test_what_was_refused_or_taken_back_is_over(house: House, end: str) -> None:
    """Nobody goes on with it, and nobody approves it after that."""
    request = _asked(house, Action.SET_PSEUDONYMS, house.study)
    if end == "refused":
        _approve(house, request, said=False)
    else:
        _approve(house, request)
        with pytest.raises(Denied, match="Only the person who asked"):
            second_person.withdraw(house.desk("signe"), _fresh(house, request))
        second_person.withdraw(house.desk("astrid"), _fresh(house, request))
    assert second_person.state(_fresh(house, request)) == end
    with pytest.raises(Denied, match="refused, or taken back"):
        _go_on(house, Action.SET_PSEUDONYMS, house.study, request)
    with pytest.raises(Denied, match="refused, or taken back"):
        _approve(house, request)


def test_two_approve_at_once_and_one_does(house: House) -> None:
    """Of two who read it at the same time the first to end approves, and the other is told so."""
    request = _asked(house, Action.HAND_OFF_BULK, house.study)
    both, came = threading.Barrier(2), []

    def approve(who: str) -> None:
        def agreed(_: object) -> bool:
            both.wait()
            return True

        try:
            second_person.answer(house.desk(who), _fresh(house, request), agreed)
        except Denied as denied:
            came.append(denied.sentence)

    threads = [threading.Thread(target=approve, args=(who,)) for who in ("astrid", "signe")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came == ["This is approved already. Whoever asked can go on."]


def test_where_something_else_is_in_the_way_two_are_not_sent_for(house: House) -> None:
    """Under a hold nothing is destroyed by two either, so it is a plain no, with both reasons."""
    held = house.participant("P01")
    holds.add(house.desk("astrid"), house.study, held, "legal", "The board asked.", None)
    with pytest.raises(Denied, match=r"A hold keeps.*by two only") as told:
        shredding.shred(house.desk("astrid"), held)
    assert type(told.value) is Denied


def test_requests_of_the_vault_are_counted_apart(house: House) -> None:
    """They have a number alone, are listed for whoever reads the ledger, and are in no study's list."""
    request = _asked(house, Action.ESCROW_ROOT, house.vault.id)
    assert second_person.called(house.desk("astrid"), request) == "1"
    assert lookup.request(house.vault.database, "1").id == request.id
    (line,) = second_person.listed(house.desk("astrid"), None)
    assert (line.request, line.action, line.recording, line.state) == ("1", "escrow_root", "", "waiting")
    assert second_person.listed(house.desk("astrid"), house.study) == []
    with pytest.raises(Denied):
        second_person.listed(house.desk("ragna"), None)


def test_why_stands_in_no_ledger(house: House) -> None:
    """Its digest does."""
    request = _asked(house, Action.HAND_OFF_BULK, house.study)
    leaves = b"".join(house.vault.ledger.leaves())
    assert request.digest.encode() in leaves
    assert b"It has to be" not in leaves
