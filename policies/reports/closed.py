"""The end of a study: how it was closed, what became of it, and who has said that no copy of their own is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies import closing_facts
from policies.reports.facts import Moment, Tally, Term, facts, table
from storage.closings import Closing, Confirmation

if TYPE_CHECKING:
    from policies.reports.facts import Row, Section
    from policies.reports.sources import Sources

KEYS = ("closed_on", "how", "why", "by", "destroyed", "left", "held", "ended")
CONFIRMED = ("who", "on", "answer")


def sections(sources: Sources) -> list[Section]:
    """Of a study that is closed how, and who confirmed; of one that is not, that it is not."""
    row = sources.session.scalars(sa.select(Closing).where(Closing.study_id == sources.study.id)).one_or_none()
    nothing: Row = dict.fromkeys(KEYS)
    told = facts("closing", **(_closing(sources, row) if row else nothing))
    return [told, table("confirmations", CONFIRMED, _confirmations(sources) if row else [])]


def _closing(sources: Sources, row: Closing) -> Row:
    return {
        "closed_on": Moment(row.created.isoformat()), "how": Term("how", row.how), "why": row.why,
        "by": sources.who(row.by_person_id), "destroyed": tally(row.destroyed), "left": tally(row.kept),
        "held": tally(row.held), "ended": Moment(row.ended.isoformat()) if row.ended else None,
    }  # fmt: skip


def tally(counts: dict[str, int]) -> Tally:
    """What was counted when something was destroyed, by kind."""
    return Tally("destroyed", tuple(sorted((name, int(count)) for name, count in counts.items() if count)))


def _confirmations(sources: Sources) -> list[Row]:
    """Everybody who is asked; nothing said is nothing confirmed."""
    query = sa.select(Confirmation).where(Confirmation.study_id == sources.study.id)
    said = {one.person_id: one for one in sources.session.scalars(query)}
    asked = closing_facts.asked(sources.session, sources.study.id) | said.keys()
    return [
        {"who": sources.who(person), "on": Moment(one.created.isoformat()) if one else None,
         "answer": one.said if one else None}
        for person in sorted(asked, key=lambda one: sources.handles.get(one, ""))
        for one in [said.get(person)]
    ]  # fmt: skip
