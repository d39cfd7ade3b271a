"""What a participant agreed to: recorded with its letter, and withdrawn at any time. The newest record counts.

A withdrawal is never lost and never undone by an older paper: both are judged inside the transaction that commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.actions import CONSENTED, Action, Purpose
from storage.consents import Consent
from storage.errors import BadInput, Denied
from storage.records import new_id, now

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk
    from policies.facts import Actor
    from storage.records import Participant

WAYS = ("in writing", "on the recording")


@dataclass(frozen=True)
class Given:
    """A consent as it was given: for which purposes, when, how, to which letter, and until when."""

    purposes: tuple[Purpose, ...]
    given: date
    how: str
    letter: str
    expires: date


def purposes_named(names: Iterable[str]) -> tuple[Purpose, ...]:
    """Purposes by name, each once, in the house's order. Raises BadInput for one nobody can consent to."""
    wanted = set(names)
    unknown = wanted - {purpose.value for purpose in CONSENTED}
    if unknown or not wanted:
        raise BadInput("A consent names one or more of {known}.", known=", ".join(CONSENTED))
    return tuple(purpose for purpose in CONSENTED if purpose.value in wanted)


def record(desk: Desk, participant: Participant, given: Given) -> Consent:
    """Keep a consent as the participant's newest. Raises Denied, BadInput."""
    _check_days(given)
    consent = _consent(desk.who, participant, given)
    with desk.act(Action.RECORD_CONSENT, participant, Purpose.STEWARDSHIP) as act:
        known = _withdrawn(act.all(_of(participant)))

        def write(session: Session) -> None:
            """Judge the rows as they are at the commit: a withdrawal may have come while this was under way."""
            rows = session.scalars(_of(participant)).all()
            _refuse_over_withdrawal(rows, known, given)
            consent.version = rows[0].version + 1 if rows else 1
            session.add(consent)

        act.later(write)
        act.facts.update(consent=consent.id, purposes=consent.purposes)
    return consent


def withdraw(desk: Desk, participant: Participant) -> None:
    """From now on nothing of this participant may be used, and work in flight keeps nothing. Raises Denied."""
    with desk.act(Action.WITHDRAW_CONSENT, participant, Purpose.STEWARDSHIP) as act:
        if current(act, participant) is None:
            raise BadInput("No consent is recorded for this participant, so there is none to withdraw.")
        act.later(lambda session: act.facts.update(consents=_withdraw_all(session, participant)))


def current(act: Act, participant: Participant) -> Consent | None:
    """The consent that counts now."""
    return act.one(_of(participant))


def holds(consent: Consent | None) -> bool:
    """Whether a consent is there, not withdrawn, and not expired, for whatever purpose."""
    return consent is not None and consent.withdrawn_at is None and now().date() <= consent.expires


def standing(participants: Iterable[str]) -> sa.Select[str]:
    """Ids of these participants' consents that are not withdrawn: another set later means that something changed."""
    return sa.select(Consent.id).where(Consent.participant_id.in_(participants), Consent.withdrawn_at.is_(None))


def _of(participant: Participant) -> sa.Select[Consent]:
    """A participant's consents, newest first."""
    return sa.select(Consent).where(Consent.participant_id == participant.id).order_by(Consent.version.desc())


def _withdrawn(rows: Sequence[Consent]) -> dict[str, datetime]:
    return {row.id: row.withdrawn_at for row in rows if row.withdrawn_at}


def _withdraw_all(session: Session, participant: Participant) -> list[str]:
    """Every row there is at the commit, one recorded a moment ago with the rest; the ids of those now withdrawn."""
    standing = [row for row in session.scalars(_of(participant)) if row.withdrawn_at is None]
    for row in standing:
        row.withdrawn_at = now()
    return [row.id for row in standing]


def _check_days(given: Given) -> None:
    if given.expires < given.given:
        raise BadInput("The consent expires before it was given. Check --given and --expires.")
    if given.given > _day(now()):
        raise BadInput("The consent is dated in the future. Record it on the day it is given, and check --given.")


def _refuse_over_withdrawal(rows: Sequence[Consent], known: dict[str, datetime], given: Given) -> None:
    """A consent from before a withdrawal does not undo it. Raises Denied."""
    withdrawn = _withdrawn(rows)
    if withdrawn != known:
        raise Denied("The participant withdrew consent while this was being recorded. Ask the participant again.")
    if any(given.given < _day(moment) for moment in withdrawn.values()):
        raise Denied("The participant withdrew consent after that day. Only a consent given since then counts.")


def _day(moment: datetime) -> date:
    """The day it is then where this machine stands: a consent's days are those on a paper form."""
    return moment.astimezone().date()


def _consent(who: Actor, participant: Participant, given: Given) -> Consent:
    return Consent(
        id=new_id(),
        participant_id=participant.id,
        purposes=[purpose.value for purpose in given.purposes],
        given=given.given,
        how=given.how,
        letter=given.letter,
        expires=given.expires,
        by_person_id=who.id,
    )
