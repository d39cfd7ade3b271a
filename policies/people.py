"""Who works on a study, and in the vault as a whole: roles given, taken back, and who has access since when.

A role that is taken back moves to another table, so that nothing that asks for roles can take it for one that holds.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from policies import studies
from policies.actions import STUDY_ROLES, VAULT_ROLES, Action, Purpose, Role
from storage.errors import BadInput, NotFound, NotReady
from storage.memberships import FormerMembership
from storage.records import Membership, Person, new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Study

VAULT: Final = "vault"
IN_STUDY: Final = {
    Role.STEWARD: "answers for members, participants, consent and the study's keys; opens no interview",
    Role.INVESTIGATOR: "reads interviews and the names behind pseudonyms, approves what takes two; changes neither",
    Role.RESEARCHER: "reads, reviews, releases and hands off interviews, and sees the names behind pseudonyms",
    Role.REVIEWER: "reads and reviews interviews with their real names; releases nothing and hands nothing off",
    Role.INTERVIEWER: "adds participants, records consent and takes recordings in; opens no interview",
    Role.AUDITOR: "sees status, members and why the door answers as it does; opens no interview",
}
IN_VAULT: Final = {
    Role.STEWARD: "makes studies and vault members, backs up, handles keys, reads the ledger; opens no interview",
    Role.AUDITOR: "reads the ledger, and of each study its status and members; opens no interview",
    Role.ADMINISTRATOR: "backs up, checks the store, adds models, unlocks and rotates the root; opens no interview",
}
WRONG_ROLE = "Nobody can be {role} there. Choose among: {roles}."
NO_SUCH_ROLE = "That person has no such role there. Look with `tillit member list`."
LAST = "That is the last data steward there, and one there has to be. Make somebody else one first."


@dataclass(frozen=True)
class Member:
    """A role somebody has or had; `scope` is the study's code or "vault", times in ISO 8601, `until` empty for now."""

    who: str
    role: str
    scope: str
    since: str
    until: str
    may: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def add(desk: Desk, study: Study | None, handle: str, roles: Iterable[Role]) -> None:
    """Give somebody roles in a study, or in the vault where it is None. Raises Denied, AlreadyThere, BadInput."""
    wanted = _known(study, roles)
    if study is not None:
        studies.add_member(desk, study, handle, wanted)
        return
    with desk.act(Action.ADD_VAULT_MEMBER, desk.vault.id, Purpose.STEWARDSHIP) as act:
        person_id = studies.person(act, handle)
        for role in wanted:
            act.add(Membership(person_id=person_id, study_id=None, role=role))
        act.facts.update(person=person_id, roles=[role.value for role in wanted])


def remove(desk: Desk, study: Study | None, handle: str, role: Role | None = None) -> list[Role]:
    """Take back somebody's role, or all their roles, in a study or the vault; returns which.

    From the end of it on they are refused, in acts that are under way too. Raises Denied; NotFound if there is no
    such role; NotReady for the last data steward.
    """
    with _at(desk, study, Action.REMOVE_MEMBER, Action.REMOVE_VAULT_MEMBER) as act:
        rows = act.all(_held(study, handle, role))
        if not rows:
            raise NotFound(NO_SUCH_ROLE)
        act.later(lambda session: _end(session, rows, act.actor.id))
        taken = [Role(row.role) for row in rows]
        act.facts.update(person=rows[0].person_id, roles=[one.value for one in taken])
    return taken


def listed(desk: Desk, study: Study | None, *, past: bool = False) -> list[Member]:
    """Who has access now, by role, to a study, and to the vault it is in; with `past` who had it, too.

    Raises Denied.
    """
    with _at(desk, study, Action.SEE_MEMBERS, Action.SEE_VAULT_MEMBERS) as act:
        handles = {one.id: one.handle for one in act.all(sa.select(Person))}
        found = [_member(row, study, handles) for row in act.all(sa.select(Membership).where(_in(Membership, study)))]
        if past:
            former = act.all(sa.select(FormerMembership).where(_in(FormerMembership, study)))
            found += [_member(row, study, handles) for row in former]
        act.facts["members"] = len(found)
    order = list(IN_STUDY) + list(IN_VAULT)
    return sorted(found, key=lambda one: (one.scope == VAULT, bool(one.until), order.index(Role(one.role)), one.since))


def _known(study: Study | None, roles: Iterable[Role]) -> list[Role]:
    there: Sequence[Role] = STUDY_ROLES if study else VAULT_ROLES
    wanted = list(dict.fromkeys(roles))
    for role in wanted:
        if role not in there:
            raise BadInput(WRONG_ROLE, role=role.value, roles=", ".join(there))
    return wanted


def _at(desk: Desk, study: Study | None, there: Action, in_vault: Action) -> AbstractContextManager[Act]:
    if study is None:
        return desk.act(in_vault, desk.vault.id, Purpose.STEWARDSHIP)
    return desk.act(there, study, Purpose.STEWARDSHIP)


def _in(table: type[Membership | FormerMembership], study: Study | None) -> sa.ColumnElement[bool]:
    """Of a study and the vault, or of the vault alone."""
    of_vault = table.study_id.is_(None)
    return of_vault if study is None else sa.or_(of_vault, table.study_id == study.id)


def _held(study: Study | None, handle: str, role: Role | None) -> sa.Select[Membership]:
    of_them = sa.select(Membership).join(Person, Person.id == Membership.person_id).where(Person.handle == handle)
    there = of_them.where(Membership.study_id == (study.id if study else None))
    return there if role is None else there.where(Membership.role == role)


def _end(session: Session, rows: Sequence[Membership], by: str) -> None:
    """Move the rows that are there still; two who do it at the same time wait for each other at the stewards' rows."""
    of_scope = sa.select(Membership).where(Membership.study_id == rows[0].study_id, Membership.role == Role.STEWARD)
    stewards = {one.id for one in session.scalars(of_scope.with_for_update())}
    going = [stored for row in rows if (stored := session.get(Membership, row.id))]
    for row in going:
        session.add(
            FormerMembership(
                id=new_id(), person_id=row.person_id, study_id=row.study_id, role=row.role, since=row.created,
                by_person_id=by,
            )
        )  # fmt: skip
        session.delete(row)
    if stewards and stewards <= {row.id for row in going}:
        raise NotReady(LAST)


def _member(row: Membership | FormerMembership, study: Study | None, handles: dict[str, str]) -> Member:
    gone = isinstance(row, FormerMembership)
    since = row.since if isinstance(row, FormerMembership) else row.created
    role = Role(row.role)
    in_study = study is not None and row.study_id is not None
    return Member(
        handles[row.person_id], role.value, study.code if study and in_study else VAULT, since.isoformat(),
        row.created.isoformat() if gone else "", (IN_STUDY if in_study else IN_VAULT)[role],
    )  # fmt: skip
