"""Holds: while one stands, nothing of a participant, or of a whole study, is destroyed. The door asks for them.

A hold is legal (an authority wants it kept) or says that what there is was analysed before the participant withdrew
(helseforskningsloven § 16). It keeps what is sealed; it opens nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies import typed
from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import BadInput, NotFound
from storage.records import Participant, Person, new_id, now
from storage.withdrawals import Hold

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from policies.desk import Desk
    from storage.records import Study

KINDS = ("legal", "analysed")
PAST = "A hold until a day that is over holds nothing. Check --until."
NONE = "There is no hold {number} in this study, or it is lifted. Look with `tillit hold list`."


@dataclass(frozen=True)
class Held:
    """A hold in words; `participant` is a code, "" where it is the whole study's, and `lifted` a time or ""."""

    number: int
    participant: str
    kind: str
    ground: str
    until: str
    by: str
    since: str
    lifted: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def add(  # noqa: PLR0913, PLR0917  # what a hold is
    desk: Desk, study: Study, participant: Participant | None, kind: str, ground: str, until: date | None
) -> int:
    """Hold what is a participant's, or everybody's in a study; returns the hold's number. Raises Denied, BadInput."""
    if until is not None and until < now().date():
        raise BadInput(PAST)
    row = Hold(id=new_id(), study_id=study.id, kind=kind, ground=typed.needed_reason(ground), until=until)
    row.participant_id, row.by_person_id = participant.id if participant else None, desk.who.id
    with desk.act(Action.SET_HOLD, study, Purpose.STEWARDSHIP) as act:

        def write(session: Session) -> None:
            highest = session.scalar(sa.select(sa.func.max(Hold.number)).where(Hold.study_id == study.id))
            row.number = (highest or 0) + 1
            session.add(row)

        act.later(write)
        act.facts.update(held=row.participant_id or study.id, kind=kind)
    return row.number


def lift(desk: Desk, study: Study, number: int) -> None:
    """End a hold before its time. Raises Denied, NotFound."""
    with desk.act(Action.SET_HOLD, study, Purpose.STEWARDSHIP) as act:
        standing = sa.select(Hold).where(Hold.study_id == study.id, Hold.lifted.is_(None))
        row = act.one(standing.where(Hold.number == number))
        if row is None:
            raise NotFound(NONE, number=number)
        act.change(row, lifted=now(), lifted_by_person_id=desk.who.id)
        act.facts["lifted"] = number


def everything(desk: Desk, study: Study) -> list[Held]:
    """Every hold there is or was in a study, by number. Raises Denied."""
    with desk.act(Action.SEE_RETENTION, study, Purpose.STEWARDSHIP) as act:
        people = {person.id: person.handle for person in act.all(sa.select(Person))}
        of_study = sa.select(Participant).where(Participant.study_id == study.id)
        codes = {one.id: one.code for one in act.all(of_study)}
        rows = act.all(sa.select(Hold).where(Hold.study_id == study.id).order_by(Hold.number))
    return [_told(row, people, codes) for row in rows]


def standing(session: Session, participant: str) -> list[Hold]:
    """The holds under which a participant's stays today."""
    study = sa.select(Participant.study_id).where(Participant.id == participant).scalar_subquery()
    about = sa.or_(Hold.participant_id == participant, sa.and_(Hold.participant_id.is_(None), Hold.study_id == study))
    return list(session.scalars(_in_force().where(about)))


def in_study(session: Session, study: str) -> list[Hold]:
    """The holds on a study or on anybody in it today."""
    return list(session.scalars(_in_force().where(Hold.study_id == study)))


def _in_force() -> sa.Select[Hold]:
    in_time = sa.or_(Hold.until.is_(None), Hold.until >= now().date())
    return sa.select(Hold).where(in_time, Hold.lifted.is_(None)).order_by(Hold.number)


def on(desk: Desk, reference: str) -> tuple[Study, Participant | None]:
    """What a hold is on: "rus" is a study, "rus/P07" a participant. Raises NotFound."""
    database = desk.vault.database
    held = lookup.participant(database, reference) if "/" in reference else None
    return lookup.study(database, reference.partition("/")[0]), held


def _told(row: Hold, people: dict[str, str], codes: dict[str, str]) -> Held:
    return Held(
        number=row.number,
        participant=codes.get(row.participant_id or "", ""),
        kind=row.kind,
        ground=row.ground,
        until=row.until.isoformat() if row.until else "",
        by=people.get(row.by_person_id, ""),
        since=row.created.date().isoformat(),
        lifted=row.lifted.date().isoformat() if row.lifted else "",
    )
