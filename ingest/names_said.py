"""Which names are said in which interviews: each asked for at the door, for the mentions are their participants'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest import naming
from ingest.decisions import overlay
from ingest.work import MENTIONS, Work
from policies.actions import Action, Purpose
from policies.facts import RELEASED
from storage import lookup
from storage.errors import Denied
from storage.records import Artefact, Participant, Recording, Tombstone

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from policies.act import Act
    from policies.desk import Desk
    from storage.link import StudyNames
    from storage.records import Study

AGAIN = "review"  # the last stage done of an interview that has to be released again


@dataclass(frozen=True)
class Said:
    """An interview whose door opens, what people call it ("P07-1"), and by id the real forms said of each name."""

    recording: Recording
    reference: str
    forms: dict[str, set[str]]


@dataclass(frozen=True)
class Interviews:
    """What is said in the interviews of a study that open; `closed` counts those without a consent, or shredded.

    `unread` are those without a consent, in which any name may be said.
    """

    said: list[Said]
    closed: int
    unread: list[Recording]

    def of(self, name: str) -> list[Said]:
        """Those that say a name."""
        return [one for one in self.said if name in one.forms]


def interviews(desk: Desk, act: Act, study: Study) -> Interviews:
    """Look for every name in every interview of the study that has been searched.

    The act has to hold the link key already: nobody then changes a name, or releases an interview, meanwhile.
    """
    names = act.names()
    names.namings()
    searched = sa.select(Artefact.recording_id).where(Artefact.kind == MENTIONS)
    of_study = sa.select(Recording).where(Recording.study_id == study.id, Recording.id.in_(searched))
    shredded = sa.select(Tombstone.participant_id)
    living = of_study.where(Recording.participant_id.not_in(shredded))
    said, unread = list[Said](), list[Recording]()
    gone = len(act.all(of_study.where(Recording.participant_id.in_(shredded))))
    for recording in act.all(living):
        try:
            said.append(_said(desk, recording, names))
        except Denied:
            unread.append(recording)
    in_order = sorted(said, key=lambda one: (one.recording.created, one.reference))
    return Interviews(in_order, gone + len(unread), unread)


def set_back(act: Act, where: Interviews, names: Collection[str]) -> int:
    """Those released that say one of the names have to be released again, once the act ends well; returns how many.

    So has what is closed now: it may say them, and its consent may open it again.
    """
    say = [one.recording for one in where.said if not one.forms.keys().isdisjoint(names)]
    released = [one.id for one in (*say, *where.unread) if one.stage == RELEASED]

    def write(session: Session) -> None:
        for recording in released:
            stored = session.get_one(Recording, recording)
            stored.stage = AGAIN
            stored.attempt += 1  # else the engine takes the interview for done

    act.later(write)
    act.facts["set_back"] = released
    return len(released)


def _said(desk: Desk, recording: Recording, names: StudyNames) -> Said:
    forms: dict[str, set[str]] = {}
    with desk.act(Action.LOOK_FOR_NAMES, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        left = overlay(work)
        for mention in naming.settled(names, left.replaced, left.transcript, recording.id):
            forms.setdefault(mention.entity, set()).add(left.form(mention))
    held = lookup.by_id(desk.vault.database, Participant, recording.participant_id)
    return Said(recording, f"{held.code}-{recording.number}", forms)
