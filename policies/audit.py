"""The ledger, read by a steward: what happened, to what, by whom, and why it was allowed or not."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from policies.actions import Action, Purpose
from policies.facts import PIPELINE
from storage.errors import AlreadyThere, Damaged, StorageFailed
from storage.ledger import Growth, Proof
from storage.records import LedgerEntry, Participant, Person, Recording, Study

if TYPE_CHECKING:
    from pathlib import Path

    from policies.act import Act
    from policies.desk import Desk
    from storage.ledger import Verified

WINDOW = 4
GROWTH = "old "  # how the second part of a proof begins


@dataclass(frozen=True)
class Seen:
    """One act in words: its first entry's number, when, who, what, on what, why, by which rules, how it ended."""

    number: int
    at: str
    who: str
    what: str
    resource: str
    purpose: str
    rules: str
    outcome: str

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def verify(desk: Desk, kept: str | None) -> Verified:
    """Check the whole ledger, against a checkpoint from elsewhere if there is one. Raises Denied, Damaged."""
    with desk.act(Action.READ_LEDGER, desk.vault.id, Purpose.STEWARDSHIP) as act:
        try:
            verified = desk.vault.ledger.verify(kept)
        except DBAPIError:
            raise Damaged("The ledger cannot be read to its end in the database. Run `tillit fsck`.") from None
        act.facts["verified"] = verified.size
    return verified


def entries(desk: Desk, newest: int) -> list[Seen]:
    """The newest acts, oldest of them first, each with how it ended; 0 means all. Raises Denied."""
    with desk.act(Action.READ_LEDGER, desk.vault.id, Purpose.STEWARDSHIP) as act:
        people = {person.id: person.handle for person in act.all(sa.select(Person))}
        codes = _codes(act)
        query = sa.select(LedgerEntry).order_by(LedgerEntry.position.desc())
        # An act has two entries, what was decided and how it ended, and others may stand between them.
        rows = act.all(query.limit(newest * WINDOW) if newest else query)
    leaves = [(row.position, json.loads(row.leaf)) for row in reversed(rows)]
    return _acts(leaves, people | codes)[-newest:]


def of_study(desk: Desk, study: Study, newest: int) -> list[Seen]:
    """The newest acts on a study, its participants and their recordings, and on nothing else. Raises Denied."""
    with desk.act(Action.SEE_REPORT, study, Purpose.STEWARDSHIP) as act:
        people = {person.id: person.handle for person in act.all(sa.select(Person))}
        codes = _codes(act, study)
        rows = act.all(sa.select(LedgerEntry).order_by(LedgerEntry.position))
        act.facts["ledger"] = "its entries"
    leaves = [(row.position, json.loads(row.leaf)) for row in rows]
    told = [one for one in leaves if one[1]["event"] == "outcome" or _is_about(one[1], study, codes)]
    seen = _acts(told, people | codes)
    return [replace(one, resource=one.resource or study.code) for one in seen][-newest:]


def _is_about(leaf: dict[str, Any], study: Study, codes: dict[str, str]) -> bool:
    return leaf.get("resource") in codes or leaf.get("study") == study.id


def checkpoint(desk: Desk) -> str:
    """The newest signed checkpoint. Raises Denied."""
    with desk.act(Action.READ_LEDGER, desk.vault.id, Purpose.STEWARDSHIP):
        return desk.vault.ledger.checkpoint()


def export(desk: Desk, folder: Path) -> None:
    """Write what docs/verify_audit.py needs: entries, checkpoint and public key. Raises Denied, AlreadyThere."""
    if folder.exists():
        raise AlreadyThere("That folder is there already. Name a new one.")
    with desk.act(Action.READ_LEDGER, desk.vault.id, Purpose.STEWARDSHIP):
        ledger = desk.vault.ledger
        head = ledger.checkpoint()
        try:
            folder.mkdir(mode=0o700, parents=True)
            with (folder / "entries.jsonl").open("wb") as entry_lines:
                entry_lines.writelines(leaf + b"\n" for leaf in islice(ledger.leaves(), int(head.splitlines()[1])))
            (folder / "checkpoint.txt").write_text(head, encoding="utf-8")
            (folder / "key.txt").write_text(ledger.signer.vkey + "\n", encoding="utf-8")
        except OSError:
            raise StorageFailed(
                "The export could not be written whole. Check its disk and name a new folder."
            ) from None


