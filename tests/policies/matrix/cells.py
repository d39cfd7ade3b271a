"""The cells: everybody who can ask, every state a thing can be in, every action, every purpose."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from policies.actions import CONSENTED, STUDY_ROLES, VAULT_ROLES, Action, Purpose
from policies.rule_examples_facts import ANOTHER, CONSENTS, DATES, ME, PARTICIPANT, World
from tests.policies.matrix.never import IN_TWO
from tests.policies.matrix.oracle import LINES, allows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.policies.matrix.oracle import Line

BOTH = (False, True)
STATES: dict[str, dict[str, tuple[Any, ...]]] = {
    "Vault": {},
    "Study": {"approved": BOTH, "dates": DATES, "review_required": BOTH, "voices_kept": BOTH},
    "Voice": {"voice_of": (ME, ANOTHER, PARTICIPANT), "voices_kept": BOTH},
    "Participant": {"approved": BOTH, "dates": DATES, "held": BOTH},
    "BrokenGlass": {"glass": (ME, ANOTHER), "glass_unreviewed": BOTH},
    "Recording": {"approved": BOTH, "released": BOTH, "review_required": BOTH},
}  # fmt: skip
OF_REQUEST: dict[str, tuple[Any, ...]] = {
    "request": BOTH, "asked_by": (ME, ANOTHER), "approved_by": ("", ME, ANOTHER), "approver_left": BOTH, "fits": BOTH,
    "used": BOTH, "closed": BOTH, "late": BOTH, "fresh": BOTH,
}  # fmt: skip
GOOD = {"request": True, "asked_by": ME, "approved_by": ANOTHER}
WAITING = {"request": True, "asked_by": ANOTHER, "approved_by": ""}
WANTED = ("", "escrow_root", "set_pseudonyms", "waive_review", "hand_off_bulk", "shred_early", "reidentify",
          "close_study_early")  # fmt: skip
OF_ONE: dict[str, dict[str, tuple[Any, ...]]] = {
    "hand_off": {"bulk": BOTH, "approved": BOTH},
    "shred": {"shredded": BOTH, "held": BOTH},
    "close_study": {"overdue": BOTH, "shut": BOTH, "dates": DATES},
    "confirm_deleted": {"asked": BOTH, "shut": BOTH},
    "break_glass": {"glass_unreviewed": BOTH, "fresh": BOTH},
    "read_transcript": {"glass": ("", ME, ANOTHER), "approved": BOTH},
    "read_pseudonymised": {"glass": ("", ME, ANOTHER), "approved": BOTH},
}


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
        for state in _states(action, line) if declared else [{}]:
            for who, consent in product(one, consents(line.kind, purpose) if declared else [{}]):
                yield action, purpose, World(**state, **who, **consent)
        for state, who in product(_twice(line) if declared else [], one):
            yield action, purpose, World(**state, **who)
        for who in one if declared else []:
            yield action, purpose, World(shut=True, released=True, voices_kept=True, **who)
        for who in two if declared else []:
            yield action, purpose, World(released=True, voices_kept=True, **who)


def _states(action: Action, line: Line) -> list[dict[str, Any]]:
    """The states of the kind of thing; of a request instead where the table asks for one."""
    if IN_TWO & set(line.needs):
        varied = {"consent", "over"} & set(line.needs)
        return [*_near(GOOD, line), *_near(WAITING, line)] if varied else []
    states = OF_ONE.get(action, STATES[line.kind])
    return [dict(zip(states, values, strict=True)) for values in product(*states.values())]


def _near(state: dict[str, Any], line: Line) -> list[dict[str, Any]]:
    """A state of a request, and all in which one thing is otherwise."""
    return [state, *(state | one for one in _others(state, line))]


def _twice(line: Line) -> list[dict[str, Any]]:
    """The states of a request in which up to two things are otherwise than where it is good, or waits."""
    if not IN_TWO & set(line.needs):
        return []
    pairs = [state | one | two for state in (GOOD, WAITING) for one, two in combinations(_others(state, line), 2)]
    return [*_near(GOOD, line), *_near(WAITING, line), *pairs]


def _others(state: dict[str, Any], line: Line) -> list[dict[str, Any]]:
    choices = OF_REQUEST | ({"wanted": WANTED} if "mine" in line.needs else {})
    choices |= {"asked_for": ("reidentify", "release")} if "name" in line.needs else {}
    return [{name: value} for name, values in choices.items() for value in values if state.get(name) != value]


def sentence(action: Action, purpose: Purpose, world: World, *, rules: tuple[str, ...]) -> str:
    """What was asked in a cell, what the table says and by which rules access.cedar answered, in words."""
    plain = World()
    said = {name: value for name, value in vars(world).items() if value != getattr(plain, name)}
    about = ", ".join(f"{name} {_words(value)}" for name, value in said.items()) or "a stranger"
    table = "allows" if allows(action, purpose, world) else "denies"
    return f"The table {table} {action} for {purpose}, with {about}; access.cedar: {', '.join(rules) or 'no rule'}."


def _words(value: object) -> str:
    return "+".join(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)
