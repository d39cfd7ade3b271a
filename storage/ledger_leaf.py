"""An entry of the ledger before it has a place: what happened, and the line of JSON that says so for good.

A line holds opaque ids, a rule's id, an outcome. What could point at a person (the hash of their recording) stands
there only as a salted commitment; the salt is kept beside the line, sealed, so that it can be erased while the tree
still adds up.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from storage import age
from storage.records import new_id, now


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `facts` go in the clear (ids, counts, rule ids), `committed` as commitments.

    What opens the commitments is sealed to `recipient`, the participant's; without one it is not kept.
    """

    event: str
    act: str
    facts: dict[str, Any] = field(default_factory=dict)
    committed: dict[str, str] = field(default_factory=dict)
    participant: str | None = None
    recipient: age.HybridRecipient | None = None


@dataclass(frozen=True)
class Leaf:
    """An entry as it is kept: its bytes in the tree, and an id by which it is known until it has a position."""

    id: str
    data: bytes
    participant: str | None
    sealed_openings: bytes | None = None


def leaf_of(entry: Entry) -> Leaf:
    """The leaf that says `entry` happened now."""
    salts = {name: secrets.token_hex(16) for name in entry.committed}
    commitments = {name: commitment(salts[name], value) for name, value in entry.committed.items()}
    line = {"v": 1, "t": now().isoformat(), "event": entry.event, "act": entry.act, **entry.facts}
    if entry.participant:
        line["participant"] = entry.participant
    if commitments:
        line["committed"] = commitments
    data = json.dumps(line, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()
    return Leaf(new_id(), data, entry.participant, _sealed_openings(entry, salts))


def commitment(salt: str, value: str) -> str:
    """HMAC-SHA-256 of `value` under a random salt of 16 bytes: opens for who holds the salt, says nothing else."""
    return hmac.digest(bytes.fromhex(salt), value.encode(), "sha256").hex()


def _sealed_openings(entry: Entry, salts: dict[str, str]) -> bytes | None:
    """JSON of {name: [salt, value]}, an age file to the participant's recipient."""
    if not entry.committed or entry.recipient is None:
        return None
    openings = {name: [salts[name], value] for name, value in entry.committed.items()}
    return age.encrypt(json.dumps(openings).encode(), [entry.recipient])
