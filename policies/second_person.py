"""Acts that take two: one person asks, another approves, and whoever asked goes on, once, before the time is over.

Which acts these are stands in the one table (policies.actions). What is approved is bound to the action, to the thing
it is done to and to whatever else was asked: a digest of the three is in the ledger from the asking on. Who may ask,
approve and go on stands in access.cedar; the door asks it again inside the transaction that writes the approval or
the use, so that two cannot use one approval.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from policies.actions import ACTIONS, Action, Purpose
from policies.facts import resource_of
from policies.in_two import SALT, WHY, Second, digest
from policies.typed import needed_reason
from storage import lookup, places
from storage.errors import BadInput, Damaged, NotFound
from storage.records import Participant, Person, Recording, Study, new_id, now
from storage.requests import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk
    from policies.facts import Thing

WAITS = timedelta(days=7)
"""How long a request waits for somebody to approve it."""
STANDS = timedelta(hours=24)
"""How long an approval is good."""
ASKING = {
    "Vault": Action.ASK_FOR_VAULT,
    "Study": Action.ASK_FOR_STUDY,
    "Participant": Action.ASK_FOR_PARTICIPANT,
    "Recording": Action.ASK_REIDENTIFICATION,
}
"""By what an act is done to, the action of asking for it; and so with approving it."""
APPROVING = {
    "Vault": Action.APPROVE_FOR_VAULT,
    "Study": Action.APPROVE_FOR_STUDY,
    "Participant": Action.APPROVE_FOR_PARTICIPANT,
    "Recording": Action.APPROVE_REIDENTIFICATION,
}


class State(StrEnum):
    """How far a request has come; it goes on from waiting and approved only, and an expired one not at all."""

    WAITING = "waiting"
    APPROVED = "approved"
    USED = "used"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Line:
    """A request as it is listed: nothing of what was asked for. Times in ISO 8601, `approved_by` empty for nobody.

    `recording` is what it is about: a study, participant or recording as people call it, empty for the vault. `until`
    is the end of the time to approve it or, once it is approved, to go on.
    """

    request: str
    action: str
    recording: str
    who: str
    asked: str
    state: str
    approved_by: str
    until: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Asked:
    """What whoever approves sees: who asks for which action on what, and what else they said, `why` among it."""

    who: str
    action: str
    about: str
    said: Mapping[str, str]


def state(request: Request) -> State:
    """How far it has come by now."""
    if request.used is not None:
        return State.USED
    if request.closed_by_person_id is not None:
        return State.WITHDRAWN if request.closed_by_person_id == request.by_person_id else State.REFUSED
    if request.expires < now():
        return State.EXPIRED
    return State.WAITING if request.approved_by_person_id is None else State.APPROVED


def listed(desk: Desk, study: Study | None, action: Action | None = None) -> list[Line]:
    """The requests of a study, or of the vault, for one action or any, oldest first. Raises Denied.

    Those of a study are for whoever works in it, the vault's for whoever reads the ledger.
    """
    with _looking(desk, study) as act:
        query = sa.select(Request).where(Request.study_id == (study.id if study else None))
        if action is not None:
            query = query.where(Request.action == action.value)
        found = act.all(query.order_by(Request.number))
        called, handles = _called(act, study), {one.id: one.handle for one in act.all(sa.select(Person))}
        act.facts["requests"] = len(found)
    return [
        Line(
            name(row, study), row.action, called.get(row.resource, ""), handles[row.by_person_id],
            row.created.isoformat(), state(row).value, handles.get(row.approved_by_person_id or "", ""),
            row.expires.isoformat(),
        )
        for row in found
    ]  # fmt: skip


def shown(desk: Desk, request: Request) -> tuple[Line, dict[str, str]]:
    """One request, and what was asked for, empty where that is sealed. Raises Denied, Damaged."""
    study = lookup.by_id(desk.vault.database, Study, request.study_id) if request.study_id else None
    (line,) = [one for one in listed(desk, study) if one.request == name(request, study)]
    with _looking(desk, study) as act:
        return line, asked(act, request) if request.participant_id is None else {}


def name(request: Request, study: Study | None) -> str:
    """What people call it: "rus/3"; one of the vault's has a number alone."""
    return f"{study.code}/{request.number}" if study else str(request.number)


def called(desk: Desk, request: Request) -> str:
    """The same, where the study is not at hand."""
    study = lookup.by_id(desk.vault.database, Study, request.study_id) if request.study_id else None
    return name(request, study)


def _looking(desk: Desk, study: Study | None) -> AbstractContextManager[Act]:
    if study is None:
        return desk.act(Action.READ_LEDGER, desk.vault.id, Purpose.STEWARDSHIP)
    return desk.act(Action.SEE_STATUS, study, Purpose.STEWARDSHIP)


def _called(act: Act, study: Study | None) -> dict[str, str]:
    """What people call everything a request of a study may be about, by what the request calls it."""
    if study is None:
        return {}
    held = act.all(sa.select(Participant).where(Participant.study_id == study.id))
    codes = {one.id: f"{study.code}/{one.code}" for one in held}
    heard = act.all(sa.select(Recording).where(Recording.study_id == study.id))
    return (
        {f"Study/{study.id}": study.code}
        | {f"Participant/{one}": code for one, code in codes.items()}
        | {f"Recording/{row.id}": f"{codes[row.participant_id]}-{row.number}" for row in heard}
    )


