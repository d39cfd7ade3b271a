"""Acts that take two: one person asks, another approves, and whoever asked goes on, once, before the time is over.

What is approved is bound to the action, to the thing it is done to and to whatever else was asked (the payload): a
digest of the three is in the ledger from the asking on. Who may ask, approve and go on stands in access.cedar; the
door asks it again inside the transaction that writes the approval or the use, so that two cannot use one approval.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.actions import Action, Purpose
from policies.facts import resource_of
from storage import places
from storage.errors import Damaged, NotFound
from storage.records import Participant, Person, Recording, new_id, now
from storage.requests import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk
    from storage.records import Study

WAITS = timedelta(days=7)
"""How long a request waits for somebody to approve it."""
STANDS = timedelta(hours=24)
"""How long an approval is good."""
SALT = "salt"


class State(StrEnum):
    """How far a request has come; it goes on from waiting and approved only, and an expired one not at all."""

    WAITING = "waiting"
    APPROVED = "approved"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Line:
    """A request as it is listed: nothing of what was asked for. Times in ISO 8601, `approved_by` empty for nobody.

    `until` is the end of the time to approve it or, once it is approved, to go on.
    """

    request: str
    recording: str
    who: str
    asked: str
    state: str
    approved_by: str
    until: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def state(request: Request) -> State:
    """How far it has come by now."""
    if request.used is not None:
        return State.USED
    if request.expires < now():
        return State.EXPIRED
    return State.WAITING if request.approved_by_person_id is None else State.APPROVED


def listed(desk: Desk, study: Study, action: Action) -> list[Line]:
    """The requests of a study for one action, oldest first, for whoever works in it. Raises Denied."""
    with desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP) as act:
        query = sa.select(Request).where(Request.study_id == study.id, Request.action == action.value)
        found = act.all(query.order_by(Request.number))
        recordings, handles = _recordings(act, study), {one.id: one.handle for one in act.all(sa.select(Person))}
        act.facts["requests"] = len(found)
    return [
        Line(
            f"{study.code}/{row.number}", recordings.get(row.resource, ""), handles[row.by_person_id],
            row.created.isoformat(), state(row).value, handles.get(row.approved_by_person_id or "", ""),
            row.expires.isoformat(),
        )
        for row in found
    ]  # fmt: skip


def _recordings(act: Act, study: Study) -> dict[str, str]:
    """What people call each recording of a study, by what a request calls it."""
    codes = {one.id: one.code for one in act.all(sa.select(Participant).where(Participant.study_id == study.id))}
    rows = act.all(sa.select(Recording).where(Recording.study_id == study.id))
    return {f"Recording/{row.id}": f"{study.code}/{codes[row.participant_id]}-{row.number}" for row in rows}


def ask(act: Act, action: Action, thing: Recording, asked: Mapping[str, str]) -> Request:
    """Ask for `action` on `thing`; `asked` is sealed under its participant's key. Its number comes at the end.

    The salt keeps whoever sees the digest from trying out what it may be of.
    """
    resource = resource_of(thing)
    row = Request(
        id=new_id(), study_id=thing.study_id, participant_id=thing.participant_id, action=action.value,
        resource=f"{resource.kind}/{resource.id}", by_person_id=act.actor.id, expires=now() + WAITS,
    )  # fmt: skip
    payload = json.dumps({**asked, SALT: secrets.token_hex(16)}, ensure_ascii=False, sort_keys=True)
    row.digest = _digest(row, payload)
    row.sealed_payload = act.seal_text(row.participant_id, places.asked(row), payload)
    act.later(lambda session: _add(session, row))
    act.facts.update(request=row.id, digest=row.digest)
    return row


def asked(act: Act, request: Request) -> dict[str, str]:
    """What was asked for, opened and held against its digest. Raises Damaged; NotFound if its key was destroyed."""
    if request.sealed_payload is None:
        raise NotFound("What was asked for was destroyed with its participant's key.")
    payload = act.open_text(request.participant_id, places.asked(request), request.sealed_payload)
    if _digest(request, payload) != request.digest:
        raise Damaged("A request is not as it was asked. Run `tillit fsck`, and ask again.")
    found: dict[str, str] = json.loads(payload)
    del found[SALT]
    return found


def approve(act: Act, request: Request) -> None:
    """Let whoever asked go on, from the end of this act until the approval's time is over."""
    act.change(request, approved_by_person_id=act.actor.id, expires=now() + STANDS)
    act.facts.update(request=request.id, digest=request.digest)


def use(act: Act, request: Request) -> None:
    """Use the approval up when this act ends well; one that fails leaves it as it was."""
    act.change(request, used=now())
    act.facts.update(request=request.id, digest=request.digest)


def _add(session: Session, row: Request) -> None:
    last = session.scalar(sa.select(sa.func.max(Request.number)).where(Request.study_id == row.study_id))
    row.number = (last or 0) + 1
    session.add(row)


def _digest(row: Request, payload: str) -> str:
    """SHA-256, 64 hex digits, over action, thing and payload, each behind its length."""
    hashed = hashlib.sha256()
    for part in (row.action.encode(), row.resource.encode(), payload.encode()):
        hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()
