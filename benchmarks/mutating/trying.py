"""Tries mutants in the folder it stands in, a throw-away copy: told on standard input, answers on standard output.

    python trying.py TESTS...

Libraries are loaded once, and each try is a fork that loads the house anew, so that a mutant costs what its tests
cost. The first try is of the house as it is: it must pass, and tells which test calls which function of MODULES and
how long it takes. Then for each line `{"module", "function", "code"}` the tests that call the function run, the
fastest first, until one fails or BUDGET seconds of tests have run; a mutant all of these miss has survived.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import threading
import time
import traceback
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

MODULES = ("gate", "decide", "facts", "in_two", "second_person")
ROOMS = {"policies", "storage", "ingest", "handoff", "web", "tests", "cli", "benchmarks"}
BUDGET = 40.0
"""Seconds of tests for one mutant, as long as the tests took unspoilt."""
LIMIT = 300.0
"""Seconds after which a try is called killed: the mutant hangs."""
STUMBLED = 70
"""What a fork answers that came to nothing, killed nor survived."""
MAP = Path("calls.json")
FLAGS = ["-x", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:randomly"]


class Watching:
    """A plugin of pytest's that notes what each test calls of MODULES, and its seconds."""

    def __init__(self) -> None:
        self.tests: dict[str, dict[str, Any]] = {}
        self._files = {str(Path("policies", f"{one}.py").resolve()): one for one in MODULES}
        self._called: set[str] = set()

    def pytest_runtest_protocol(self, item: Any) -> None:  # noqa: ANN401  # pytest is not loaded here
        """From setting up to clearing away."""
        self._called, began = set(), time.process_time()
        self.tests[item.nodeid] = {"calls": self._called, "began": began, "seconds": 0.0}

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Its seconds."""
        self.tests[nodeid]["seconds"] = round(time.process_time() - self.tests[nodeid]["began"], 3)

    def __call__(self, frame: FrameType, _event: str, _arg: object) -> None:
        """Each call of a function; nothing inside it is traced."""
        if (module := self._files.get(frame.f_code.co_filename)) is not None:
            self._called.add(f"{module}:{frame.f_code.co_qualname}")

    def keep(self) -> None:
        """For the tries that follow, with the libraries that were needed."""
        tests = {one: {"calls": sorted(it["calls"]), "seconds": it["seconds"]} for one, it in self.tests.items()}
        MAP.write_text(json.dumps({"tests": tests, "libraries": sorted(_libraries())}), encoding="utf-8")


def _plugins() -> set[str]:
    """The packages pytest rewrites as it loads them, and will not have loaded before it."""
    offered = metadata.entry_points(group="pytest11")
    files = [file for one in offered if one.dist for file in one.dist.files or ()]
    return {"pytest", "_pytest"} | {file.parts[0].removesuffix(".py") for file in files}


def _libraries() -> Iterator[str]:
    rest = ROOMS | _plugins()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in rest and "site-packages" in (getattr(module, "__file__", "") or ""):
            yield name


def _pytest(arguments: list[str], plugins: list[object]) -> int:
    import pytest  # noqa: PLC0415  # loaded in each fork: it rewrites what it loads

    return int(pytest.main([*FLAGS, *arguments], plugins=plugins))


def watched(tests: list[str]) -> int:
    """The house as it is."""
    watching = Watching()
    threading.settrace(watching)
    sys.settrace(watching)
    code = _pytest(tests, [watching])
    sys.settrace(None)
    watching.keep()
    return code


def forked(body: Callable[[], int], limit: float) -> int | None:
    """What the body answers in a process of its own; None where it took too long."""
    child = os.fork()
    if not child:
        code = STUMBLED
        os.setsid()
        silence = os.open("output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        try:
            code = body()
        except BaseException:  # noqa: BLE001  # whatever it is, the fork must not go on as its parent would
            traceback.print_exc()
        os._exit(code)
    ends = time.monotonic() + limit
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def chosen(known: dict[str, Any], mutant: dict[str, str], deadly: dict[str, int]) -> list[str]:
    """The tests that call the function, outside of any all of them: those that killed before first, then the fast."""
    wanted = f"{mutant['module']}:{mutant['function']}"
    calling = [
        one
        for one, it in known["tests"].items()
        if not mutant["function"] or any(call == wanted or call.startswith(f"{wanted}.") for call in it["calls"])
    ]
    calling.sort(key=lambda one: (-deadly.get(f"{wanted} {one}", 0), known["tests"][one]["seconds"]))
    found, left = [], BUDGET
    for one in calling:
        if (left := left - known["tests"][one]["seconds"]) < 0:
            break
        found.append(one)
    return found


class Killer:
    """A plugin of pytest's that says which test failed first."""

    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: ANN401  # pytest is not loaded here
        """Said in a file, since the fork answers a number only."""
        if report.failed:
            Path("killer.txt").write_text(report.nodeid, encoding="utf-8")


def tried(known: dict[str, Any], mutant: dict[str, str], deadly: dict[str, int]) -> dict[str, object]:
    """What became of one mutant; the module is put back."""
    path = Path("policies", f"{mutant['module']}.py")
    whole, tests = path.read_bytes(), chosen(known, mutant, deadly)
    Path("killer.txt").unlink(missing_ok=True)
    for kept in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        kept.unlink()
    path.write_text(mutant["code"], encoding="utf-8")
    began = time.monotonic()
    try:
        code = forked(lambda: _pytest(tests, [Killer()]), LIMIT) if tests else 0
    finally:
        path.write_bytes(whole)
    if code == STUMBLED:
        sys.exit("A mutant could not be tried: see output.txt.")
    killer = Path("killer.txt").read_text(encoding="utf-8") if Path("killer.txt").exists() else ""
    if killer:
        name = f"{mutant['module']}:{mutant['function']} {killer}"
        deadly[name] = deadly.get(name, 0) + 1
    return {"killed": code != 0, "by": killer, "tests": len(tests), "seconds": round(time.monotonic() - began, 1)}


def main() -> None:
    """Watch once, then try what comes."""
    sys.path.insert(0, str(Path.cwd()))
    if not MAP.exists() and forked(lambda: watched(sys.argv[1:]), 3600.0):
        MAP.unlink(missing_ok=True)
        sys.exit("The tests do not pass as things are, so a mutant could not be told: see output.txt.")
    known, deadly = json.loads(MAP.read_text(encoding="utf-8")), {}  # type: dict[str, Any], dict[str, int]
    for name in known["libraries"]:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    sys.dont_write_bytecode = True
    for module in MODULES:
        whole = {
            "module": module,
            "function": "",
            "code": Path("policies", f"{module}.py").read_text(encoding="utf-8"),
        }
        if tried(known, whole, deadly)["killed"]:
            sys.exit("A module that is not spoilt is called killed, so no mutant can be told: see output.txt.")
    print(json.dumps({"ready": len(known["tests"])}), flush=True)
    for line in sys.stdin:
        print(json.dumps(tried(known, json.loads(line), deadly)), flush=True)


if __name__ == "__main__":
    main()
