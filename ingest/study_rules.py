"""The rules a study has chosen for its names, and what another choice means for interviews that are done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies import pseudonym_rules
from policies.actions import Action, Purpose
from policies.in_two import Second
from storage.errors import NotReady
from storage.records import Recording, Study

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk
    from policies.pseudonym_rules import RuleSet

CHANGED = "The study's rules for pseudonyms or for review were changed at the same time. Release again."
RELEASED, DRAFT = "release", "apply pseudonyms"
BACK = {RELEASED: "review", DRAFT: "find names"}
"""From stages whose work the rules have shaped, to the one before: it is done again, and nothing a person decided."""


@dataclass(frozen=True)
class Chosen:
    """A choice of rules: how many interviews were released and are to be released again, how many drafts made anew."""

    rules: RuleSet
    released: int = 0
    drafts: int = 0


def seen(desk: Desk, study: Study) -> RuleSet:
    """The set a study has. Raises Denied, and NotFound when pseudonyms.toml has it no more."""
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        now = act.one(sa.select(Study).where(Study.id == study.id))
        return pseudonym_rules.named((now or study).pseudonyms)


def terms(rules: RuleSet) -> dict[str, str]:
    """What another has to approve of a choice of rules."""
    return {"rules": rules.name}


def choose(desk: Desk, study: Study, name: str, request: str | None = None) -> Chosen:
    """Let a study's names be replaced by another set of rules; it takes two, the id of an approved `request`.

    What is released already stays as it is, but may not be handed off until it is released again. The set it has
    changes nothing. Raises Denied, TakesTwo, NotFound, BadInput.
    """
    rules, moved = pseudonym_rules.named(name), dict.fromkeys(BACK, 0)
    second = Second(request, terms=terms(rules)) if request else None
    with desk.act(Action.SET_PSEUDONYMS, study, Purpose.STEWARDSHIP, second) as act:

        def write(session: Session) -> None:
            stored = session.get_one(Study, study.id)
            act.facts.update(rules=rules.name, before=stored.pseudonyms)
            if stored.pseudonyms != rules.name:
                stored.pseudonyms = rules.name
                moved.update(_set_back(session, study))
            act.facts.update(to_release_again=moved[RELEASED], drafts=moved[DRAFT])

        act.later(write)
    return Chosen(rules, moved[RELEASED], moved[DRAFT])


def unless_changed(act: Act, study: Study) -> None:
    """Let the act keep nothing, with NotReady, if the study has other rules or another policy by then than `study`."""

    def check(session: Session) -> None:
        now = session.get_one(Study, study.id)
        if (now.pseudonyms, now.review) != (study.pseudonyms, study.review):
            raise NotReady(CHANGED)

    act.later(check)


def _set_back(session: Session, study: Study) -> dict[str, int]:
    """Each interview at a stage of `BACK` goes back, in an attempt of its own; how many of each."""
    moved = dict.fromkeys(BACK, 0)
    query = sa.select(Recording).where(Recording.study_id == study.id, Recording.stage.in_(BACK))
    for recording in session.scalars(query):
        moved[recording.stage] += 1
        recording.stage = BACK[recording.stage]
        recording.attempt += 1  # else the engine takes the interview for done
    return moved
