"""Which "never" speaks in which cell: the sentences a person gets depend on it. Like the table, owed to no rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.policies.matrix.oracle import LINES

if TYPE_CHECKING:
    from policies.rule_examples_facts import World
    from tests.policies.matrix.oracle import Line

IN_TWO = {"approved", "second", "mine"}
"""Needs of the table that are about a request."""


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
        "bulk-takes-two": "few" in line.needs and world.bulk,
        "shred-takes-two": "over" in line.needs and world.consent in {"given", "embargoed"} and not world.shredded,
        "not-fresh": "fresh" in line.needs and not world.fresh,
        "glass-unreviewed": "whole" in line.needs and world.glass_unreviewed,
        "glass-of-ones-own": "others" in line.needs and world.glass == "me" and not world.pipeline,
        "glass-reviewed": "unreviewed-glass" in line.needs and not world.glass_unreviewed,
        "study-closed": "going" in line.needs and line.kind != "Study" and world.shut,
        "study-closed-whole": "going" in line.needs and line.kind == "Study" and world.shut,
        "close-takes-two": "overdue" in line.needs and not (world.overdue or world.shut),
        "takes-two": "approved" in line.needs and not world.request,
        "request-unnamed": "second" in line.needs and not world.request,
        **(_of_two(line, world) if world.request and IN_TWO & set(line.needs) else {}),
    }
    return tuple(sorted(name for name, holds in standing.items() if holds))


def _of_two(line: Line, world: World) -> dict[str, bool]:
    approving, doing, asking = (need in line.needs for need in ("second", "approved", "mine"))
    under_way = not (world.used or world.closed or world.late)
    mine = world.asked_by == "me" and not world.pipeline
    another = world.approved_by not in {"", world.asked_by}
    left = {"Vault": "approver-left-vault", "Study": "approver-left-study"}.get(line.kind, "approver-left")
    return {
        "request-for-something-else": not world.fits,
        "request-for-something-else-than-a-name": "name" in line.needs and world.asked_for != "reidentify",
        "request-of-ones-own": approving and under_way and mine and not world.approved_by,
        "request-approved-before": approving and under_way and bool(world.approved_by),
        "request-not-approved": doing and not another and not world.closed and not world.late,
        "request-of-another": (asking or doing) and not mine,
        "request-used": world.used,
        "request-closed": world.closed,
        "request-expired": world.late and not world.used and not world.closed,
        left: doing and bool(world.approved_by) and not _approves(line.kind, world),
    }


def _approves(kind: str, world: World) -> bool:
    """Whether whoever approved it still may."""
    if world.approved_by == "another":
        return not world.approver_left
    return "steward" in world.vault if kind == "Vault" else bool(world.roles & {"steward", "investigator"})


def without(world: World) -> World:
    """The same world where nothing speaks that stands in a "never" alone; what stands in the permits too is left."""
    return replace(
        world, approved=True, dates="open", released=True, held=False, asked_for="reidentify", fresh=True, bulk=False,
        shredded=True, shut=False, overdue=True,
    )  # fmt: skip
