"""Where the end of a study stands: what became of what, who said that no copy is left, and what is left to do.

Whoever has a role in the study is asked, and of those who had one before, whoever the ledger says came by something of
it; so is whoever broke its glass. Auditors come by nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import closing_facts, holds
from policies.actions import Action, Purpose
from policies.closing import OPEN
from policies.closing_plan import closing_of
from policies.typed import needed_reason
from storage.broken_glass import BrokenGlass
from storage.closings import Closing, Confirmation
from storage.errors import AlreadyThere, NotFound
from storage.records import Handoff, Membership, Participant, Person, Recording, new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Study

CONTENT: Final = frozenset(
    {
        Action.READ_TRANSCRIPT, Action.READ_PSEUDONYMISED, Action.REVIEW, Action.LOOK_FOR_NAMES, Action.RELEASE,
        Action.BLEEP, Action.HAND_OFF, Action.HAND_OFF_BULK, Action.HAND_OFF_RECORDING, Action.HAND_OFF_SOUND,
        Action.SCAN_OUTGOING, Action.REIDENTIFY, Action.APPROVE_REIDENTIFICATION, Action.SEE_NAMES, Action.SET_NAMES,
        Action.SEE_ROSTER, Action.SET_ROSTER, Action.TAKE_IN, Action.OPEN_EVIDENCE, Action.ADD_PARTICIPANT,
    }
)  # fmt: skip
"""In these acts somebody comes by what participants said, their sound, or who they are."""
TWICE = "You have said that already. It stands in `tillit study closing`."


@dataclass(frozen=True)
class Answer:
    """Somebody who is asked; `said` is "" and `when` "" until they answered."""

    who: str
    now: bool
    said: str
    when: str


@dataclass(frozen=True)
class Holding:
    """A hand-off, and whether it was recalled and its holder said that it is deleted; days, "" for not yet."""

    handoff: str
    recipient: str
    day: str
    recalled: str
    confirmed: str


@dataclass(frozen=True)
class Standing:
    """Where it stands; counts by kind. `certified` is whether everything is accounted for, `left` what is to do."""

    study: str
    how: str
    why: str
    since: str
    by: str
    certified: bool
    destroyed: dict[str, int]
    kept: dict[str, int]
    held: dict[str, int]
    holds: tuple[str, ...]
    members: tuple[Answer, ...]
    holders: tuple[Holding, ...]
    left: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def confirm(desk: Desk, study: Study, said: str) -> None:
    """Keep that no copy of somebody's own is left, as they say it. Raises Denied, AlreadyThere, BadInput."""
    row = Confirmation(id=new_id(), study_id=study.id, person_id=desk.who.id, said=needed_reason(said))
    with desk.act(Action.CONFIRM_DELETED, study, Purpose.STEWARDSHIP) as act:
        before = sa.select(Confirmation).where(Confirmation.study_id == study.id)
        if act.one(before.where(Confirmation.person_id == desk.who.id)) is not None:
            raise AlreadyThere(TWICE)
        act.add(row)
        act.facts.update(confirmed=row.id, person=desk.who.id)


def standing(desk: Desk, study: Study) -> Standing:
    """Where the closing of a study stands. Raises Denied, NotFound for one that is open."""
    with desk.act(Action.SEE_CLOSING, study, Purpose.STEWARDSHIP) as act:
        with Session(desk.vault.database.reader) as session:
            row = closing_of(session, study.id)
            if row is None:
                raise NotFound(OPEN)
            under = tuple(f"{one.number}: {one.kind}: {one.ground}" for one in holds.in_study(session, study.id))
        members = tuple(_members(desk, act, study))
        given = act.all(sa.select(Handoff).where(Handoff.study_id == study.id).order_by(Handoff.created, Handoff.id))
        people = {one.id: one.handle for one in act.all(sa.select(Person))}
    holders = tuple(holding(one) for one in given)
    return Standing(
        study.code, row.how, row.why, row.created.date().isoformat(), people.get(row.by_person_id, ""),
        row.position is not None, dict(row.destroyed), dict(row.kept), dict(row.held), under, members, holders,
        tuple(_left(row, study.code, under, members, holders)),
    )  # fmt: skip


def _left(
    row: Closing, code: str, under: tuple[str, ...], members: tuple[Answer, ...], holders: tuple[Holding, ...]
) -> Iterator[str]:
    again = f"tillit study close {code} --how {row.how}"
    if row.position is None:
        yield f"Destroy what is left to destroy: {again}"
    if under:
        yield f"Once the holds are lifted (tillit hold lift {code}): {again}"
    elif row.position is not None and row.ended is None:
        yield f"The holds are lifted: {again}"
    if silent := [one.who for one in members if not one.when]:
        yield f"To confirm, each for themselves: {', '.join(silent)} (tillit study confirm {code})"
    if any(not one.recalled and not one.confirmed for one in holders):
        yield f"Ask hand-offs back: tillit handoff recall {code} --letters FOLDER"
    if any(not one.confirmed for one in holders):
        yield f"Write down who has answered: tillit handoff confirm-deleted {code} HANDOFF"


def _members(desk: Desk, act: Act, study: Study) -> Iterator[Answer]:
    with Session(desk.vault.database.reader) as session:
        asked = closing_facts.asked(session, study.id)
        here = set(session.scalars(sa.select(Membership.person_id).where(Membership.study_id == study.id)))
        broke = set(session.scalars(sa.select(BrokenGlass.person_id).where(BrokenGlass.study_id == study.id)))
        given = {
            one.person_id: one
            for one in session.scalars(sa.select(Confirmation).where(Confirmation.study_id == study.id))
        }
    former = asked - here - broke - given.keys()
    asked -= former - _came_by(desk, study, former)
    for person in act.all(sa.select(Person).where(Person.id.in_(asked)).order_by(Person.handle)):
        row = given.get(person.id)
        yield Answer(
            person.handle, person.id in here, row.said if row else "", row.created.date().isoformat() if row else ""
        )


def _came_by(desk: Desk, study: Study, people: set[str]) -> set[str]:
    """Of some people those whom the door once let at something of the study's; read from the ledger."""
    if not people:
        return set()
    with Session(desk.vault.database.reader) as session:
        recordings = session.scalars(sa.select(Recording.id).where(Recording.study_id == study.id))
        things = {f"Study/{study.id}", *(f"Recording/{one}" for one in recordings)}
        held = session.scalars(sa.select(Participant.id).where(Participant.study_id == study.id))
        things |= {f"Participant/{one}" for one in held}
    allowed = (json.loads(leaf) for leaf in desk.vault.ledger.leaves() if b'"event":"decision"' in leaf)
    return {
        leaf["actor"]
        for leaf in allowed
        if leaf["actor"] in people and leaf["allow"] and leaf["action"] in CONTENT and leaf["resource"] in things
    }


def holding(row: Handoff) -> Holding:
    """A row of the register in words."""
    days = [str(moment.date()) if moment else "" for moment in (row.recalled, row.confirmed)]
    return Holding(row.id, row.recipient, row.created.date().isoformat(), *days)
