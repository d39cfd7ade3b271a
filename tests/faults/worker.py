"""A worker that kills itself with SIGKILL at the nth thing it does in a stage: `python -m tests.faults.worker …`.

What counts as a thing: a statement or commit on any database, an fsync, a rename. Arguments: vault folder, recording
id ("-" for all), stage, n. With n = 0 it does not kill, and prints how many things each stage did. It runs the real
pipeline; nothing is replaced, only counted.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from ingest import pipeline
from storage import lookup
from storage.permit import Permit
from storage.records import Recording
from tests.house_fixtures import reopen

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.link import StudyNames
    from storage.vault import Vault


class Saboteur:
    """Counts, and kills when the count is reached in the stage and recording it was sent for."""

    def __init__(self, recording: str, stage: str, at: int) -> None:
        self._wanted = (recording, stage)
        self._at = at
        self._now = threading.local()
        self.counts: Counter[str] = Counter()

    def enters(self, recording: str, stage: str) -> None:
        """A stage begins in this thread; what follows counts for it, the engine's checkpoint of it included."""
        self._now.stage = (recording, stage)

    def does(self) -> None:
        """One thing is about to be done."""
        recording, stage = getattr(self._now, "stage", ("", ""))
        if recording != self._wanted[0]:
            return
        self.counts[stage] += 1
        if stage == self._wanted[1] and self.counts[stage] == self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watching(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """`real`, counted."""

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.does()
            return real(*args, **kwargs)

        return counted


def names_in(vault: Vault) -> StudyNames:
    """The names in the link key of a study that is none: opens its database as an act would, and shows nobody."""
    return vault.link.names(Permit("opened for a test", "no study", link=True))


def let_in(saboteur: Saboteur, vault: Vault) -> None:
    """From now on the saboteur counts everything this process does, and knows each stage of the pipeline by name."""
    names_in(vault).close()  # opened now, or whichever recording came first would be charged for it
    run = pipeline._run

    def entered(house: pipeline.House, name: str, recording_id: str) -> None:
        saboteur.enters(recording_id, name)
        run(house, name, recording_id)

    pipeline._run = entered
    os.fsync = saboteur.watching(os.fsync)
    os.rename = saboteur.watching(os.rename)
    sa.event.listen(sa.Engine, "before_cursor_execute", lambda *_: saboteur.does())
    sa.event.listen(sa.Engine, "commit", lambda *_: saboteur.does())


def carry(vault: Vault, recording: str) -> list[str]:
    """Run one recording, or all that wait for "-", as far as the pipeline goes; returns what stopped any."""
    with pipeline.at_work(vault, lambda *_: None) as desk:
        todo = pipeline.waiting(vault)
        if recording != "-":
            todo = [lookup.by_id(vault.database, Recording, recording)]
        problems = [pipeline.finish(desk, one) for one in todo]
    return [str(problem) for problem in problems if problem]


def main(folder: Path, recording: str, stage: str, at: int) -> None:
    """Run one recording, or all that wait, with a saboteur in the house."""
    saboteur = Saboteur(recording, stage, at)
    vault = reopen(folder)
    let_in(saboteur, vault)
    problems = carry(vault, recording)
    json.dump({"counts": saboteur.counts, "problems": problems}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
