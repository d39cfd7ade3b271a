"""Whether a person must decide every find of a study before a release: the steward's policy, in writing.

A study starts as required. Who set it otherwise, when and in what words stays with the study, each time it is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.actions import Action, Purpose
from policies.in_two import Second
from policies.typed import needed_reason
from storage.errors import BadInput
from storage.records import Person, Study, now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk

REQUIRED, NOT_REQUIRED = "required", "not required"


@dataclass(frozen=True)
class Set:
    """One time the policy was set: to what, by whom (a handle), on which day (ISO 8601), and why."""

    review: str
    by: str
    day: str
    why: str


@dataclass(frozen=True)
class Policy:
    """What holds for a study now, and every time it was set, the oldest first; none if it is as it started."""

    review: str
    history: tuple[Set, ...]


def seen(desk: Desk, study: Study) -> Policy:
    """The policy of a study. Raises Denied."""
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        return _policy(act, study)


def choose(desk: Desk, study: Study, review: str, why: str, request: str | None = None) -> Policy:
    """Set whether finds must be decided, and write down why. What is released already stays released.

    That they need not be takes two, the id of an approved `request`. Raises Denied, TakesTwo, and BadInput for a
    reason that is empty, too long or has control characters in it.
    """
    reason = needed_reason(why)
    if review not in {REQUIRED, NOT_REQUIRED}:
        raise BadInput("A review is required or not required.")
    action = Action.SET_REVIEW if review == REQUIRED else Action.WAIVE_REVIEW
    second = Second(request) if request and action is Action.WAIVE_REVIEW else None
    with desk.act(action, study, Purpose.STEWARDSHIP, second) as act:
        entry = {"review": review, "by": desk.who.id, "at": now().isoformat(), "why": reason}

        def write(session: Session) -> None:
            stored = session.get_one(Study, study.id)
            act.facts.update(review=review, before=stored.review)
            stored.review, stored.review_policy = review, [*stored.review_policy, entry]

        act.later(write)
    return seen(desk, study)


def _policy(act: Act, study: Study) -> Policy:
    stored = act.one(sa.select(Study).where(Study.id == study.id)) or study
    handles = {person.id: person.handle for person in act.all(sa.select(Person))}
    return Policy(
        stored.review,
        tuple(
            Set(each["review"], handles.get(each["by"], "?"), each["at"][:10], each["why"])
            for each in stored.review_policy
        ),
    )
