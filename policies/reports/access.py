"""Who had access to a study, when, and what the ledger has of them: memberships that hold and held, and acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.actions import ACTIONS, Action, Role
from policies.reports import standing
from policies.reports.facts import Moment, Term, table
from storage.memberships import FormerMembership
from storage.records import Membership

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from policies.reports.facts import Report, Row, Section, Value
    from policies.reports.ledger import Doing
    from policies.reports.sources import Sources

KIND = "access"
MEMBERS = ("who", "role", "scope", "since", "until", "may")
WHO = ("who", "opened", "other", "refused", "first", "last")
WHAT = ("action", "allowed", "refused", "last")
STUDY, VAULT = "study", "vault"


def report(sources: Sources) -> Report:
    """Everybody who has or had a role in the study or the vault it is in, and what they did in it."""
    sections = [
        _members(sources),
        table("doings", WHO, [_person(sources.who(who), acts) for who, acts in _by(sources, lambda one: one.actor)]),
        table("actions", WHAT, [_action(action, doings) for action, doings in _by(sources, lambda one: one.action)]),
        standing.broken_glass(sources),
    ]  # fmt: skip
    return sources.report(KIND, sources.study.code, sections)


def opens(doing: Doing) -> bool:
    """Whether an act is one that opens an interview, the names behind pseudonyms, or a signed form."""
    if doing.action == Action.OPEN_EVIDENCE:
        return True
    spec = ACTIONS.get(Action(doing.action)) if doing.action in set(Action) else None
    return spec is None or spec.link or spec.resource == "Recording"


def memberships(sources: Sources) -> list[tuple[Membership | FormerMembership, datetime, datetime | None]]:
    """Every role in the study and the vault, with its beginning and its end, None if it holds."""
    here, session = (sources.study.id, None), sources.session
    now = [one for one in session.scalars(sa.select(Membership)) if one.study_id in here]
    before = [one for one in session.scalars(sa.select(FormerMembership)) if one.study_id in here]
    return [*((one, one.created, None) for one in now), *((one, one.since, one.created) for one in before)]


def _members(sources: Sources) -> Section:
    order = {role: number for number, role in enumerate(Role)}
    rows: list[tuple[tuple[object, ...], Row]] = []
    for row, since, until in memberships(sources):
        scope, who = STUDY if row.study_id else VAULT, sources.handles[row.person_id]
        key = (scope == VAULT, until is not None, order[Role(row.role)], since, who)
        rows.append((key, {
            "who": who, "role": Term("role", row.role), "scope": Term("where", scope),
            "since": Moment(since.isoformat()), "until": Moment(until.isoformat()) if until else None,
            "may": Term(f"may_in_{scope}", row.role),
        }))  # fmt: skip
    return table("members", MEMBERS, [row for _, row in sorted(rows, key=lambda one: one[0])])


def _by(sources: Sources, key: Callable[[Doing], str]) -> list[tuple[str, list[Doing]]]:
    found: dict[str, list[Doing]] = {}
    for doing in sources.doings:
        found.setdefault(key(doing), []).append(doing)
    return sorted(found.items())


def _person(who: Value, doings: list[Doing]) -> Row:
    allowed = [one for one in doings if one.allowed]
    opened = sum(opens(one) for one in allowed)
    return {
        "who": who, "opened": opened, "other": len(allowed) - opened, "refused": len(doings) - len(allowed),
        "first": Moment(doings[0].at), "last": Moment(doings[-1].at),
    }  # fmt: skip


def _action(action: str, doings: list[Doing]) -> Row:
    allowed = sum(one.allowed for one in doings)
    return {
        "action": Term("action", action), "allowed": allowed, "refused": len(doings) - allowed,
        "last": Moment(doings[-1].at),
    }  # fmt: skip
