"""What a withdrawal would do, in counts, before it is done: what there is of a participant, and who else has it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import holds, shredding
from policies.actions import Action, Purpose
from policies.withdrawal import NAMES, NAMES_DAMAGED
from storage import lookup, tombstones
from storage.inbox import Inbox
from storage.records import Artefact, Handoff, Key, Recording, Study

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from policies.act import Act
    from policies.desk import Desk
    from policies.withdrawal import Beyond
    from storage.records import Participant

BACKED_UP = b'"action":"back_up"'


@dataclass(frozen=True)
class Holder:
    """A hand-off that holds something of a participant's: its id, who got it when and why, of which interviews.

    `files` are SHA-256 by the file's name.
    """

    handoff: str
    recipient: str
    purpose: str
    day: str
    interviews: tuple[str, ...]
    files: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """What there is of a participant, counted. `bytes` is of sealed payloads, `names` of the link key's entries.

    `jobs` are queued or under way, `backups` were made since the participant was added, `holds` stand now.
    `unread` are other interviews that cannot be read, or the names: none is counted then, and none would go.
    """

    participant: str
    recordings: int
    artefacts: int
    bytes: int
    decisions: int
    voices: int
    requests: int
    names: int
    deposits: int
    jobs: int
    backups: int
    holders: tuple[Holder, ...]
    holds: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def plan(desk: Desk, participant: Participant, beyond: Beyond, kinds: Collection[str] | None = None) -> Plan:
    """What a withdrawal would destroy, of some kinds of artefact or everything, and who is to be written to.

    Changes nothing. Raises Denied.
    """
    vault = desk.vault
    study = lookup.by_id(vault.database, Study, participant.study_id)
    with desk.act(Action.PLAN_WITHDRAWAL, participant, Purpose.STEWARDSHIP) as act:
        letters = shredding.deposits(act, Inbox(vault.folder, study.code), f"{study.code}/{participant.code}")
        names, unread = _names(desk, act, participant, beyond) if kinds is None else ((), ())
    with Session(vault.database.reader) as session:
        others = tombstones.counted(session, participant.id)
        of_theirs = sa.select(Artefact.size).where(Artefact.participant_id == participant.id, Artefact.header != b"")
        sizes = session.scalars(of_theirs if kinds is None else of_theirs.where(Artefact.kind.in_(kinds))).all()
        if kinds is not None:  # the rest stays, under another key
            others, letters = dict.fromkeys(others, 0) | {"voices": others["voices"]}, []
        standing = tuple(f"{hold.kind}: {hold.ground}" for hold in holds.standing(session, participant.id))
        backups = _backups(desk, session, participant)
        holders = holders_of(session, participant)
    return Plan(
        participant=f"{study.code}/{participant.code}", **others, artefacts=len(sizes), bytes=sum(sizes),
        names=len(names), deposits=len(letters), jobs=len(beyond.jobs(desk, participant)), backups=backups,
        holders=holders, holds=standing, unread=unread,
    )  # fmt: skip


def _names(desk: Desk, act: Act, participant: Participant, beyond: Beyond) -> tuple[Sequence[object], tuple[str, ...]]:
    """The link key's entries that would go, and what keeps that from being known."""
    try:
        names = beyond.names(desk, act, participant)
    except NAMES_DAMAGED:
        return (), (NAMES,)
    return names, lookup.references(desk.vault.database, act.facts.get("unread", ()))


def holders_of(session: Session, participant: Participant) -> tuple[Holder, ...]:
    """Every hand-off with something of a participant's in it, oldest first."""
    theirs = session.scalars(sa.select(Recording).where(Recording.participant_id == participant.id))
    titles = {one.id: f"{participant.code}-{one.number}" for one in theirs}
    rows = sa.select(Handoff).where(Handoff.study_id == participant.study_id).order_by(Handoff.created, Handoff.id)
    return tuple(
        Holder(
            row.id, row.recipient, row.purpose, row.created.date().isoformat(),
            tuple(sorted(titles[one] for one in row.recordings if one in titles)), dict(row.manifest),
        )
        for row in session.scalars(rows)
        if not titles.keys().isdisjoint(row.recordings)
    )  # fmt: skip


def _backups(desk: Desk, session: Session, participant: Participant) -> int:
    """How many the ledger knows of since there was a key of theirs; none of them can be told apart from here."""
    since = session.scalar(sa.select(sa.func.min(Recording.created)).where(Recording.participant_id == participant.id))
    key = session.scalar(sa.select(Key.created).where(Key.owner_id == participant.id))
    begun = min((moment for moment in (since, key) if moment is not None), default=participant.created)
    made = (json.loads(leaf) for leaf in desk.vault.ledger.leaves() if BACKED_UP in leaf)
    return sum(bool(leaf.get("allow")) and leaf["t"] >= begun.isoformat() for leaf in made)
