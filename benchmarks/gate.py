"""What the door costs: asked, decided, kept in the ledger, opened, asked again and kept; beside bare engines.

    python -m benchmarks.gate [--acts 500]

A vault on the embedded default (SQLCipher). One act is all of it: the facts, Cedar's answer, the decision durable in
both homes of the ledger, the body (nothing, or one sealed transcript of 23 letters read with its participant's key),
the second ask inside the transaction and the outcome, durable in both homes too. Milliseconds of wall time, and the
median of the processor's. Beside it, in the same run and on the same disk: a plain SQLite that commits two rows as
long as the ledger's, cedarpy asked twice with nothing around it, and two bare appends with fsync.
Reach: 10 ms for an act that reads, in the median.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cedarpy
from rich.console import Console
from rich.table import Table

import policies.decide
from policies import facts
from policies.actions import Action, Purpose
from storage.errors import Denied
from storage.ledger import Entry
from storage.records import new_id, now
from tests.house_fixtures import build
from tests.policies.keeping import artefacts, keep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.records import Artefact, Recording
    from tests.house_fixtures import House

REACH = 10.0  # ms
WARM = 50
HERE = Path(policies.decide.__file__).parent


@dataclass
class Spent:
    """What something took, run by run, in milliseconds: on the clock and of the processor."""

    what: str
    reach: float | None = None
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @contextmanager
    def run(self) -> Iterator[None]:
        """One run more."""
        clock, processor = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            self.wall.append(1000 * (time.perf_counter() - clock))
            self.cpu.append(1000 * (time.thread_time() - processor))

    def cells(self) -> list[str]:
        """A line of the table, without the runs that warmed up."""
        wall, cpu = self.wall[WARM:], self.cpu[WARM:]
        cuts = statistics.quantiles(wall, n=100)
        middle = statistics.median(wall)
        verdict = "" if self.reach is None else f"≤ {self.reach:g} ms: {'ok' if middle <= self.reach else 'MISSED'}"
        figures = (middle, cuts[94], cuts[98], statistics.median(cpu))
        return [self.what, *(f"{figure:.2f}" for figure in figures), verdict]


class Door:
    """Ragna at the door of a house, asking to read a transcript."""

    def __init__(self, house: House) -> None:
        self.desk = house.desk("ragna")
        self.study = house.study
        self.recording: Recording = keep(house, house.participant("P01"))
        self.artefact: Artefact = artefacts(house, self.recording)[0]
        self.resource = facts.resource_of(self.recording)

    def request(self) -> dict[str, Any]:
        """The question, in Cedar's form."""
        return facts.request(self.desk.who, Action.READ_TRANSCRIPT, self.resource, Purpose.ANALYSE, now())

    def entities(self) -> list[dict[str, Any]]:
        """What the rules look at."""
        with self.desk.vault.database.reader.connect() as connection:
            return facts.entities(connection, self.desk.who, self.resource)

    def decided(self) -> Entry:
        """A decision's entry, as long as the door's own."""
        said = {"actor": self.desk.who.id, "action": "read_transcript", "purpose": "analyse", "allow": True}
        which = {"resource": f"Recording/{self.recording.id}", "rules": ["researcher-interviews"]}
        return Entry("decision", new_id(), {**said, **which}, {}, self.resource.participant)


def acts(door: Door, count: int, *, reads: bool) -> list[Spent]:
    """Whole acts, and the two sides of the door."""
    body = "reads one sealed transcript" if reads else "opens nothing"
    whole = Spent(f"an act that {body}", REACH)
    into, within, out = Spent("  ask, decision durable"), Spent("  its body"), Spent("  ask again, outcome durable")
    for _ in range(count + WARM):
        with whole.run():
            held = door.desk.act(Action.READ_TRANSCRIPT, door.recording, Purpose.ANALYSE)
            with into.run():
                act = held.__enter__()  # `with` would not let its two ends be timed apart
            with within.run():
                _ = act.read(door.artefact) if reads else b""
            with out.run():
                held.__exit__(None, None, None)
    return [whole, into, within, out]


def denials(door: Door, count: int) -> Spent:
    """A no, which is in the ledger too."""
    spent = Spent("a denial")
    for _ in range(count + WARM):
        with spent.run(), suppress(Denied), door.desk.act(Action.SET_REVIEW, door.study, Purpose.STEWARDSHIP):
            pass
    return spent


def parts(door: Door, count: int) -> list[Spent]:
    """What the sides of the door are made of, each alone."""
    rules, ledger = policies.decide.house_rules(), door.desk.vault.ledger
    request, found = door.request(), door.entities()
    return [
        repeated("  of these: the facts, once", count, door.entities),
        repeated("  of these: Cedar's answer, once", count, lambda: rules.decide(request, found)),
        repeated("  of these: one entry, durable in both homes", count, lambda: ledger.record(door.decided())),
    ]


def peers(door: Door, folder: Path, count: int) -> list[Spent]:
    """Bare engines on the same disk."""
    leaf = next(door.desk.vault.ledger.leaves())
    return [plain_sqlite(folder / "plain.db", leaf, count), bare_cedar(door, count), synced(folder, leaf, count)]


def plain_sqlite(path: Path, leaf: bytes, count: int) -> Spent:
    """Two commits, not encrypted, no tree, no signature, one home."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE log (leaf BLOB)")
    spent = Spent("peer: plain SQLite, two rows, two commits")
    for _ in range(count + WARM):
        with spent.run():
            for _twice in range(2):
                database.execute("INSERT INTO log VALUES (?)", (leaf,))
    database.close()
    return spent


def bare_cedar(door: Door, count: int) -> Spent:
    """Two questions to the same rules, parsed before, over facts that are there already."""
    rules = cedarpy.PolicySet.from_str((HERE / "access.cedar").read_text())
    schema = cedarpy.Schema.from_str((HERE / "access.cedarschema").read_text())
    request, found = door.request(), door.entities()

    def twice() -> None:
        for _ in range(2):
            cedarpy.is_authorized(request, rules, found, schema)

    return repeated("peer: cedarpy alone, two answers", count, twice)


def synced(folder: Path, leaf: bytes, count: int) -> Spent:
    """What this disk takes at least for two durable entries in one home."""
    descriptor = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def twice() -> None:
        for _ in range(2):
            os.write(descriptor, leaf)
            os.fsync(descriptor)

    spent = repeated("peer: two bare appends with fsync", count, twice)
    os.close(descriptor)
    return spent


def repeated(what: str, count: int, work: Callable[[], object]) -> Spent:
    """The same again and again."""
    spent = Spent(what)
    for _ in range(count + WARM):
        with spent.run():
            work()
    return spent


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="What the door costs, beside bare engines.")
    parser.add_argument("--acts", type=int, default=500)
    count = parser.parse_args().acts
    table = Table("ms", "median", "95 %", "99 %", "processor", "reach")
    with tempfile.TemporaryDirectory() as folder:
        house = build(Path(folder) / "vault")
        door = Door(house)
        lines = [*acts(door, count, reads=True), *acts(door, count, reads=False), denials(door, count)]
        lines += [*parts(door, count), *peers(door, Path(folder), count)]
        house.vault.close()
    for line in lines:
        table.add_row(*line.cells())
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