def prove(desk: Desk, number: int, since: str | None) -> str:
    """Proof that entry `number` is in the ledger, and, with an older checkpoint, that the ledger grew from it.

    Both as text that leads to one checkpoint, an empty line between them. Raises Denied, NotFound, Damaged.
    """
    with desk.act(Action.READ_LEDGER, desk.vault.id, Purpose.STEWARDSHIP) as act:
        act.facts["proved"] = number
        ledger = desk.vault.ledger
        proof = ledger.prove(number)
        grown = "" if since is None else "\n" + ledger.consistent(since, proof.checkpoint).text()
        return proof.text() + grown


def check_proof(vkey: str, text: str, since: str | None) -> Proof:
    """What `prove` wrote, if it holds under this verifier key; needs no vault. Raises Damaged, BadInput."""
    before, between, growth = text.partition(f"\n\n{GROWTH}")
    proof = Proof.read(before + "\n" if between else before)
    proof.check(vkey)
    if since is not None:
        grown = Growth.read(GROWTH + growth)
        grown.check(vkey, since)
        if grown.checkpoint != proof.checkpoint:
            raise Damaged("The two parts of the proof lead to different checkpoints: they were put together from two.")
    return proof


def _codes(act: Act, only: Study | None = None) -> dict[str, str]:
    """What a ledger's resources, or those of one study, are called by people: "rus", "rus/P07", "rus/P07-1"."""
    studies = {one.id: one.code for one in act.all(sa.select(Study)) if only is None or one.id == only.id}
    participants = [one for one in act.all(sa.select(Participant)) if one.study_id in studies]
    held = {one.id: f"{studies[one.study_id]}/{one.code}" for one in participants}
    recordings = [one for one in act.all(sa.select(Recording)) if one.participant_id in held]
    heard = {one.id: f"{held[one.participant_id]}-{one.number}" for one in recordings}
    kinds = {"Study": studies, "Participant": held, "Recording": heard}
    return {f"{kind}/{one}": code for kind, codes in kinds.items() for one, code in codes.items()}


def _acts(leaves: list[tuple[int, dict[str, Any]]], people: dict[str, str]) -> list[Seen]:
    ends = {leaf["act"]: leaf for _, leaf in leaves if leaf["event"] == "outcome"}
    return [_seen(number, leaf, ends, people) for number, leaf in leaves if leaf["event"] != "outcome"]


def _seen(number: int, leaf: dict[str, Any], ends: dict[str, dict[str, Any]], people: dict[str, str]) -> Seen:
    return Seen(
        number=number,
        at=leaf["t"],
        who=_who(leaf, people),
        what=leaf.get("action", leaf["event"]),
        resource=people.get(leaf.get("resource", ""), leaf.get("resource", "")),
        purpose=leaf.get("purpose", ""),
        rules=", ".join(leaf.get("rules", [])) or "no rule",
        outcome=_outcome(leaf, ends.get(leaf["act"])),
    )


def _who(leaf: dict[str, Any], people: dict[str, str]) -> str:
    who = leaf.get("actor") or leaf.get("steward")
    if who is None:
        return "the vault"  # what it writes by itself: that it was restored, say
    return people.get(who, PIPELINE if who == PIPELINE else "a stranger")


def _outcome(leaf: dict[str, Any], end: dict[str, Any] | None) -> str:
    if not leaf.get("allow", True):
        return "DENIED"
    if end is None:
        return "under way, or cut off" if leaf["event"] == "decision" else "done"
    if end["ok"]:
        return "done"
    return f"{'failed' if end['ok'] is False else 'not known'}: {end['error']}"
