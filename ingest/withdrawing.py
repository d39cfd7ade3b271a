"""What a withdrawal needs to know of the pipeline: its jobs, and which names nobody else in the study says.

A name is somebody's alone when their interviews say it and no other that can still be opened does, whatever became of
that one's consent: those are asked for at the door one by one, and nothing of them is shown. Names that no interview
says and nobody wrote into the roster go too: an interview that was forgotten before left them there. As long as
another cannot be read, nobody knows which names it needs, and none goes; the keys go all the same.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest.decisions import overlay
from ingest.name_decisions import readings, related, row_of
from ingest.pseudonyms.finds import Kind
from ingest.pseudonyms.index import key
from ingest.work import MENTIONS, Work
from policies.actions import Action, Purpose
from storage.errors import Denied, NotReady, StorageFailed
from storage.postgres import JOBS
from storage.records import Artefact, Recording, Tombstone

if TYPE_CHECKING:
    from policies.act import Act
    from policies.desk import Desk
    from storage.database import Database
    from storage.link import Form, Name, StudyNames
    from storage.records import Participant

STATUS = "workflow_status"
OPEN = ("PENDING", "ENQUEUED", "DELAYED")
CANCELLED = "CANCELLED"
CHANGED = "Names were found in another interview meanwhile. Run it again: nothing was destroyed yet."


@dataclass
class Spoken:
    """The names some interviews say: ids of them as they were found, and the keys of their forms."""

    names: set[str] = field(default_factory=set)
    forms: set[tuple[str, str]] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)

    def hear(self, work: Work) -> None:
        """Take in an interview, if its names were found and it opens."""
        newest = work.artefact(MENTIONS)
        if newest is None or not newest.header:
            return
        self.lists.add(newest.id)
        left = overlay(work)
        self.names |= {claim.entity for claim in left.finds} | {mention.entity for mention in left.mentions}
        for mention in left.mentions:
            said = readings(left.form(mention), mention.kind) | {key(left.form(mention), mention.kind)}
            self.forms |= {(mention.kind.value, form) for form in said}


class Pipeline:
    """What `policies.withdrawal` is handed: the jobs and names of this house."""

    @staticmethod
    def jobs(desk: Desk, participant: Participant) -> list[str]:
        """Ids of what is queued or under way for a participant's recordings; none before the first run."""
        database = desk.vault.database
        if not sa.inspect(database.jobs).has_table(STATUS, schema=_schema(database)):
            return []
        table = _table(database)
        theirs = [f"{one.id}.%" for one in _recordings(desk, participant)]
        mine = sa.or_(sa.false(), *(table.c.workflow_uuid.like(one) for one in theirs))
        query = sa.select(table.c.workflow_uuid).where(mine, table.c.status.in_(OPEN))
        with database.jobs.connect() as connection:
            return list(connection.scalars(query))

    @classmethod
    def stop(cls, desk: Desk, participant: Participant) -> int:
        """Cancel these: a worker looks between two stages, and the door is closed meanwhile."""
        found = cls.jobs(desk, participant)
        if found:
            table = _table(desk.vault.database)
            moment = int(time.time() * 1000)
            gone = {"status": CANCELLED, "queue_name": None, "updated_at": moment, "completed_at": moment}
            update = sa.update(table).where(table.c.workflow_uuid.in_(found), table.c.status.in_(OPEN)).values(gone)
            with desk.vault.database.jobs.begin() as connection:
                connection.execute(update)
        return len(found)

    @staticmethod
    def names(desk: Desk, act: Act, participant: Participant) -> list[Form]:
        """The forms of the link key that nobody else needs."""
        return _doomed(desk, act, participant)[0]

    @staticmethod
    def forget(desk: Desk, act: Act, participant: Participant) -> int:
        """Destroy these; a name of which none is left goes whole, and so does what was decided about it."""
        doomed, others = _doomed(desk, act, participant)
        names, gone = act.names(), {form.form for form in doomed}
        for form in doomed:
            names.forget(form)
        _blank(names, gone)
        if doomed:
            act.later(lambda session: _unless_found(session, participant, others.lists))
        act.after(act.scrub_names)
        return len(doomed)


