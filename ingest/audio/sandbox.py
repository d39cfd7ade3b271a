"""The box recordings are decoded in: a process that can reach nothing but the two pipes it is given.

With bubblewrap it has no network, no capabilities, no other processes in sight, and a file system of Python and
PyAV alone, read-only. Everywhere, bubblewrap or not, it limits its own memory, processor time and open files before
it sees the first byte (`inside/bounds.py`).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ingest.audio.inside import wire
from ingest.audio.inside.order import Order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Kind = Literal["bubblewrap", "rlimits only"]

INSIDE = Path(__file__).with_name("inside")
BEGIN = "import sys; sys.path += sys.argv[1:3]; from inside.main import main; main(*sys.argv[3:])"
WALLS = ("--unshare-all", "--cap-drop", "ALL", "--clearenv", "--die-with-parent", "--new-session", "--chdir", "/")
SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
PACKAGES = ("av", "av.libs", "numpy", "numpy.libs")
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
LIMITED = "recordings are decoded in a process of their own with limits on memory, time and open files, \
but not cut off from the system."
SENTENCES = {
    "works": "Recordings are decoded in a bubblewrap sandbox: no network, no files, limited memory and time.",
    "missing": f"bubblewrap is not installed: {LIMITED} Install the package `bubblewrap`.",
    "refused": f"bubblewrap cannot make its namespaces here, as in most containers: {LIMITED} "
    "Allow unprivileged user namespaces, or run Tillit outside the container.",
}
HELLO_SECONDS = 30  # a cold disk under load; it takes a fifth of a second
HELLO_MEMORY = 1 << 30


def kind() -> Kind:
    """What the box is made of on this machine; found out once, by starting it."""
    return "bubblewrap" if _bubblewrap() == "works" else "rlimits only"


def sentence() -> str:
    """The same for a person, with what to do about it."""
    return SENTENCES[_bubblewrap()]


def command(job: Sequence[str], box: Kind | None = None) -> list[str]:
    """The command that starts the decoder with these arguments for `inside.main`."""
    return [*python(box or kind()), BEGIN, str(INSIDE.parent), str(_site()), *job]


def python(box: Kind) -> list[str]:
    """The box with a bare Python in it: append the program's text and its arguments."""
    bare = [str(_interpreter()), "-I", "-S", "-B", "-c"]
    return [*_bubblewrap_arguments(), *bare] if box == "bubblewrap" else bare


@contextmanager
def started(job: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A decoder at work; on leaving, it is dead and gone, whatever it was doing."""
    process = subprocess.Popen(
        command(job),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill, and wait until the last holder of the pipe is gone: bubblewrap's child dies a moment after bubblewrap."""
    process.kill()
    if process.stdout is not None:
        while process.stdout.read(wire.LONGEST_DATA):
            pass
        process.stdout.close()
    if process.stdin is not None:
        process.stdin.close()
    process.wait()


@cache
def _bubblewrap() -> Literal["works", "missing", "refused"]:
    if shutil.which("bwrap") is None:
        return "missing"
    hello = command((Order("hello", (), 0).to_word(), str(HELLO_SECONDS), str(HELLO_MEMORY)), "bubblewrap")
    try:
        answer = subprocess.run(
            hello,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=ENVIRONMENT,
            timeout=HELLO_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "refused"
    return "works" if answer.stdout.startswith(wire.DONE) else "refused"


@cache
def _bubblewrap_arguments() -> tuple[str, ...]:
    bwrap = shutil.which("bwrap") or "bwrap"
    settings = [word for name, value in ENVIRONMENT.items() for word in ("--setenv", name, value)]
    seen = [word for path in _visible() for word in ("--ro-bind-try", path, path)]
    return (bwrap, *WALLS, *settings, *seen)


def _visible() -> list[str]:
    """All that exists in the box: the system's libraries, Python, PyAV, and the decoder's own folder."""
    standard_library = sysconfig.get_path("stdlib")
    python_libraries = (str(Path(sys.base_prefix, name)) for name in ("lib", "lib64"))
    packages = (str(_site() / name) for name in PACKAGES)
    return [*SYSTEM_LIBRARIES, *python_libraries, standard_library, str(_interpreter()), *packages, str(INSIDE)]


def _interpreter() -> Path:
    """The Python behind the virtual environment, by its real path: a link into the environment would dangle."""
    return Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()


def _site() -> Path:
    """The folder PyAV is installed in; PyAV itself is never imported on this side."""
    spec = find_spec("av")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("av")
    return Path(spec.origin).parent.parent
