"""Withdrawal: access closed, jobs stopped, keys and names destroyed, and a certificate that says so and names no one.

Each step is an act of its own, in this order, so that a stop between two leaves less than there was and never more;
the same withdrawal goes on from there. What stands in other floors (the job engine, which names an interview says) is
handed in as `Beyond`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from policies import holds, retention, shredding
from policies.actions import Action, Purpose
from storage import certificates, lookup
from storage.consents import Consent
from storage.errors import Damaged, NotFound, NotReady, StorageFailed
from storage.ledger import Entry
from storage.records import Artefact, Key, new_id, now
from storage.withdrawals import Withdrawal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Participant


class Scope(StrEnum):
    """How much is withdrawn: everything, the sound alone, or nothing that is there but all that would be made."""

    ALL = "all"
    SOUND = "sound"
    FROM_NOW = "from now"


class Ground(StrEnum):
    """Why: the participant asks, an authority orders it, it should never have come, or its time is over."""

    PARTICIPANT = "participant"
    AUTHORITY = "authority"
    MISTAKE = "mistake"
    RETENTION = "retention"


class Beyond(Protocol):
    """What a withdrawal needs from the floors above."""

    def jobs(self, desk: Desk, participant: Participant) -> Sequence[str]:
        """Ids of the jobs of a participant's recordings that are queued or under way."""

    def stop(self, desk: Desk, participant: Participant) -> int:
        """Cancel them; how many they were."""

    def names(self, desk: Desk, act: Act, participant: Participant) -> Sequence[object]:
        """The link key's entries that nobody else in the study needs.

        None where that cannot be told; the act's facts then have the ids of the recordings to blame, as "unread".
        """

    def forget(self, desk: Desk, act: Act, participant: Participant) -> int:
        """Destroy these when the act ends well; how many they are."""


NAMES = "the study's names"
NAMES_DAMAGED = (Damaged, DBAPIError, ValueError, LookupError, TypeError)
"""How reading names that somebody wrote into fails; not what another passphrase, or waiting, would mend."""
OF_SOUND = frozenset({Purpose.RECORD, Purpose.TRANSCRIBE, Purpose.SHARE_SOUND})
"""What cannot go on without the sound."""
CLOSING = frozenset({*Scope, f"retention: {retention.PARTICIPANT}"})
"""Scopes that close the door."""


@dataclass(frozen=True)
class Done:
    """What became of a withdrawal; `kept` are the holds under which what is sealed was kept.

    `certificate` is text, "" where nothing was destroyed. `unread` are other interviews that could not be read, or
    the study's names: these are left because of these, and the same again destroys them once they can be.
    """

    scope: str
    jobs: int
    counts: dict[str, int]
    kept: tuple[str, ...]
    certificate: str
    unread: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def withdraw(desk: Desk, participant: Participant, scope: Scope, ground: Ground, beyond: Beyond) -> Done:
    """Close, stop and destroy what `scope` says; the same again finishes what a stop left. Raises Denied.

    Under a hold it closes and stops and destroys nothing; once the hold is lifted the same again destroys.
    """
    row = _begin(desk, participant, _Asked(scope, ground, shredding.SOUND if scope is Scope.SOUND else None))
    jobs = beyond.stop(desk, participant)
    if row.exceptions or scope is Scope.FROM_NOW:
        kept = tuple(f"{one['kind']}: {one['ground']}" for one in row.exceptions)
        return Done(scope, jobs, {}, kept, "")
    return _finish(desk, participant, row, beyond, shredding.SOUND if scope is Scope.SOUND else None, jobs)


def retire(desk: Desk, participant: Participant, kind: str, artefacts: Collection[str] | None, beyond: Beyond) -> Done:
    """The same for what is due: artefacts of some kinds, or everything for None. Raises Denied, under a hold too."""
    asked = _Asked(f"retention: {kind}", Ground.RETENTION, artefacts)
    row = _begin(desk, participant, asked)
    jobs = beyond.stop(desk, participant) if artefacts is None else 0
    return _finish(desk, participant, row, beyond, artefacts, jobs)


@dataclass(frozen=True)
class _Asked:
    """What is to be destroyed, as it is called, why, and which kinds of artefact, None for all there is."""

    scope: str
    ground: Ground
    artefacts: Collection[str] | None


def _finish(  # noqa: PLR0913, PLR0917  # what is under way
    desk: Desk,
    participant: Participant,
    row: Withdrawal,
    beyond: Beyond,
    artefacts: Collection[str] | None,
    jobs: int,
) -> Done:
    unread = _forget_names(desk, participant, row, beyond) if artefacts is None else ()
    if row.position is None:
        _destroy(desk, participant, row, artefacts)
    elif artefacts is None:
        shredding.shred(desk, participant)  # clears away what a full disk, say, left behind
    else:
        shredding.settle(desk.vault, participant)
    stored = _stored(desk, row.id)
    if stored.position is None:
        raise StorageFailed("What was destroyed is not written down. Run the same command again.")
    made = certificates.make(desk.vault.ledger, stored.position)
    return Done(row.scope, jobs, dict(stored.counts), (), made, unread)


