"""Puts a request and its facts to the Cedar rules, and answers with a reason.

Cedar can fail open: a forbid over a missing attribute errors and is skipped. So the schema always goes along, and
any diagnostic, or anything but a clear Allow, is a deny. Source: Cedar language specification, cedarpy 4.12.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cedarpy

from policies.actions import Role
from storage.errors import Damaged

HERE = Path(__file__).parent
NO_RULE = "No rule lets you do this here. "
A_STRANGER = "Ask a data steward of the study for a role in it."
ANOTHER_ROLE = "It takes another role than yours in the study: ask one of its data stewards, who can give you one."
A_STEWARD = (
    "It is not for data stewards but for another role in the study. Leave it to somebody who has that, or give it "
    "with `tillit member add`."
)
THE_VAULT = "It is for those who are data stewards of the whole vault, as whoever made it is. Ask one of them."
STUMBLED = "The rules could not be evaluated, so the answer is no. Tell whoever runs this vault."


@dataclass(frozen=True)
class Decision:
    """Allow or deny, the ids of the rules that decided, and a sentence for the person."""

    allowed: bool
    rules: tuple[str, ...]
    reason: str


class Rules:
    """One set of rules, checked against its schema before it is used."""

    def __init__(self, policies: str, schema: str) -> None:
        checked = cedarpy.validate_policies(policies, schema)
        if not checked.validation_passed:
            raise Damaged("The access rules do not fit their schema, so nothing can be allowed. Restore access.cedar.")
        self._policies = cedarpy.PolicySet.from_str(policies)
        self._schema = cedarpy.Schema.from_str(schema)
        self._notes = _annotations(policies)

    def decide(self, request: dict[str, Any], entities: list[dict[str, Any]]) -> Decision:
        """The answer to `request`, whose entities are in Cedar's JSON form. Never raises: a stumble is a deny."""
        try:
            answer = cedarpy.is_authorized(request, self._policies, entities, self._schema)
        except Exception:  # noqa: BLE001  # whatever the engine trips over, the answer is no
            return Decision(allowed=False, rules=("engine-error",), reason=STUMBLED)
        if answer.diagnostics.errors or answer.decision is cedarpy.Decision.NoDecision:
            return Decision(allowed=False, rules=("engine-error",), reason=STUMBLED)
        notes = [self._notes[name] for name in sorted(answer.diagnostics.reasons)]
        rules = tuple(note["id"] for note in notes)
        if answer.decision is cedarpy.Decision.Allow and rules:
            return Decision(allowed=True, rules=rules, reason="")
        reason = " ".join(note["says"] for note in notes) or _whom_to_ask(entities)
        return Decision(allowed=False, rules=rules, reason=reason)


def _whom_to_ask(entities: list[dict[str, Any]]) -> str:
    """The sentence where no rule allows it, for who asks: the first of the entities, as `facts` gives them."""
    scopes = [one["uid"]["id"] for one in entities if one["uid"]["type"] == "Tillit::Study"]
    roles = {parent["id"].rpartition("/") for one in entities[:1] for parent in one["parents"]}
    mine = {role for scope, _, role in roles if scope in scopes}
    if not scopes:
        return NO_RULE + THE_VAULT
    if Role.STEWARD in mine:
        return NO_RULE + A_STEWARD
    return NO_RULE + (ANOTHER_ROLE if mine else A_STRANGER)


def _annotations(policies: str) -> dict[str, dict[str, str]]:
    parsed = json.loads(cedarpy.policies_to_json_str(policies))["staticPolicies"]
    return {name: policy["annotations"] for name, policy in parsed.items()}


@cache
def house_rules() -> Rules:
    """The rules that came with this version of Tillit."""
    return Rules((HERE / "access.cedar").read_text(), (HERE / "access.cedarschema").read_text())
