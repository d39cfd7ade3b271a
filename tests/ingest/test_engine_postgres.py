"""The job engine on PostgreSQL: durable, in a schema of its own, with the same rules for what it keeps and opens."""

from __future__ import annotations

import base64
import json
import pickle
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from dbos import DBOS, SetWorkflowID

from ingest import engine
from storage.errors import Denied, PipelineFailed
from storage.postgres import Postgres
from tests.conftest import REPO
from tests.ingest import durable
from tests.ingest.test_engine import Trap, echo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.postgres import Cluster

PATIENCE = 120  # seconds


@pytest.fixture
def launched(postgres: Cluster) -> Iterator[Postgres]:
    """The engine at work on an empty database."""
    url = postgres.database()
    database = Postgres.create(url, "records")
    engine.configure(database)
    DBOS.launch()
    yield database
    DBOS.destroy()
    database.close()
    postgres.give_back(url)


def test_a_killed_worker_is_taken_up_where_it_was(postgres: Cluster, tmp_path: Path) -> None:
    """SIGKILL in the second step: the next worker finishes it, and the first step is not done again."""
    url, file = postgres.database(), tmp_path / "lines"
    Postgres.create(url, "records").close()
    killed = _worker(url, file, "kill")
    assert (killed.returncode, file.read_text()) == (-signal.SIGKILL, "first\n")
    after = _worker(url, file, "finish")
    assert (after.returncode, after.stdout, file.read_text()) == (0, "an-id", "first\nsecond\n")
    assert after.stderr == ""


def test_its_tables_are_apart_and_hold_json_alone(launched: Postgres) -> None:
    """Nothing of the engine's is outside the schema "dbos"; inputs and outputs are JSON, tagged as ours."""
    with SetWorkflowID("one"):
        assert DBOS.start_workflow(echo, "an-id").get_result() == "an-id"
    with launched.jobs.connect() as connection:
        schemas = connection.execute(
            sa.text("SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)'")
        ).scalars()
        assert list(schemas) == ["dbos"]
        rows = connection.execute(sa.text("SELECT output, serialization FROM dbos.operation_outputs")).all()
    assert [(json.loads(output), tag) for output, tag in rows] == [("an-id", "tillit_json")]


def test_it_waits_for_nobody_to_tell_it(launched: Postgres) -> None:
    """No connection listens and no trigger notifies: it looks for itself, as on SQLite."""
    with launched.jobs.connect() as connection:
        triggers = connection.execute(sa.text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")).scalar_one()
        listening = connection.execute(
            sa.text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'")
        ).scalar_one()
        settings = [
            connection.execute(sa.text(f"SHOW {name}")).scalar_one()
            for name in ("transaction_isolation", "idle_in_transaction_session_timeout")
        ]
    assert (triggers, listening, settings) == (0, 0, ["read committed", "1min"])


def test_a_failure_keeps_its_sentence_and_nothing_else(launched: Postgres) -> None:
    """One of our errors comes back as PipelineFailed with its sentence after a restart, here too."""
    with SetWorkflowID("two"), pytest.raises(Denied):
        DBOS.start_workflow(echo, "fail").get_result()
    with SetWorkflowID("two"), pytest.raises(PipelineFailed, match="withdrawn consent"):
        DBOS.start_workflow(echo, "fail").get_result()
    launched.check()


@pytest.mark.parametrize("tag", ["py_pickle", "DBOS", "tillit_json", None])
def test_a_poisoned_row_is_never_unpickled(launched: Postgres, tag: str | None) -> None:
    """Whoever can write the server's job rows cannot run code in a worker, whatever a row says it is."""
    with SetWorkflowID("three"):
        DBOS.start_workflow(echo, "an-id").get_result()
    values: dict[str, Any] = {"poison": base64.b64encode(pickle.dumps(Trap())).decode(), "tag": tag}
    with launched.jobs.begin() as connection:
        connection.execute(sa.text("UPDATE dbos.workflow_output SET output = :poison"), values)
        connection.execute(sa.text("UPDATE dbos.workflow_status SET output = :poison, serialization = :tag"), values)
    with SetWorkflowID("three"), pytest.raises((PipelineFailed, ValueError, TypeError)):
        DBOS.start_workflow(echo, "an-id").get_result()
    assert not Trap.ran


def _worker(url: str, file: Path, ending: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", durable.__name__, url, str(file), ending]
    return subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=PATIENCE, check=False)
