"""Whether the tests would notice a mistake in the door's Python: each expression is spoilt, one at a time.

    python -m benchmarks.mutants_door [--every N] [--module gate]

mutmut 3.8.1 makes the mutants: an argument left out or None, a value None, a comparison, an operator or a not turned
round, a number one more, a name in quotes spoilt, either arm of a choice forced. They are tried in a throw-away copy
of the tracked files by the tests of TESTS that call the function the mutant is in, the fastest first, for some
seconds at most; so a mutant said to survive may still be killed by a slower test, and none said to be killed lives.
`--every N` tries each Nth. A stop keeps what was tried: the same command goes on. Of those that survive it prints the
line, and what was done to it.

Left out, because no test can tell them: annotations and docstrings (by mutmut), what is under `if TYPE_CHECKING`,
calls of cast, types by another name and decorators of classes (mypy holds us to these), and sentences for people,
which have a space in them. Of a name in quotes one spelling is tried, not three. mutmut gets a Python of its own,
made once in .venv-peers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from benchmarks.mutating.trying import MODULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).resolve().parents[1]
PEERS: Final = ROOT / ".venv-peers" / "mutants"
TRIED: Final = PEERS / "tried.jsonl"
GIT: Final = shutil.which("git") or "git"
PACKAGE: Final = "mutmut==3.8.1"
SCRIPTS: Final = Path(__file__).with_name("mutating")
NAMES: Final = (
    "gate whom_to_ask in_two second_person break_glass bulk people why keeping_now meanwhile shredding review_policy "
    "door_mutants"
)
TESTS: Final = [*(f"tests/policies/test_{name}.py" for name in NAMES.split()), "tests/faults/test_door_ledger.py"]
Mutant = dict[str, Any]


def peers() -> Path:
    """The Python mutmut has to itself, made if it is not there."""
    python = PEERS / "bin" / "python"
    if not (PEERS / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", PACKAGE], check=True)
        (PEERS.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        (PEERS / "ready").touch()
    return python


def mutants(module: str, every: int) -> list[Mutant]:
    """Each Nth there is of a module."""
    path = ROOT / "policies" / f"{module}.py"
    command = [str(peers()), str(SCRIPTS / "making.py"), str(path), str(every)]
    made: list[Mutant] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return [{"module": module, **one} for one in made]


@contextmanager
def copied() -> Iterator[Path]:
    """The tracked files in a temporary folder, beside them ../shared, and in them .venv."""
    with TemporaryDirectory() as folder:
        home = Path(folder, "house")
        listed = subprocess.run([GIT, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, home / name)
        (home / ".venv").symlink_to(ROOT / ".venv")
        Path(folder, "shared").symlink_to(ROOT.parent / "shared")
        yield home


@contextmanager
def trying() -> Iterator[Callable[[Mutant], dict[str, Any]]]:
    """A process that tries one mutant after another in a copy."""
    with copied() as home:
        tests = [one for one in TESTS if (home / one).is_file()]
        if _calls().exists():
            shutil.copyfile(_calls(), home / "calls.json")
        command = [sys.executable, str(SCRIPTS / "trying.py"), *tests]
        with subprocess.Popen(command, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            asked, told = process.stdin, process.stdout
            if asked is None or told is None or not told.readline():
                raise SystemExit(process.wait() or 1)
            shutil.copyfile(home / "calls.json", _calls())

            def one(mutant: Mutant) -> dict[str, Any]:
                asked.write(json.dumps(mutant) + "\n")
                asked.flush()
                return dict(json.loads(told.readline()))

            yield one
            asked.close()


def _calls() -> Path:
    """Which test calls what, of these tests and modules as they are."""
    return PEERS / f"calls-{digest_of_tests()[:16]}.json"


def digest_of_tests() -> str:
    """Of the tests and of what they test: a survivor is tried again when either has changed."""
    names = [*TESTS, *(f"policies/{one}.py" for one in MODULES)]
    files = [ROOT / one for one in names if (ROOT / one).is_file()]
    return hashlib.sha256(b"".join(one.read_bytes() for one in files)).hexdigest()


def known() -> dict[str, bool]:
    """Whether each mutant tried before was killed, by its digest; not of survivors of other tests than today's."""
    if not TRIED.exists():
        return {}
    lines = [json.loads(line) for line in TRIED.read_text(encoding="utf-8").splitlines()]
    return {one["mutant"]: one["killed"] for one in lines if one["killed"] or one["tests"] == digest_of_tests()}


def tried(wanted: list[Mutant]) -> dict[str, bool]:
    """Whether each of these is killed, by its digest; those not tried before are tried now, and kept."""
    before = known()
    fresh = [one for one in wanted if digest(one) not in before]
    if not fresh:
        return before
    with trying() as trial, TRIED.open("a", encoding="utf-8") as kept:
        for one in fresh:
            answer = trial(one)
            before[digest(one)] = answer["killed"]
            line = {"mutant": digest(one), "killed": answer["killed"], "tests": digest_of_tests()}
            kept.write(
                json.dumps({**line, "by": answer["by"], "seconds": answer["seconds"], "what": said(one)}) + "\n"
            )
            kept.flush()
    return before


def digest(mutant: Mutant) -> str:
    """Of the module as it reads with the mutant in it."""
    return hashlib.sha256(f"{mutant['module']}\n{mutant['code']}".encode()).hexdigest()


def said(mutant: Mutant) -> str:
    """Where it is, and what was done to it."""
    was, became = (" ".join(mutant[one].split()) for one in ("was", "became"))
    return f"{mutant['module']}.py:{mutant['line']}: {was}  ->  {became}"


def row(name: str, wanted: list[Mutant], killed: dict[str, bool]) -> str:
    """One line of the table."""
    dead = sum(killed[digest(one)] for one in wanted)
    return f"{name:<16}{len(wanted):>8}{dead:>8}{len(wanted) - dead:>10}{dead / max(len(wanted), 1):>9.1%}"


def main() -> None:
    """Try them, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--module", choices=MODULES)
    asked = parser.parse_args()
    modules = [asked.module] if asked.module else MODULES
    wanted = {name: mutants(name, asked.every) for name in modules}
    every = [one for found in wanted.values() for one in found]
    killed = tried(every)
    print(*(said(one) for one in every if not killed[digest(one)]), sep="\n")
    print(f"\n{'module':<16}{'mutants':>8}{'killed':>8}{'survived':>10}{'':>9}")
    for name, found in wanted.items():
        print(row(name, found, killed))
    print(row("all", every, killed))


if __name__ == "__main__":
    main()
