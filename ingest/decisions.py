"""What people decided about the finds: an overlay on the mentions, never a change to them.

A mention's number is its place in the list, from 1; additions go to the end, so a number once shown stays the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest.pseudonyms.apply import Mention, from_bytes, to_bytes
from ingest.work import MENTIONS, Work
from storage.errors import NotReady
from storage.records import Artefact, Decision, Recording, new_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy.orm import Session

CHANGED = "Somebody decided finds of this recording at the same time. Look with `tillit review` and try again."


class Verdict(StrEnum):
    """A find is a name and is replaced, or it is none and stays; or a longer find took its place."""

    CONFIRM = "confirm"
    REJECT = "reject"
    COVERED = "covered"


@dataclass(frozen=True)
class Decided:
    """Every mention of one recording and the verdict that counts for each; and what it was read from."""

    mentions: tuple[Mention, ...]
    verdicts: dict[str, Verdict]
    version: int
    last: int

    @property
    def open(self) -> list[Mention]:
        """Mentions nobody has decided."""
        return [mention for mention in self.mentions if mention.id not in self.verdicts]

    @property
    def replaced(self) -> list[Mention]:
        """Mentions that are replaced, in the order of the text: those confirmed and those undecided."""
        kept = {None, Verdict.CONFIRM}
        return in_order(mention for mention in self.mentions if self.verdicts.get(mention.id) in kept)

    @property
    def rejected(self) -> list[Mention]:
        """Mentions a person said are no names."""
        return [mention for mention in self.mentions if self.verdicts.get(mention.id) is Verdict.REJECT]

    def and_also(self, more: Iterable[Mention]) -> Decided:
        """The same with undecided mentions at the end."""
        return replace(self, mentions=(*self.mentions, *more))


def in_order(mentions: Iterable[Mention]) -> list[Mention]:
    """Mentions in the order of the text."""
    return sorted(mentions, key=lambda mention: (mention.segment, mention.start))


def decided(work: Work) -> Decided:
    """The mentions as they stand, and the newest verdict on each."""
    stored = work.need(MENTIONS)
    query = sa.select(Decision).where(Decision.recording_id == work.recording.id).order_by(Decision.number)
    rows = work.act.all(query)
    verdicts = {row.mention: Verdict(row.verdict) for row in rows}
    return Decided(tuple(from_bytes(work.act.read(stored))), verdicts, stored.version, rows[-1].number if rows else 0)


def unless_changed(work: Work, overlay: Decided) -> None:
    """Let the act keep nothing, with NotReady, if mentions or decisions are no longer those that were read."""

    def check(session: Session) -> None:
        of_recording = Artefact.recording_id == work.recording.id, Artefact.kind == MENTIONS
        version = session.scalar(sa.select(sa.func.max(Artefact.version)).where(*of_recording))
        if (version, _last(session, work.recording.id)) != (overlay.version, overlay.last):
            raise NotReady(CHANGED)

    work.act.later(check)


def keep_mentions(work: Work, overlay: Decided, stage: str) -> None:
    """Seal the overlay's mentions as the next version; `stage` is what added to them."""
    made_by = work.made_by(stage, "a person" if stage == "review" else "tillit-names", "1")
    work.act.seal(work.recording, MENTIONS, to_bytes(overlay.mentions), made_by, overlay.version + 1)


def give(work: Work, verdict: Verdict, chosen: Collection[Mention]) -> None:
    """Write a verdict on each; their numbers are taken inside the transaction, so two reviewers cannot share one."""
    recording, person = work.recording.id, work.act.actor.id

    def write(session: Session) -> None:
        for number, mention in enumerate(chosen, _last(session, recording) + 1):
            row = Decision(recording_id=recording, mention=mention.id, verdict=verdict, number=number)
            row.id, row.by_person_id = new_id(), person
            session.add(row)

    work.act.later(write)


def set_stage(work: Work, overlay: Decided) -> None:
    """After a decision: what was released no longer stands, and with nothing undecided the review is done."""
    stage = "apply pseudonyms" if overlay.open else "review"
    work.act.later(lambda session: setattr(session.get_one(Recording, work.recording.id), "stage", stage))


def _last(session: Session, recording: str) -> int:
    return session.scalar(sa.select(sa.func.max(Decision.number)).where(Decision.recording_id == recording)) or 0
