"""What a participant agreed to: recorded with its letter, amended, and withdrawn. The newest record counts.

A withdrawal is never lost and never undone by an older paper: both are judged inside the transaction that commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies import consent_evidence, letters
from policies.actions import CONSENTED, Action, Purpose
from storage.consents import Consent
from storage.errors import BadInput, Denied, NotReady
from storage.records import new_id, now

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.consent_evidence import Evidence
    from policies.desk import Desk
    from policies.facts import Actor
    from storage.records import Participant


@dataclass(frozen=True)
class Given:
    """A consent as it was given: for which purposes, when, how, to which version of the letter, and until when.

    `language` is the letter's, needed where it is there in several; until `embargo` nothing but recording and
    transcribing goes on; `shown_by` is what shows that it was given.
    """

    purposes: tuple[Purpose, ...]
    given: date
    how: str
    letter: str
    expires: date
    language: str = ""
    embargo: date | None = None
    shown_by: Evidence | None = None


def purposes_named(names: Iterable[str]) -> tuple[Purpose, ...]:
    """Purposes by name, each once, in the house's order. Raises BadInput for one nobody can consent to."""
    wanted = set(names)
    unknown = wanted - {purpose.value for purpose in CONSENTED}
    if unknown or not wanted:
        raise BadInput("A consent names one or more of {known}.", known=", ".join(CONSENTED))
    return tuple(purpose for purpose in CONSENTED if purpose.value in wanted)


def record(desk: Desk, participant: Participant, given: Given) -> Consent:
    """Keep a consent as the participant's newest. Raises Denied, BadInput, and NotFound for a letter there is not."""
    return keep(desk, participant, given)


def keep(desk: Desk, participant: Participant, given: Given, amends: Consent | None = None) -> Consent:
    """The same, and of an amendment what it amends: that has to be the newest at the commit, too."""
    _check_days(given)
    consent_evidence.check(participant, given.how, given.shown_by)
    consent = _consent(desk.who, participant, given)
    consent.amends = amends.id if amends else None
    with desk.act(Action.RECORD_CONSENT, participant, Purpose.STEWARDSHIP) as act:
        known = _withdrawn(act.all(_of(participant)))
        consent.letter_id = letters.named(act, participant.study_id, given.letter, given.language).id

        def write(session: Session) -> None:
            """Judge the rows as they are at the commit: a withdrawal may have come while this was under way."""
            rows = session.scalars(_of(participant)).all()
            _refuse_over_withdrawal(rows, known, given)
            _refuse_over_another(rows, amends)
            consent.version = rows[0].version + 1 if rows else 1
            session.add(consent)

        act.later(write)
        consent_evidence.keep(act, consent, given.shown_by)
        act.facts.update(consent=consent.id, purposes=consent.purposes, amends=consent.amends)
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
    if given.embargo is not None and given.embargo > given.expires:
        raise BadInput("The embargo ends after the consent does, so nothing could ever be done. Check --embargo.")
    if given.given > _day(now()):
        raise BadInput("The consent is dated in the future. Record it on the day it is given, and check --given.")


def _refuse_over_withdrawal(rows: Sequence[Consent], known: dict[str, datetime], given: Given) -> None:
    """A consent from before a withdrawal does not undo it. Raises Denied."""
    withdrawn = _withdrawn(rows)
    if withdrawn != known:
        raise Denied("The participant withdrew consent while this was being recorded. Ask the participant again.")
    if any(given.given < _day(moment) for moment in withdrawn.values()):
        raise Denied("The participant withdrew consent after that day. Only a consent given since then counts.")


def _refuse_over_another(rows: Sequence[Consent], amends: Consent | None) -> None:
    """An amendment is of what was read, not of what was recorded meanwhile. Raises NotReady."""
    if amends is not None and rows[0].id != amends.id:
        raise NotReady("Another consent was recorded meanwhile, so nothing was amended. Look at it, and do it again.")


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
        embargo=given.embargo,
        evidence={},
        by_person_id=who.id,
    )
