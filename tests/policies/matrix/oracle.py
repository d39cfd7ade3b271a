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


def _is(who: str, world: World) -> bool:  # noqa: PLR0911  # one line a sort of person
    who, asks, wanted = who.partition("?")
    if asks and world.wanted not in wanted.split("|"):
        return False
    where, _, what = who.partition(":")
    if where == "pipeline":
        return world.pipeline and (not what or not world.review_required)
    if world.pipeline:
        return False
    if where == "self":
        return world.voice_of == "me"
    if where == "asked":
        return world.asked
    if where == "glass":
        return world.glass == "me" and bool(world.roles - {"auditor"})
    return what in world.vault if what else where in world.roles


def _holds(need: str, world: World, purpose: str) -> bool:  # noqa: C901, PLR0911, PLR0912  # one line a word of the table
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
        case "few":
            return not world.bulk
        case "over":
            return world.consent not in {"given", "embargoed"} or world.shredded
        case "whole":
            return not world.glass_unreviewed
        case "others":
            return world.glass != "me"
        case "unreviewed-glass":
            return world.glass_unreviewed
        case "going":
            return not world.shut
        case "overdue":
            return world.overdue or world.shut
    return _of_request(need, world)


def _of_request(need: str, world: World) -> bool:
    good = world.fits and not (world.used or world.closed or world.late)
    match need:
        case "fresh":
            return world.fresh
        case "name":
            return world.asked_for == "reidentify"
        case "mine":
            return not world.request or (world.asked_by == "me" and good)
        case "second":
            return world.request and world.asked_by != "me" and not world.approved_by and good
        case "approved":
            mine = world.request and world.asked_by == "me" and good
            return mine and world.approved_by == "another" and not world.approver_left
    raise AssertionError(need)
