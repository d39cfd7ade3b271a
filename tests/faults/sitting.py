"""One sitting of somebody at a vault, ended by SIGKILL at the nth thing done: `python -m tests.faults.sitting FOLDER`.

Standard input is a line of JSON, a `Task`, and for an intake the sound behind it, so that nothing of either stands
in a file or in the list of processes. What is counted is what tests/faults/worker.py counts. Logging is turned up as
far as it goes, to standard error, and a crash may write as much memory as the system lets it.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from handoff.package import FORMATS
from handoff.register import Order, hand_off, terms
from ingest import intake, outgoing, reading, release, review
from ingest.decisions import Verdict
from ingest.pseudonyms.finds import Kind
from policies import safekeeping, studies
from policies.actions import Action, Purpose
from storage import lookup
from storage.errors import AlreadyThere, BadInput, NotReady
from storage.records import Recording
from tests.faults.worker import Saboteur, carry, let_in
from tests.house_fixtures import House, reopen

PERSON = "nobody's recording"  # what a saboteur is told of work that is not about one recording
WORD = re.compile(r"\w{6,}")


@dataclass(frozen=True)
class Task:
    """What is done (a key of DOING), to what (STUDY/CODE or a recording's id), and where it ends: nth of a stage.

    `place` is a folder for what leaves the vault.
    """

    doing: str
    to: str = PERSON
    stage: str = "-"
    at: int = 0
    filename: str = ""
    place: str = ""
    attributes: dict[str, str] = field(default_factory=dict)

    def to_line(self) -> bytes:
        """As a line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"


class Punctual(Saboteur):
    """Kills when its stage is over at the latest: not every recording gives a stage as much to do as the first did."""

    def enters(self, recording: str, stage: str) -> None:
        """A stage begins, and the one before it is over."""
        super().enters(recording, stage)
        if recording == self._wanted[0] and stage != self._wanted[1]:
            self.is_late()

    def is_late(self) -> None:
        """Kill if the stage it was sent for has begun, and is over by now."""
        if self._at and self.counts[self._wanted[1]]:
            os.kill(os.getpid(), signal.SIGKILL)


def take_in(house: House, task: Task, sound: bytes) -> None:
    """Describe the participant and take the recording in; doing it again changes nothing."""
    participant = lookup.participant(house.vault.database, task.to)
    studies.set_attributes(house.desk("astrid"), participant, task.attributes)
    intake.take_in(house.desk("ivar"), participant, io.BytesIO(sound), task.filename)


def run(house: House, task: Task, _sound: bytes) -> None:
    """Set the pipeline to work."""
    problems = carry(house.vault, "-" if task.to == PERSON else task.to)
    assert not problems, problems


def look(house: House, task: Task, _sound: bytes) -> None:
    """Confirm every find, add a word as a name that was missed, and try to add words nobody said."""
    ragna, recording = house.desk("ragna"), lookup.by_id(house.vault.database, Recording, task.to)
    review.decide(ragna, recording, Verdict.CONFIRM, None)
    said = reading.read(ragna, recording, real_names=True).text
    for words in (min(WORD.findall(said), default="-"), task.filename):
        with suppress(BadInput):
            review.add(ragna, recording, words, Kind.PER)


def let_out(house: House, task: Task, _sound: bytes) -> None:
    """Release, at the second attempt if the first finds names that are known from elsewhere."""
    ragna, recording = house.desk("ragna"), lookup.by_id(house.vault.database, Recording, task.to)
    try:
        release.release(ragna, recording)
    except NotReady:
        review.decide(ragna, recording, Verdict.CONFIRM, None)
        release.release(ragna, recording)


def give(house: House, task: Task, sound: bytes) -> None:
    """Hand everything that is released off into `place`, in every format, as two do it, unless it is there.

    Names an interview taught since another was released take that release back: then all are released once more.
    """
    order = Order(Path(task.place), list(FORMATS), "ragna", Purpose.ANALYSE, "en")
    with suppress(AlreadyThere):
        try:
            _hand_off(house, order)
        except NotReady:
            for recording in _all(house):
                review.decide(house.desk("ragna"), recording, Verdict.CONFIRM, None)
                let_out(house, replace(task, to=recording.id), sound)
            _hand_off(house, order)


def _hand_off(house: House, order: Order) -> None:
    ragna = house.desk("ragna")
    approved = house.approved(Action.HAND_OFF_BULK, house.study, terms(ragna, house.study, order), "ragna")
    hand_off(ragna, house.study, order, outgoing.scan, approved)


def _all(house: House) -> list[Recording]:
    with Session(house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Recording).where(Recording.study_id == house.study.id)))


def back_up(house: House, task: Task, _sound: bytes) -> None:
    """Back everything up into two folders of `place`, the link key apart from the rest."""
    Path(task.place).mkdir(exist_ok=True)
    for half, keep in (("records", safekeeping.back_up), ("link", safekeeping.back_up_link)):
        keep(house.desk("astrid"), Path(task.place) / half, lambda *_: None)


DOING = {
    "take in": take_in,
    "run": run,
    "review": look,
    "release": let_out,
    "hand off": give,
    "back up": back_up,
}


def main(folder: Path) -> None:
    """Do one task; print how many things were done in each stage of it."""
    logging.basicConfig(level=logging.NOTSET)
    logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)  # each statement and each row
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    task, sound = Task(**json.loads(sys.stdin.buffer.readline())), sys.stdin.buffer.read()
    vault = reopen(folder)
    saboteur = Punctual(task.to, task.stage, task.at)
    let_in(saboteur, vault)
    saboteur.enters(task.to, task.doing)
    DOING[task.doing](House(vault, lookup.study(vault.database, "rus")), task, sound)
    saboteur.is_late()
    json.dump(saboteur.counts, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
