"""A whole run, from the recorder to the release, in a house of its own, with somebody pulling the plug all the way."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import pipeline
from storage.records import Participant, Recording
from tests.conftest import REPO
from tests.faults import sitting
from tests.faults.planted import Planted, plant
from tests.faults.sitting import Task
from tests.house_fixtures import House, build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MACHINE = tuple(stage.name for stage in pipeline.BY_MACHINE)
PRIVATE = {"TMPDIR": "tmp", "HOME": "home", "XDG_RUNTIME_DIR": "runtime", "XDG_CACHE_HOME": "home/cache"}
ROUTE = ("take in", *MACHINE, "review", "release", "hand off", "back up")
OUT = {"hand off": "given", "back up": "backups"}
EMPTY = ("tmp", "home", "runtime", "here")  # where nothing at all may be left; workers start in the last


@dataclass
class Run:
    """A house under `root`, the recordings it gets, and how many things each stage does."""

    root: Path
    house: House
    carried: list[Planted]
    counts: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    sittings: int = 0

    def sit(self, task: Task, sound: bytes = b"") -> int:
        """Do a task in a process of its own; returns its exit code. All it prints is kept in logs/."""
        self.sittings += 1
        logs = self.root / "logs"
        private = {name: str(self.root / folder) for name, folder in PRIVATE.items()}
        command = [sys.executable, "-W", "always", "-m", "tests.faults.sitting", str(self.house.vault.folder)]
        done = subprocess.run(
            command, env={**os.environ, **private, "PYTHONPATH": str(REPO)}, cwd=self.root / "here",
            input=task.to_line() + sound, capture_output=True, check=False,
        )  # fmt: skip
        (logs / f"{self.sittings}.err").write_bytes(done.stderr)
        (logs / f"{self.sittings}.out").write_bytes(done.stdout)
        return done.returncode

    def count(self, task: Task, sound: bytes = b"") -> None:
        """Do a task to its end and remember how many things each of its stages did."""
        assert self.sit(task, sound) == 0, self.last("err")
        counts = json.loads(self.last("out"))
        self.counts |= {stage: counts[stage] for stage in counts if stage in MACHINE or stage == task.doing}

    def kill(self, task: Task, share: float, sound: bytes = b"") -> None:
        """Do a task until `share` (0 to 1) of its stage is done, and no further."""
        at = 1 + round(share * (self.counts[task.stage] - 1))
        ended = self.sit(replace(task, at=at), sound)
        assert ended == -signal.SIGKILL, self.last("err")
        self.kills += 1

    def last(self, kind: str) -> str:
        """What the last sitting wrote to "out" or "err"."""
        return (self.root / "logs" / f"{self.sittings}.{kind}").read_text("utf-8")

    def recording(self, planted: Planted) -> Recording:
        """The row of what was taken in."""
        code = sa.select(Recording).join(Participant).where(Participant.code == _code(planted))
        with Session(self.house.vault.database.reader) as session:
            return session.scalars(code).one()

    def bring(self, planted: Planted) -> Task:
        """The task of taking it in."""
        to = f"{self.house.study.code}/{_code(planted)}"
        return Task("take in", to, "take in", filename=planted.filename, attributes=planted.attributes)

    def handle(self, doing: str, planted: Planted, stage: str = "") -> Task:
        """A task about what was taken in; it is cut short in `stage`, which is the task itself if not given."""
        return Task(doing, self.recording(planted).id, stage or doing, filename=planted.filename)

    def here(self, task: Task, sound: bytes = b"") -> None:
        """Do a task in this process."""
        sitting.DOING[task.doing](self.house, task, sound)


def _code(planted: Planted) -> str:
    return f"P{planted.number:03}"


def begin(root: Path, recordings: int, token: str) -> Run:
    """A house, and participants who consent to everything; nothing is taken in yet."""
    for folder in (*EMPTY, *OUT.values(), "logs"):
        (root / folder).mkdir(mode=0o700)
    house = build(root / "vault")
    house.second_steward()
    run = Run(root, house, [plant(number, token) for number in range(recordings)])
    for planted in run.carried:
        house.participant(_code(planted))
    return run


def cut_short(run: Run, kills: Mapping[str, Sequence[float]]) -> None:
    """Take everything through the house, killed at each share of each stage (ROUTE); then bring all to its end."""
    _take_in(run, kills["take in"])
    _through_the_machine(run, [(stage, share) for stage in MACHINE for share in kills[stage]])
    for doing in ("review", "release"):
        _by_a_person(run, doing, kills[doing])
    for doing in OUT:
        _out(run, doing, kills[doing])


def _take_in(run: Run, shares: Sequence[float]) -> None:
    first, *rest = run.carried
    run.count(run.bring(first), first.sound)
    for planted, share in zip(rest, shares, strict=False):
        run.kill(run.bring(planted), share, planted.sound)
    for planted in rest:
        run.here(run.bring(planted), planted.sound)


def _through_the_machine(run: Run, kills: Sequence[tuple[str, float]]) -> None:
    first, *rest = run.carried
    run.count(run.handle("run", first))
    for planted, (stage, share) in zip(rest, kills, strict=False):
        run.kill(run.handle("run", planted, stage), share)
    assert run.sit(Task("run")) == 0, run.last("err")


def _by_a_person(run: Run, doing: str, shares: Sequence[float]) -> None:
    first, *rest = run.carried
    run.count(run.handle(doing, first))
    for planted, share in zip(rest, shares, strict=False):
        run.kill(run.handle(doing, planted), share)
    for planted in rest:
        run.here(run.handle(doing, planted))


def _out(run: Run, doing: str, shares: Sequence[float]) -> None:
    """What leaves the vault goes to OUT, each time to a place of its own; what was cut short is done again."""
    places = (str(run.root / OUT[doing] / str(number)) for number in itertools.count())
    run.count(Task(doing, stage=doing, place=next(places)))
    for share in shares:
        task = Task(doing, stage=doing, place=next(places))
        run.kill(task, share)
        run.here(task)
