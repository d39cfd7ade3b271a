"""No network at run time: proved by taking it away and listening for anyone who asks for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Runs in a process of its own. Python's own sockets are seen by the audit hook; native code's by the kernel's
# counters of the empty network it runs in.
WATCH = """
import json, pathlib, sys
asked = []
def hook(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}:
        asked.append(event)
        raise OSError("no network here")
sys.addaudithook(hook)
def counters():
    lines = [line.split() for line in pathlib.Path("/proc/self/net/snmp").read_text().splitlines()]
    rows = {(names[0], name): int(value) for names, values in zip(lines[::2], lines[1::2])
            for name, value in zip(names[1:], values[1:])}
    return [rows[key] for key in (("Ip:", "OutRequests"), ("Ip:", "OutNoRoutes"), ("Tcp:", "ActiveOpens"),
                                  ("Udp:", "OutDatagrams"))]
"""
TRANSCRIBE = """
from ingest.transcription import models
from ingest.transcription.engine import Whisper
heard = Whisper(models.packaged()).transcribe([sys.stdin.buffer.read()], None, lambda done, total: None)
print(json.dumps({"asked": asked, "sent": counters(), "text": heard.text}))
"""
ASK = """
import ctypes, socket
try:
    socket.create_connection(("192.0.2.1", 80), 1)
except OSError:
    pass
libc = ctypes.CDLL(None)
there = bytes([2, 0, 0, 80, 192, 0, 2, 1]) + bytes(8)
libc.connect(libc.socket(2, 1, 0), there, 16)
print(json.dumps({"asked": asked, "sent": counters()}))
"""


def isolated(code: str, home: Path, stdin: bytes = b"") -> dict[str, Any]:
    """What the code prints, run in a network of its own with nothing in it and an empty home."""
    alone = ["unshare", "--net", "--map-root-user"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system does not let us make a network namespace")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home)}
    child = subprocess.run(
        [*alone, sys.executable, "-c", WATCH + code], input=stdin, env=environment, capture_output=True, check=True
    )
    answer: dict[str, Any] = json.loads(child.stdout)
    return answer


def test_the_watch_sees_who_asks(tmp_path: Path) -> None:
    """The proof works: a connection tried from Python and one from native code are both noticed."""
    answer = isolated(ASK, tmp_path)
    assert answer["asked"]
    assert any(answer["sent"])


def test_transcribing_asks_no_network_for_anything(tmp_path: Path, jfk: bytes) -> None:
    """A real transcription succeeds without a network, asks for none, and leaves no file, such as a device id."""
    answer = isolated(TRANSCRIBE, tmp_path, jfk)
    assert "country" in answer["text"]
    assert answer["asked"] == []
    assert answer["sent"] == [0, 0, 0, 0]
    assert list(tmp_path.rglob("*")) == []
