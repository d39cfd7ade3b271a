"""The one door to protected data.

    with gate.act(actor, Action.READ_TRANSCRIPT, recording, Purpose.ANALYSE) as act:
        transcript = act.read(artefact)

Going in: the facts are put to the rules, the decision is in the ledger and durable, and only an allow gives a Permit.
Coming out: the rules are asked once more inside the transaction that keeps the work, and the outcome is written in
it; a withdrawal during the act therefore keeps nothing. An exception rolls everything back and records a failure.

An act that takes two is entered with the request another approved, and uses it up in that same transaction.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from policies import in_two
from policies.act import Act
from policies.actions import ACTIONS, Action, Purpose
from policies.decide import Decision, Rules, house_rules
from policies.facts import Actor, Resource, broken_by, entities, request, resource_of
from storage import anchors
from storage.errors import AlreadyThere, Denied, StorageFailed, TakesTwo, TillitError
from storage.ledger import Entry
from storage.permit import Permit
from storage.records import new_id, now
from storage.requests import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from policies.facts import Thing
    from policies.in_two import Second
    from storage.records import Row
    from storage.vault import Vault

UNWRITTEN = "The vault could not be written. Check the disk, then look with `tillit status` what was kept."
TAKES_TWO = "takes-two"  # how the ids of the rules end that say so
BROKEN_GLASS = "broken-glass"
WRONG_USE = "The rules do not know this action for this purpose, so the answer is no."
UNTOLD = (
    "This act would tell the ledger what it does not declare, and that might be a name, so nothing was kept. Tell "
    "whoever runs this vault."
)
IN_TWO = frozenset({"request", "digest"})
UNDECLARED = "This command does not declare that it does this, so the answer is no. Tell whoever runs this vault."


@dataclass(frozen=True)
class Question:
    """What is asked at the door, and the id under which the ledger keeps it."""

    actor: Actor
    action: Action
    resource: Resource
    purpose: Purpose
    id: str = field(default_factory=new_id)
    second: Second | None = None
    declared: bool = True


class Gate:
    """The door of one vault."""

    def __init__(self, vault: Vault, rules: Rules | None = None) -> None:
        self._vault = vault
        self._rules = rules or house_rules()

    @contextmanager
    def act(  # noqa: PLR0913  # who, what, on what, what for, with whom, and through which door
        self,
        actor: Actor,
        action: Action,
        thing: Thing | str,
        purpose: Purpose,
        second: Second | None = None,
        *,
        declared: bool = True,
    ) -> Iterator[Act]:
        """Ask, and hold the door open for the body. Raises Denied, or TakesTwo where another has to approve first.

        StorageFailed if the ledger takes no entry. `declared` is whether the command declares it (policies.declared).
        """
        question = Question(actor, action, resource_of(thing), purpose, second=second, declared=declared)
        with self._vault.database.reader.connect() as connection:
            decision = self._decide(connection, question)
            broken = broken_by(connection, actor, question.resource.study) if BROKEN_GLASS in decision.rules else None
        self._vault.ledger.record(_decision_entry(question, decision, broken))
        if not decision.allowed:
            raise _refusal(decision)
        act = Act(self._vault, _permit(question), actor, question.resource, partial(self._keep_now, question))
        try:
            yield act
        except BaseException as error:
            self._undo(act, question, error)
            raise
        else:
            self._keep(act, question)
            act.finish()
        finally:
            act.close()

    def _decide(self, connection: sa.Connection, question: Question) -> Decision:
        told = in_two.context(connection, question.action, question.resource, question.second)
        approver = in_two.approver(connection, question.second)
        return judge(
            self._rules,
            question,
            lambda: entities(connection, question.actor, question.resource, approver),
            fresh=self._vault.fresh,
            **told,
        )

    def _keep(self, act: Act, question: Question) -> None:
        reached = False
        try:
            with Session(self._vault.database.writer, expire_on_commit=False) as session, session.begin():
                self._ask_again(session, question)
                act.check_keys(session)
                written = anchors.watch(session)
                act.write_to(session)
                _use_up(session, act, question)
                _only_declared(act, question)
                facts = {"ok": True, **act.facts, **({"rows": written} if written else {})}
                entry = Entry(
                    "outcome", question.id, facts, act.committed, question.resource.participant, act.committed_to()
                )
                act.position = self._vault.ledger.append(session, entry)
                act.keep_names()
                reached = True
        except BaseException as error:
            # Once the commit was reached it may have come to the disk all the same: the payloads then stay.
            self._undo(act, question, error, unknown=reached)
            if isinstance(error, DBAPIError | OSError):
                raise _ours(error) from None
            raise
        self._vault.ledger.follow()

    def _keep_now(self, question: Question, act: Act, row: Row) -> None:
        """One row in a transaction of its own; judged as at the act's end, for it may be hours away."""
        try:
            with Session(self._vault.database.writer, expire_on_commit=False) as session, session.begin():
                self._ask_again(session, question)
                act.check_keys(session)
                session.add(row)
        except (DBAPIError, OSError) as error:
            raise _ours(error) from None

    def _ask_again(self, session: Session, question: Question) -> None:
        again = self._decide(session.connection(), question)
        if not again.allowed:
            raise Denied(again.reason)

    def _undo(self, act: Act, question: Question, error: BaseException, *, unknown: bool = False) -> None:
        """Say in the ledger that it failed and how, never what the error said; then remove what was written."""
        told = {name: fact for name, fact in act.facts.items() if name in _told(question)}
        facts = {"ok": None if unknown else False, "error": type(error).__name__, **told}
        try:
            self._vault.ledger.record(Entry("outcome", question.id, facts, {}, question.resource.participant))
        except TillitError:
            error.add_note("The ledger did not take the failure's entry either.")
        if not unknown:
            act.abandon()


