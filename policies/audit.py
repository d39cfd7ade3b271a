"""The ledger, read by a steward: what happened, to what, by whom, and why it was allowed or not."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from policies.actions import Action, Purpose
from policies.facts import PIPELINE
from storage.errors import AlreadyThere
from storage.records import LedgerEntry, Person

if TYPE_CHECKING:
    from pathlib import Path

    from policies.desk import Desk
    from storage.ledger import Verified


@dataclass(frozen=True)
class Seen:
    """One entry in words: its number, when, who, what, on what, and how it ended."""

    number: int
    at: str
    who: str
    what: str
    resource: str
    purpose: str
    outcome: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def verify(desk: Desk, kept: str | None) -> Verified:
    """Check the whole ledger, against a checkpoint from elsewhere if there is one. Raises Denied, Damaged."""
    with desk.act(Action.READ_LEDGER, desk.vault.id, Purpose.STEWARDSHIP) as act:
        verified = desk.vault.ledger.verify(kept)
        act.facts["verified"] = verified.size
    return verified


def entries(desk: Desk, newest: int) -> list[Seen]:
    """The newest entries, oldest of them first; 0 means all. Raises Denied."""
    with desk.act(Action.READ_LEDGER, desk.vault.id, Purpose.STEWARDSHIP) as act:
        people = {person.id: person.handle for person in act.all(sa.select(Person))}
        query = sa.select(LedgerEntry).order_by(LedgerEntry.position.desc())
        rows = act.all(query.limit(newest) if newest else query)
    return [_seen(row.position, json.loads(row.leaf), people) for row in reversed(rows)]


def checkpoint(desk: Desk) -> str:
    """The newest signed checkpoint. Raises Denied."""
    with desk.act(Action.READ_LEDGER, desk.vault.id, Purpose.STEWARDSHIP):
        return desk.vault.ledger.checkpoint()


def export(desk: Desk, folder: Path) -> None:
    """Write what docs/verify_audit.py needs: entries, checkpoint and public key. Raises Denied, AlreadyThere."""
    if folder.exists():
        raise AlreadyThere("That folder is there already. Name a new one.")
    with desk.act(Action.READ_LEDGER, desk.vault.id, Purpose.STEWARDSHIP):
        head = desk.vault.ledger.checkpoint()
        entry_lines = list(islice(desk.vault.ledger.leaves(), int(head.splitlines()[1])))
    folder.mkdir(mode=0o700, parents=True)
    (folder / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in entry_lines))
    (folder / "checkpoint.txt").write_text(head, encoding="utf-8")
    (folder / "key.txt").write_text(desk.vault.ledger.signer.vkey + "\n", encoding="utf-8")


def _seen(number: int, leaf: dict[str, Any], people: dict[str, str]) -> Seen:
    who = leaf.get("actor", "")
    return Seen(
        number=number,
        at=leaf["t"],
        who=people.get(who, PIPELINE if who == PIPELINE else "a stranger" if who else ""),
        what=leaf.get("action", leaf["event"]),
        resource=leaf.get("resource", ""),
        purpose=leaf.get("purpose", ""),
        outcome=_outcome(leaf),
    )


def _outcome(leaf: dict[str, Any]) -> str:
    if leaf["event"] == "decision":
        return ("allowed: " if leaf["allow"] else "DENIED: ") + ", ".join(leaf["rules"] or ["no rule"])
    if leaf["event"] == "outcome":
        return "done" if leaf["ok"] else f"{'failed' if leaf['ok'] is False else 'not known'}: {leaf['error']}"
    return str(leaf["event"])
