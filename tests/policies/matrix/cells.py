"""The cells: everybody who can ask, every state a thing can be in, every action, every purpose."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from policies.actions import CONSENTED, STUDY_ROLES, VAULT_ROLES, Action, Purpose
from policies.rule_examples_facts import ANOTHER, CONSENTS, DATES, ME, PARTICIPANT, World
from tests.policies.matrix.oracle import LINES, allows

if TYPE_CHECKING:
    from collections.abc import Iterator

BOTH = (False, True)
STATES: dict[str, dict[str, tuple[Any, ...]]] = {
    "Vault": {},
    "Study": {"approved": BOTH, "dates": DATES, "review_required": BOTH, "voices_kept": BOTH},
    "Voice": {"voice_of": (ME, ANOTHER, PARTICIPANT), "voices_kept": BOTH},
    "Participant": {"approved": BOTH, "dates": DATES, "held": BOTH},
    "Recording": {"approved": BOTH, "released": BOTH, "review_required": BOTH},
    "Request": {
        "asked_by": (ME, ANOTHER), "approved_by": ("", ME, ANOTHER), "used": BOTH, "late": BOTH,
        "asked_for": ("reidentify", "release"),
    },
}  # fmt: skip


def who_asks() -> list[dict[str, Any]]:
    """Strangers, the pipeline, each role here, elsewhere and in the vault."""
    alone = [{"roles": frozenset({role})} for role in STUDY_ROLES]
    elsewhere = [{"elsewhere": frozenset({role})} for role in STUDY_ROLES]
    vault = [{"vault": frozenset({role})} for role in VAULT_ROLES]
    return [{}, {"pipeline": True}, *alone, *elsewhere, *vault]


def of_two_roles() -> list[dict[str, Any]]:
    """Each two roles here together: roles add up, and none takes from another."""
    return [{"roles": frozenset(pair)} for pair in combinations(STUDY_ROLES, 2)]


def consents(kind: str, purpose: Purpose) -> list[dict[str, Any]]:
    """Each state of a consent, with this purpose in it and without."""
    if kind in {"Vault", "Study", "Voice"}:
        return [{}]
    named, unnamed = frozenset(CONSENTED), frozenset(CONSENTED) - {purpose}
    return [{"consent": state, "purposes": purposes} for state in CONSENTS for purposes in (named, unnamed)]


def cells() -> Iterator[tuple[Action, Purpose, World]]:
    """All of them; two roles at once, and purposes an action was not declared for, in one state of everything."""
    one, two = who_asks(), of_two_roles()
    for action, purpose in product(Action, Purpose):
        line = LINES[action]
        declared = purpose in line.purposes
        for state in _states(line.kind) if declared else [{}]:
            for who, consent in product(one, consents(line.kind, purpose) if declared else [{}]):
                yield action, purpose, World(**state, **who, **consent)
        for who in two if declared else []:
            yield action, purpose, World(released=True, voices_kept=True, **who)


def _states(kind: str) -> list[dict[str, Any]]:
    states = STATES[kind]
    return [dict(zip(states, values, strict=True)) for values in product(*states.values())]


def sentence(action: Action, purpose: Purpose, world: World, *, rules: tuple[str, ...]) -> str:
    """What was asked in a cell, what the table says and by which rules access.cedar answered, in words."""
    plain = World()
    said = {name: value for name, value in vars(world).items() if value != getattr(plain, name)}
    about = ", ".join(f"{name} {_words(value)}" for name, value in said.items()) or "a stranger"
    table = "allows" if allows(action, purpose, world) else "denies"
    return f"The table {table} {action} for {purpose}, with {about}; access.cedar: {', '.join(rules) or 'no rule'}."


def _words(value: object) -> str:
    return "+".join(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)
