"""A steward's own examples of who may do what, run against the rules this house has, with invented facts.

A file of them is TOML: an `[[example]]` each, with `says`, `action`, `expect` ("allow" or "deny") and whatever of the
world it takes; policies/examples.toml shows every word there is. No vault is needed, and none is looked at.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from policies import gate
from policies.actions import ACTIONS, CONSENTED, STUDY_ROLES, VAULT_ROLES, Action, Purpose
from policies.decide import house_rules
from policies.gate import Question
from policies.rule_examples_facts import ANOTHER, CONSENTS, DATES, ME, PARTICIPANT, World, context, entities, resource
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.decide import Rules

EXPECT = ("allow", "deny")
LISTS = {"roles": STUDY_ROLES, "elsewhere": STUDY_ROLES, "vault": VAULT_ROLES, "purposes": CONSENTED}
WORDS = {
    "consent": CONSENTS, "dates": DATES, "asked_by": (ME, ANOTHER), "asked_for": tuple(Action),
    "approved_by": ("", ME, ANOTHER), "voice_of": (ME, ANOTHER, PARTICIPANT),
    "wanted": tuple(Action), "glass": ("", ME, ANOTHER),
}  # fmt: skip
FLAGS = (
    "pipeline", "approved", "review_required", "voices_kept", "released", "held", "used", "late", "request", "closed",
    "fits", "approver_left", "fresh", "bulk", "shredded", "glass_unreviewed",
)  # fmt: skip
KEYS = ("says", "action", "purpose", "expect", "rule", *LISTS, *WORDS, *FLAGS)
WRONG = "Example {number}: {what}"


@dataclass(frozen=True)
class Example:
    """One example: a sentence, a question, the world it is asked in, and the answer that is expected."""

    says: str
    action: Action
    purpose: Purpose
    world: World
    allow: bool
    rule: str


@dataclass(frozen=True)
class Outcome:
    """What became of an example: `wrong` is empty where the rules say what it expects."""

    says: str
    rules: tuple[str, ...]
    wrong: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"says": self.says, "rules": list(self.rules), "wrong": self.wrong, "holds": not self.wrong}


def read(text: str) -> list[Example]:
    """The examples of a file. Raises BadInput for whatever is not understood, with which example it is in."""
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise BadInput("The file of examples is not TOML. Each example starts with a line [[example]].") from None
    found = parsed.pop("example", None)
    if parsed or not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadInput("A file of examples holds [[example]] and nothing else, and at least one of them.")
    return [_example(number, raw) for number, raw in enumerate(found, 1)]


def run(examples: Iterable[Example], rules: Rules | None = None) -> list[Outcome]:
    """Put each to the rules of this house, or to others."""
    return [_outcome(one, rules or house_rules()) for one in examples]


def _outcome(example: Example, rules: Rules) -> Outcome:
    kind = ACTIONS[example.action].resource
    question = Question(example.world.actor(), example.action, resource(kind), example.purpose)
    answer = gate.judge(rules, question, partial(entities, example.world, kind), **context(example.world))
    by = ", ".join(answer.rules) or "no rule"
    wrong = ""
    if answer.allowed is not example.allow:
        wrong = f"expected to {EXPECT[not example.allow]}, but the rules {EXPECT[not answer.allowed]} it ({by})"
    elif example.rule and example.rule not in answer.rules:
        wrong = f"expected by {example.rule}, but it is by {by}"
    return Outcome(example.says, answer.rules, wrong)


def _example(number: int, raw: dict[str, Any]) -> Example:
    for key in raw:
        if key not in KEYS:
            _wrong(number, f"one of its words is none that examples know. {_near(key, KEYS)}")
    for key in ("says", "action", "expect"):
        if key not in raw:
            _wrong(number, f"it has no {key}.")
    for key in ("says", "rule"):
        if not isinstance(raw.get(key, ""), str):
            _wrong(number, f"{key} is a text in quotes.")
    action = Action(_word(number, "action", raw["action"], tuple(Action)))
    purposes = sorted(ACTIONS[action].purposes)
    if "purpose" not in raw and len(purposes) > 1:
        _wrong(number, f"{action} needs a purpose: {', '.join(purposes)}.")
    purpose = Purpose(_word(number, "purpose", raw.get("purpose", purposes[0]), tuple(Purpose)))
    allow = _word(number, "expect", raw["expect"], EXPECT) == "allow"
    return Example(raw["says"], action, purpose, _world(number, raw), allow, raw.get("rule", ""))


def _world(number: int, raw: dict[str, Any]) -> World:
    said: dict[str, Any] = {key: _word(number, key, raw[key], WORDS[key]) for key in WORDS if key in raw}
    said |= {key: _words(number, key, raw[key]) for key in LISTS if key in raw}
    said |= {key: _flag(number, key, raw[key]) for key in FLAGS if key in raw}
    return World(**said)


def _words(number: int, key: str, value: Any) -> frozenset[str]:  # noqa: ANN401  # whatever the file holds
    if not isinstance(value, list):
        _wrong(number, f"{key} is a list, such as [{LISTS[key][0].value!r}].")
    return frozenset(_word(number, key, one, LISTS[key]) for one in value)


def _word(number: int, key: str, value: Any, known: tuple[str, ...]) -> str:  # noqa: ANN401  # the same
    if value not in known:
        _wrong(number, f"that is nothing {key} can be. {_near(value, known)}")
    return str(value)


def _flag(number: int, key: str, value: Any) -> bool:  # noqa: ANN401  # the same
    if not isinstance(value, bool):
        _wrong(number, f"{key} is true or false.")
    return value


def _near(value: Any, known: tuple[str, ...]) -> str:  # noqa: ANN401  # the same
    """What was perhaps meant, of our own words alone: what stands in the file is not repeated."""
    near = get_close_matches(value, known, 1) if isinstance(value, str) else []
    return f"Is it {near[0]}?" if near else f"There is: {', '.join(filter(None, known))}."


def _wrong(number: int, what: str) -> NoReturn:
    raise BadInput(WRONG, number=number, what=what)
