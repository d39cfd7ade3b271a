"""The box: what cannot be reached from inside, with bubblewrap and without; and that its end is the end."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.audio import decode, sandbox
from ingest.audio.decode import Limits
from ingest.audio.inside import wire
from ingest.audio.talk import Hung, Line, Most, talk

from .endless import wav_header
from .making import BY_NAME, facts_of, tone

if TYPE_CHECKING:
    from collections.abc import Iterator

needs_bubblewrap = pytest.mark.skipif(
    sandbox.kind() != "bubblewrap", reason="bubblewrap does not work on this machine"
)

PROBE = """
import json, os, socket, sys
def tried(what):
    try:
        return repr(what())
    except OSError as error:
        return type(error).__name__
print(json.dumps({
    "files": [tried(lambda: open(name).read()) for name in sys.argv[5:]],
    "connect": tried(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)),
    "interfaces": [name for _, name in socket.if_nameindex()],
    "write": tried(lambda: open(sys.argv[2] + "/x", "w")),
    "seen": sorted(os.listdir("/")),
    "folder": tried(lambda: os.listdir(sys.argv[3])),
    "home": os.listdir(sys.argv[4]) if os.path.exists(sys.argv[4]) else [],
    "environment": sorted(os.environ),
    "parent": os.getppid(),
}))
"""
BOUND = """
import json, os, socket, sys
sys.path.append(sys.argv[1])
from inside.bounds import bind
bind(1 << 30, 60)
def tried(what):
    try:
        return repr(what())
    except (OSError, MemoryError) as error:
        return type(error).__name__
print(json.dumps({
    "file": tried(lambda: open("/etc/passwd")),
    "socket": tried(lambda: socket.socket()),
    "pipe": tried(lambda: os.pipe()),
    "memory": tried(lambda: bytearray(2 << 30)),
    "inherited": tried(lambda: os.fstat(int(sys.argv[2]))),
}))
"""


def _ask(box: sandbox.Kind, program: str, *words: str, pass_fds: tuple[int, ...] = ()) -> dict[str, object]:
    done = subprocess.run(
        [*sandbox.python(box), program, *words], capture_output=True, check=True, pass_fds=pass_fds, timeout=60
    )
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.fixture
def no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which bubblewrap is not installed."""
    monkeypatch.setenv("PATH", "")
    sandbox._bubblewrap.cache_clear()
    yield
    sandbox._bubblewrap.cache_clear()


@pytest.fixture
def refusing_bubblewrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine, such as a container, on which bubblewrap is installed and cannot make its namespaces."""
    refusing = tmp_path / "bwrap"
    refusing.write_text("#!/bin/sh\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox._bubblewrap.cache_clear()
    sandbox._bubblewrap_arguments.cache_clear()
    yield
    sandbox._bubblewrap.cache_clear()
    sandbox._bubblewrap_arguments.cache_clear()


@needs_bubblewrap
def test_nothing_of_the_house_is_in_the_box(tmp_path: Path) -> None:
    """From inside there is no file of ours, no network, no environment, no place to write, no process but its own."""
    secret = tmp_path / "secret"
    secret.write_text("hemmelig")
    ours = [str(secret), str(Path(decode.__file__)), str(Path(decode.__file__).parents[2] / "pyproject.toml")]
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        seen = _ask("bubblewrap", PROBE, str(port), "/usr/lib", str(tmp_path), str(Path.home()), *ours)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert seen["files"] == ["FileNotFoundError"] * 3
    assert seen["folder"] == "FileNotFoundError"
    assert str(seen["connect"]) in {"ConnectionRefusedError", "OSError"}
    assert seen["interfaces"] == ["lo"]
    assert seen["write"] in {"OSError", "PermissionError"}
    assert set(_words(seen["seen"])) <= _below(Path("/"))
    assert set(_words(seen["home"])) <= _below(Path.home())
    assert set(_words(seen["environment"])) <= {*sandbox.ENVIRONMENT, "PWD"}
    assert seen["parent"] == 1


def _below(folder: Path) -> set[str]:
    """What may be seen in this folder: the beginnings of the paths to Python and PyAV."""
    paths = [Path(path) for path in sandbox._visible()]
    return {path.relative_to(folder).parts[0] for path in paths if path.is_relative_to(folder)}


def _words(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(word) for word in value]


def test_without_any_box_the_decoder_still_opens_nothing() -> None:
    """Its own limits alone forbid new files, sockets, pipes and much memory, and drop what it inherited."""
    inherited = os.open(os.devnull, os.O_RDONLY)
    try:
        tried = _ask("rlimits only", BOUND, str(sandbox.INSIDE.parent), str(inherited), pass_fds=(inherited,))
    finally:
        os.close(inherited)
    assert tried == dict.fromkeys(("file", "socket", "pipe", "inherited"), "OSError") | {"memory": "MemoryError"}


@needs_bubblewrap
def test_bubblewrap_is_used_where_it_works() -> None:
    """The box says what it is made of, and the decoder's command begins with it."""
    assert "bubblewrap sandbox" in sandbox.sentence()
    command = sandbox.command(["facts"])
    assert command[0].endswith("bwrap")
    assert {"--unshare-all", "--clearenv", "--die-with-parent", "--new-session"} <= set(command)
    assert "--bind" not in command


