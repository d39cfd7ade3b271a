"""What goes past the command line's last door: threads, finalisers, warnings, libraries' logs, a picture of memory."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPO
from tests.house_fixtures import PASSPHRASE, build

if TYPE_CHECKING:
    from pathlib import Path
WAYS = {
    "a thread": "thread = threading.Thread(target=burst); thread.start(); thread.join()",
    "a finaliser": "weakref.finalize(type('Held', (), {})(), burst)",
    "a generator": "made = held(); next(made); del made",
    "a warning": "warnings.warn(SAID)",
    "a library's log": "logging.getLogger('some.library').error(SAID)",
}
BESIDE = """
import gc, logging, sys, threading, warnings, weakref
import cli
from ingest import status
SAID, WAY = "Ingrid Sandvik said", sys.argv.pop()
def burst():
    raise RuntimeError(SAID)
def held():
    try:
        yield
    finally:
        burst()
def everything(desk):
    exec(WAY)
    gc.collect()
    return []
status.everything = everything
cli.main()
"""
CRASH = """
import contextlib, os, resource, signal, sys
import cli
from ingest import status
with contextlib.suppress(ValueError):
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
status.everything = lambda desk: os.kill(os.getpid(), signal.SIGSEGV)
getattr(cli, sys.argv.pop())()
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a vault, a credential that opens it, and an empty folder to work in."""
    build(tmp_path / "vault").vault.close()
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "tillit-passphrase").write_bytes(PASSPHRASE)
    (tmp_path / "here").mkdir()
    return tmp_path


def _status(here: Path, script: str, last: str) -> subprocess.CompletedProcess[str]:
    """`tillit status` in a process of its own, as `script` changes it."""
    environment = {**os.environ, "CREDENTIALS_DIRECTORY": str(here / "credentials"), "PYTHONPATH": str(REPO)}
    command = [sys.executable, "-c", script, "--vault", str(here / "vault"), "--as", "ivar", "status", last]
    return subprocess.run(command, env=environment, cwd=here / "here", capture_output=True, text=True, check=False)


@pytest.mark.parametrize("way", WAYS)
def test_what_an_error_quotes_does_not_get_out_beside_the_main_thread(here: Path, way: str) -> None:
    """A thread that dies, a finaliser or generator that fails, a warning and a library's log quote no interview."""
    done = _status(here, BESIDE, WAYS[way])
    assert done.returncode == 0
    assert "Sandvik" not in done.stdout + done.stderr


def _cores(here: Path, door: str) -> list[bytes]:
    """What the kernel leaves in the folder that a crashing command works in; `door` is how it is entered."""
    assert _status(here, CRASH, door).returncode < 0
    cores = list((here / "here").iterdir())
    left = [core.read_bytes() for core in cores]
    for core in cores:
        core.unlink()
    return left


def test_a_crash_leaves_no_picture_of_memory(here: Path) -> None:
    """A command that crashes with a vault open writes no core; without the command line's care one would be there."""
    if not (careless := _cores(here, "_run")):
        pytest.skip("the kernel leaves no core in the folder here, or elsewhere")
    assert PASSPHRASE in careless[0]
    assert _cores(here, "main") == []
