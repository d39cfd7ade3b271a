"""A worker with one small workflow on PostgreSQL: `python -m tests.ingest.durable <address> <file> <kill or finish>`.

The first step writes a line to the file, the second one too, unless the worker is to be killed there.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from dbos import DBOS, SetWorkflowID

from ingest import engine
from storage.postgres import Postgres

ID = "recording.1"


@DBOS.workflow(name="test-durable")
def durable(file: str) -> str:
    """Two steps, in order."""
    first(file)
    return second(file)


@DBOS.step(name="test-first")
def first(file: str) -> None:
    """Leave a line."""
    with Path(file).open("a") as lines:
        lines.write("first\n")


@DBOS.step(name="test-second")
def second(file: str) -> str:
    """Die if this is the process that was told to; otherwise leave a line."""
    if sys.argv[-1] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    with Path(file).open("a") as lines:
        lines.write("second\n")
    return "an-id"


def main(address: str, file: str, ending: str) -> None:
    """Start the workflow, or take up what a killed worker left, and print what came of it."""
    database = Postgres(address, "records")
    engine.configure(database)
    DBOS.launch()
    if ending == "kill":
        with SetWorkflowID(ID):
            DBOS.start_workflow(durable, file)
    sys.stdout.write(str(DBOS.retrieve_workflow(ID).get_result()))
    DBOS.destroy()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:4])
