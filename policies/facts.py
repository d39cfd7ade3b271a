"""Gathers what the rules ask about: who somebody is to a study, what the consent says, what stage a recording is at.

Facts are read afresh for every question, from the connection it is asked on, so that a decision inside a
transaction sees what that transaction will commit against.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import bulk, closing_facts, holds
from policies.actions import STUDY_ROLES, VAULT_ROLES
from policies.cedar_json import datetime_of, uid, user_of
from policies.review_policy import NOT_REQUIRED
from storage.broken_glass import BrokenGlass
from storage.consents import Consent
from storage.records import Membership, Participant, Recording, Study, Tombstone, Voice
from storage.records import now as this_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.actions import Action, Purpose, Role
    from storage.records import Row

NEVER = date(1970, 1, 1)
PIPELINE = "pipeline"
Thing = Study | Participant | Recording | Voice | BrokenGlass
RELEASED = bulk.RELEASED


def _rows(kind: type[Row], column: str) -> sa.Select[Any]:
    """The question for whole rows by the value of a column, as rows and not as objects: it is asked at every door."""
    table = cast("sa.Table", kind.__table__)
    return sa.select(table).where(table.c[column] == sa.bindparam("value"))


# Made once: to put a question together costs more than to ask it.
_MEMBERSHIPS = _rows(Membership, "person_id")
_STUDY, _RECORDING, _VOICE = (_rows(kind, "id") for kind in (Study, Recording, Voice))
_CONSENT = _rows(Consent, "participant_id").order_by(sa.desc("version")).limit(1)


@dataclass(frozen=True)
class Actor:
    """Who acts: an opaque id for the ledger, a handle for the screen."""

    id: str
    handle: str


@dataclass(frozen=True)
class Resource:
    """What is acted on, by kind and id, and the study and participant it belongs to."""

    kind: str
    id: str
    study: str | None = None
    participant: str | None = None


def resource_of(thing: Thing | str) -> Resource:
    """The resource a row stands for; a string is a vault's id."""
    if isinstance(thing, Study):
        return Resource("Study", thing.id, study=thing.id)
    if isinstance(thing, Participant):
        return Resource("Participant", thing.id, study=thing.study_id, participant=thing.id)
    if isinstance(thing, Recording):
        return Resource("Recording", thing.id, study=thing.study_id, participant=thing.participant_id)
    if isinstance(thing, BrokenGlass):
        return Resource("BrokenGlass", thing.id, study=thing.study_id)
    if isinstance(thing, Voice):
        return Resource("Voice", thing.id, study=thing.study_id, participant=thing.participant_id)
    return Resource("Vault", thing)


def request(
    actor: Actor, action: Action, resource: Resource, purpose: Purpose, moment: datetime, **context: object
) -> dict[str, Any]:
    """The question in Cedar's form; `context` is what else is known, such as policies.in_two gives."""
    return {
        "principal": uid("User", actor.id),
        "action": uid("Action", action.value),
        "resource": uid(resource.kind, resource.id),
        "context": {"now": datetime_of(moment), "purpose": purpose.value, "fresh": True, **context},
    }


