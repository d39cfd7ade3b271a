"""Decisions as they are kept: a verb, what it is about, who, when and why; and their sealed form.

What is in force follows from all of them (ingest/reviewing/fold.py). None is ever changed or deleted: to take one back
is a decision too, and can itself be taken back.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ingest.pseudonyms.finds import Kind
from ingest.reviewing.places import Place, Run
from storage.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

UNREADABLE = "A decision about this recording cannot be read. Run `tillit fsck`, and restore it."


class Verb(StrEnum):
    """What can be decided. FOUND is the house's own: a name it came upon later, for somebody to decide.

    COVERED is from vaults made before: the find gave way to a longer one, as it now does without being told.
    """

    CONFIRM = "confirm"
    REJECT = "reject"
    ADD = "add"
    RETYPE = "retype"
    RESIZE = "resize"
    LINK = "link"
    EDIT = "edit"
    SPEAKER = "speaker"
    SEEN = "seen"
    UNDO = "undo"
    FOUND = "found"
    COVERED = "covered"


NAMING = frozenset({Verb.ADD, Verb.RETYPE, Verb.RESIZE, Verb.LINK, Verb.EDIT, Verb.FOUND})
"""Decisions by which something becomes a mention of a name that it was not."""


@dataclass(frozen=True, slots=True)
class Claim:
    """That a name stands at a place: of this kind, of this entity; and who says so, how surely (0 to 1)."""

    place: Place
    kind: Kind
    entity: str
    score: float = 1.0
    recognisers: tuple[str, ...] = ("person",)


@dataclass(frozen=True, slots=True)
class Resized:
    """The name at `before` is in truth at the claim's place."""

    before: Place
    claim: Claim


@dataclass(frozen=True, slots=True)
class Hunk:
    """`new` in the place of the code points `gone`, right after the code point `after`; None is the beginning."""

    after: tuple[int, int] | None
    gone: tuple[Run, ...]
    new: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A segment was said otherwise; `claims` are the names the finder saw in the words that were typed."""

    segment: int
    hunks: tuple[Hunk, ...]
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Renamed:
    """Who the recogniser calls `label` is called `name`."""

    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Undone:
    """Decision number `number` no longer counts, or counts again if it was an undo."""

    number: int


What = Claim | Resized | Edited | Renamed | Undone | Place | None
"""A claim for CONFIRM, REJECT, ADD, RETYPE, LINK and FOUND; a place for SEEN; nothing for COVERED."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One decision; `by` is a person's id, None for the house, `why` what they said of it."""

    number: int
    verb: Verb
    what: What
    by: str | None
    at: datetime
    why: str = ""


def to_text(what: What, why: str) -> str:
    """JSON of what a decision is about, to be sealed; `from_text` reads it back."""
    return json.dumps({"what": asdict(what) if what else None, "why": why}, ensure_ascii=False, sort_keys=True)


def from_text(verb: Verb, text: str) -> tuple[What, str]:
    """What a decision is about, and why it was made. Raises Damaged."""
    try:
        row = json.loads(text)
        return _what(verb, row["what"]), str(row["why"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Damaged(UNREADABLE) from None


def _what(verb: Verb, row: Any) -> What:  # noqa: ANN401  # JSON is what it is
    reading = _READ.get(verb, _claim)
    return reading(row) if row is not None else None


def _place(row: dict[str, Any]) -> Place:
    return Place(row["segment"], tuple(Run(**run) for run in row["runs"]))


def _claim(row: dict[str, Any]) -> Claim:
    return Claim(_place(row["place"]), Kind(row["kind"]), row["entity"], row["score"], tuple(row["recognisers"]))


def _hunk(row: dict[str, Any]) -> Hunk:
    after = row["after"]
    return Hunk((after[0], after[1]) if after else None, tuple(Run(**run) for run in row["gone"]), row["new"])


def _edited(row: dict[str, Any]) -> Edited:
    return Edited(row["segment"], tuple(map(_hunk, row["hunks"])), tuple(map(_claim, row["claims"])))


def _resized(row: dict[str, Any]) -> Resized:
    return Resized(_place(row["before"]), _claim(row["claim"]))


_READ: dict[Verb, Callable[[dict[str, Any]], What]] = {
    Verb.EDIT: _edited,
    Verb.SPEAKER: lambda row: Renamed(**row),
    Verb.UNDO: lambda row: Undone(**row),
    Verb.SEEN: _place,
    Verb.RESIZE: _resized,
}
