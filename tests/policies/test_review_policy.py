"""The steward's policy on review, in writing: who set it, when, why, and what follows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import review_policy, studies
from policies.actions import Action
from policies.review_policy import NOT_REQUIRED, REQUIRED
from storage.errors import BadInput, Denied
from storage.records import LedgerEntry
from tests.house_fixtures import LATER, TODAY

if TYPE_CHECKING:
    from tests.house_fixtures import House

WHY = "The interviews are of a course in interviewing, and invented."


def _approved(house: House) -> str:
    """Signe's approval."""
    return house.approved(Action.WAIVE_REVIEW, house.study)


def test_a_study_starts_with_review_required(house: House) -> None:
    """Nothing that a study is made with says otherwise."""
    made = studies.create(house.desk("astrid"), studies.NewStudy("ny", "New", "REK 2", TODAY, LATER, "no"))
    assert review_policy.seen(house.desk("astrid"), made) == review_policy.Policy(REQUIRED, ())


def test_each_change_stays_with_who_when_and_why(house: House) -> None:
    """Set otherwise and back again: the policy is as it was, and both sentences are kept."""
    astrid = house.desk("astrid")
    review_policy.choose(astrid, house.study, NOT_REQUIRED, f"  {WHY}\n", _approved(house))
    now = review_policy.choose(astrid, house.study, REQUIRED, "They are no longer.")
    assert now.review == REQUIRED
    assert [(each.review, each.by, each.why) for each in now.history] == [
        (NOT_REQUIRED, "astrid", WHY),
        (REQUIRED, "astrid", "They are no longer."),
    ]
    assert {each.day[:2] for each in now.history} == {"20"}


def test_the_ledger_has_the_fact_and_not_the_sentence(house: House) -> None:
    """What was set and what it was before stand there, and no word of why."""
    review_policy.choose(house.desk("astrid"), house.study, NOT_REQUIRED, WHY, _approved(house))
    with Session(house.vault.database.reader) as session:
        leaves = [bytes(leaf) for leaf in session.scalars(sa.select(LedgerEntry.leaf))]
    assert any(json.dumps(NOT_REQUIRED).encode() in leaf and b'"before"' in leaf for leaf in leaves)
    assert not any(b"course" in leaf for leaf in leaves)


@pytest.mark.parametrize("why", ["", "   ", "...", "a\x00b", "x" * 1001])
def test_without_a_sentence_nothing_is_set(house: House, why: str) -> None:
    """An empty reason, marks alone, control characters and a book are refused."""
    with pytest.raises(BadInput):
        review_policy.choose(house.desk("astrid"), house.study, NOT_REQUIRED, why)
    assert review_policy.seen(house.desk("astrid"), house.study).review == REQUIRED


@pytest.mark.parametrize("handle", ["ivar", "ragna", "nobody"])
def test_only_the_steward_sets_it(house: House, handle: str) -> None:
    """An interviewer, a researcher and a stranger are refused at the door."""
    with pytest.raises(Denied):
        review_policy.choose(house.desk(handle), house.study, NOT_REQUIRED, WHY)


def test_who_works_in_the_study_sees_it(house: House) -> None:
    """The researcher whose releases it is about reads the reason too."""
    review_policy.choose(house.desk("astrid"), house.study, NOT_REQUIRED, WHY, _approved(house))
    assert review_policy.seen(house.desk("ragna"), house.study).history[0].why == WHY
