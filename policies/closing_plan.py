"""What becomes of whom and of what when a study is closed, counted: before it is done, and again once it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import closing_facts, holds, retention
from policies.actions import Action, Purpose
from policies.withdrawal_plan import Holder
from storage.closings import Closing
from storage.consents import Consent, Scan
from storage.inbox import Inbox
from storage.records import (
    Artefact,
    Decision,
    Handoff,
    Heard,
    Key,
    Participant,
    Recording,
    RetiredKey,
    Study,
    Voice,
)
from storage.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policies.desk import Desk

RELEASED: Final = "released"
RELEASED_STAGE: Final = "release"
NAMES, DEPOSITS, VOICE, KEY, STUDY_KEY = "link key entry", "deposit", "voice", "participant key", "study key"
DESCRIPTION: Final = "description"
KEPT_ANONYMOUS: Final = frozenset({KEY, DESCRIPTION})
"""What is kept of somebody beside the text that was released, where a study is made anonymous."""
BESIDE: Final = frozenset({KEY, VOICE, DESCRIPTION, "file name", "decision", "request", "consent scan", "words heard"})
"""What is counted of a participant beside the artefacts, which are counted by their own kinds."""
WHOLE: Final = ""
"""Under this the study's own things are counted, beside each participant's under their id."""


class How(StrEnum):
    """What becomes of a study: nothing is left, the released text is, or what participants agreed to have archived."""

    DELETE = "delete"
    ANONYMISE = "anonymise"
    ARCHIVE = "archive"


class Fate(StrEnum):
    """What becomes of a participant's: destroyed, kept, held by a hold; or it was gone before."""

    DESTROYED = "destroyed"
    KEPT = "kept"
    HELD = "held"
    GONE = "gone"


Counts = dict[str, int]
Split = dict[str, Counter[str]]
"""Numbers by kind, under "destroyed", "kept" and "held"."""


@dataclass(frozen=True)
class Plan:
    """What closing would do. `people` is by fate, `kinds` by what becomes of it; `two` whether it takes two.

    `holders` have hand-offs nobody said are deleted; `holds` stand now.
    """

    study: str
    how: str
    two: bool
    people: dict[str, int]
    kinds: dict[str, dict[str, int]]
    holders: tuple[Holder, ...]
    holds: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def plan(desk: Desk, study: Study, how: How) -> Plan:
    """Changes nothing. Raises Denied."""
    with desk.act(Action.PLAN_CLOSING, study, Purpose.STEWARDSHIP) as act:
        entries = sum(len(name.forms) for name in act.names().all())
        with Session(desk.vault.database.reader) as session:
            there = living(session, study.id) | {}
            there[WHOLE] |= others(entries, Inbox(desk.vault.folder, study.code))
            fates = fates_of(session, study.id, how)
            said = closing_facts.of(session, study.id, study.ends)
            standing = tuple(f"{one.kind}: {one.ground}" for one in holds.in_study(session, study.id))
            split = _expected(session, study, how, there, fates)
            holders = holders_of(session, study.id)
    kinds = {name: dict(sorted(counts.items())) for name, counts in split.items()}
    return Plan(
        study.code, how, not (said["overdue"] or said["shut"]), dict(Counter(fate.value for fate in fates.values())),
        kinds, holders, standing,
    )  # fmt: skip


def others(entries: int, inbox: Inbox) -> Counter[str]:
    """Of the study itself what is not in the records: entries of the link key, and what waits in the inbox."""
    return +Counter({NAMES: entries, DEPOSITS: len(inbox.waiting())})


def fates_of(session: Session, study_id: str, how: How) -> dict[str, Fate]:
    """What becomes of each participant's, by id, as things are now."""
    people = session.scalars(sa.select(Participant.id).where(Participant.study_id == study_id)).all()
    alive = set(session.scalars(sa.select(Key.owner_id).where(Key.owner_id.in_(people))))
    return {one: _fate(session, one, how) if one in alive else Fate.GONE for one in sorted(people)}


def _fate(session: Session, participant: str, how: How) -> Fate:
    if holds.standing(session, participant):
        return Fate.HELD
    newest = sa.select(Consent).where(Consent.participant_id == participant).order_by(Consent.version.desc()).limit(1)
    consent = session.scalars(newest).first()
    if consent is None or consent.withdrawn_at is not None or consent.expires < retention.today():
        return Fate.DESTROYED
    archived = how is How.ARCHIVE and Purpose.ARCHIVE in consent.purposes
    anonymous = how is How.ANONYMISE and bool(released(session, participant))
    return Fate.KEPT if archived or anonymous else Fate.DESTROYED


def released(session: Session, participant: str) -> set[str]:
    """Ids of the newest released text of each interview that is released still; one set back for review is not."""
    query = sa.select(Artefact).join(Recording, Recording.id == Artefact.recording_id)
    theirs = query.where(Artefact.participant_id == participant, Artefact.kind == RELEASED, Artefact.header != b"")
    rows = session.scalars(theirs.where(Recording.stage == RELEASED_STAGE).order_by(Artefact.version))
    return set({row.recording_id: row.id for row in rows}.values())


def keeps_names(session: Session, study: Study, how: How) -> bool:
    """Whether the link key's entries are kept: in an archive, where the study keeps them until further notice."""
    return how is How.ARCHIVE and retention.rules_of(session, study)[retention.LINK_KEY].days is None


