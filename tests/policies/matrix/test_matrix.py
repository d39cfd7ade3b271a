"""The rules against the table, cell by cell."""

from __future__ import annotations

from functools import partial

from policies import gate
from policies.actions import ACTIONS, Action
from policies.decide import house_rules
from policies.gate import Question
from policies.rule_examples_facts import World, entities, resource
from tests.policies.matrix.cells import cells, sentence
from tests.policies.matrix.oracle import LINES, allows

CELLS = 50_000
SHOWN = 20


def test_every_action_is_in_the_table() -> None:
    """An action nobody has written into the table yet fails here, by name."""
    assert {action.value for action in Action} - set(LINES) == set(), "Add these to tests/policies/matrix/table.py."
    assert set(LINES) - {action.value for action in Action} == set(), "These are no actions any more."


def test_the_table_of_actions_declares_what_this_table_does() -> None:
    """Kind of thing and purposes are the same in both."""
    declared = {action.value: (spec.resource, spec.purposes) for action, spec in ACTIONS.items()}
    assert declared == {action: (line.kind, line.purposes) for action, line in LINES.items()}


def test_the_rules_say_what_the_table_says_in_every_cell() -> None:
    """Roles, actions, consent, membership, lifecycle and purposes: not one answer differs."""
    rules, wrong, asked = house_rules(), [], 0
    for action, purpose, world in cells():
        asked += 1
        kind = ACTIONS[action].resource
        question = Question(world.actor(), action, resource(kind), purpose, "")
        decision = gate.judge(rules, question, partial(entities, world, kind))
        expected = allows(action, purpose, world)
        if decision.allowed != expected or "engine-error" in decision.rules:
            wrong.append(sentence(action, purpose, world, table=expected, rules=decision.rules))
    assert asked >= CELLS
    assert not wrong, f"{len(wrong)} cells differ, such as:\n" + "\n".join(wrong[:SHOWN])


def test_a_disagreement_is_a_sentence() -> None:
    """What differs is told in words somebody can act on."""
    world = World(roles=frozenset({"reviewer"}), consent="expired")
    said = sentence(
        Action.RELEASE, next(iter(ACTIONS[Action.RELEASE].purposes)), world, table=False, rules=("a-rule",)
    )
    assert said == (
        "The table denies and access.cedar allows (a-rule): release for analyse, with roles reviewer, consent expired."
    )
