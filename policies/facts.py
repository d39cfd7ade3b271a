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

from policies import holds
from policies.actions import STUDY_ROLES, VAULT_ROLES
from policies.review_policy import NOT_REQUIRED
from storage.consents import Consent
from storage.records import Membership, Participant, Recording, Study, Voice
from storage.requests import Request

if TYPE_CHECKING:
    from policies.actions import Action, Purpose, Role
    from storage.records import Row

NEVER = date(1970, 1, 1)
PIPELINE = "pipeline"
Thing = Study | Participant | Recording | Request | Voice
RELEASED = "release"  # the stage from which an interview may leave the house


def _rows(kind: type[Row], column: str) -> sa.Select[Any]:
    """The question for whole rows by the value of a column, as rows and not as objects: it is asked at every door."""
    table = cast("sa.Table", kind.__table__)
    return sa.select(table).where(table.c[column] == sa.bindparam("value"))


# Made once: to put a question together costs more than to ask it.
_MEMBERSHIPS = _rows(Membership, "person_id")
_STUDY, _RECORDING, _REQUEST, _VOICE = (_rows(kind, "id") for kind in (Study, Recording, Request, Voice))
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
    if isinstance(thing, Request):
        return Resource("Request", thing.id, study=thing.study_id, participant=thing.participant_id)
    if isinstance(thing, Voice):
        return Resource("Voice", thing.id, study=thing.study_id, participant=thing.participant_id)
    return Resource("Vault", thing)


def request(actor: Actor, action: Action, resource: Resource, purpose: Purpose, moment: datetime) -> dict[str, Any]:
    """The question in Cedar's form."""
    return {
        "principal": _uid("User", actor.id),
        "action": _uid("Action", action.value),
        "resource": _uid(resource.kind, resource.id),
        "context": {"now": _datetime(moment), "purpose": purpose.value},
    }


def entities(connection: sa.Connection, actor: Actor, resource: Resource) -> list[dict[str, Any]]:
    """Everything the rules may look at for this actor and resource, in Cedar's JSON form."""
    with Session(connection) as session:
        found = [_user(session, actor)]
        if resource.kind == "Vault":
            found.append(_entity("Vault", resource.id, _roles("vault", VAULT_ROLES)))
        if resource.study:
            found.append(_study(session, resource.study))
        if resource.kind == "Voice":
            found.append(_voice(session, resource))
        elif resource.participant:
            found.append(_held(session, resource))
        return found


def _user(session: Session, actor: Actor) -> dict[str, Any]:
    if actor.id == PIPELINE:
        return _entity("User", actor.id, {}, [_uid("Role", PIPELINE)])
    memberships = session.execute(_MEMBERSHIPS, {"value": actor.id})
    return _entity("User", actor.id, {}, [_uid("Role", f"{m.study_id or 'vault'}/{m.role}") for m in memberships])


def _study(session: Session, study_id: str) -> dict[str, Any]:
    study = session.execute(_STUDY, {"value": study_id}).one()
    return _entity(
        "Study",
        study.id,
        {
            **_roles(study.id, STUDY_ROLES),
            "approved": bool(study.approval.strip()),
            "starts": _datetime(_midnight(study.starts)),
            "ends": _datetime(_end_of(study.ends)),
            "review_required": study.review != NOT_REQUIRED,  # anything else is nobody's policy
            "voices_kept": study.voices == "kept",
        },
    )


def _held(session: Session, resource: Resource) -> dict[str, Any]:
    """The participant, recording or request, with its consent."""
    attributes: dict[str, Any] = {
        "study": {"__entity": _uid("Study", str(resource.study))},
        "consent": _consent(session, str(resource.participant)),
    }
    if resource.kind == "Participant":
        attributes["held"] = bool(holds.standing(session, str(resource.participant)))
    if resource.kind == "Recording":
        attributes["released"] = _is_released(session, resource.id)
    if resource.kind == "Request":
        attributes |= _request(session, resource.id)
    return _entity(resource.kind, resource.id, attributes)


def _request(session: Session, request: str) -> dict[str, Any]:
    """What was asked by whom, and how far it has come."""
    row = session.execute(_REQUEST, {"value": request}).one()
    approver = {"approver": _user_of(row.approved_by_person_id)} if row.approved_by_person_id else {}
    return {
        "requester": _user_of(row.by_person_id),
        "wanted": row.action,
        "used": row.used is not None,
        "expires": _datetime(row.expires),
        **approver,
    }


def _voice(session: Session, resource: Resource) -> dict[str, Any]:
    """A voice, and whose it is if it is that of somebody who works here."""
    row = session.execute(_VOICE, {"value": resource.id}).one_or_none()
    whose = {"person": _user_of(row.person_id)} if row and row.person_id else {}
    return _entity("Voice", resource.id, {"study": {"__entity": _uid("Study", str(resource.study))}, **whose})


def _consent(session: Session, participant: str) -> dict[str, Any]:
    consent = session.execute(_CONSENT, {"value": participant}).one_or_none()
    return {
        "given": consent is not None,
        "withdrawn": consent is not None and consent.withdrawn_at is not None,
        "purposes": consent.purposes if consent else [],
        "until": _datetime(_end_of(consent.expires if consent else NEVER)),
        "embargo": _datetime(_midnight(consent.embargo if consent and consent.embargo else NEVER)),
    }


def _is_released(session: Session, recording_id: str) -> bool:
    """Whether release is the last thing done to it: one that is under review again is not released."""
    recording = session.execute(_RECORDING, {"value": recording_id}).one_or_none()
    return recording is not None and recording.stage == RELEASED


def _entity(
    kind: str, name: str, attrs: dict[str, Any], parents: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    return {"uid": _uid(kind, name), "attrs": attrs, "parents": parents or []}


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": f"Tillit::{kind}", "id": name}


def _roles(scope: str, roles: tuple[Role, ...]) -> dict[str, Any]:
    """The roles of a study or the vault as its attributes: "stewards" and so on."""
    return {f"{role}s": {"__entity": _uid("Role", f"{scope}/{role}")} for role in roles}


def _user_of(person: str) -> dict[str, Any]:
    return {"__entity": _uid("User", person)}


def _datetime(moment: datetime) -> dict[str, Any]:
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"__extn": {"fn": "datetime", "arg": text}}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _end_of(day: date) -> datetime:
    return _midnight(day) + timedelta(days=1) - timedelta(seconds=1)