def judge(rules: Rules, question: Question, facts: Callable[[], list[dict[str, Any]]], **context: object) -> Decision:
    """What the rules say to a question; the facts are not asked for where the table of actions says no already."""
    spec = ACTIONS[question.action]
    if not question.declared:
        return Decision(allowed=False, rules=("undeclared",), reason=UNDECLARED)
    if question.resource.kind != spec.resource or question.purpose not in spec.purposes:
        return Decision(allowed=False, rules=("undeclared",), reason=WRONG_USE)
    asked = request(question.actor, question.action, question.resource, question.purpose, now(), **context)
    return rules.decide(asked, facts())


def _refusal(decision: Decision) -> Denied:
    """Where something else is in the way too, two cannot do it either."""
    if decision.rules and all(rule.endswith(TAKES_TWO) for rule in decision.rules):
        return TakesTwo(decision.reason)
    return Denied(decision.reason)


def _use_up(session: Session, act: Act, question: Question) -> None:
    """An approval is good for one act that ends well, this one."""
    if ACTIONS[question.action].second_person and question.second is not None:
        row = session.get_one(Request, question.second.request)
        row.used = now()
        session.flush()
        act.facts.update(request=row.id, digest=row.digest)


def _told(question: Question) -> frozenset[str]:
    """What an act may tell the ledger: what its action declares, and the request it used."""
    spec = ACTIONS[question.action]
    return spec.audit | (IN_TWO if spec.second_person else frozenset())


def _only_declared(act: Act, question: Question) -> None:
    if not act.facts.keys() <= _told(question):
        raise Denied(UNTOLD)


def _ours(error: Exception) -> TillitError:
    """What a database's refusal is called here: what it says may quote a row."""
    if isinstance(error, IntegrityError):
        return AlreadyThere("That is there already. Look with `tillit status`.")
    return StorageFailed(UNWRITTEN)


def _permit(question: Question) -> Permit:
    resource = question.resource
    held = frozenset({resource.participant}) if resource.participant else frozenset()
    spec = ACTIONS[question.action]
    return Permit(question.id, resource.study, held, link=spec.link, study_key=spec.study_key, ceremony=spec.ceremony)


def _decision_entry(question: Question, decision: Decision, broken: str | None) -> Entry:
    facts: dict[str, object] = {
        "actor": question.actor.id,
        "action": question.action.value,
        "resource": f"{question.resource.kind}/{question.resource.id}",
        "purpose": question.purpose.value,
        "allow": decision.allowed,
        "rules": list(decision.rules),
        **({"break_glass": broken} if broken else {}),
    }
    return Entry("decision", question.id, facts, {}, question.resource.participant)
