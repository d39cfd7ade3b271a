"""One cell put to a set of rules: what is wrong about the answer, in a sentence."""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING

import cedarpy

from policies import decide, gate
from policies.actions import ACTIONS
from policies.decide import Rules
from policies.gate import Question
from policies.rule_examples_facts import context, entities, resource
from tests.policies.matrix.cells import cells, sentence
from tests.policies.matrix.never import spoken, without
from tests.policies.matrix.oracle import allows

if TYPE_CHECKING:
    from policies.actions import Action, Purpose
    from policies.decide import Decision
    from policies.rule_examples_facts import World

    Cell = tuple[Action, Purpose, World]

SCHEMA = (decide.HERE / "access.cedarschema").read_text()


def answer(rules: Rules, cell: Cell) -> Decision:
    """What the door says."""
    action, purpose, world = cell
    kind = ACTIONS[action].resource
    question = Question(world.actor(), action, resource(kind), purpose, "")
    return gate.judge(rules, question, partial(entities, world, kind), **context(world))


def wrong(rules: Rules, cell: Cell) -> str:
    """Empty where the rules say what the tables say: the answer, and of a no which "never" gives the reason."""
    action, purpose, _ = cell
    found, expected = answer(rules, cell), allows(*cell)
    if found.allowed != expected:
        return sentence(*cell, rules=found.rules)
    never = ("undeclared",) if purpose not in ACTIONS[action].purposes else spoken(*cell)
    if not expected and tuple(sorted(found.rules)) != never:
        return f"Of another reason, {', '.join(never) or 'no rule'} in the table: {sentence(*cell, rules=found.rules)}"
    return ""


def wrong_alone(permits: Rules, cell: Cell) -> str:
    """The same of the permits without any "never": consent stands in them too, should the engine skip a forbid."""
    action, purpose, world = cell
    found, expected = answer(permits, cell), allows(action, purpose, without(world))
    return "" if found.allowed == expected else f"Permits alone: {sentence(*cell, rules=found.rules)}"


def permits_alone(text: str) -> Rules:
    """The permits of a set of rules."""
    policies = json.loads(cedarpy.policies_to_json_str(text))
    kept = {name: one for name, one in policies["staticPolicies"].items() if one["effect"] == "permit"}
    return Rules(cedarpy.policies_from_json_str(json.dumps({**policies, "staticPolicies": kept})), SCHEMA)


@cache
def every_cell() -> tuple[Cell, ...]:
    """All the cells."""
    return tuple(cells())


@cache
def cells_alone() -> tuple[Cell, ...]:
    """Those that differ in what stands in the permits."""
    kept = {(action, purpose, _key(without(world))): world for action, purpose, world in every_cell()}
    return tuple((action, purpose, world) for (action, purpose, _), world in kept.items())


def _key(world: World) -> str:
    return repr(
        {name: sorted(value) if isinstance(value, frozenset) else value for name, value in vars(world).items()}
    )
