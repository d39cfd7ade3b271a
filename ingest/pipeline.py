"""The pipeline as one durable workflow: a step a stage, in the order of STAGES.

DBOS remembers which steps are done; a step that was killed between its effect and its checkpoint runs again and
finds its artefact there. Each step asks at the door anew, so a withdrawal stops work that is already queued.
"""

from __future__ import annotations

import fcntl
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa
from dbos import DBOS, SetWorkflowID
from dbos._error import DBOSAwaitedWorkflowCancelledError
from sqlalchemy.orm import Session

from ingest import STAGES, engine, roster, speakers_known
from ingest.release import release
from ingest.stages import RUN
from ingest.transcription.machine import usable_cores
from ingest.work import Told, Work
from policies.actions import Action, Purpose
from policies.desk import Desk
from policies.facts import PIPELINE, Actor
from policies.gate import Gate
from policies.review_policy import NOT_REQUIRED
from storage import lookup
from storage.errors import Denied, NotReady, PipelineFailed, TillitError
from storage.records import Participant, Recording, Study

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dbos import WorkflowHandle

    from storage.vault import Vault

BY_MACHINE = tuple(stage for stage in STAGES if not stage.by_person)
LAST = "apply pseudonyms"
FOR_A_PERSON = (LAST, "review", "release")
ORDER = ("received", *(stage.name for stage in STAGES))
ROBOT = Actor(PIPELINE, PIPELINE)
CANCELLED = "The participant withdrew, so this was stopped. If they consent anew, `tillit run --again` goes on."


class Listener(Protocol):
    """Who is told how far a recording has come; `done` and `total` are seconds of sound, or 0 where unknown."""

    def __call__(self, recording: str, stage: str, done: float, total: float, /) -> None:
        """Take note; called from the engine's threads."""


@dataclass
class House:
    """What steps need and DBOS must not store: the open vault, its door, and whom to tell."""

    desk: Desk
    tell: Listener
    device: str = "cpu"


