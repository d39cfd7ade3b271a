"""Breaking the glass: one person with a role in a study reads in it for an hour, and another has to look at it after.

It is for when nobody can be waited for. It opens what a researcher reads and nothing else: no link key, no hand-off,
nothing of whoever did not consent. Every act under it carries its id in the ledger, `tillit status` shows it to
whoever works in the study until a data steward has reviewed it, and until then nobody breaks it again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.actions import Action, Purpose
from policies.typed import needed_reason
from storage.broken_glass import BrokenGlass
from storage.errors import NotFound, NotReady
from storage.records import LedgerEntry, Participant, Person, Recording, new_id, now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Study

LASTS = timedelta(hours=1)
MORE = "More was read by it while you looked, so nothing was kept. Review it again, and see that too."
MARK = "break_glass"
"""Under this name an act's first entry in the ledger has the id of the broken glass it was done by."""


class Verdict(StrEnum):
    """What a review comes to."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not justified"


@dataclass(frozen=True)
class Read:
    """One act by broken glass: when (ISO 8601), which action, on which recording as people call it."""

    at: str
    action: str
    recording: str


@dataclass(frozen=True)
class Broken:
    """One time the glass of a study was broken: by whom (a handle), why, from when until when (ISO 8601).

    `verdict`, `reviewed_by` and `said` are empty until it was reviewed.
    """

    study: str
    number: int
    who: str
    why: str
    at: str
    until: str
    verdict: str
    reviewed_by: str
    said: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Review:
    """What somebody found: whether it was justified, and why they think so."""

    verdict: Verdict
    said: str


def open_(desk: Desk, study: Study, why: str) -> BrokenGlass:
    """Break a study's glass, for an hour from now. Raises Denied, BadInput for a reason that is none."""
    row = BrokenGlass(
        id=new_id(), study_id=study.id, person_id=desk.who.id, why=needed_reason(why), created=now(),
        until=now() + LASTS,
    )  # fmt: skip
    with desk.act(Action.BREAK_GLASS, study, Purpose.STEWARDSHIP) as act:
        act.later(lambda session: _add(session, row))
        act.facts.update({MARK: row.id, "until": row.until.isoformat()})
    return row


def _add(session: Session, row: BrokenGlass) -> None:
    of_study = sa.select(sa.func.max(BrokenGlass.number)).where(BrokenGlass.study_id == row.study_id)
    row.number = (session.scalar(of_study) or 0) + 1
    session.add(row)


def listed(desk: Desk, study: Study) -> list[Broken]:
    """Every time the glass of a study was broken, oldest first, for whoever works in it. Raises Denied."""
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        return _told(act, study, _rows(act, study))


def unreviewed(act: Act, study: Study) -> list[Broken]:
    """Those that nobody has reviewed, for an act that may see the study's status."""
    return _told(act, study, [row for row in _rows(act, study) if row.reviewed is None])


def review(desk: Desk, study: Study, number: int, found: Callable[[Broken, list[Read]], Review]) -> Verdict:
    """Show what was done by broken glass to a data steward, and keep what they found. One that is open yet ends now.

    Raises Denied, NotFound; BadInput for a sentence that is none; NotReady if more was read while they looked.
    """
    row = _row(desk, study, number)
    with desk.act(Action.REVIEW_BREAK_GLASS, row, Purpose.STEWARDSHIP) as act:
        (told,) = _told(act, study, [row])
        marked = _marked(act.all(sa.select(LedgerEntry).order_by(LedgerEntry.position)), row.id)
        result = found(told, _reads(act, study, marked))

        def unless_more(session: Session) -> None:
            if len(_marked(session.scalars(sa.select(LedgerEntry)), row.id)) != len(marked):
                raise NotReady(MORE)

        act.later(unless_more)
        moment = now()
        act.change(
            row, verdict=result.verdict.value, said=needed_reason(result.said), reviewed=moment,
            reviewed_by_person_id=act.actor.id, until=min(row.until, moment),
        )  # fmt: skip
        act.facts.update({MARK: row.id, "verdict": result.verdict.value})
    return result.verdict


def _row(desk: Desk, study: Study, number: int) -> BrokenGlass:
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        found = [row for row in _rows(act, study) if row.number == number]
    if not found:
        raise NotFound("There is no broken glass of that number. Look with `tillit break-glass list`.")
    return found[0]


def _rows(act: Act, study: Study) -> list[BrokenGlass]:
    return act.all(sa.select(BrokenGlass).where(BrokenGlass.study_id == study.id).order_by(BrokenGlass.number))


def _told(act: Act, study: Study, rows: list[BrokenGlass]) -> list[Broken]:
    handles = {person.id: person.handle for person in act.all(sa.select(Person))} if rows else {}
    return [
        Broken(
            study.code, row.number, handles[row.person_id], row.why, row.created.isoformat(), row.until.isoformat(),
            row.verdict or "", handles.get(row.reviewed_by_person_id or "", ""), row.said or "",
        )
        for row in rows
    ]  # fmt: skip


def _marked(entries: Iterable[LedgerEntry], broken: str) -> list[dict[str, str]]:
    """What the ledger says the door opened for by it."""
    leaves = [json.loads(entry.leaf) for entry in entries]
    return [leaf for leaf in leaves if leaf.get(MARK) == broken and leaf["event"] == "decision"]


def _reads(act: Act, study: Study, marked: list[dict[str, str]]) -> list[Read]:
    """The same for people."""
    codes = {one.id: one.code for one in act.all(sa.select(Participant).where(Participant.study_id == study.id))}
    heard = act.all(sa.select(Recording).where(Recording.study_id == study.id))
    called = {f"Recording/{row.id}": f"{study.code}/{codes[row.participant_id]}-{row.number}" for row in heard}
    return [Read(leaf["t"], leaf["action"], called.get(leaf["resource"], "")) for leaf in marked]
