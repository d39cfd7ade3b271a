"""A closing that is stopped, between any two acts or after any commit, is ended by the same again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from ingest.withdrawing import Pipeline
from policies import closing, letters, studies
from policies.act import Act
from policies.actions import Action, Role
from policies.closing_plan import WHOLE, How, living
from policies.desk import Desk
from storage import certificates, lookup
from storage.inbox import Inbox
from tests.house_fixtures import LATER, LETTER, TODAY
from tests.policies.closings import close, deposited, hold, interviewed, named

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from typing import Any

    from tests.house_fixtures import House

MANY = 60


class Stopped(BaseException):
    """The power is gone."""


@dataclass(frozen=True)
class Stopping(Desk):
    """Somebody at whose desk the power goes before an act."""

    left: list[int] = field(default_factory=list)

    def act(self, *asked: Any) -> AbstractContextManager[Act]:  # what the door is asked, as it is
        """The door, as long as there is power."""
        self.left[0] -= 1
        if self.left[0] < 0:
            raise Stopped
        return super().act(*asked)


def another_study(house: House, number: int) -> None:
    """As the first, with four people: whose text is kept, who goes, who is held, and what waits."""
    new = studies.NewStudy(f"s{number}", "A study", "REK 1", TODAY, LATER, "en")
    house.study = studies.create(house.desk("astrid"), new)
    for handle, role in (("signe", Role.STEWARD), ("ivar", Role.INTERVIEWER), ("ragna", Role.RESEARCHER)):
        studies.add_member(house.desk("astrid"), house.study, handle, [role])
    letters.add(house.desk("astrid"), house.study, LETTER, "nb", b"Vil du delta?")
    interviewed(house, "P01")
    interviewed(house, "P02", stage="review")
    deposited(house, "P02")
    named(house, "Kari")


def begun(house: House, how: How) -> None:
    """Closed, and nothing destroyed yet."""
    house.second_steward()
    approved = house.approved(Action.CLOSE_STUDY_EARLY, house.study, closing.terms(how))
    closing.begin(house.desk("astrid"), house.study, how, "It is over.", approved)


def check(house: House, how: How) -> None:
    """The same again ends it: everything is accounted for, once."""
    done = close(house, how)
    said = certificates.read(house.vault.ledger.signer.vkey, done.certificate)
    assert (said.destroyed, said.kept, said.held) == (done.destroyed, done.kept, done.held)
    row = closing.under_way(house.desk("astrid"), house.study)
    assert row is not None
    before = {kind for of in row.before.values() for kind in of}
    for kind in before:
        was = sum(of.get(kind, 0) for of in row.before.values())
        assert was == sum(of.get(kind, 0) for of in (done.destroyed, done.kept, done.held)), kind
    with Session(house.vault.database.reader) as session:
        left = living(session, house.study.id)
    assert sum(sum(of.values()) for of in left.values()) == sum(done.kept.values())
    assert not left[WHOLE]["link key entry"]
    assert not Inbox(house.vault.folder, house.study.code).waiting()


@pytest.mark.parametrize("how", [How.DELETE, How.ANONYMISE])
def test_it_goes_on_from_wherever_it_was_stopped_between_two_acts(house: House, how: How) -> None:
    """Whichever act was to be next."""
    for at in range(MANY):
        another_study(house, at)
        begun(house, how)
        astrid = house.desk("astrid")
        try:
            closing.go_on(Stopping(astrid.vault, astrid.gate, astrid.who, left=[at]), house.study, Pipeline())
        except Stopped:
            check(house, how)
        else:
            break
    assert 2 < at < MANY - 1
    check(house, how)
    assert house.vault.ledger.verify().size > 0


@pytest.mark.parametrize("how", [How.DELETE, How.ANONYMISE])
def test_it_goes_on_where_an_act_was_kept_and_not_cleared_up(
    house: House, how: How, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever act it was after whose commit the power went: payloads and the inbox are cleared by the next."""
    finish = Act.finish
    for at in range(MANY):
        another_study(house, at)
        begun(house, how)
        left = [at]

        def stop(act: Act, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Stopped
            finish(act)

        with monkeypatch.context() as patched:
            patched.setattr(Act, "finish", stop)
            try:
                closing.go_on(house.desk("astrid"), house.study, Pipeline())
            except Stopped:
                ended = False
            else:
                ended = True
        check(house, how)
        if ended:
            break
    assert 2 < at < MANY - 1


def test_a_hold_that_comes_in_the_middle_is_kept_to(house: House) -> None:
    """Set after the study was closed and before anything was destroyed, it keeps what it is on."""
    another_study(house, 0)
    begun(house, How.DELETE)
    held = lookup.participant(house.vault.database, "s0/P01")
    hold(house, held)
    done = close(house, How.DELETE)
    assert done.waits
    assert done.held["original"] == done.destroyed["original"] == 1