@pytest.mark.usefixtures("no_bubblewrap")
@pytest.mark.parametrize("name", ["wav-pcm_s24le", "ipod-aac", "mp3-mp3float"])
def test_without_bubblewrap_recordings_decode_as_well(name: str) -> None:
    """The bare process decodes what the box decodes; only the walls are missing."""
    assert sandbox.kind() == "rlimits only"
    assert decode.check([io.BytesIO(tone(BY_NAME[name], 1))]).duration > 0.9


@pytest.mark.usefixtures("no_bubblewrap")
def test_a_missing_bubblewrap_is_said() -> None:
    """Doctor tells what is missing and what to install; the listening copy is made all the same."""
    assert "Install the package `bubblewrap`" in sandbox.sentence()
    assert b"".join(decode.listening_copy([io.BytesIO(tone(BY_NAME["wav-pcm_s16le"], 1))])).startswith(b"\x1a\x45")


@pytest.mark.usefixtures("refusing_bubblewrap")
def test_in_a_container_it_falls_back_and_says_so() -> None:
    """Where bubblewrap cannot start, recordings are decoded without it, and doctor says why."""
    assert sandbox.kind() == "rlimits only"
    assert "cannot make its namespaces" in sandbox.sentence()
    assert decode.check([io.BytesIO(wav_header(32_000, 16_000, 1, 16) + bytes(32_000))]).duration == 1


ANSWERS = {
    "silence": "import sys; sys.stdin.read()",
    "an end": "",
    "an unknown word": "print('X' * 99)",
    "a message without end": "import os; os.write(1, b'D' + b'\\xff' * 99)",
    "half a message": "import os; os.write(1, b'D' + bytes([9, 0, 0, 0]) + b'half')",
    "a read of the wrong form": "import os; os.write(1, b'R' + bytes([1, 0, 0, 0]) + b'x')",
}


@pytest.mark.parametrize("program", ANSWERS.values(), ids=ANSWERS)
def test_a_decoder_gone_astray_is_not_believed(program: str) -> None:
    """Whatever comes over the pipe but the agreed messages ends the talk, and so does nothing at all."""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        with pytest.raises(Hung):
            Line(process, stall_seconds=0.5, patience=9).receive()
        process.kill()


def test_a_decoder_that_does_not_listen_is_given_up() -> None:
    """An answer that nobody reads does not hold Tillit forever."""
    program = "import time; time.sleep(600)"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        with pytest.raises(Hung):
            Line(process, stall_seconds=0.1, patience=9).send(bytes(1 << 20))
        process.kill()


def test_drop_by_drop_is_not_waited_for() -> None:
    """A decoder that keeps sending a little now and then is given up as well."""
    program = "import os, time\nwhile True: os.write(1, b'D' + bytes([1, 0, 0, 0]) + b'x'); time.sleep(0.02)"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        line = Line(process, stall_seconds=9, patience=0.2)
        with pytest.raises(Hung, match="time"):
            deque(iter(line.receive, None), maxlen=0)
        process.kill()


def test_more_than_was_agreed_is_not_taken() -> None:
    """A decoder that hands over more bytes than the job can make is stopped."""
    source = io.BytesIO(tone(BY_NAME["wav-pcm_s16le"], 10))
    talking = talk("pcm", [source], Limits(), Most(wire.LONGEST_DATA))
    assert len(next(talking)) == wire.LONGEST_DATA
    with pytest.raises(StopIteration) as end:
        next(talking)
    assert end.value.value.status == {"code": "failed", "facts": {}}


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"container": "wav\n\x1b[31m"},
        {"duration": float("nan")},
        {"duration": 10**400},
        {"duration": True},
        {"channels": "2"},
        {"codec": None},
    ],
    ids=str,
)
def test_facts_are_held_to_their_types(facts: dict[str, object]) -> None:
    """A decoder that was taken over can say nothing that reaches a terminal or a record unchecked."""
    good = facts_of(wav_header(32_000, 16_000, 1, 16) + bytes(32_000)).to_dict()
    assert decode.Facts.believed(good).to_dict() == good
    with pytest.raises(ValueError, match=r"^\w+$"):
        decode.Facts.believed({**good, **facts} if facts else {})


@pytest.mark.parametrize("facts", [{}, {"decoded": "hemmelig", "declared": 3}, {"template": 1, "self": 2}], ids=str)
def test_refusals_are_held_to_their_sentences(facts: dict[str, object]) -> None:
    """A code that is unknown, or facts that do not fit it, become a plain failure without the decoder's words."""
    for code in ("short", "hemmelig", "\x1b[31m"):
        with pytest.raises(decode.DecoderFailed) as caught:
            decode._or_raise({"code": code, "facts": facts})
        assert "hemmelig" not in caught.value.sentence
