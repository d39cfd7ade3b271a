"""Every decision about a recording, as a reviewer reads it: who said what of which words, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest.reviewing.deeds import Claim, Edited, Renamed, Resized, Undone
from ingest.reviewing.places import Place
from ingest.reviewing.sitting import sitting
from storage.records import Person

if TYPE_CHECKING:
    from ingest.reviewing.deeds import Deed
    from ingest.reviewing.fold import Overlay
    from policies.desk import Desk
    from storage.records import Recording

HOUSE = "tillit"


@dataclass(frozen=True)
class Entry:
    """One decision; `words` may be real names, `at` is the time in UTC."""

    number: int
    verb: str
    words: str
    who: str
    at: str
    why: str
    undone: bool


def history(desk: Desk, recording: Recording) -> list[Entry]:
    """Every decision, oldest first. Raises Denied, NotReady."""
    with sitting(desk, recording) as at:
        people = {person.id: person.handle for person in at.work.act.all(sa.select(Person))}
        return [_entry(at.overlay, deed, people) for deed in at.overlay.history]


def _entry(overlay: Overlay, deed: Deed, people: dict[str, str]) -> Entry:
    who = people.get(deed.by, deed.by) if deed.by else HOUSE
    undone = deed.number not in overlay.standing
    return Entry(deed.number, deed.verb.value, _words(overlay, deed), who, deed.at.isoformat(), deed.why, undone)


def _words(overlay: Overlay, deed: Deed) -> str:
    said = overlay.texts.said
    match deed.what:
        case Claim(place, kind) | Resized(claim=Claim(place, kind)):
            return f"{said(place)} ({kind})"
        case Place() as place:
            return said(place)
        case Edited(segment, hunks):
            return ", ".join(f"{said(Place(segment, hunk.gone)).strip()} -> {hunk.new.strip()}" for hunk in hunks)
        case Renamed(label, name):
            return f"{label} -> {name}"
        case Undone(number):
            return f"decision {number}"
        case _:
            return ""