def _begin(desk: Desk, participant: Participant, asked: _Asked) -> Withdrawal:
    """Close the door, and find the withdrawal that is under way, or write down that one begins."""
    with desk.act(Action.WITHDRAW, participant, Purpose.STEWARDSHIP) as act:
        fresh = Withdrawal(
            id=new_id(), study_id=participant.study_id, participant_id=participant.id, scope=asked.scope,
            ground=asked.ground, exceptions=[], counts={}, position=None, by_person_id=desk.who.id,
        )  # fmt: skip
        found: list[Withdrawal] = []

        def write(session: Session) -> None:
            row = _under_way(session, participant, asked) or fresh
            if row is fresh:
                session.add(row)
            row.exceptions = [] if row.position is not None else _exceptions(session, participant)
            found.append(row)
            act.facts["consents"] = _close(session, participant, asked.scope, desk.who.id)

        act.later(write)
        act.facts.update(scope=asked.scope, ground=asked.ground)
    return found[0]


def _under_way(session: Session, participant: Participant, asked: _Asked) -> Withdrawal | None:
    """The newest of this scope: one that is not at its end, or one after which nothing came that it would destroy."""
    query = sa.select(Withdrawal).where(Withdrawal.participant_id == participant.id, Withdrawal.scope == asked.scope)
    row = session.scalars(query.order_by(Withdrawal.created.desc(), Withdrawal.id)).first()
    if row is None or row.position is None or not _is_left(session, participant, asked):
        return row
    return None


def _is_left(session: Session, participant: Participant, asked: _Asked) -> bool:
    left = sa.select(Key.id).where(Key.owner_id == participant.id)
    if asked.artefacts is not None:
        of_theirs = sa.select(Artefact.id).where(Artefact.participant_id == participant.id)
        left = of_theirs.where(Artefact.kind.in_(asked.artefacts))
    return session.scalars(left.limit(1)).first() is not None


def _exceptions(session: Session, participant: Participant) -> list[dict[str, str]]:
    return [{"id": one.id, "kind": one.kind, "ground": one.ground} for one in holds.standing(session, participant.id)]


def _close(session: Session, participant: Participant, scope: str, by: str) -> list[str]:
    """Withdraw every consent there is; of the sound alone, an amended one without what it was given for follows.

    What is due before everything is closes nothing.
    """
    if scope not in CLOSING:
        return []
    theirs = sa.select(Consent).where(Consent.participant_id == participant.id).order_by(Consent.version.desc())
    rows = list(session.scalars(theirs))
    if scope == Scope.SOUND:
        return _without_sound(session, rows[0], by) if rows else []
    standing = [row for row in rows if row.withdrawn_at is None]
    for row in standing:
        row.withdrawn_at = now()
    return [row.id for row in standing]


def _without_sound(session: Session, newest: Consent, by: str) -> list[str]:
    purposes = [purpose for purpose in newest.purposes if purpose not in OF_SOUND]
    if newest.withdrawn_at is not None or purposes == newest.purposes:
        return []
    columns = {column.name: getattr(newest, column.name) for column in Consent.__table__.columns}
    anew = {"id": new_id(), "created": now(), "by_person_id": by, "amends": newest.id, "version": newest.version + 1}
    session.add(Consent(**columns | anew | {"purposes": purposes}))
    return [newest.id]


def _destroy(desk: Desk, participant: Participant, row: Withdrawal, artefacts: Collection[str] | None) -> None:
    def certify(session: Session, counts: dict[str, int]) -> None:
        stored = session.get_one(Withdrawal, row.id)
        if stored.position is not None:
            raise NotReady("This was finished meanwhile. Run it again to see the certificate.")
        stored.counts = {**stored.counts, **counts}
        stored.position = desk.vault.ledger.append(session, erased(stored))

    if artefacts is not None:
        shredding.erase(desk, participant, artefacts, certify)
        return
    shredding.shred(desk, participant, certify)


def _forget_names(desk: Desk, participant: Participant, row: Withdrawal, beyond: Beyond) -> tuple[str, ...]:
    """First, since it has to read what they said: which names nobody else says. Counted again after a stop.

    Names that are found when the certificate is made already, since what could not be read then can be now, or an
    older link key was put back, make another. Returns what could not be read; the keys are not kept for that.
    """
    with suppress(*NAMES_DAMAGED), desk.act(Action.FORGET_NAMES, participant, Purpose.STEWARDSHIP) as act:
        count = beyond.forget(desk, act, participant)

        def write(session: Session) -> None:
            stored = session.get_one(Withdrawal, row.id)
            stored.counts = {**stored.counts, "names": stored.counts.get("names", 0) + count}
            if count and stored.position is not None:
                stored.position = desk.vault.ledger.append(session, erased(stored))

        act.later(write)
        act.facts["names"] = count
        return lookup.references(desk.vault.database, act.facts.get("unread", ()))
    return (NAMES,)


def erased(row: Withdrawal) -> Entry:
    """What the certificate is made from, under an id of its own: it says nothing of whose it was."""
    facts = {"study": row.study_id, "scope": row.scope, "ground": row.ground, "destroyed": dict(row.counts)}
    return Entry(certificates.EVENT, new_id(), facts)


def certificate(desk: Desk, participant: Participant) -> str:
    """The newest certificate of what was destroyed of a participant's. Raises Denied, NotFound if nothing was."""
    with desk.act(Action.SEE_CERTIFICATE, participant, Purpose.STEWARDSHIP) as act:
        certified = sa.select(Withdrawal).where(
            Withdrawal.participant_id == participant.id, Withdrawal.position.is_not(None)
        )
        row = act.one(certified.order_by(Withdrawal.position.desc()))
        if row is None or row.position is None:
            raise NotFound("Nothing of this participant's was destroyed by a withdrawal, so there is no certificate.")
        return certificates.make(desk.vault.ledger, row.position)


def _stored(desk: Desk, row_id: str) -> Withdrawal:
    """The row as it is now."""
    with Session(desk.vault.database.reader) as session:
        return session.get_one(Withdrawal, row_id)