def _doomed(desk: Desk, act: Act, participant: Participant) -> tuple[list[Form], Spoken]:
    """The forms to destroy, and what all others say. Holds the link key first, so that nobody changes a name.

    None where one of the others cannot be read: the act's facts then name these, as "unread".
    """
    names, theirs, others = act.names(), Spoken(), Spoken()
    names.namings()
    for recording in _recordings(desk, participant):
        _hear_theirs(Work(act, recording, desk.vault.database), theirs)
    unread = [one.id for one in _others(act, participant) if not _heard(desk, one, others)]
    if unread:
        act.facts["unread"] = unread
        return [], others
    mine = set(map(row_of, related(names, theirs.names)))
    needed = set(map(row_of, related(names, others.names)))
    doomed = [form for name in names.all() for form in _going(name, mine, needed, theirs, others)]
    return doomed, others


def _hear_theirs(work: Work, theirs: Spoken) -> None:
    """Take in what they said themselves; what of it is damaged goes with the rest.

    Raises StorageFailed where it cannot be fetched just now: without their key nobody can hear it later.
    """
    try:
        theirs.hear(work)
    except StorageFailed:
        raise
    except Exception:  # noqa: BLE001, S110  # as in _heard
        pass


def _heard(desk: Desk, recording: Recording, others: Spoken) -> bool:
    """Whether another interview could be read. Whatever is the matter with it must not keep somebody's keys.

    Raises Denied: who may not ask destroys nothing either.
    """
    try:
        with desk.act(Action.COMPARE_NAMES, recording, Purpose.STEWARDSHIP) as act:
            others.hear(Work(act, recording, desk.vault.database))
    except Denied:
        raise
    except Exception:  # noqa: BLE001  # a row somebody wrote into may fail in any way, and the ledger has which
        return False
    return True


def _going(name: Name, mine: set[str], needed: set[str], theirs: Spoken, others: Spoken) -> list[Form]:
    """Of a name others say too only what they alone called it, and never all; of any other all but a roster's own."""
    if name.id not in needed:
        return [form for form in name.forms if name.id in mine or form.given is None]
    said = {form: (name.kind, key(form.form, Kind(name.kind))) for form in name.forms}
    gone = [form for form in name.forms if said[form] in theirs.forms and said[form] not in others.forms]
    return gone if name.id in mine and len(gone) < len(name.forms) else []


def _blank(names: StudyNames, gone: set[str]) -> None:
    """Take forms that are gone out of what was decided, and all words of decisions about names that are gone."""
    left = {name.id for name in names.all()}
    for row in names.namings():
        about = json.loads(row.what)
        if row.undoes is not None or not about:
            continue
        ids = {row_of(about[one]) for one in ("name", "other") if about.get(one)}
        kept: dict[str, object] = {"forms": [form for form in about.get("forms", ()) if form not in gone]}
        if ids.isdisjoint(left):
            kept |= {"surrogate": "", "was": ""}
            row.why = ""
        if any(about.get(name) != value for name, value in kept.items()):
            row.what = json.dumps(about | kept, ensure_ascii=False, sort_keys=True)


def _unless_found(session: Session, participant: Participant, known: set[str]) -> None:
    """Raise NotReady if names were found in another interview since the others were read."""
    query = sa.select(Artefact.recording_id, Artefact.id).where(
        Artefact.kind == MENTIONS, Artefact.header != b"", Artefact.participant_id != participant.id
    )
    of_study = sa.select(Recording.id).where(Recording.study_id == participant.study_id)
    newest = dict(
        session.execute(query.where(Artefact.recording_id.in_(of_study)).order_by(Artefact.version)).tuples().all()
    )
    if set(newest.values()) - known:
        raise NotReady(CHANGED)


def _recordings(desk: Desk, participant: Participant) -> list[Recording]:
    with Session(desk.vault.database.reader) as session:
        return list(session.scalars(sa.select(Recording).where(Recording.participant_id == participant.id)))


def _others(act: Act, participant: Participant) -> list[Recording]:
    """Every other interview of the study there is a key for."""
    shredded = sa.select(Tombstone.participant_id)
    query = sa.select(Recording).where(
        Recording.study_id == participant.study_id,
        Recording.participant_id != participant.id,
        Recording.participant_id.not_in(shredded),
    )
    return act.all(query.order_by(Recording.created, Recording.id))


def _schema(database: Database) -> str | None:
    return JOBS if database.kind == "postgresql" else None


def _table(database: Database) -> sa.TableClause:
    names = ("workflow_uuid", "status", "queue_name", "updated_at", "completed_at")
    return sa.table(STATUS, *map(sa.column, names), schema=_schema(database))
