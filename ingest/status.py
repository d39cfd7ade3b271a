"""How far each interview has come, for those who may see it; codes, stages and times, nothing anybody said."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import STAGES
from policies import break_glass, consent, study_facts
from policies.actions import Action, Purpose
from storage import lookup
from storage.records import Handoff, Participant, Recording, Tombstone

if TYPE_CHECKING:
    from policies.act import Act
    from policies.break_glass import Broken
    from policies.desk import Desk
    from storage.records import Study


@dataclass(frozen=True)
class Line:
    """One recording: how long it is, the last stage done, what comes next, what stands in the way."""

    recording: str
    participant: str
    seconds: float
    stage: str
    next: str
    problem: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Overview:
    """One study at a glance; `due` says what is to be notified, `alerts` what is to be reviewed, a sentence each."""

    study: str
    title: str
    approval: str
    participants: int
    consenting: int
    handoffs: int
    due: list[str]
    recordings: list[Line]
    alerts: list[str]

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def overview(desk: Desk, study: Study) -> Overview:
    """A study's participants, recordings and hand-offs. Raises Denied."""
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        people = {p.id: p for p in act.all(sa.select(Participant).where(Participant.study_id == study.id))}
        recordings = act.all(
            sa.select(Recording).where(Recording.study_id == study.id).order_by(Recording.created, Recording.number)
        )
        gone = {stone.participant_id for stone in act.all(sa.select(Tombstone))}
        closed = {one.id: _closed(act, one, gone) for one in people.values()}
        return Overview(
            study=study.code,
            title=study.title,
            approval=study.approval,
            participants=len(people),
            consenting=sum(not why for why in closed.values()),
            handoffs=len(act.all(sa.select(Handoff).where(Handoff.study_id == study.id))),
            due=study_facts.due(study, len(people)),
            recordings=[
                _line(study, people[one.participant_id], one, closed[one.participant_id]) for one in recordings
            ],
            alerts=[_alert(broken) for broken in break_glass.unreviewed(act, study)],
        )


def _alert(broken: Broken) -> str:
    return (
        f"{broken.who} broke the glass of {broken.study} at {broken.at[:16].replace('T', ' ')} (UTC), and nobody has "
        f"reviewed it: tillit break-glass review {broken.study} {broken.number}"
    )


def everything(desk: Desk) -> list[Overview]:
    """Every study this person has a role in."""
    return [overview(desk, study) for study in lookup.studies_of(desk.vault.database, desk.who.id)]


def _closed(act: Act, participant: Participant, gone: set[str]) -> str:
    """Why nothing of a participant opens, or nothing if it does."""
    if participant.id in gone:
        return "closed: key destroyed"
    return "" if consent.holds(consent.current(act, participant)) else "closed: no consent"


def _line(study: Study, participant: Participant, recording: Recording, closed: str) -> Line:
    return Line(
        recording=f"{study.code}/{participant.code}-{recording.number}",
        participant=participant.code,
        seconds=float(recording.facts["duration"]),
        stage=recording.stage,
        next=closed or _next(recording.stage),
        problem=recording.problem or "",
    )


def _next(stage: str) -> str:
    names = [known.name for known in STAGES]
    place = names.index(stage) + 1 if stage in names else 0
    return names[place] if place < len(names) else "hand-off"
