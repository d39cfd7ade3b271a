"""What sealing costs: Tillit beside the `age` command, gpg, pyrage and the bare cipher, in one run.

    python -m benchmarks.seal [SIZE …] [--rounds 3]        sizes in MiB; 16, 256 and 1024 unless given

Each turn is a process of its own: it seals a file, opens it into a file, or opens it to nothing (/dev/null). All take
turns in every round, so that a noisy machine hurts everybody; medians are printed. Files are in memory (/dev/shm) if
there is room, and are written over. Commands are timed with their start, a few milliseconds; what is in Python has
started and opened a small file before. Memory is what the process grew by while at it; of a command, all it had.
"cores" is CPU time over time.

    stream, reader   Tillit: forwards only, as the commands do; seekable, with the end authenticated first
    bare loop        ChaCha20-Poly1305, 64 KiB at a time, from the same files and to them: no header, no end
    bare, no file    the same on one chunk over and over, reading nothing

Reach: 1.5 times `age` both ways, 80 % of the bare loop to nothing, growth of at most 8 MB at 1 GiB.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.table import Column, Table

from benchmarks.sealers import COMMANDS, DOINGS, OPEN, PASSPHRASE, SEAL, status
from storage import age

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1 << 20
NOTHING = Path(os.devnull)
SEALERS = {"tillit": "tillit", "reader": "tillit", "raw": "raw", "memory": "raw"}  # whose file is opened, if another's
NAMES = {
    "tillit": "Tillit, stream",
    "reader": "Tillit, reader",
    "raw": "bare loop",
    "memory": "bare, no file",
    "age": "age",
    "pyrage": "pyrage",
    "gpg": "gpg",
}
COLUMNS = {"seal": "seal", "open": "open", "nothing": "to nothing"}


@dataclass(frozen=True)
class Turn:
    """What one turn took: seconds, seconds of CPU, bytes of memory, bytes written."""

    seconds: float
    cpu: float
    memory: int
    written: int


class Bench:
    """A folder with a plain file of `size` bytes, what everybody makes of it, and what they make of that."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size
        self.plain, self.opened = folder / "plain", folder / "opened"
        identity = age.X25519Identity.generate()
        (folder / "key").write_text(f"{identity}\n", encoding="utf-8")
        self._facts = {"recipient": str(identity.recipient()), "key": str(folder / "key")}
        with self.plain.open("wb") as file:
            for _ in range(size // MIB):
                file.write(os.urandom(MIB))
        self.opened.touch()

    def sealed(self, who: str) -> Path:
        """The file `who` opens."""
        return self.folder / f"{SEALERS.get(who, who)}.sealed"

    def turn(self, who: str, column: str) -> Turn:
        """Let `who` do it once."""
        source = self.plain if column == "seal" else self.sealed(who)
        sink = {"seal": self.sealed(who), "open": self.opened, "nothing": NOTHING}[column]
        do = SEAL if column == "seal" else OPEN
        turn = (self._command if (who, do) in COMMANDS else self._child)(who, do, source, sink)
        if sink != NOTHING:
            os.truncate(sink, turn.written)  # what was there before may have been longer: some headers vary
        return turn

    def check(self, who: str) -> None:
        """Warm up, and see that what `who` seals opens to what was sealed."""
        if can(who, "seal"):
            self.sealed(who).touch()
            self.turn(who, "seal")
        if can(who, "open"):
            self.turn(who, "open")
            if not filecmp.cmp(self.plain, self.opened, shallow=False):
                raise SystemExit(f"{NAMES[who]} did not open what was sealed.")

    def _child(self, who: str, do: str, source: Path, sink: Path) -> Turn:
        command = [sys.executable, "-m", "benchmarks.sealers", who, do, str(source), str(sink), self._facts["key"]]
        return Turn(*json.loads(subprocess.run(command, check=True, capture_output=True).stdout))

    def _command(self, who: str, do: str, source: Path, sink: Path) -> Turn:
        reading, writing = os.pipe()
        os.write(writing, PASSPHRASE)
        os.close(writing)
        command = [part.format(passphrase=reading, **self._facts) for part in COMMANDS[who, do]]
        environment = {**os.environ, "GNUPGHOME": str(self.folder)}
        with source.open("rb") as given, sink.open("r+b", buffering=0) as taken:
            began = time.perf_counter()
            process = subprocess.Popen(command, stdin=given, stdout=taken, pass_fds=[reading], env=environment)
            with Watching(process.pid) as watching:
                _, code, used = os.wait4(process.pid, 0)
            took = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(code)
            os.close(reading)
            if process.returncode:
                raise SystemExit(f"{who} failed.")
            return Turn(took, used.ru_utime + used.ru_stime, watching.peak, taken.tell() if taken.seekable() else 0)


class Watching(threading.Thread):
    """Looks at a process's peak of memory every ten milliseconds: the kernel keeps it only while it runs."""

    def __init__(self, process: int) -> None:
        super().__init__()
        self.peak, self._process, self._over = 0, process, threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(0.01):
            self.peak = max(self.peak, status("VmHWM", self._process))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def can(who: str, column: str) -> bool:
    """Whether `who` does this, here."""
    do = SEAL if column == "seal" else OPEN
    if who == "memory":
        return column == "nothing"
    return (who, do) in DOINGS or ((who, do) in COMMANDS and shutil.which(who) is not None)


def measure(size: int, rounds: int) -> dict[tuple[str, str], list[Turn]]:
    """Every turn of everybody, for one size in bytes."""
    measured = defaultdict(list)
    with _folder(7 * size) as folder:
        bench = Bench(folder, size)
        for who in NAMES:
            bench.check(who)
        for number in range(rounds):
            for column in COLUMNS:
                for who in list(NAMES)[:: -1 if number % 2 else 1]:
                    if can(who, column):
                        measured[who, column].append(bench.turn(who, column))
    return measured


@contextmanager
def _folder(needed: int) -> Iterator[Path]:
    """A folder in memory if there is room for `needed` bytes, otherwise where temporary files go."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 1.2 * needed
    with tempfile.TemporaryDirectory(dir=memory if roomy else None) as name:
        try:
            yield Path(name)
        finally:
            if gpgconf := shutil.which("gpgconf"):
                subprocess.run([gpgconf, "--homedir", name, "--kill", "all"], check=False, capture_output=True)


def table(size: int, measured: dict[tuple[str, str], list[Turn]]) -> Table:
    """Medians, a row for each."""
    columns = [Column(head, justify="right") for head in (*COLUMNS.values(), "cores", "to nothing", "MB")]
    made = Table(Column(no_wrap=True), *columns, title=f"{size // MIB} MiB in MB/s, cores busy, MB of memory")
    for who, name in NAMES.items():
        speeds = [f"{speed(size, measured[who, column]):,.0f}" if measured[who, column] else "" for column in COLUMNS]
        cores = [_cores(measured[who, column]) for column in ("seal", "nothing")]
        memory = max((turn.memory for column in COLUMNS for turn in measured[who, column]), default=0)
        made.add_row(name, *speeds, *cores, f"{memory / 1e6:.1f}")
    return made


def speed(size: int, turns: list[Turn]) -> float:
    """The median, MB/s of content."""
    return size / 1e6 / statistics.median(turn.seconds for turn in turns)


def _cores(turns: list[Turn]) -> str:
    return f"{statistics.median(turn.cpu / turn.seconds for turn in turns):.1f}" if turns else ""


def ratio(measured: dict[tuple[str, str], list[Turn]], column: str, other: str, who: str = "tillit") -> str:
    """How many times as fast as `other`, paired by round: the median, and from where to where."""
    pairs = zip(measured[who, column], measured[other, column], strict=True)
    ratios = sorted(theirs.seconds / ours.seconds for ours, theirs in pairs)
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})" if ratios else "not here"


def main() -> None:
    """Print a table for each size, and what is within reach."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[16, 256, 1024])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for mebibytes in given.sizes:
        measured = measure(mebibytes * MIB, given.rounds)
        Console().print(table(mebibytes * MIB, measured))
        if measured["age", "seal"]:
            print("times age:", ", ".join(f"{column} {ratio(measured, column, 'age')}" for column in COLUMNS))
        for other in ("raw", "memory"):
            print(f"to nothing, times {NAMES[other]}:", end=" ")
            print(", ".join(f"{NAMES[who]} {ratio(measured, 'nothing', other, who)}" for who in ("tillit", "reader")))


if __name__ == "__main__":
    main()
