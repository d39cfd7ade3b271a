"""Reads the table, and answers by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.policies.matrix.table import TABLE

if TYPE_CHECKING:
    from policies.rule_examples_facts import World


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    kind: str
    purposes: frozenset[str]
    who: tuple[str, ...]
    needs: tuple[str, ...]


def _read() -> dict[str, Line]:
    found = {}
    for text in filter(str.strip, TABLE.splitlines()):
        action, kind, purposes, who, *needs = text.split()
        listed = [tuple(one.split(",")) for one in (who, *needs)]
        found[action] = Line(kind, frozenset(purposes.split(",")), listed[0], listed[1] if needs else ())
    return found


LINES = _read()


def allows(action: str, purpose: str, world: World) -> bool:
    """What the table says."""
    line = LINES[action]
    return (
        purpose in line.purposes
        and any(_is(who, world) for who in line.who)
        and all(_holds(need, world, purpose) for need in line.needs)
    )


def _is(who: str, world: World) -> bool:
    where, _, what = who.partition(":")
    if where == "pipeline":
        return world.pipeline and (not what or not world.review_required)
    if world.pipeline:
        return False
    if where == "self":
        return world.voice_of == "me"
    return what in world.vault if what else where in world.roles


def _holds(need: str, world: World, purpose: str) -> bool:  # noqa: PLR0911  # one line a word of the table
    match need:
        case "consent":
            return world.consent in {"given", "embargoed"} and world.approved
        case "named":
            early = purpose in {"record", "transcribe"}
            return purpose in world.purposes and (world.consent != "embargoed" or early)
        case "open":
            return world.dates == "open"
        case "released":
            return world.released
        case "voices":
            return world.voices_kept
        case "unheld":
            return not world.held
        case "steward-again":
            return world.consent != "withdrawn" or "steward" in world.roles
        case "second":
            return world.asked_by != "me" and not world.approved_by and _fresh(world)
        case "approved":
            return world.asked_by == "me" and world.approved_by == "another" and _fresh(world)
    raise AssertionError(need)


def _fresh(world: World) -> bool:
    return not world.used and not world.late and world.asked_for == "reidentify"
