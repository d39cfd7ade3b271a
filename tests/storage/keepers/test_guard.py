"""What the warden's process lets near: its user alone, one well-formed question at a time, and no debugger."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage import warden
from storage.errors import StorageFailed
from storage.keepers import place, wire
from tests.storage.keepers.held import LONG, PATIENCE, VAULT, all_of, process, socket_file
from tests.storage.keepers.held import root_in_change as root_in_change  # noqa: PLC0414  # a fixture, by its name
from tests.storage.keepers.held import runtime_folder as runtime_folder  # noqa: PLC0414  # as above

if TYPE_CHECKING:
    from storage.roots import Root

NOBODY = 65534
HARDENED = """
import ctypes, resource
from storage.keepers import guard
guard.harden()
print(ctypes.CDLL(None).prctl(3), *resource.getrlimit(resource.RLIMIT_CORE))  # 3 is PR_GET_DUMPABLE
"""


def _framed(message: object) -> bytes:
    data = json.dumps(message).encode()
    return len(data).to_bytes(4, "big") + data


MALFORMED = {
    "nothing": b"",
    "half a length": b"\0\0",
    "too large": (wire.LARGEST + 1).to_bytes(4, "big") + b"{}",
    "less than it says": b"\0\0\0\7{}",
    "not JSON": b"\0\0\0\2{x",
    "not text": b"\0\0\0\2\xff\xff",
    "a list": _framed([1]),
    "deep": len(b"[" * 200_000).to_bytes(4, "big") + b"[" * 200_000,
    "no question": _framed({}),
    "another question": _framed({"do": "roots"}),
    "a root that is not held": _framed({"do": "recipient", "name": "another"}),
    "a root of another type": _framed({"do": "recipient", "name": []}),
    "no stanzas": _framed({"do": "unwrap", "name": "root"}),
    "stanzas of another type": _framed({"do": "unwrap", "name": "root", "stanzas": [7]}),
    "an empty stanza": _framed({"do": "unwrap", "name": "root", "stanzas": [[[], ""]]}),
    "a stanza of numbers": _framed({"do": "unwrap", "name": "root", "stanzas": [[["mlkem768x25519", 7], ""]]}),
    "not base64": _framed({"do": "unwrap", "name": "root", "stanzas": [[["x"], "?"]]}),
}


@pytest.mark.usefixtures("runtime")
def test_what_is_malformed_is_dropped_and_the_next_isall_of(root: Root) -> None:
    """Each malformed request ends its connection without an answer, and the warden goes on."""
    warden.start(VAULT, {"root": root}, LONG)
    pid = process()
    for name, request in MALFORMED.items():
        with place.places(VAULT)[0].connect(PATIENCE) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            try:
                assert all_of(connection) == b"", name
            except ConnectionResetError:  # it went before it had read all, which is no answer either
                continue
    assert process() == pid


@pytest.mark.usefixtures("runtime")
def test_one_that_says_nothing_does_not_hold_up_the_others(root: Root) -> None:
    """Callers that connect and then keep quiet are dropped, and those behind them are answered."""
    warden.start(VAULT, {"root": root}, LONG)
    where = place.places(VAULT)[0]
    with where.connect(PATIENCE) as silent, where.connect(PATIENCE) as half:
        half.sendall(b"\0\0")
        assert warden.connect(VAULT)
        assert all_of(silent) == all_of(half) == b""


def _as_nobody(folder: Path) -> str:
    """What another user hears who asks for a ping: the answer, or what kind of error."""
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        heard = "nothing"
        try:
            os.chdir(folder)
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(f"{VAULT}.sock")
                connection.sendall(_framed({"do": "ping"}))
                heard = connection.recv(100).decode() or "an end"
        except OSError as error:
            heard = type(error).__name__
        finally:
            os.write(writing, heard.encode())
            os._exit(0)
    os.close(writing)
    os.waitpid(pid, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try as somebody else")
def test_another_user_is_refused(runtime: Path, root: Root) -> None:
    """Another user does not get into the folder; and where folder and socket are open to all, is not answered."""
    warden.start(VAULT, {"root": root}, LONG)
    folder = socket_file(runtime).parent
    assert _as_nobody(folder) == "PermissionError"
    folder.chmod(0o755)
    socket_file(runtime).chmod(0o666)
    assert _as_nobody(folder) in {"an end", "ConnectionResetError", "BrokenPipeError"}
    folder.chmod(0o700)
    assert warden.connect(VAULT)


@pytest.mark.parametrize("what", ["open to others", "a link", "a file", "somebody else's"])
def test_a_folder_others_could_have_made_is_not_used(
    runtime: Path, root: Root, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is not this user's alone takes no socket, and is not asked for one."""
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    folder = Path(tempfile.gettempdir()) / f"tillit-{os.geteuid()}"
    if what == "a link":
        folder.symlink_to(runtime)
        runtime.chmod(0o700)
    elif what == "a file":
        folder.touch(0o700)
    else:
        folder.mkdir(0o755 if what == "open to others" else 0o700)
    if what == "somebody else's":
        if os.geteuid():
            pytest.skip("only root can give a folder away")
        os.chown(folder, NOBODY, NOBODY)
    with pytest.raises(StorageFailed, match="XDG_RUNTIME_DIR"):
        warden.start(VAULT, {"root": root}, LONG)
    assert warden.connect(VAULT) is None
    assert not warden.stop(VAULT)
    assert list(runtime.iterdir()) == []


def test_its_memory_cannot_be_dumped() -> None:
    """A process that hardened itself is not dumpable, which also keeps debuggers out, and has no core limit but 0."""
    told = subprocess.run([sys.executable, "-c", HARDENED], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["0", "0", "0"]


@pytest.mark.usefixtures("runtime")
def test_it_carries_nothing_of_who_started_it(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has a session of its own, stands at /, has no core limit but 0, and no environment or open file of ours."""
    monkeypatch.setenv("TILLIT_CANARY", "canary")
    with Path(__file__).open("rb") as mine:
        os.set_inheritable(mine.fileno(), True)
        warden.start(VAULT, {"root": root}, LONG)
    about = Path(f"/proc/{process()}")
    core = next(line for line in (about / "limits").read_text().splitlines() if "core" in line)
    assert core.split()[4:6] == ["0", "0"]
    assert os.getsid(int(about.name)) not in {os.getsid(0), 0}
    if os.geteuid():  # as it cannot be traced, even its own user may not look
        with pytest.raises(PermissionError):
            (about / "environ").read_bytes()
        return
    assert {entry.split(b"=")[0] for entry in (about / "environ").read_bytes().split(b"\0") if entry} <= {
        b"PYTHONPATH", b"LC_CTYPE",
    }  # fmt: skip
    files = {entry.readlink().as_posix() for entry in (about / "fd").iterdir()}
    assert {name for name in files if not name.startswith(("socket:", "/dev/null"))} == {
        str(Path(os.environ["XDG_RUNTIME_DIR"]) / "tillit"),
    }
    assert (about / "cwd").readlink() == Path("/")
