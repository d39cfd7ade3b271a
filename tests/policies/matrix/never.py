"""Which "never" speaks in which cell: the sentences a person gets depend on it. Like the table, owed to no rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.policies.matrix.oracle import LINES

if TYPE_CHECKING:
    from policies.rule_examples_facts import World


def spoken(action: str, purpose: str, world: World) -> tuple[str, ...]:
    """The ids of every "never" that holds for this cell, sorted; of an action and purpose the table has."""
    line = LINES[action]
    steward = "steward" in world.roles
    standing = {
        "consent-missing": "consent" in line.needs and world.consent == "none",
        "consent-withdrawn": "consent" in line.needs and world.consent == "withdrawn",
        "consent-expired": "consent" in line.needs and world.consent == "expired",
        "consent-purpose": "named" in line.needs and world.consent != "none" and purpose not in world.purposes,
        "consent-embargo": "named" in line.needs
        and world.consent == "embargoed"
        and purpose not in {"record", "transcribe"},
        "consent-after-withdrawal": action == "record_consent" and world.consent == "withdrawn" and not steward,
        "study-not-approved": "consent" in line.needs and not world.approved,
        "study-not-open": "open" in line.needs and world.dates != "open",
        "not-released": "released" in line.needs and not world.released,
        "voices-not-kept": action == "enrol_voice" and not world.voices_kept,
        "under-a-hold": "unheld" in line.needs and world.held,
        **(_of_two(line.needs, world) if line.kind == "Request" else {}),
    }
    return tuple(sorted(name for name, holds in standing.items() if holds))


def _of_two(needs: tuple[str, ...], world: World) -> dict[str, bool]:
    approving, under_way = "second" in needs, not world.used and not world.late
    mine = world.asked_by == "me" and not world.pipeline
    another = world.approved_by not in {"", world.asked_by}
    return {
        "request-for-something-else": world.asked_for != "reidentify",
        "request-of-ones-own": approving and under_way and mine and not world.approved_by,
        "request-approved-before": approving and under_way and bool(world.approved_by),
        "request-not-approved": not approving and not another and not world.late,
        "request-of-another": not approving and not mine,
        "request-used": world.used,
        "request-expired": world.late and not world.used,
    }


def without(world: World) -> World:
    """The same world where nothing speaks that stands in a "never" alone; what stands in the permits too is left."""
    return replace(world, approved=True, dates="open", released=True, held=False, asked_for="reidentify")
