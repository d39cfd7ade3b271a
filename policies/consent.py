"""What a participant agreed to: recorded with its letter, and withdrawn at any time. The newest record counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.actions import CONSENTED, Action, Purpose
from storage.errors import BadInput
from storage.records import Consent, new_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

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
    if given.expires < given.given:
        raise BadInput("The consent expires before it was given. Check --given and --expires.")
    with desk.act(Action.RECORD_CONSENT, participant, Purpose.STEWARDSHIP) as act:
        consent = _consent(act, desk.who, participant, given)
        act.add(consent)
        act.facts.update(consent=consent.id, purposes=consent.purposes)
    return consent


def withdraw(desk: Desk, participant: Participant) -> None:
    """From now on nothing of this participant may be used, and work in flight keeps nothing. Raises Denied."""
    with desk.act(Action.WITHDRAW_CONSENT, participant, Purpose.STEWARDSHIP) as act:
        newest = current(act, participant)
        if newest is None:
            raise BadInput("No consent is recorded for this participant, so there is none to withdraw.")
        if newest.withdrawn:
            return
        act.change(newest, withdrawn=True)
        act.facts["consent"] = newest.id


def current(act: Act, participant: Participant) -> Consent | None:
    """The consent that counts now."""
    of_participant = sa.select(Consent).where(Consent.participant_id == participant.id)
    return act.one(of_participant.order_by(Consent.version.desc()))


def _consent(act: Act, who: Actor, participant: Participant, given: Given) -> Consent:
    before = current(act, participant)
    return Consent(
        id=new_id(),
        participant_id=participant.id,
        purposes=[purpose.value for purpose in given.purposes],
        given=given.given,
        how=given.how,
        letter=given.letter,
        expires=given.expires,
        by_person_id=who.id,
        version=before.version + 1 if before else 1,
    )
