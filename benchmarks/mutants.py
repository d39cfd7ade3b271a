"""Whether the tests would notice a wrong rule: each rule of access.cedar is spoilt in every small way, one at a time.

    python -m benchmarks.mutants [--every N]

A rule is left out; loses one of its actions or one side of an and, an or; has a not dropped, a comparison turned
round, a condition dropped or turned into its opposite. A mutant is killed when one cell of tests/policies/matrix has
another answer or another reason, or when it does not fit the schema. `--every N` tries each Nth. Of those that
survive it prints the rule, and what was done to it.
"""

from __future__ import annotations

import argparse
import copy
import json
from typing import TYPE_CHECKING, Any

import cedarpy

from policies.decide import HERE, Rules
from storage.errors import Damaged
from tests.policies.matrix.checking import (
    SCHEMA,
    cells_alone,
    every_cell,
    permits_alone,
    wrong,
    wrong_alone,
)
from tests.policies.matrix.oracle import LINES

if TYPE_CHECKING:
    from collections.abc import Iterator

TURNED = {"<": ">", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
GROUPS = {"consented": "consent", "protected": "named"}
Policy = dict[str, Any]


def mutants(policy: Policy) -> Iterator[tuple[str, Policy | None]]:
    """What was done to a rule, and what became of it; None where it is left out."""
    yield "left out", None
    actions = policy["action"].get("entities", [])
    for at, one in enumerate(actions):
        fewer = copy.deepcopy(policy)
        del fewer["action"]["entities"][at]
        yield f"without {one['id']}", fewer
    for at, condition in enumerate(policy["conditions"]):
        bare, flipped = copy.deepcopy(policy), copy.deepcopy(policy)
        del bare["conditions"][at]
        yield f"without condition {at}", bare
        flipped["conditions"][at]["kind"] = "unless" if condition["kind"] == "when" else "when"
        yield f"condition {at} turned round", flipped
        for what, body in spoilt(condition["body"]):
            other = copy.deepcopy(policy)
            other["conditions"][at]["body"] = body
            yield what, other


def spoilt(body: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # Cedar's JSON of an expression
    """Every expression that differs from this one in one place."""
    if not isinstance(body, dict):
        return
    for operator, parts in body.items():
        if operator in {"&&", "||"}:
            yield f"{operator} left alone", parts["left"]
            yield f"{operator} right alone", parts["right"]
        if operator == "!":
            yield "! dropped", parts["arg"]
        if operator in TURNED:
            yield f"{operator} turned into {TURNED[operator]}", {TURNED[operator]: parts}
        if isinstance(parts, dict):
            for name, part in parts.items():
                for what, other in spoilt(part):
                    yield what, {operator: {**parts, name: other}}


def killed(policies: dict[str, Any], touched: set[str]) -> bool:
    """Whether a cell of an action the rule speaks of tells the mutant from the rules."""
    text = cedarpy.policies_from_json_str(json.dumps(policies))
    try:
        rules, permits = Rules(text, SCHEMA), permits_alone(text)
    except Damaged:
        return True
    if any(wrong(rules, cell) for cell in every_cell() if cell[0].value in touched):
        return True
    return any(wrong_alone(permits, cell) for cell in cells_alone() if cell[0].value in touched)


def main() -> None:
    """Try them, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    every = parser.parse_args().every
    whole = json.loads(cedarpy.policies_to_json_str((HERE / "access.cedar").read_text()))
    done = alive = number = 0
    for name, policy in whole["staticPolicies"].items():
        for what, mutant in mutants(policy):
            number += 1
            if number % every:
                continue
            done += 1
            others = {key: one for key, one in whole["staticPolicies"].items() if key != name}
            kept = others if mutant is None else {**others, name: mutant}
            if not killed({**whole, "staticPolicies": kept}, touched(policy)):
                alive += 1
                print(f"survived  {policy['annotations']['id']}: {what}", flush=True)
    print(f"{done} mutants of access.cedar: {done - alive} killed, {alive} survived ({(done - alive) / done:.1%}).")


def touched(policy: Policy) -> set[str]:
    """The actions a rule speaks of: groups of consent opened up by the table, for other groups, or none, all."""
    action = policy["action"]
    named = {one["id"] for one in action.get("entities", [action["entity"]] if "entity" in action else [])}
    if not named or named - LINES.keys() - GROUPS.keys():
        return set(LINES)
    return named | {name for name, line in LINES.items() if any(GROUPS.get(one, "") in line.needs for one in named)}


if __name__ == "__main__":
    main()
