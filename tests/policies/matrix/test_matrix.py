"""The rules against the table, cell by cell."""

from __future__ import annotations

from policies.actions import ACTIONS, Action, Purpose
from policies.decide import HERE, house_rules
from policies.rule_examples_facts import World
from tests.policies.matrix.cells import sentence
from tests.policies.matrix.checking import cells_alone, every_cell, permits_alone, wrong, wrong_alone
from tests.policies.matrix.oracle import LINES

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


def test_the_rules_say_what_the_tables_say_in_every_cell() -> None:
    """Roles, actions, consent, membership, lifecycle and purposes: not one answer differs, nor its reason."""
    found = [said for cell in every_cell() if (said := wrong(house_rules(), cell))]
    assert len(every_cell()) >= CELLS
    assert not found, f"{len(found)} cells differ, such as:\n" + "\n".join(found[:SHOWN])


def test_consent_stands_in_the_permits_too() -> None:
    """Without any "never", still nothing opens that a consent or a second person has to allow."""
    permits = permits_alone((HERE / "access.cedar").read_text())
    found = [said for cell in cells_alone() if (said := wrong_alone(permits, cell))]
    assert not found, f"{len(found)} cells differ, such as:\n" + "\n".join(found[:SHOWN])


def test_a_disagreement_is_a_sentence() -> None:
    """What differs is told in words somebody can act on."""
    world = World(roles=frozenset({"reviewer"}), consent="expired")
    said = sentence(Action.RELEASE, Purpose.ANALYSE, world, rules=("a-rule",))
    assert said == (
        "The table denies release for analyse, with roles reviewer, consent expired; access.cedar: a-rule."
    )