def request(
    desk: Desk, action: Action, thing: Thing | str, terms: Mapping[str, str], why: Callable[[], str]
) -> Request:
    """Ask for `action` on `thing`, on terms that whoever goes on has to keep; `why` is told if they may, names nobody.

    Raises Denied, and BadInput for a reason that is empty, too long or has control characters in it.
    """
    kind = ACTIONS[action].resource
    with desk.act(ASKING[kind], thing, Purpose.STEWARDSHIP, Second(wanted=action)) as act:
        return ask(act, action, thing, {**terms, WHY: needed_reason(why())})


def ask(act: Act, action: Action, thing: Thing | str, asked: Mapping[str, str]) -> Request:
    """Ask for `action` on `thing`, inside the act of asking; its number comes at the end.

    `asked` is sealed under the participant's key where there is one. The salt keeps whoever sees the digest from
    trying out what it may be of.
    """
    resource = resource_of(thing)
    row = Request(
        id=new_id(), study_id=resource.study, participant_id=resource.participant, action=action.value,
        resource=f"{resource.kind}/{resource.id}", by_person_id=act.actor.id, created=now(), expires=now() + WAITS,
    )  # fmt: skip
    payload = json.dumps({**asked, SALT: secrets.token_hex(16)}, ensure_ascii=False, sort_keys=True)
    row.digest = digest(row.action, row.resource, payload)
    if row.participant_id is None:
        row.terms = payload
    else:
        row.sealed_payload = act.seal_text(row.participant_id, places.asked(row), payload)
    act.later(lambda session: _add(session, row))
    act.facts.update(request=row.id, digest=row.digest, wanted=action.value)
    return row


def asked(act: Act, request: Request) -> dict[str, str]:
    """What was asked for, opened and held against its digest. Raises Damaged; NotFound if its key was destroyed."""
    payload = request.terms if request.participant_id is None else _opened(act, request)
    if payload is None or digest(request.action, request.resource, payload) != request.digest:
        raise Damaged("A request is not as it was asked. Run `tillit fsck`, and ask again.")
    found: dict[str, str] = json.loads(payload)
    del found[SALT]
    return found


def why(request: Request) -> str:
    """The reason that was given for what is asked of a study or of the vault. Raises BadInput for another request."""
    if request.terms is None:
        raise BadInput("That request is for something else.")
    return str(json.loads(request.terms)[WHY])


def _opened(act: Act, request: Request) -> str:
    if request.sealed_payload is None or request.participant_id is None:
        raise NotFound("What was asked for was destroyed with its participant's key.")
    return act.open_text(request.participant_id, places.asked(request), request.sealed_payload)


def answer(desk: Desk, request: Request, agreed: Callable[[Asked], bool | None]) -> bool | None:
    """Show what was asked for to somebody who may approve it, and approve or refuse it, or neither, as they say.

    Raises Denied, Damaged, NotFound.
    """
    with approving(desk, request) as act:
        said = agreed(_shown(desk, act, request))
        if said is not None:
            (approve if said else refuse)(act, request)
    return said


def approving(desk: Desk, request: Request) -> AbstractContextManager[Act]:
    """The act in which a request is approved or refused. Raises Denied."""
    action = APPROVING[request.resource.partition("/")[0]]
    purpose = min(ACTIONS[action].purposes)
    return desk.act(action, thing(desk, request), purpose, Second(request.id))


def approve(act: Act, request: Request) -> None:
    """Let whoever asked go on, from the end of this act until the approval's time is over."""
    act.change(request, approved_by_person_id=act.actor.id, expires=now() + STANDS)
    act.facts.update(request=request.id, digest=request.digest, verdict="approved")


def refuse(act: Act, request: Request) -> None:
    """Let nobody go on with it."""
    act.change(request, closed_by_person_id=act.actor.id)
    act.facts.update(request=request.id, digest=request.digest, verdict="refused")


def withdraw(desk: Desk, request: Request) -> None:
    """Take back what one asked for oneself, approved or not. Raises Denied."""
    action = ASKING[request.resource.partition("/")[0]]
    second = Second(request.id, wanted=Action(request.action))
    with desk.act(action, thing(desk, request), min(ACTIONS[action].purposes), second) as act:
        act.change(request, closed_by_person_id=act.actor.id)
        act.facts.update(request=request.id, digest=request.digest, withdrawn=True)


def thing(desk: Desk, request: Request) -> Thing | str:
    """What a request is about; the vault's id for the vault. Raises NotFound, Damaged."""
    kinds: dict[str, type[Study | Participant | Recording]] = {
        "Study": Study, "Participant": Participant, "Recording": Recording,
    }  # fmt: skip
    kind, _, row_id = request.resource.partition("/")
    if kind == "Vault":
        return row_id
    if kind not in kinds:
        raise Damaged("A request is for nothing there is. Run `tillit fsck`, and ask again.")
    return lookup.by_id(desk.vault.database, kinds[kind], row_id)


def _shown(desk: Desk, act: Act, request: Request) -> Asked:
    who = lookup.by_id(desk.vault.database, Person, request.by_person_id)
    study = lookup.by_id(desk.vault.database, Study, request.study_id) if request.study_id else None
    about = _called(act, study).get(request.resource, "the vault")
    return Asked(who.handle, request.action, about, asked(act, request))


def _add(session: Session, row: Request) -> None:
    last = session.scalar(sa.select(sa.func.max(Request.number)).where(Request.study_id == row.study_id))
    row.number = (last or 0) + 1
    session.add(row)
