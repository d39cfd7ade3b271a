"""Many at once: threads share a transaction, processes and machines take turns, and each entry is there once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from storage.errors import StorageFailed
from storage.ledger import Entry, Ledger
from storage.ledger_group import Together
from tests.conftest import REPO
from tests.storage.ledgers import SIGNER, Place, entry, numbers

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from tests.servers.databases import Place as AnyPlace

RECORDS = """
import sys
from pathlib import Path
from tests.storage.ledgers import Place, entry
place = Place(Path(sys.argv[1]))
ledger = place.open()
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 40):
    assert ledger.record(entry(number)) is not None
place.close()
"""


class Work:
    """What a group does: it doubles numbers; the first run waits until it may go on, and one may fail."""

    def __init__(self, fails: int = 0, error: BaseException | None = None) -> None:
        self.runs: list[list[int]] = []
        self.may_go_on = threading.Event()
        self._fails, self._error = fails, error

    def __call__(self, items: list[int]) -> list[int]:
        """Do these, as one run."""
        self.runs.append(items)
        self.may_go_on.wait()
        if self._error is not None and len(self.runs) == self._fails:
            raise self._error
        return [2 * item for item in items]


def _together(work: Work, pool: ThreadPoolExecutor, count: int) -> list[Future[int]]:
    """`count` calls, the first of which is at work while the others wait for it."""
    together = Together(work)
    calls = [pool.submit(together, 0)]
    while not work.runs:
        time.sleep(0.001)
    calls += [pool.submit(together, number) for number in range(1, count)]
    while len(together._waiting) < count - 1:
        time.sleep(0.001)
    work.may_go_on.set()
    return calls


def test_calls_that_wait_share_the_next_run() -> None:
    """While one run is under way all others gather, and one run does them, each with its own result."""
    work = Work()
    with ThreadPoolExecutor(8) as pool:
        calls = _together(work, pool, 8)
        assert [call.result() for call in calls] == [2 * number for number in range(8)]
    assert [sorted(run) for run in work.runs] == [[0], list(range(1, 8))]


def test_a_run_that_fails_fails_for_those_who_shared_it_and_no_others() -> None:
    """The error reaches every call of its run; the run before is not touched by it."""
    work = Work(2, StorageFailed("No."))
    with ThreadPoolExecutor(4) as pool:
        first, *others = _together(work, pool, 4)
        assert first.result() == 0
        assert [type(call.exception()) for call in others] == [StorageFailed] * 3


def test_an_interrupted_run_interrupts_only_the_thread_that_led_it() -> None:
    """Whoever shared a run with an interrupted thread is told that the ledger may not have the entry."""
    work = Work(2, KeyboardInterrupt())
    with ThreadPoolExecutor(4) as pool:
        first, *others = _together(work, pool, 4)
        assert first.result() == 0
        ends = [type(call.exception()) for call in others]
    assert sorted(end.__name__ for end in ends) == ["KeyboardInterrupt", "StorageFailed", "StorageFailed"]


@pytest.fixture
def ledger(place: AnyPlace, tmp_path: Path) -> Ledger:
    """A ledger in a database of each kind."""
    database = place.made("records")
    made = Ledger(database, SIGNER, tmp_path / "ledger.log")
    with Session(database.writer) as session, session.begin():
        made.start(session)
    return made


def test_threads_record_together(ledger: Ledger) -> None:
    """From twelve threads every entry gets a position of its own, in both databases, and the file has them all."""
    with ThreadPoolExecutor(12) as pool:
        positions = list(pool.map(ledger.record, map(entry, range(240))))
    assert sorted(position for position in positions if position is not None) == list(range(240))
    said = numbers(ledger)
    assert [said[position or 0] for position in positions] == list(range(240))
    assert ledger.verify().warnings == ()


def test_many_entries_are_one_transaction(ledger: Ledger) -> None:
    """Entries appended together stand one after another behind those before them, or not at all."""
    ledger.record(entry(0))
    with Session(ledger._database.writer) as session, session.begin():
        assert ledger.append_all(session, [entry(1), entry(2)]) == 1
        assert ledger.append_all(session, []) == 3
        assert ledger.append_all(session, [entry(3)]) == 3
    with Session(ledger._database.writer) as session:
        ledger.append_all(session, [entry(9)])
        session.rollback()
    ledger.follow()
    assert numbers(ledger) == [0, 1, 2, 3]
    assert ledger.verify().warnings == ()


def test_an_entry_that_cannot_be_written_down_harms_no_other(ledger: Ledger) -> None:
    """A fact that is no JSON is an error of its own caller, before anything is shared."""
    with pytest.raises(TypeError):
        ledger.record(Entry("test", "act", {"n": object()}))
    assert ledger.record(entry(0)) == 0


def test_every_machine_has_a_file_that_follows_the_whole(ledger: Ledger, tmp_path: Path) -> None:
    """Two workers on one database, each with its own file: both files have every entry, and both check out."""
    other = Ledger(ledger._database, SIGNER, tmp_path / "other.log")
    for number in range(6):
        (ledger, other)[number % 2].record(entry(number))
    ledger.follow()
    assert (tmp_path / "other.log").read_bytes() == (tmp_path / "ledger.log").read_bytes()
    assert ledger.verify().warnings == other.verify().warnings == ()


def test_entries_wait_and_go_in_through_postgresql_too(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one machine's file keeps while the database takes nothing goes in with that machine's next entry."""
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "_move_head", _fail)
        assert ledger.record(entry(0)) is None
    assert ledger.record(entry(1)) == 1
    assert numbers(ledger) == [0, 1]
    assert ledger.verify().warnings == ()


def _fail(*_: object) -> None:
    raise StorageFailed("Somebody else wrote to the ledger at the same time.")


def test_proofs_hold_in_both_databases(ledger: Ledger) -> None:
    """Tiles are kept and read back, whichever database it is."""
    with Session(ledger._database.writer) as session, session.begin():
        ledger.append_all(session, map(entry, range(600)))
    kept = ledger.checkpoint()
    ledger.record(entry(600))
    assert json.loads(ledger.prove(511).leaf)["n"] == 511
    assert ledger.consistent(kept).old_size == 600


def test_processes_record_side_by_side(tmp_path: Path) -> None:
    """Three processes on one ledger and one file lose and double nothing, and the file has the tree's order."""
    home = Place(tmp_path / "ledger")
    home.make()
    starts = (0, 40, 80)
    command = [sys.executable, "-c", RECORDS, str(home.folder)]
    started = [subprocess.Popen([*command, str(start)], cwd=REPO) for start in starts]
    assert [process.wait() for process in started] == [0, 0, 0]
    ledger = home.open()
    assert sorted(numbers(ledger)) == list(range(120))
    assert ledger.verify().warnings == ()
    home.close()
