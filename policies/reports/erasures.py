"""What was destroyed, GDPR art. 17: each erasure as its certificate has it, which names no one, and what waits."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.reports import closed, standing
from policies.reports.facts import Moment, Term, facts, table
from policies.withdrawal import Scope
from storage.records import Recording, Tombstone
from storage.withdrawals import Notice, Withdrawal

if TYPE_CHECKING:
    from policies.reports.facts import Report, Row, Section
    from policies.reports.sources import Sources

KIND = "erasures"
ERASED = ("asked", "scope", "ground", "state", "done", "days", "destroyed", "kept", "certificate", "entry")
RECALL = ("day", "recipient", "purpose", "interviews", "withdrawn", "recalled", "confirmed")


def report(sources: Sources) -> Report:
    """The erasures of one study."""
    of_study = sa.select(Withdrawal).where(Withdrawal.study_id == sources.study.id)
    rows = list(sources.session.scalars(of_study.order_by(Withdrawal.created, Withdrawal.id)))
    sections = [
        table("erasures", ERASED, [*(_erasure(sources, row) for row in rows), *_others(sources, rows)]),
        _keys(sources, rows), standing.holds(sources), _recall(sources, rows), _notices(sources),
        *closed.sections(sources),
    ]  # fmt: skip
    return sources.report(KIND, sources.study.code, sections)


def _erasure(sources: Sources, row: Withdrawal) -> Row:
    """What is said of it is what the ledger's entry says, not the row; what is not done, the row alone knows."""
    entry = None if row.position is None else sources.erased.get(row.position)
    return {
        "asked": Moment(row.created.isoformat()), "scope": Term("scope", row.scope),
        "ground": Term("ground", row.ground), "state": Term("state", _state(row, found=entry is not None)),
        "done": Moment(entry["t"]) if entry else None,
        "days": (datetime.fromisoformat(entry["t"]) - row.created).days if entry else None,
        "destroyed": closed.tally(entry["destroyed"]) if entry else None,
        "kept": tuple(f"{one['kind']}: {one['ground']}" for one in row.exceptions) or None,
        "certificate": entry["act"] if entry else None, "entry": row.position if entry else None,
    }  # fmt: skip


def _others(sources: Sources, rows: list[Withdrawal]) -> list[Row]:
    """What the ledger says was destroyed and no withdrawal asked for, such as at the end of a study."""
    asked = {row.position for row in rows}
    nothing: Row = dict.fromkeys(ERASED)
    return [
        nothing | {
            "scope": Term("scope", entry["scope"]), "ground": Term("ground", entry["ground"]),
            "state": Term("state", "done"), "done": Moment(entry["t"]), "destroyed": closed.tally(entry["destroyed"]),
            "certificate": entry["act"], "entry": number,
        }
        for number, entry in sources.erased.items() if number not in asked
    ]  # fmt: skip


def _state(row: Withdrawal, *, found: bool) -> str:
    if row.position is not None:
        return "done" if found else "not in the ledger"
    if row.exceptions:
        return "held"
    return "closed" if row.scope == Scope.FROM_NOW else "unfinished"


def _keys(sources: Sources, rows: list[Withdrawal]) -> Section:
    """How many participants' keys were destroyed, and of how many of them no withdrawal or retention says so."""
    gone = _destroyed(sources)
    certified = {row.participant_id for row in rows if row.position is not None}
    return facts("key_destruction", destroyed=len(gone), uncertified=len(gone - certified))


def _destroyed(sources: Sources) -> set[str | None]:
    stones = sa.select(Tombstone.participant_id).where(Tombstone.study_id == sources.study.id)
    return set(sources.session.scalars(stones))


def _recall(sources: Sources, rows: list[Withdrawal]) -> Section:
    """The hand-offs that hold something of whoever withdrew or was destroyed, to be asked back from their holders."""
    gone = {row.participant_id for row in rows if row.scope in {Scope.ALL, Scope.SOUND}} | _destroyed(sources)
    theirs = set(sources.session.scalars(sa.select(Recording.id).where(Recording.participant_id.in_(gone))))
    found = [
        standing.handed(sources, row) | {"withdrawn": count}
        for row in standing.handed_off(sources)
        if (count := len(theirs.intersection(row.recordings)))
    ]
    return table("recall", RECALL, found)


def _notices(sources: Sources) -> Section:
    """What was said that it will be destroyed, by kind and day."""
    rows = sources.session.scalars(sa.select(Notice).where(Notice.study_id == sources.study.id))
    found = Counter((one.kind, one.due.isoformat(), one.created.date().isoformat()) for one in rows)
    said: list[Row] = [
        {"kind": Term("kept", kind), "due": due, "told": told, "count": count}
        for (kind, due, told), count in sorted(found.items(), key=lambda one: one[0][1:])
    ]
    return table("notices", ("kind", "due", "told", "count"), said)
