"""Studies, the people who work on them, and participants by code."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import pseudonym_rules, study_facts
from policies.actions import Action, Purpose, Role
from policies.facts import Actor
from storage import anchors, lookup, places
from storage.errors import AlreadyThere, BadInput
from storage.inbox import Inbox
from storage.ledger import Entry
from storage.records import Membership, Participant, Person, Study, new_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policies.act import Act
    from policies.desk import Desk
    from storage.vault import Vault

ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class NewStudy:
    """What a study starts from; dates are inclusive, `language` is the interviews' (a code such as "no").

    `voices` is "never" or "kept"; `speakers` how many speak in an interview, None if that is to be found out;
    `style` "verbatim", with hesitations, or "plain"; `pseudonyms` a set of pseudonyms.toml; `facts` of study_facts.
    """

    code: str
    title: str
    approval: str
    starts: date
    ends: date
    language: str
    model: str = "base"
    voices: str = "never"
    speakers: int | None = 2
    style: str = "verbatim"
    pseudonyms: str = pseudonym_rules.DEFAULT
    facts: Mapping[str, Any] = field(default_factory=dict)


def actor(vault: Vault, handle: str) -> Actor:
    """Who this handle is; a stranger is the anonymous actor, whom the door refuses and the ledger remembers."""
    person = lookup.person(vault.database, handle)
    return Actor(person.id, handle) if person else Actor(ANONYMOUS, handle)


def found(vault: Vault, handle: str) -> None:
    """Make the first person of a new vault its data steward. Raises AlreadyThere, BadInput."""
    person = Person(id=new_id(), handle=lookup.handle(handle))
    with Session(vault.database.writer) as session, session.begin():
        if session.query(Person).count():
            raise AlreadyThere("This vault has its steward already.")
        rows = anchors.watch(session)
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id, study_id=None, role=Role.STEWARD))
        session.flush()
        vault.ledger.append(session, Entry("founded", new_id(), {"steward": person.id, "rows": rows}))


def create(desk: Desk, new: NewStudy) -> Study:
    """Make a study with a key of its own; who makes it is its data steward.

    Raises Denied, AlreadyThere, BadInput, and NotFound for a set of rules there is not.
    """
    if new.ends < new.starts:
        raise BadInput("The study ends before it starts. Check --starts and --ends.")
    pseudonym_rules.named(new.pseudonyms)
    study_facts.checked(new.facts)
    named = {name: value for name, value in vars(new).items() if name != "facts"}
    study = Study(id=new_id(), **{**named, **new.facts, "code": lookup.code(new.code)})
    with desk.act(Action.CREATE_STUDY, desk.vault.id, Purpose.STEWARDSHIP) as act:
        desk.vault.check_root()
        act.add(study)
        act.new_key(study.id, None)
        act.add(Membership(person_id=desk.who.id, study_id=study.id, role=Role.STEWARD))
        act.facts["study"] = study.id
        act.after(lambda: publish(desk.vault, study))
    return study


def publish(vault: Vault, study: Study) -> None:
    """Leave the study's public recipient in its inbox, for sealing while the vault is locked."""
    Inbox(vault.folder, study.code).publish(vault.keys.recipient(study.id))


def recipient(desk: Desk, study: Study) -> str:
    """What devices seal this study's recordings to; not a secret. Raises Denied."""
    with desk.act(Action.SEE_RECIPIENT, study, Purpose.STEWARDSHIP):
        return str(desk.vault.keys.recipient(study.id))


def add_member(desk: Desk, study: Study, handle: str, roles: list[Role]) -> None:
    """Give somebody roles in a study; the person is made if the handle is new. Raises Denied, AlreadyThere."""
    with desk.act(Action.ADD_MEMBER, study, Purpose.STEWARDSHIP) as act:
        person_id = person(act, handle)
        for role in roles:
            act.add(Membership(person_id=person_id, study_id=study.id, role=role))
        act.facts.update(person=person_id, roles=[role.value for role in roles])


def person(act: Act, handle: str) -> str:
    """The id of whoever has this handle, made by the act if it is new. Raises BadInput."""
    known = act.one(sa.select(Person).where(Person.handle == lookup.handle(handle)))
    if known:
        return known.id
    made = Person(id=new_id(), handle=handle)
    act.add(made)
    return made.id


def add_participant(desk: Desk, study: Study, code: str) -> Participant:
    """Add a participant by code, with a key of their own. Raises Denied, AlreadyThere, BadInput."""
    participant = Participant(id=new_id(), study_id=study.id, code=lookup.code(code))
    with desk.act(Action.ADD_PARTICIPANT, study, Purpose.STEWARDSHIP) as act:
        act.add(participant)
        act.new_key(participant.id, study.id)
        act.facts["participant_added"] = participant.id
    return participant


def set_attributes(desk: Desk, participant: Participant, attributes: Mapping[str, str]) -> None:
    """Keep what the coding tool will sort cases by (sex, age band …), sealed under the participant's key."""
    with desk.act(Action.SET_ATTRIBUTES, participant, Purpose.STEWARDSHIP) as act:
        text = json.dumps(dict(attributes), ensure_ascii=False, sort_keys=True)

        def write(session: Session) -> None:
            stored = session.get_one(Participant, participant.id)
            version = stored.attributes_version + 1
            stored.sealed_attributes = act.seal_text(participant.id, places.attributes(stored, version), text)
            stored.attributes_version = version

        act.later(write)
        act.facts["attributes"] = len(attributes)


def attributes(act: Act, participant: Participant) -> dict[str, str]:
    """A participant's attributes, for an act that covers them."""
    if participant.sealed_attributes is None:
        return {}
    return dict(
        json.loads(act.open_text(participant.id, places.attributes(participant), participant.sealed_attributes))
    )