_houses: list[House] = []
_held: list[int] = []
AT_ONCE = max(2, usable_cores() // 4)
"""Recordings under way at once: while one is at what takes one core, such as its names or its last words, another
fills the rest. They share one loaded model. After a crash DBOS takes up all it finds; more than these wait."""
_turn = threading.BoundedSemaphore(AT_ONCE)


@DBOS.workflow(name="interview", max_recovery_attempts=engine.ATTEMPTS)
def interview(recording_id: str) -> str:
    """Carry one recording through the stages that need no person, and to release if the study's policy says so."""
    for stage in BY_MACHINE:
        run_stage(stage.name, recording_id)
    run_stage("release", recording_id)
    return recording_id


@DBOS.step(name="stage")
def run_stage(name: str, recording_id: str) -> str:
    """Run one stage; done already is done. Anything unexpected is reduced to its type before DBOS can store it."""
    house = _houses[-1]
    try:
        with _turn:
            _run(house, name, recording_id)
    except TillitError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever a library says may quote an interview
        raise PipelineFailed(engine.UNKNOWN, kind=type(error).__name__) from None
    return name


def _run(house: House, name: str, recording_id: str) -> None:
    vault, recording = house.desk.vault, lookup.by_id(house.desk.vault.database, Recording, recording_id)
    if name == "release":
        study = lookup.by_id(vault.database, Study, recording.study_id)
        if study.review == NOT_REQUIRED:
            release(house.desk, recording)
        return

    def tell(done: float, total: float) -> None:
        house.tell(recording_id, name, done, total)

    tell(0, 0)
    stage = next(stage for stage in STAGES if stage.name == name)
    told = _told(house, name, recording)
    with house.desk.act(stage.action, recording, Purpose.TRANSCRIBE) as act:
        RUN[name](Work(act, recording, vault.database, tell, told))
        act.later(lambda session: _advance(session, recording_id, name))
    house.tell(recording_id, name, 1, 1)


def _told(house: House, name: str, recording: Recording) -> Told:
    """What a stage needs that is behind a door of its own: the study's names, its interviewers' voices."""
    if name == "transcribe":
        return Told(hotwords=roster.hotwords(house.desk, recording), device=house.device)
    if name == "tell speakers":
        study = lookup.by_id(house.desk.vault.database, Study, recording.study_id)
        return Told(interviewers=speakers_known.interviewers(house.desk, study))
    return Told()


def _advance(session: Session, recording_id: str, stage: str) -> None:
    """Forwards only: a step that runs again after a kill must not take back what people have done since."""
    recording = session.get_one(Recording, recording_id)
    recording.problem = None
    if ORDER.index(stage) > ORDER.index(recording.stage):
        recording.stage = stage


@contextmanager
def at_work(vault: Vault, tell: Listener, device: str = "cpu") -> Iterator[Desk]:
    """Launch the engine on this vault for as long as the body runs; work left behind by a kill goes on at once."""
    with _alone(vault):
        desk = Desk(vault, Gate(vault), ROBOT)
        _houses.append(House(desk, tell, device))
        vault.blobs.sweep()
        engine.configure(vault.database)
        DBOS.launch()
        try:
            yield desk
        finally:
            DBOS.destroy()
            _houses.pop()


@contextmanager
def _alone(vault: Vault) -> Iterator[None]:
    """One worker a vault on the embedded database: two would recover each other's work."""
    descriptor = os.open(vault.folder / "worker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise NotReady("Another `tillit run` or `tillit worker` is at work on this vault. Wait for it.") from None
    try:
        yield
    except KeyboardInterrupt:
        # The engine's threads may still be at it until the process ends, and the lock must hold as long.
        _held.append(descriptor)
        raise
    except BaseException:
        os.close(descriptor)
        raise
    else:
        os.close(descriptor)


def waiting(vault: Vault, only: Recording | None = None, *, stopped: bool = False) -> list[Recording]:
    """Recordings the pipeline has something to do for, oldest first; with `stopped` also those with a problem."""
    by_itself = sa.and_(Study.review == NOT_REQUIRED, Recording.stage != "release")
    open_ = sa.or_(Recording.stage.not_in(FOR_A_PERSON), by_itself)
    query = sa.select(Recording).join(Study, Study.id == Recording.study_id).where(open_)
    if only is not None:
        query = query.where(Recording.id == only.id)
    elif not stopped:
        query = query.where(Recording.problem.is_(None))
    with Session(vault.database.reader) as session:
        return list(session.scalars(query.order_by(Recording.created, Recording.number)))


def start(recording: Recording) -> WorkflowHandle[str]:
    """Start, or take up again, the workflow of one recording."""
    with SetWorkflowID(f"{recording.id}.{recording.attempt}"):
        return DBOS.start_workflow(interview, recording.id)


def finish(desk: Desk, recording: Recording) -> TillitError | None:
    """Wait for one recording's workflow; a failure is noted on the recording and returned."""
    try:
        start(recording).get_result()
    except DBOSAwaitedWorkflowCancelledError:
        problem = Denied(CANCELLED)
        _note(desk, recording, problem)
        return problem
    except TillitError as problem:
        _note(desk, recording, problem)
        return problem
    return None


def finish_all(desk: Desk, recordings: Iterable[Recording]) -> dict[str, TillitError | None]:
    """Finish several, AT_ONCE of them under way at a time, the oldest first; by id what became of each."""
    todo, patient = list(recordings), True
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="interview")
    try:
        ends = pool.map(lambda recording: finish(desk, recording), todo)
        return {recording.id: end for recording, end in zip(todo, ends, strict=True)}
    except KeyboardInterrupt:
        patient = False  # these threads wait for the engine's, and whoever pressed Ctrl-C would wait an hour for both
        raise
    finally:
        pool.shutdown(wait=patient, cancel_futures=True)


def again(desk: Desk, recording: Recording) -> Recording:
    """A new attempt at a recording that stopped with a problem; finished stages are not done twice."""
    with desk.act(Action.NOTE_PROBLEM, recording, Purpose.STEWARDSHIP) as act:
        act.change(recording, attempt=recording.attempt + 1, problem=None)
    return lookup.by_id(desk.vault.database, Recording, recording.id)


def _note(desk: Desk, recording: Recording, problem: TillitError) -> None:
    with desk.act(Action.NOTE_PROBLEM, recording, Purpose.STEWARDSHIP) as act:
        act.change(recording, problem=problem.sentence)


def reference(vault: Vault, recording: Recording) -> str:
    """What a person types for this recording: "study/P07-1"."""
    study = lookup.by_id(vault.database, Study, recording.study_id)
    participant = lookup.by_id(vault.database, Participant, recording.participant_id)
    return f"{study.code}/{participant.code}-{recording.number}"
