"""Why the door answers as it does: the decision it would give, the rule, and what would have to change.

Nothing is opened. The rules are put the same question with the same facts, and then once for each role, so that what
is said of roles is what the rules do, not what a text says they do.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from policies import gate, studies
from policies.actions import ACTIONS, STUDY_ROLES, VAULT_ROLES, Action, Purpose, Role
from policies.decide import house_rules
from policies.facts import PIPELINE, Actor, entities, resource_of
from policies.gate import Question
from storage import lookup
from storage.broken_glass import BrokenGlass
from storage.errors import BadInput, NotFound
from storage.records import Participant, Person, Study, Voice

if TYPE_CHECKING:
    from policies.decide import Decision
    from policies.desk import Desk
    from policies.facts import Thing
    from storage.vault import Vault

Facts = list[dict[str, Any]]
LONG_AGO, LONG = "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
UNKNOWN_ACTION = "There is no such action. {near}"
WHICH_PURPOSE = "That is done for more than one purpose. Say which with --purpose: {purposes}."
NO_VOICE = "No such voice is kept. Look with `tillit voice list`."


@dataclass(frozen=True)
class Answer:
    """Whether, by which rules, because of what, and what would have to change (empty where it is allowed)."""

    who: str
    action: str
    resource: str
    purpose: str
    allowed: bool
    rules: tuple[str, ...]
    because: str
    change: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def explain(desk: Desk, handle: str, action_name: str, reference: str, purpose_name: str | None) -> Answer:
    """What the door would say to this handle, or to "pipeline". Raises Denied, NotFound, BadInput."""
    action = _action(action_name)
    purpose = _purpose(action, purpose_name)
    thing = _thing(desk.vault, ACTIONS[action].resource, reference)
    asker = Actor(PIPELINE, PIPELINE) if handle == PIPELINE else studies.actor(desk.vault, handle)
    question = Question(asker, action, resource_of(thing), purpose)
    study = question.resource.study
    where: Study | str = lookup.by_id(desk.vault.database, Study, study) if study else desk.vault.id
    asked = Action.EXPLAIN if study else Action.EXPLAIN_VAULT
    with desk.act(asked, where, Purpose.STEWARDSHIP) as act:
        with desk.vault.database.reader.connect() as connection:
            facts = entities(connection, asker, question.resource)
        decision = gate.judge(house_rules(), question, lambda: facts)
        act.facts.update(
            about=asker.id, of=f"{question.resource.kind}/{question.resource.id}", explained=action.value,
            answer=decision.allowed,
        )  # fmt: skip
    because, change = _said(question, decision, facts, where.code if isinstance(where, Study) else "the vault")
    return Answer(handle, action, reference, purpose, decision.allowed, decision.rules, because, change)


def _said(question: Question, decision: Decision, facts: Facts, scope: str) -> tuple[str, str]:
    mine, now = _roles_of(facts, question), _roles_let(question, facts)
    if decision.allowed:
        return (
            f"{_by(question, [role for role in mine if role in now], scope)} may: the rule is {_rules(decision)}.",
            "",
        )
    if decision.rules == ("undeclared",):
        purposes = ", ".join(sorted(ACTIONS[question.action].purposes))
        return f"{question.action} is not done for {question.purpose}.", f"It is done for: {purposes}."
    best = _roles_let(question, _at_best(facts, question.purpose))
    if decision.rules:
        also = "" if set(mine) & set(best) else " " + _takes(question, best, facts, scope)
        return decision.reason, f"What that says has to be otherwise first.{also}"
    return f"No rule lets {_by(question, mine, scope)} do this.", _takes(question, now or best, facts, scope)


def _by(question: Question, roles: list[Role], scope: str) -> str:
    if question.actor.id == PIPELINE:
        return "the pipeline"
    whose = f"as {', '.join(roles)} in {scope}" if roles else f"who has no role in {scope} that counts here"
    return f"{question.actor.handle}, {whose},"


def _takes(question: Question, roles: list[Role], facts: Facts, scope: str) -> str:
    if roles:
        return f"It takes a role in {scope}: {' or '.join(roles)}. A data steward gives it: `tillit member add`."
    if _allowed(question, _at_best(facts, question.purpose), PIPELINE):
        return "Only the pipeline does this, by itself."
    return "No role in itself is enough: it depends on who asked, who approved or whose it is, and when."


def _rules(decision: Decision) -> str:
    return ", ".join(decision.rules)


def _roles_of(facts: Facts, question: Question) -> list[Role]:
    """What they are, in the study that is asked about or in the vault."""
    scope = question.resource.study or "vault"
    named = [parent["id"].rpartition("/") for parent in facts[0]["parents"]]
    return [Role(role) for where, _, role in named if where == scope]


def _roles_let(question: Question, facts: Facts) -> list[Role]:
    """The roles of which each alone would be let in."""
    study = question.resource.study
    there = STUDY_ROLES if study else VAULT_ROLES
    return [role for role in there if _allowed(question, facts, f"{study or 'vault'}/{role}")]


def _allowed(question: Question, facts: Facts, role: str) -> bool:
    user = {**facts[0], "parents": [{"type": "Tillit::Role", "id": role}]}
    return gate.judge(house_rules(), question, lambda: [user, *facts[1:]]).allowed


def _at_best(facts: Facts, purpose: Purpose) -> Facts:
    """The facts with a consent that holds for this purpose, in an open study, of what is released and not held."""
    long_ago, long = ({"__extn": {"fn": "datetime", "arg": moment}} for moment in (LONG_AGO, LONG))
    good: dict[str, Any] = {
        "consent": {"given": True, "withdrawn": False, "purposes": [purpose], "until": long, "embargo": long_ago},
        "approved": True, "starts": long_ago, "ends": long, "review_required": False, "voices_kept": True,
        "released": True, "held": False, "shredded": True, "bulk": False, "glass_unreviewed": False,
        "shut": False, "overdue": True,
    }  # fmt: skip
    return [{**one, "attrs": {name: good.get(name, was) for name, was in one["attrs"].items()}} for one in facts]


def _action(name: str) -> Action:
    try:
        return Action(name)
    except ValueError:
        near = get_close_matches(name, list(Action)) or sorted(Action)
        raise BadInput(UNKNOWN_ACTION, near=f"There is: {', '.join(near)}.") from None


def _purpose(action: Action, name: str | None) -> Purpose:
    if name is not None:
        return Purpose(name)
    purposes = sorted(ACTIONS[action].purposes)
    if len(purposes) > 1:
        raise BadInput(WHICH_PURPOSE, purposes=", ".join(purposes))
    return purposes[0]


def _thing(vault: Vault, kind: str, reference: str) -> Thing | str:
    match kind:
        case "Study":
            return lookup.study(vault.database, reference)
        case "Participant":
            return lookup.participant(vault.database, reference)
        case "Recording":
            return lookup.recording(vault.database, reference)
        case "BrokenGlass":
            return _glass(vault, reference)
        case "Voice":
            return _voice(vault, reference)
    if reference != "vault":
        raise BadInput("That is done to the vault as a whole. Say: vault.")
    return vault.id


def _glass(vault: Vault, reference: str) -> BrokenGlass:
    """One time the glass of a study was broken, "rus/1"."""
    code, _, number = reference.partition("/")
    study = lookup.study(vault.database, code)
    query = sa.select(BrokenGlass.id).where(BrokenGlass.study_id == study.id, BrokenGlass.number == number)
    with vault.database.reader.connect() as connection:
        found = connection.execute(query).scalars().first() if lookup.NUMBER.fullmatch(number) else None
    if found is None:
        raise NotFound("There is no broken glass of that number. Look with `tillit break-glass list`.")
    return lookup.by_id(vault.database, BrokenGlass, found)


def _voice(vault: Vault, reference: str) -> Voice:
    """The voice of a participant, "rus/P07", or of somebody who works here, "rus/ivar"."""
    code, _, whose = reference.partition("/")
    study = lookup.study(vault.database, code)
    people = sa.select(Person.id).where(Person.handle == whose)
    held = sa.select(Participant.id).where(Participant.study_id == study.id, Participant.code == whose)
    query = sa.select(Voice.id).where(
        Voice.study_id == study.id, sa.or_(Voice.person_id.in_(people), Voice.participant_id.in_(held))
    )
    with vault.database.reader.connect() as connection:
        found = connection.execute(query).scalars().first()
    if found is None:
        raise NotFound(NO_VOICE)
    return lookup.by_id(vault.database, Voice, found)
