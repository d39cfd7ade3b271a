"""What more than one report has: holds that stand, glass that was broken, and who got what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.reports.facts import Moment, Term, table
from storage.broken_glass import BrokenGlass
from storage.records import Handoff
from storage.withdrawals import Hold

if TYPE_CHECKING:
    from policies.reports.facts import Row, Section
    from policies.reports.sources import Sources

HOLDS = ("number", "kind", "on", "since", "until", "ground", "by")
GLASS = ("number", "who", "from", "until", "why", "acts", "verdict", "reviewed_by", "said")
HANDED = ("day", "recipient", "purpose", "interviews", "by")


def holds(sources: Sources) -> Section:
    """The holds that stand, without a participant's code: `tillit hold list` has it."""
    lasting = sa.or_(Hold.until.is_(None), Hold.until >= sources.today)
    query = sa.select(Hold).where(Hold.study_id == sources.study.id, Hold.lifted.is_(None), lasting)
    rows: list[Row] = [
        {
            "number": one.number, "kind": Term("hold", one.kind),
            "on": Term("held", "participant" if one.participant_id else "study"),
            "since": one.created.date().isoformat(), "until": one.until.isoformat() if one.until else None,
            "ground": one.ground, "by": sources.who(one.by_person_id),
        }
        for one in sources.session.scalars(query.order_by(Hold.number))
    ]  # fmt: skip
    return table("holds", HOLDS, rows)


def broken_glass(sources: Sources) -> Section:
    """Every time the glass of the study was broken, and how many acts the ledger has by it."""
    query = sa.select(BrokenGlass).where(BrokenGlass.study_id == sources.study.id).order_by(BrokenGlass.number)
    rows: list[Row] = [
        {
            "number": one.number, "who": sources.who(one.person_id), "from": Moment(one.created.isoformat()),
            "until": Moment(one.until.isoformat()), "why": one.why,
            "acts": sum(doing.broken == one.id and doing.allowed for doing in sources.doings),
            "verdict": Term("verdict", one.verdict or "waits"),
            "reviewed_by": sources.who(one.reviewed_by_person_id) if one.reviewed_by_person_id else None,
            "said": one.said,
        }
        for one in sources.session.scalars(query)
    ]  # fmt: skip
    return table("broken_glass", GLASS, rows)


def handed_off(sources: Sources) -> list[Handoff]:
    """The register of the study, oldest first."""
    query = sa.select(Handoff).where(Handoff.study_id == sources.study.id)
    return list(sources.session.scalars(query.order_by(Handoff.created, Handoff.id)))


def handed(sources: Sources, row: Handoff) -> Row:
    """One hand-off: when, to whom, why, of how many interviews, by whom."""
    return {
        "day": row.created.date().isoformat(), "recipient": row.recipient, "purpose": Term("purpose", row.purpose),
        "interviews": len(row.recordings), "by": sources.who(row.by_person_id),
        "recalled": Moment(row.recalled.isoformat()) if row.recalled else None,
        "confirmed": Moment(row.confirmed.isoformat()) if row.confirmed else None,
    }  # fmt: skip
