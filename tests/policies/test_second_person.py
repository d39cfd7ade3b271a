"""What takes two: who may ask, approve and go on, once and in time; and what is kept of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from policies import ceremonies, consent, second_person, studies
from policies.actions import CONSENTED, Action, Purpose, Role
from policies.in_two import Second
from storage import lookup
from storage.errors import Damaged, Denied, NotFound
from storage.records import now
from storage.requests import Request
from tests.house_fixtures import TODAY, given
from tests.policies.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from policies.act import Act
    from storage.records import Participant, Recording
    from tests.house_fixtures import House

ASKED = {"surrogate": "Birthe Furu", "why": "her sister rang"}


class Two:
    """A house with a second data steward, Signe, a participant with a recording, and who asks what of it."""

    def __init__(self, house: House) -> None:
        self.house = house
        studies.add_member(house.desk("astrid"), house.study, "signe", [Role.STEWARD])
        self.held: Participant = house.participant("P01")
        self.recording: Recording = keep(house, self.held)

    def ask(self, who: str = "ivar") -> Request:
        """A request by this person."""
        with self.house.desk(who).act(Action.ASK_REIDENTIFICATION, self.recording, Purpose.ANALYSE) as act:
            return second_person.ask(act, Action.REIDENTIFY, self.recording, ASKED)

    def approve(self, request: Request, who: str = "signe") -> None:
        """Approve it as this person."""
        row = self._fresh(request)
        with second_person.approving(self.house.desk(who), row) as act:
            assert second_person.asked(act, row) == ASKED
            second_person.approve(act, row)

    def use(self, request: Request, who: str = "ivar") -> dict[str, str]:
        """Use it as this person."""
        with self.using(request, who) as act:
            return second_person.asked(act, self._fresh(request))

    def using(self, request: Request, who: str = "ivar") -> AbstractContextManager[Act]:
        """The act that uses it."""
        desk = self.house.desk(who)
        return desk.act(Action.REIDENTIFY, self.recording, Purpose.ANALYSE, Second(request.id))

    def _fresh(self, request: Request) -> Request:
        return lookup.by_id(self.house.vault.database, Request, request.id)

    def change(self, request: Request, **values: object) -> None:
        """Change the row as time, or somebody with the database's key, would."""
        with Session(self.house.vault.database.writer) as session, session.begin():
            for name, value in values.items():
                setattr(session.get_one(Request, request.id), name, value)


@pytest.fixture
def two(house: House) -> Two:
    """The same."""
    return Two(house)


def test_one_asks_another_approves_and_the_first_goes_on(two: Two) -> None:
    """What was asked comes back to whoever asked, after another approved it."""
    request = two.ask()
    assert request.number == 1
    two.approve(request)
    assert two.use(request) == ASKED


def test_nobody_goes_on_before_it_is_approved(two: Two) -> None:
    """Without a second person the door stays shut, and the sentence says whom to ask."""
    with pytest.raises(Denied, match="Nobody else has approved"):
        two.use(two.ask())


@pytest.mark.parametrize("who", ["astrid", "signe"])
def test_nobody_approves_what_they_asked_for(two: Two, who: str) -> None:
    """A data steward may ask, and then another data steward has to approve."""
    request = two.ask(who)
    with pytest.raises(Denied, match="asked for this yourself"):
        two.approve(request, who)
    two.approve(request, {"astrid": "signe", "signe": "astrid"}[who])
    assert two.use(request, who) == ASKED


@pytest.mark.parametrize("who", ["ivar", "ragna", "a-stranger"])
def test_only_a_data_steward_approves(two: Two, who: str) -> None:
    """Interviewers and researchers do not, nor does a stranger."""
    request = two.ask("ragna" if who == "ivar" else "ivar")
    with pytest.raises(Denied):
        two.approve(request, who)


@pytest.mark.parametrize("who", ["astrid", "signe", "ragna", "a-stranger"])
def test_only_who_asked_goes_on(two: Two, who: str) -> None:
    """An approval is for one person; whoever gave it does not see what it opens either."""
    request = two.ask()
    two.approve(request)
    with pytest.raises(Denied, match="Only the person who asked"):
        two.use(request, who)


def test_an_approval_is_good_once(two: Two) -> None:
    """The second time is a denial, and so is approving it anew."""
    request = two.ask()
    two.approve(request)
    two.use(request)
    with pytest.raises(Denied, match="used already"):
        two.use(request)
    with pytest.raises(Denied, match="used already"):
        two.approve(request, "astrid")


def test_two_cannot_use_one_approval_at_once(two: Two) -> None:
    """Of two acts under way with one approval only the first to end keeps what it did."""
    request = two.ask()
    two.approve(request)

    def outrun() -> None:
        with two.using(request):
            two.use(request)

    with pytest.raises(Denied, match="used already"):
        outrun()


