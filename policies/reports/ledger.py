"""The ledger, read once from its beginning for a report: what was done, how it ended, and how far it was read.

A hundred thousand entries are read in seconds: they stream a page at a time, and of each act that a report does not
ask for nothing is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from storage.certificates import EVENT as ERASED
from storage.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.ledger import Ledger

UNREADABLE = "The ledger cannot be read to its end, so there is no report of it. Run `tillit audit verify`."
ENDED = {True: "done", False: "failed", None: "unknown"}
UNDER_WAY, REFUSED = "under way", "refused"


@dataclass(frozen=True)
class Position:
    """How far the ledger was read: its signed length and root hash (base64), and when its last entry was written.

    `verified` is whether all of it adds up to that root; if it does not, `problem` is what the check said.
    """

    vault: str
    entries: int
    root: str
    at: str
    verified: bool
    problem: str


@dataclass
class Doing:
    """One act: its first entry's number, when (ISO 8601), who by id, which action on what, why, by which rules.

    `outcome` is done, failed, unknown, under way or refused; `facts` is what it left in the ledger at its end.
    """

    number: int
    at: str
    actor: str
    action: str
    resource: str
    purpose: str
    rules: tuple[str, ...]
    participant: str
    broken: str
    outcome: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def allowed(self) -> bool:
        """Whether the door opened."""
        return self.outcome != REFUSED


@dataclass(frozen=True)
class Read:
    """What a report reads: where it ends, the acts it asked for in order, and what says that something was erased."""

    position: Position
    doings: tuple[Doing, ...]
    erased: dict[int, dict[str, Any]]


def read(ledger: Ledger, wanted: Callable[[dict[str, Any]], bool]) -> Read:
    """The ledger up to its newest checkpoint; `wanted` is asked of each act's first entry. Raises Damaged."""
    try:
        checkpoint, problem = _verified(ledger)
        origin, size, root = checkpoint.splitlines()[:3]
        found: dict[str, Doing] = {}
        erased: dict[int, dict[str, Any]] = {}
        at = ""
        for number, line in islice(ledger.rows(), int(size)):
            leaf = json.loads(line)
            at = leaf["t"]
            _take(found, erased, number, leaf, wanted)
    except (DBAPIError, ValueError, KeyError, TypeError):
        raise Damaged(UNREADABLE) from None
    position = Position(origin.rpartition("/")[2], int(size), root, at, not problem, problem)
    return Read(position, tuple(found.values()), erased)


def _verified(ledger: Ledger) -> tuple[str, str]:
    try:
        return ledger.verify().checkpoint, ""
    except Damaged as damaged:
        return ledger.checkpoint(), damaged.sentence


def _take(
    found: dict[str, Doing],
    erased: dict[int, dict[str, Any]],
    number: int,
    leaf: dict[str, Any],
    wanted: Callable[[dict[str, Any]], bool],
) -> None:
    match leaf["event"]:
        case "decision" if wanted(leaf):
            found[leaf["act"]] = _doing(number, leaf)
        case "outcome" if doing := found.get(leaf["act"]):
            doing.outcome, doing.facts = ENDED[leaf["ok"]], leaf
        case event if event == ERASED:
            erased[number] = leaf


def _doing(number: int, leaf: dict[str, Any]) -> Doing:
    return Doing(
        number, leaf["t"], leaf["actor"], leaf["action"], leaf["resource"], leaf["purpose"], tuple(leaf["rules"]),
        leaf.get("participant", ""), leaf.get("break_glass", ""), UNDER_WAY if leaf["allow"] else REFUSED,
    )  # fmt: skip
