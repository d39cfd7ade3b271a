"""Work, watched: run what waits, show how far it is, go on after a stop."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ingest import STAGES, deposits, pipeline
from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import Denied
from storage.records import Recording, Study

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import TaskID

    from policies.desk import Desk
    from storage.errors import TillitError

NAMES = [stage.name for stage in STAGES]
PATIENCE = 2.0  # seconds between looks for new recordings


class Shown:
    """A bar a recording, from whatever thread the news comes; or a line of JSON a piece of news."""

    def __init__(self, desk: Desk, progress: Progress | None) -> None:
        self._desk = desk
        self._progress = progress
        self._bars: dict[str, TaskID] = {}
        self._stages: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def __call__(self, recording: str, stage: str, done: float, total: float) -> None:
        """Show that `recording` is `done` of `total` seconds through `stage`."""
        if self._progress is None:
            news = {
                "recording": self._name(recording),
                "stage": stage,
                "done": round(done, 2),
                "total": round(total, 2),
            }
            with suppress(BrokenPipeError):  # nobody reads the news any more, and the work goes on
                sys.stdout.write(json.dumps(news) + "\n")
                sys.stdout.flush()
            return
        if recording not in self._bars:
            self._bars[recording] = self._progress.add_task(self._name(recording), total=1.0, stage=stage)
        if self._stages.get(recording) != stage:  # each stage has a pace of its own, by which the time left is told
            self._stages[recording] = stage
            self._progress.reset(self._bars[recording], stage=f"{NAMES.index(stage) + 1}/{len(NAMES)} {stage}")
        self._progress.update(self._bars[recording], completed=done / total if total else 0.0)

    def _name(self, recording: str) -> str:
        if recording not in self._names:
            row = lookup.by_id(self._desk.vault.database, Recording, recording)
            self._names[recording] = pipeline.reference(self._desk.vault, row)
        return self._names[recording]


@contextmanager
def shown(desk: Desk, *, as_json: bool) -> Iterator[Shown]:
    """Progress on the screen for as long as the body runs, or JSON lines on standard output."""
    if as_json:
        yield Shown(desk, None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[stage]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        yield Shown(desk, progress)


@dataclass(frozen=True)
class Ran:
    """What a run did: the recordings it brought as far as a person is needed, and what stopped the others.

    `left_out` counts those that had stopped before, and were not tried.
    """

    done: list[str]
    problems: dict[str, TillitError]
    left_out: int


class Asked:
    """Which studies somebody may set the pipeline to work on; the door is asked once for each."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._answers: dict[str, Denied | None] = {}

    def allowed(self, waiting: list[Recording]) -> list[Recording]:
        """Those of the waiting recordings; raises Denied if there are some and it is none of them."""
        for study in {recording.study_id for recording in waiting} - self._answers.keys():
            self._answers[study] = self._ask(study)
        mine = [recording for recording in waiting if self._answers[recording.study_id] is None]
        if waiting and not mine:
            raise self._answers[waiting[0].study_id] or Denied("You may not run the pipeline here.")
        return mine

    def _ask(self, study: str) -> Denied | None:
        try:
            with self._desk.act(
                Action.RUN, lookup.by_id(self._desk.vault.database, Study, study), Purpose.STEWARDSHIP
            ):
                return None
        except Denied as denied:
            return denied


def run(desk: Desk, tell: pipeline.Listener, reference: str | None, *, again: bool, device: str = "cpu") -> Ran:
    """Run everything that waits, or one recording, to the end. Raises Denied, NotFound, NotReady."""
    vault = desk.vault
    only = lookup.recording(vault.database, reference) if reference else None
    waiting = Asked(desk).allowed(pipeline.waiting(vault, only, stopped=True))
    todo = [recording for recording in waiting if again or only or not recording.problem]
    with pipeline.at_work(vault, tell, device) as robot:
        todo = [pipeline.again(robot, recording) if recording.problem else recording for recording in todo]
        made = pipeline.finish_all(robot, todo)
    ends = {pipeline.reference(vault, recording): made[recording.id] for recording in todo}
    problems = {name: problem for name, problem in ends.items() if problem}
    return Ran([name for name in ends if name not in problems], problems, len(waiting) - len(todo))


def work(desk: Desk, tell: pipeline.Listener, device: str = "cpu") -> None:
    """Run whatever comes in, until SIGINT or SIGTERM; then the process ends at once, in the middle of a stage too.

    That loses nothing: a stage keeps its work in one transaction or not at all, and the next start takes it up.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    asked, tried = Asked(desk), set[str]()
    asked.allowed(pipeline.waiting(desk.vault))
    with pipeline.at_work(desk.vault, tell, device) as robot:
        while True:
            for _ in deposits.admit(desk.vault, tried):
                pass  # what was refused waits, and `tillit run` says why
            pipeline.finish_all(robot, asked.allowed(pipeline.waiting(desk.vault)))
            time.sleep(PATIENCE)


def _leave(_signal: int, _frame: object) -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # whoever was reading has gone
            stream.flush()
    os._exit(0)  # an ordinary end would wait for the stage that is running, up to an hour
