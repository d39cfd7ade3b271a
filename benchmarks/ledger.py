"""What the ledger costs: appends one at a time and together, a million entries verified, a proof; beside raw limits.

    python -m benchmarks.ledger [--entries 1000000]

Raw limits, in memory and without a signature: a hash chain over the same leaves, the tree's root over them, and a
bare append with fsync to a file. Reach: 5,000 appends a second together, 150 one at a time with fsync, a million
entries verified in 6 s against database and file, a proof in 10 ms.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from storage import merkle
from storage.ledger import Entry
from storage.records import new_id
from tests.storage.ledgers import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.ledger import Ledger

GROUP = 5000
SINGLY = 500
THREADS = 32
PROOFS = 50
MB = 1 << 20


@dataclass
class Row:
    """A line of the table; `good` is None where nothing was to be reached."""

    what: str
    value: str
    reach: str = ""
    good: bool | None = None


def decision() -> Entry:
    """An entry as long as those the door writes."""
    facts = {
        "actor": new_id(),
        "action": "read_transcript",
        "resource": f"Recording/{new_id()}",
        "purpose": "analyse",
        "allow": True,
        "rules": ["researcher-reads"],
    }
    return Entry("decision", new_id(), facts, {}, new_id())


def took(work: Callable[[], object]) -> float:
    """Seconds of wall time."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def raw_limits(folder: Path, leaves: list[bytes]) -> Iterator[Row]:
    """What a machine could do at best."""
    count = len(leaves)

    def chain() -> None:
        link = b""
        for leaf in leaves:
            link = hashlib.sha256(link + leaf).digest()

    def tree() -> None:
        merkle.root([merkle.leaf_hash(leaf) for leaf in leaves])

    def synced() -> None:
        descriptor = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for leaf in leaves[:SINGLY]:
            os.write(descriptor, leaf)
            os.fsync(descriptor)
        os.close(descriptor)

    yield Row(f"raw: hash chain over {count:,} leaves", f"{took(chain):.2f} s")
    yield Row(f"raw: tree over {count:,} leaves in memory", f"{took(tree):.2f} s")
    yield Row("raw: bare appends with fsync", f"{SINGLY / took(synced):,.0f}/s")


def appends(place: Place, ledger: Ledger, count: int) -> Iterator[Row]:
    """One at a time, from many threads, and in transactions of thousands."""
    rate = SINGLY / took(lambda: [ledger.record(decision()) for _ in range(SINGLY)])
    yield Row("one at a time, durable in database and file", f"{rate:,.0f}/s", "≥ 150/s", rate >= 150)
    rate = SINGLY * 4 / took(lambda: from_threads(ledger, SINGLY * 4))
    yield Row(f"from {THREADS} threads, sharing transactions", f"{rate:,.0f}/s")
    rate = count // GROUP * GROUP / took(lambda: together(place, ledger, count // GROUP))
    yield Row(f"{GROUP:,} to a transaction", f"{rate:,.0f}/s", "≥ 5,000/s", rate >= 5000)


def together(place: Place, ledger: Ledger, times: int) -> None:
    """Append a group in one transaction and let the file follow, several times."""
    for _ in range(times):
        with Session(place.database.writer) as session, session.begin():
            ledger.append_all(session, (decision() for _ in range(GROUP)))
        ledger.follow()


def from_threads(ledger: Ledger, count: int) -> None:
    """Record from many threads at once."""

    def some() -> None:
        for _ in range(count // THREADS):
            ledger.record(decision())

    threads = [threading.Thread(target=some) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def reads(place: Place) -> Iterator[Row]:
    """Verify, twice; prove entries all over."""
    ledger = place.open()
    size = int(ledger.checkpoint().splitlines()[1])
    for which in ("first", "second"):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew (proc(5))
        before, spent = peak(), took(ledger.verify)
        grown = f"{spent:.2f} s, {peak() - before:.0f} MB more at most"
        yield Row(f"verify {size:,} entries and their file, {which} time", grown, "≤ 6 s", spent <= 6)
    spent_each = [1000 * took(lambda at=at: ledger.prove(at)) for at in range(0, size, size // PROOFS)]  # type: ignore[misc]  # the default binds it
    middle, high = statistics.median(spent_each), statistics.quantiles(spent_each, n=20)[-1]
    yield Row(f"proof of one of {size:,}, median and 95 %", f"{middle:.1f} ms, {high:.1f} ms", "≤ 10 ms", high <= 10)


def peak() -> float:
    """The most memory this process has had so far, in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024 / MB
    return 0.0


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="What the ledger costs, beside the raw limits.")
    parser.add_argument("--entries", type=int, default=1_000_000)
    count = parser.parse_args().entries
    table = Table("what", "measured", "reach", "")
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "ledger")
        rows = list(appends(place, place.make(), count))
        place.close()
        rows += reads(place)
        rows += raw_limits(Path(folder), list(place.open().leaves()))
        place.close()
    for row in rows:
        table.add_row(row.what, row.value, row.reach, "" if row.good is None else "ok" if row.good else "MISSED")
    Console().print(table)


if __name__ == "__main__":
    main()
