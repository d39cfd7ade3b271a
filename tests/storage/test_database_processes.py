"""Several processes at one database, of either kind: none loses what another kept, killed or not."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage.records import Person
from tests.conftest import REPO

if TYPE_CHECKING:
    from tests.servers.databases import Place

PATIENCE = 120  # seconds


def test_four_processes_commit_fifty_times_each(place: Place) -> None:
    """Each counts on from what it read: two hundred numbers, none twice and none missing, and no fault after it."""
    database = place.made("records")
    workers = [_worker(place, 50) for _ in range(4)]
    assert [worker.wait(PATIENCE) for worker in workers] == [0] * 4
    with database.reader.connect() as connection:
        numbers = sorted(int(handle) for handle in connection.execute(sa.select(Person.handle)).scalars())
    assert numbers == list(range(200))
    assert database.faults() == []


def test_a_writer_that_is_killed_holds_nobody_up(place: Place) -> None:
    """After SIGKILL in the middle of its work the next process goes on from the last number that was kept."""
    database = place.made("records")
    killed = _worker(place, 1_000_000)
    with database.reader.connect() as connection:
        while connection.execute(sa.select(sa.func.count()).select_from(Person)).scalar_one() < 5:
            assert killed.poll() is None
    killed.kill()
    killed.wait(PATIENCE)
    assert _worker(place, 5).wait(PATIENCE) == 0
    with database.reader.connect() as connection:
        numbers = sorted(int(handle) for handle in connection.execute(sa.select(Person.handle)).scalars())
    assert numbers == list(range(len(numbers)))


def _worker(place: Place, times: int) -> subprocess.Popen[bytes]:
    where = place.url or str(place.file("records"))
    command = [sys.executable, "-m", "tests.servers.committing", place.kind, where, str(times)]
    return subprocess.Popen(command, cwd=REPO)
