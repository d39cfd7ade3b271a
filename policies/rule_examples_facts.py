"""Invented facts: a study, a participant and somebody at the door, as a rule's example says, in Cedar's JSON form.

They have the shape of policies.facts, which reads the real ones; the schema refuses any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from policies.actions import CONSENTED, STUDY_ROLES, VAULT_ROLES
from policies.facts import PIPELINE, Actor, Resource
from storage.records import now

if TYPE_CHECKING:
    from datetime import datetime

ME, ANOTHER, PARTICIPANT = "me", "another", "participant"
STUDY, VAULT = "study", "vault"
WEEK = timedelta(days=7)
CONSENTS = ("none", "given", "withdrawn", "expired", "embargoed")
DATES = ("before", "open", "over")


@dataclass(frozen=True)
class World:
    """Who asks (`roles` here, in another study, in the vault), of whom, and how far everything has come.

    `consent` is one of CONSENTS, `dates` of DATES: where today lies in the study. `asked_by`, `approved_by` and
    `voice_of` are "me", "another" or, of a voice, "participant"; `approved_by` "" is nobody yet. `request` is whether
    somebody comes with one, `wanted` which action they ask another's approval for; `glass` is who broke it.
    `shut` is a study that is closed, `overdue` one past its days of retention, `asked` that who asks is to confirm.
    """

    roles: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    vault: frozenset[str] = frozenset()
    pipeline: bool = False
    consent: str = "given"
    purposes: frozenset[str] = frozenset(CONSENTED)
    approved: bool = True
    dates: str = "open"
    review_required: bool = True
    voices_kept: bool = False
    released: bool = False
    held: bool = False
    shredded: bool = False
    bulk: bool = False
    glass: str = ""
    glass_unreviewed: bool = False
    shut: bool = False
    overdue: bool = False
    asked: bool = False
    fresh: bool = True
    wanted: str = ""
    request: bool = False
    asked_by: str = ANOTHER
    asked_for: str = "reidentify"
    approved_by: str = ""
    approver_left: bool = False
    fits: bool = True
    used: bool = False
    closed: bool = False
    late: bool = False
    voice_of: str = PARTICIPANT

    def actor(self) -> Actor:
        """Who asks."""
        return Actor(PIPELINE if self.pipeline else ME, ME)


def resource(kind: str) -> Resource:
    """The one thing of this kind there is."""
    held = PARTICIPANT if kind in {"Participant", "Recording"} else None
    return Resource(kind, kind.lower(), None if kind == "Vault" else STUDY, held)


def entities(world: World, kind: str) -> list[dict[str, Any]]:
    """What the rules may look at for a resource of this kind, in this world."""
    attributes = {
        "Vault": _vault, "Study": _study, "Participant": _participant, "Recording": _recording,
        "Voice": _voice, "BrokenGlass": _glass,
    }[kind](world)  # fmt: skip
    found = [_user(world), _entity(kind, kind.lower(), attributes)]
    if kind not in {"Vault", "Study"}:
        found.insert(1, _entity("Study", STUDY, _study(world)))
    if world.approved_by == ANOTHER:
        found.append(_approver(world))
    return found


def context(world: World) -> dict[str, Any]:
    """What is said at the door beside the question: by which request, and what is wanted."""
    told: dict[str, Any] = {"fresh": world.fresh} | ({"wanted": world.wanted} if world.wanted else {})
    if not world.request:
        return told
    approver = {"approver": _link("User", world.approved_by)} if world.approved_by else {}
    return told | {
        "second": {
            "requester": _link("User", world.asked_by), "wanted": world.asked_for, "fits": world.fits,
            "used": world.used, "closed": world.closed, "expires": _in(-WEEK if world.late else WEEK), **approver,
        }
    }  # fmt: skip


def _approver(world: World) -> dict[str, Any]:
    names = [] if world.approver_left else [f"{STUDY}/steward", "vault/steward"]
    return {**_entity("User", ANOTHER, {}), "parents": [_uid("Role", name) for name in names]}


def _user(world: World) -> dict[str, Any]:
    names = [f"{STUDY}/{role}" for role in world.roles] + [f"other/{role}" for role in world.elsewhere]
    names += [f"vault/{role}" for role in world.vault]
    names = [PIPELINE] if world.pipeline else sorted(names)
    return {**_entity("User", world.actor().id, {}), "parents": [_uid("Role", name) for name in names]}


def _vault(_world: World) -> dict[str, Any]:
    return {f"{role}s": _link("Role", f"vault/{role}") for role in VAULT_ROLES}


def _study(world: World) -> dict[str, Any]:
    starts, ends = {"before": (WEEK, 2 * WEEK), "open": (-WEEK, WEEK), "over": (-2 * WEEK, -WEEK)}[world.dates]
    return {f"{role}s": _link("Role", f"{STUDY}/{role}") for role in STUDY_ROLES} | {
        "approved": world.approved, "starts": _in(starts), "ends": _in(ends),
        "review_required": world.review_required, "voices_kept": world.voices_kept, "bulk": world.bulk,
        "glass_broken": [_link("User", world.glass)] if world.glass else [],
        "glass_unreviewed": world.glass_unreviewed, "shut": world.shut, "overdue": world.overdue,
        "asked": [_link("User", ME)] if world.asked else [],
    }  # fmt: skip


def _of(world: World) -> dict[str, Any]:
    # Where none is given the rest is as if it were, so that `given` by itself has to decide.
    consent = {
        "given": world.consent != "none", "withdrawn": world.consent == "withdrawn",
        "purposes": sorted(world.purposes),
        "until": _in(-WEEK if world.consent == "expired" else WEEK),
        "embargo": _in(WEEK if world.consent == "embargoed" else -WEEK),
    }  # fmt: skip
    return {"study": _link("Study", STUDY), "consent": consent}


def _participant(world: World) -> dict[str, Any]:
    return {**_of(world), "held": world.held, "shredded": world.shredded}


def _recording(world: World) -> dict[str, Any]:
    return {**_of(world), "released": world.released}


def _glass(world: World) -> dict[str, Any]:
    return {"study": _link("Study", STUDY), "person": _link("User", world.glass or ANOTHER),
            "reviewed": not world.glass_unreviewed}  # fmt: skip


def _voice(world: World) -> dict[str, Any]:
    whose = {} if world.voice_of == PARTICIPANT else {"person": _link("User", world.voice_of)}
    return {"study": _link("Study", STUDY), **whose}


def _entity(kind: str, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"uid": _uid(kind, name), "attrs": attributes, "parents": []}


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": f"Tillit::{kind}", "id": name}


def _link(kind: str, name: str) -> dict[str, Any]:
    return {"__entity": _uid(kind, name)}


def _in(time: timedelta) -> dict[str, Any]:
    moment: datetime = now() + time
    return {"__extn": {"fn": "datetime", "arg": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}}
