"""What the rules ask about the end of a study: whether it is closed, whether its time is over, and who is to confirm.

An open study costs the door one look at one row, for it is asked at every act.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from policies import retention
from policies.actions import Role
from policies.cedar_json import user_of
from storage.broken_glass import BrokenGlass
from storage.closings import Closing
from storage.memberships import FormerMembership
from storage.records import Membership, Recording, Study
from storage.withdrawals import RetentionRule

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from policies.retention import Rule

SEES_NOTHING: Final = (Role.AUDITOR,)
"""Whoever has had no other role in a study has no copy of anything in it."""
_CLOSED = sa.select(Closing.id).where(Closing.study_id == sa.bindparam("study")).limit(1)


def of(session: Session, study_id: str, ends: date) -> dict[str, Any]:
    """The attributes of the study for the rules; `ends` is its last day."""
    shut = session.scalar(_CLOSED, {"study": study_id}) is not None
    return {
        "shut": shut,
        "overdue": retention.today() > ends and _overdue(session, study_id),
        "asked": [user_of(one) for one in sorted(asked(session, study_id))] if shut else [],
    }


def asked(session: Session, study_id: str) -> set[str]:
    """Ids of all who have or had a role in which one comes by something of the study, or broke its glass."""
    rows = [
        sa.select(table.person_id).where(table.study_id == study_id, table.role.not_in(SEES_NOTHING))
        for table in (Membership, FormerMembership)
    ]
    broke = sa.select(BrokenGlass.person_id).where(BrokenGlass.study_id == study_id)
    return {one for query in (*rows, broke) for one in session.scalars(query)}


def _overdue(session: Session, study_id: str) -> bool:
    """Whether all there may be of it is past its day in policies/retention.toml, or in the study's own exceptions."""
    study = session.get_one(Study, study_id)
    if _set_lately(session, study):
        return False
    newest = session.scalar(sa.select(sa.func.max(Recording.created)).where(Recording.study_id == study_id))
    taken_in = (newest or study.created).date()
    return all(_is_over(rule, study.ends, taken_in) for rule in retention.rules_of(session, study).values())


def _set_lately(session: Session, study: Study) -> bool:
    """Whether a date of it was set within the days of notice: nobody makes its time be over and closes it alone."""
    since = retention.today() - timedelta(days=retention.defaults()[0])
    rule = session.scalar(sa.select(sa.func.max(RetentionRule.created)).where(RetentionRule.study_id == study.id))
    ends = [one["on"] for one in study.changes if one["field"] == "ends"]
    return (rule is not None and rule.date() > since) or any(on > since.isoformat() for on in ends)


def _is_over(rule: Rule, ends: date, taken_in: date) -> bool:
    if rule.days is None:
        return False
    begun = ends if rule.since == retention.STUDY_END else taken_in
    return begun + timedelta(days=rule.days) <= retention.today()