def entities(
    connection: sa.Connection, actor: Actor, resource: Resource, others: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """All the rules may look at for this actor and resource, and `others` who work here, in Cedar's JSON form."""
    with Session(connection) as session:
        found = [_user(session, actor)]
        found += [_user(session, Actor(one, "")) for one in others if one != actor.id]
        if resource.kind == "Vault":
            found.append(_entity("Vault", resource.id, _roles("vault", VAULT_ROLES)))
        if resource.study:
            found.append(_study(session, resource.study))
        if resource.kind == "Voice":
            found.append(_voice(session, resource))
        elif resource.kind == "BrokenGlass":
            found.append(_glass(session, resource))
        elif resource.participant:
            found.append(_held(session, resource))
        return found


def broken_by(connection: sa.Connection, actor: Actor, study_id: str | None) -> str | None:
    """The id of the broken glass by which somebody reads in a study now, if they do."""
    with Session(connection) as session:
        return session.scalar(_broken(study_id, BrokenGlass.id).where(BrokenGlass.person_id == actor.id).limit(1))


def _broken(study_id: str | None, column: sa.orm.InstrumentedAttribute[str]) -> sa.Select[str]:
    """Of the glass broken in a study whose time is not over."""
    return sa.select(column).where(BrokenGlass.study_id == study_id, BrokenGlass.until > this_moment())


def _user(session: Session, actor: Actor) -> dict[str, Any]:
    if actor.id == PIPELINE:
        return _entity("User", actor.id, {}, [uid("Role", PIPELINE)])
    memberships = session.execute(_MEMBERSHIPS, {"value": actor.id})
    return _entity("User", actor.id, {}, [uid("Role", f"{m.study_id or 'vault'}/{m.role}") for m in memberships])


def _study(session: Session, study_id: str) -> dict[str, Any]:
    study = session.execute(_STUDY, {"value": study_id}).one()
    return _entity(
        "Study",
        study.id,
        {
            **_roles(study.id, STUDY_ROLES),
            "approved": bool(study.approval.strip()),
            "starts": datetime_of(_midnight(study.starts)),
            "ends": datetime_of(_end_of(study.ends)),
            "review_required": study.review != NOT_REQUIRED,  # anything else is nobody's policy
            "voices_kept": study.voices == "kept",
            "bulk": bulk.is_bulk(session, study.id),
            "glass_broken": [user_of(one) for one in session.scalars(_broken(study.id, BrokenGlass.person_id))],
            "glass_unreviewed": _unreviewed(session, study.id),
            **closing_facts.of(session, study.id, study.ends),
        },
    )


def _held(session: Session, resource: Resource) -> dict[str, Any]:
    """The participant or recording, with its consent."""
    attributes: dict[str, Any] = {
        "study": {"__entity": uid("Study", str(resource.study))},
        "consent": _consent(session, str(resource.participant)),
    }
    if resource.kind == "Participant":
        attributes["held"] = bool(holds.standing(session, str(resource.participant)))
    if resource.kind == "Recording":
        attributes["released"] = _is_released(session, resource.id)
    if resource.kind == "Participant":
        stone = sa.select(Tombstone.id).where(Tombstone.participant_id == resource.id)
        attributes["shredded"] = session.scalar(stone) is not None
    return _entity(resource.kind, resource.id, attributes)


def _unreviewed(session: Session, study_id: str) -> bool:
    waits = sa.select(BrokenGlass.id).where(BrokenGlass.study_id == study_id, BrokenGlass.reviewed.is_(None))
    return session.scalar(waits.limit(1)) is not None


def _glass(session: Session, resource: Resource) -> dict[str, Any]:
    """Who broke it, and whether another has looked at it since."""
    row = session.get_one(BrokenGlass, resource.id)
    return _entity(
        "BrokenGlass",
        row.id,
        {
            "study": {"__entity": uid("Study", row.study_id)},
            "person": user_of(row.person_id),
            "reviewed": row.reviewed is not None,
        },
    )


def _voice(session: Session, resource: Resource) -> dict[str, Any]:
    """A voice, and whose it is if it is that of somebody who works here."""
    row = session.execute(_VOICE, {"value": resource.id}).one_or_none()
    whose = {"person": user_of(row.person_id)} if row and row.person_id else {}
    return _entity("Voice", resource.id, {"study": {"__entity": uid("Study", str(resource.study))}, **whose})


def _consent(session: Session, participant: str) -> dict[str, Any]:
    consent = session.execute(_CONSENT, {"value": participant}).one_or_none()
    return {
        "given": consent is not None,
        "withdrawn": consent is not None and consent.withdrawn_at is not None,
        "purposes": consent.purposes if consent else [],
        "until": datetime_of(_end_of(consent.expires if consent else NEVER)),
        "embargo": datetime_of(_midnight(consent.embargo if consent and consent.embargo else NEVER)),
    }


def _is_released(session: Session, recording_id: str) -> bool:
    """Whether release is the last thing done to it: one that is under review again is not released."""
    recording = session.execute(_RECORDING, {"value": recording_id}).one_or_none()
    return recording is not None and recording.stage == RELEASED


def _entity(
    kind: str, name: str, attrs: dict[str, Any], parents: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    return {"uid": uid(kind, name), "attrs": attrs, "parents": parents or []}


def _roles(scope: str, roles: tuple[Role, ...]) -> dict[str, Any]:
    """The roles of a study or the vault as its attributes: "stewards" and so on."""
    return {f"{role}s": {"__entity": uid("Role", f"{scope}/{role}")} for role in roles}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _end_of(day: date) -> datetime:
    return _midnight(day) + timedelta(days=1) - timedelta(seconds=1)