def living(session: Session, study_id: str) -> dict[str, Counter[str]]:
    """What there is that could be opened, counted by kind: of each participant by id, and of the study itself."""
    found: dict[str, Counter[str]] = {WHOLE: Counter()}
    theirs = sa.select(Participant.id).where(Participant.study_id == study_id)
    for kind, query in _queries(theirs):
        for owner, number in session.execute(query.group_by(query.selected_columns[0])):
            found.setdefault(owner, Counter())[kind] += number
    artefacts = sa.select(Artefact.participant_id, Artefact.kind, sa.func.count()).where(
        Artefact.participant_id.in_(theirs), Artefact.header != b""
    )
    for owner, kind, number in session.execute(artefacts.group_by(Artefact.participant_id, Artefact.kind)):
        found.setdefault(owner, Counter())[kind] += number
    found[WHOLE] += _of_study(session, study_id)
    return found


def _queries(theirs: sa.Select[str]) -> Iterable[tuple[str, sa.Select[Any, int]]]:
    count = sa.func.count()
    of_recording = sa.select(Recording.participant_id, count).where(Recording.participant_id.in_(theirs))
    return (
        (KEY, sa.select(Key.owner_id, count).where(Key.owner_id.in_(theirs))),
        ("file name", of_recording.where(Recording.sealed_origin.is_not(None))),
        ("decision", of_recording.select_from(Decision).join(Recording).where(Decision.sealed_payload.is_not(None))),
        ("request", sa.select(Request.participant_id, count).where(
            Request.participant_id.in_(theirs), Request.sealed_payload.is_not(None))),
        ("consent scan", sa.select(Scan.participant_id, count).where(Scan.participant_id.in_(theirs))),
        ("words heard", sa.select(Heard.participant_id, count).where(Heard.participant_id.in_(theirs))),
        (VOICE, sa.select(Voice.participant_id, count).where(Voice.participant_id.in_(theirs))),
        (DESCRIPTION, sa.select(Participant.id, count).where(
            Participant.id.in_(theirs), Participant.sealed_attributes.is_not(None))),
    )  # fmt: skip


def _of_study(session: Session, study_id: str) -> Counter[str]:
    count = sa.select(sa.func.count())
    voices = count.select_from(Voice).where(Voice.study_id == study_id, Voice.person_id.is_not(None))
    key = count.select_from(Key).where(Key.owner_id == study_id)
    older = count.select_from(RetiredKey).where(RetiredKey.owner_id == study_id)
    held = (session.scalar(query) or 0 for query in (voices, key, older))
    return +Counter(dict(zip((VOICE, STUDY_KEY, "older study key"), held, strict=True)))


def _expected(
    session: Session, study: Study, how: How, there: Mapping[str, Counter[str]], fates: Mapping[str, Fate]
) -> Split:
    """What would be left where, if it went on from here to its end."""
    left: dict[str, Counter[str]] = {}
    for one, fate in fates.items():
        if fate in {Fate.KEPT, Fate.HELD}:
            left[one] = there.get(one, Counter())
        if fate is Fate.KEPT and how is How.ANONYMISE:
            texts = Counter({RELEASED: len(released(session, one))})
            left[one] = texts + Counter({kind: n for kind, n in left[one].items() if kind in KEPT_ANONYMOUS})
    held = bool(holds.in_study(session, study.id))
    stays = {NAMES} if held or keeps_names(session, study, how) else set()
    stays |= {STUDY_KEY} if set(fates.values()) & {Fate.KEPT, Fate.HELD} else set()
    stays |= {DEPOSITS, VOICE, "older study key"} if held else set()
    left[WHOLE] = Counter({kind: number for kind, number in there[WHOLE].items() if kind in stays})
    return split(there, left, fates, held=held)


def split(
    before: Mapping[str, Mapping[str, int]], left: Mapping[str, Counter[str]], fates: Mapping[str, Fate], *, held: bool
) -> Split:
    """What there was before, by what became of it. What is left of the study itself is held where a hold stands."""
    made: Split = {"destroyed": Counter(), "kept": Counter(), "held": Counter()}
    for owner, counts in before.items():
        under = held if owner == WHOLE else fates.get(owner) is Fate.HELD
        stays = left.get(owner, Counter())
        made["held" if under else "kept"] += stays
        made["destroyed"] += Counter(counts) - stays
    return made


def holders_of(session: Session, study_id: str) -> tuple[Holder, ...]:
    """Every hand-off of a study whose holder has not said that it is deleted, oldest first."""
    codes = sa.select(Recording.id, Participant.code, Recording.number).join(
        Participant, Participant.id == Recording.participant_id
    )
    titles = {
        row.id: f"{row.code}-{row.number}" for row in session.execute(codes.where(Recording.study_id == study_id))
    }
    rows = sa.select(Handoff).where(Handoff.study_id == study_id, Handoff.confirmed.is_(None))
    return tuple(
        Holder(
            row.id, row.recipient, row.purpose, row.created.date().isoformat(),
            tuple(sorted(titles[one] for one in row.recordings if one in titles)), dict(row.manifest),
        )
        for row in session.scalars(rows.order_by(Handoff.created, Handoff.id))
    )  # fmt: skip


def closing_of(session: Session, study_id: str) -> Closing | None:
    """How a study was closed, if it is."""
    return session.scalars(sa.select(Closing).where(Closing.study_id == study_id)).first()
