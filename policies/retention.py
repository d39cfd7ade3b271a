"""How long what is kept: retention.toml, a study's own exceptions to it, and what therefore is due when.

Everything is counted for a participant as a whole, but for the link key, which is the study's.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import holds
from policies.actions import Action, Purpose
from policies.typed import needed_reason
from storage.errors import BadInput, NotFound
from storage.records import Artefact, Key, Participant, Recording, Study, new_id, now
from storage.withdrawals import Notice, RetentionRule, Withdrawal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.desk import Desk

FILE = Path(__file__).parent / "retention.toml"
STUDY_END, INTAKE = "study end", "intake"
LINK_KEY, PARTICIPANT = "link key", "participant"
WRONG = "policies/retention.toml cannot be read. Put it back as it came, in UTF-8, and change days and kinds alone."
UNKNOWN = "There is no such kind in retention.toml. There are: {kinds}."
LONGEST = 36525
"""A hundred years in days."""


@dataclass(frozen=True)
class Rule:
    """How long one kind is kept: `days` from `since`, None for as long as the study's steward leaves it so."""

    kind: str
    says: str
    artefacts: tuple[str, ...]
    since: str
    days: int | None


@dataclass(frozen=True)
class Due:
    """What is destroyed from which day on; `participant` is a code, "" for what is the whole study's.

    `due` is None where it is kept. `noticed` is the day on which it was said, or None; `held` whether a hold stands.
    """

    kind: str
    participant: str
    participant_id: str | None
    count: int
    due: date | None
    noticed: date | None
    held: bool

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        days = {"due": str(self.due or ""), "noticed": str(self.noticed or "")}
        return {name: value for name, value in asdict(self).items() if name != "participant_id"} | days

    def from_day(self, notice: int) -> date | None:
        """The first day on which it may be destroyed, None if it is not known yet or never comes."""
        if self.due is None or self.noticed is None or self.held:
            return None
        return max(self.due, self.noticed + timedelta(days=notice))


@cache
def defaults() -> tuple[int, dict[str, Rule]]:
    """The days of notice, and the rules of the file by kind. Raises BadInput."""
    try:
        said = tomllib.loads(FILE.read_text(encoding="utf-8"))
        notice = int(said.pop("notice_days"))
        rules = {
            kind: Rule(kind, str(one["says"]), tuple(map(str, one["kinds"])), _since(one["since"]), int(one["days"]))
            for kind, one in said.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(WRONG) from None
    return notice, rules


def rules_of(session: Session, study: Study) -> dict[str, Rule]:
    """The rules as they hold for a study."""
    found = dict(defaults()[1])
    own = sa.select(RetentionRule).where(RetentionRule.study_id == study.id).order_by(RetentionRule.created)
    for row in session.scalars(own):
        if row.kind in found:
            found[row.kind] = replace(found[row.kind], since=row.since, days=row.days)
    return found


def choose(desk: Desk, study: Study, kind: str, since: str, days: int | None, why: str) -> None:  # noqa: PLR0913, PLR0917  # what a rule is
    """Let a study keep one kind for another time. Raises Denied, NotFound, BadInput."""
    if kind not in defaults()[1]:
        raise NotFound(UNKNOWN, kinds=", ".join(defaults()[1]))
    if days is not None and not 0 <= days <= LONGEST:
        raise BadInput("Keep it for 0 to {most} days, or with --keep until you say otherwise.", most=LONGEST)
    row = RetentionRule(
        id=new_id(), study_id=study.id, kind=kind, since=_since(since), days=days, ground=needed_reason(why),
        by_person_id=desk.who.id,
    )  # fmt: skip
    with desk.act(Action.SET_RETENTION, study, Purpose.STEWARDSHIP) as act:
        standing = sa.select(RetentionRule).where(RetentionRule.study_id == study.id, RetentionRule.kind == kind)
        act.forget(act.all(standing))
        act.add(row)
        act.facts.update(kind=kind, since=since, days=days)


def due(desk: Desk, study: Study) -> list[Due]:
    """All that is left of a study, and from when it is to be destroyed, the soonest first. Raises Denied."""
    with desk.act(Action.SEE_RETENTION, study, Purpose.STEWARDSHIP), Session(desk.vault.database.reader) as session:
        stored = session.get_one(Study, study.id)
        found = list(_found(session, stored))
    return sorted(found, key=lambda one: (one.due or date.max, one.participant, one.kind))


def _found(session: Session, study: Study) -> Iterator[Due]:
    rules = rules_of(session, study)
    people = sa.select(Participant).join(Key, Key.owner_id == Participant.id).where(Participant.study_id == study.id)
    living = session.scalars(people.order_by(Participant.code)).all()
    held = {one.id: bool(holds.standing(session, one.id)) for one in living}
    for rule in rules.values():
        if rule.kind == LINK_KEY:
            if not _forgotten(session, study):
                yield _due(session, study, rule, None, 1, bool(holds.in_study(session, study.id)))
            continue
        for one in living:
            count = _count(session, one, rule)
            if count:
                yield _due(session, study, rule, one, count, held[one.id])


def _due(  # noqa: PLR0913, PLR0917  # what is known of it
    session: Session,
    study: Study,
    rule: Rule,
    of: Participant | None,
    count: int,
    held: bool,
) -> Due:
    day = _day(session, study, rule, of)
    asked = sa.select(Notice.created).where(Notice.study_id == study.id, Notice.kind == rule.kind, Notice.due == day)
    noticed = session.scalar(asked.where(Notice.participant_id == (of.id if of else None)).limit(1))
    return Due(rule.kind, of.code if of else "", of.id if of else None, count, day,
               noticed.date() if noticed else None, held)  # fmt: skip


def _day(session: Session, study: Study, rule: Rule, of: Participant | None) -> date | None:
    if rule.days is None:
        return None
    if rule.since == STUDY_END:
        return study.ends + timedelta(days=rule.days)
    theirs = Recording.participant_id == of.id if of else Recording.study_id == study.id
    newest = session.scalar(sa.select(sa.func.max(Recording.created)).where(theirs))
    begun = newest or (of or study).created
    return begun.date() + timedelta(days=rule.days)


def _count(session: Session, participant: Participant, rule: Rule) -> int:
    """How many artefacts are meant; of what is left, all of them and the key."""
    of_theirs = sa.select(sa.func.count()).select_from(Artefact).where(Artefact.participant_id == participant.id)
    meant = of_theirs if rule.kind == PARTICIPANT else of_theirs.where(Artefact.kind.in_(rule.artefacts))
    return (session.scalar(meant) or 0) + (rule.kind == PARTICIPANT)


def _forgotten(session: Session, study: Study) -> bool:
    """Whether the study's names were destroyed, and nothing was taken in since."""
    when = sa.select(sa.func.max(Withdrawal.created)).where(Withdrawal.study_id == study.id)
    done = session.scalar(when.where(Withdrawal.scope == f"retention: {LINK_KEY}", Withdrawal.position.is_not(None)))
    newest = session.scalar(sa.select(sa.func.max(Recording.created)).where(Recording.study_id == study.id))
    return done is not None and (newest is None or newest <= done)  # times are to the second


def _since(text: str) -> str:
    if text not in {STUDY_END, INTAKE}:
        raise BadInput("Days are counted from 'study end' or from 'intake'.")
    return text


def today() -> date:
    """The day it is."""
    return now().date()
