"""The facts of an act that takes two: the request somebody comes with, who approved it, and whether it is for this."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies.actions import ACTIONS
from policies.cedar_json import datetime_of, user_of
from storage.requests import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.actions import Action
    from policies.facts import Resource

SALT, WHY = "salt", "why"
UNTOLD = frozenset({SALT, WHY})
"""What stands in a request beside its terms: of these whoever goes on says nothing again."""


@dataclass(frozen=True)
class Second:
    """What is said at the door of an act that takes two: when asking, what is `wanted`; after that, by which request.

    `terms` is what whoever goes on is about to do; what they asked for has to be the same.
    """

    request: str | None = None
    wanted: Action | None = None
    terms: Mapping[str, str] = field(default_factory=dict)


def context(connection: sa.Connection, action: Action, resource: Resource, second: Second | None) -> dict[str, Any]:
    """What the rules may look at of the request somebody comes with, and of what is asked for."""
    told: dict[str, Any] = {"wanted": second.wanted.value} if second and second.wanted else {}
    if second is None or second.request is None:
        return told
    with Session(connection) as session:
        row = session.get(Request, second.request)
    if row is None:
        return told
    approver = {"approver": user_of(row.approved_by_person_id)} if row.approved_by_person_id else {}
    return told | {
        "second": {
            "requester": user_of(row.by_person_id),
            "wanted": row.action,
            "fits": _fits(row, action, resource, second),
            "used": row.used is not None,
            "closed": row.closed_by_person_id is not None,
            "expires": datetime_of(row.expires),
            **approver,
        }
    }


def _fits(row: Request, action: Action, resource: Resource, second: Second) -> bool:
    """Whether it is for this thing; and, where somebody goes on, for this action and what they are about to do.

    What is sealed cannot be looked at before the door is open: what is in it is all there is to go on with.
    """
    if row.resource != f"{resource.kind}/{resource.id}":
        return False
    if not ACTIONS[action].second_person:
        return True
    return row.action == action.value and _told(row) == dict(second.terms)


def _told(row: Request) -> dict[str, str] | None:
    """The terms that were asked for, none where they are sealed; nothing to compare with if they were edited since."""
    if row.terms is None:
        return {} if row.participant_id else None
    if digest(row.action, row.resource, row.terms) != row.digest:
        return None
    return {name: value for name, value in json.loads(row.terms).items() if name not in UNTOLD}


def digest(action: str, resource: str, payload: str) -> str:
    """SHA-256, 64 hex digits, over action, thing and payload, each behind its length."""
    hashed = hashlib.sha256()
    for part in (action.encode(), resource.encode(), payload.encode()):
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()


def approver(connection: sa.Connection, second: Second | None) -> tuple[str, ...]:
    """Who approved the request somebody comes with, if anybody has."""
    if second is None or second.request is None:
        return ()
    query = sa.select(Request.approved_by_person_id).where(Request.id == second.request)
    with Session(connection) as session:
        return tuple(one for one in session.scalars(query) if one)