def test_a_use_that_fails_uses_nothing_up(two: Two) -> None:
    """Whoever was stopped by an error goes on with the same approval."""
    request = two.ask()
    two.approve(request)

    def burst() -> None:
        with two.using(request):
            raise ValueError("a full disk")

    with pytest.raises(ValueError, match="a full disk"):
        burst()
    assert two.use(request) == ASKED


@pytest.mark.parametrize("approved", [False, True])
def test_time_runs_out(two: Two, *, approved: bool) -> None:
    """A request that waited a week cannot be approved, an approval of a day ago not be used."""
    request = two.ask()
    if approved:
        two.approve(request)
    two.change(request, expires=now() - timedelta(seconds=1))
    with pytest.raises(Denied, match="time for this is over"):
        two.use(request) if approved else two.approve(request)


def test_an_approval_lasts_a_day_from_when_it_is_given(two: Two) -> None:
    """A request waits a week, an approval stands for 24 hours."""
    request = two.ask()
    assert second_person.WAITS - timedelta(minutes=5) < request.expires - now() <= second_person.WAITS
    two.approve(request)
    left = lookup.by_id(two.house.vault.database, Request, request.id).expires - now()
    assert timedelta(hours=23, minutes=55) < left <= timedelta(hours=24)


@pytest.mark.parametrize("step", ["ask", "approve", "use"])
@pytest.mark.parametrize(("spoil", "why"), [("withdrawn", "withdrawn"), ("expired", "expired"), ("other", "purpose")])
def test_without_consent_no_step_is_taken(two: Two, step: str, spoil: str, why: str) -> None:
    """A withdrawal, an expired consent and one to something else stop it wherever it stands."""
    request = two.ask()
    if step == "use":
        two.approve(request)
    astrid = two.house.desk("astrid")
    if spoil == "withdrawn":
        consent.withdraw(astrid, two.held)
    elif spoil == "expired":
        consent.record(astrid, two.held, given(CONSENTED, expires=TODAY.replace(year=TODAY.year - 1, day=1)))
    else:
        consent.record(astrid, two.held, given((Purpose.RECORD, Purpose.TRANSCRIBE)))
    steps: dict[str, Callable[[], object]] = {
        "ask": two.ask,
        "approve": lambda: two.approve(request),
        "use": lambda: two.use(request),
    }
    with pytest.raises(Denied, match=why):
        steps[step]()


def test_an_approval_is_for_one_action(two: Two) -> None:
    """A request for another action, even with an approval, opens nothing here."""
    request = two.ask()
    two.approve(request)
    two.change(request, action="export_key")
    with pytest.raises(Denied, match="another thing"):
        two.use(request)


@pytest.mark.parametrize("column", ["resource", "digest", "sealed_payload"])
def test_a_request_that_was_edited_does_not_open(two: Two, column: str) -> None:
    """Bound to thing and payload: an approval for one recording or pseudonym cannot be made one for another."""
    request, other = two.ask(), two.ask("ragna")
    two.approve(request)
    values = {"resource": "Recording/another", "digest": "0" * 64, "sealed_payload": other.sealed_payload}
    two.change(request, **{column: values[column]})
    with pytest.raises((Damaged, Denied)):
        two.use(request)


def test_every_step_is_in_the_ledger_and_no_word_of_it(two: Two) -> None:
    """Who asked, approved and used it, by ids and the digest; neither the pseudonym nor the reason."""
    request = two.ask()
    two.approve(request)
    two.use(request)
    entries = [json.loads(leaf) for leaf in two.house.vault.ledger.leaves()]
    steps = [
        entry["action"] for entry in entries if entry.get("action", "").endswith(("reidentification", "identify"))
    ]
    assert steps == ["ask_reidentification", "approve_reidentification", "reidentify"]
    assert [entry["digest"] for entry in entries if entry.get("request") == request.id] == [request.digest] * 3
    for word in (b"Birthe", b"sister"):
        assert word not in b"".join(two.house.vault.ledger.leaves())


def test_a_request_opens_after_its_participants_key_was_rotated(two: Two) -> None:
    """Rotation hands what was asked for to the new key."""
    request = two.ask()
    ceremonies.rotate_participant(two.house.desk("astrid"), two.held)
    two.approve(request)
    assert two.use(request) == ASKED


def test_shredding_takes_what_was_asked_for_with_it(two: Two) -> None:
    """With the participant's key destroyed, no request about them opens, and that it was made is still known."""
    request = two.ask()
    two.house.shred(two.held)
    assert lookup.by_id(two.house.vault.database, Request, request.id).sealed_payload is None
    with pytest.raises((Denied, NotFound)):
        two.approve(request)


def test_requests_are_counted_by_study(two: Two) -> None:
    """The first of each study is number 1, and is found by it."""
    assert [two.ask().number, two.ask("ragna").number] == [1, 2]
    assert lookup.request(two.house.vault.database, "rus/2").number == 2
    with pytest.raises(NotFound):
        lookup.request(two.house.vault.database, "rus/3")
