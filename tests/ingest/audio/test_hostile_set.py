"""Over five hundred files made to harm, ten thousand where TILLIT_SOAK is set: each ends in words or facts."""

from __future__ import annotations

import ctypes
import io
import os
import random
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ingest.audio import decode, sandbox
from ingest.audio.decode import Checked, DecoderFailed, Limits, PointsElsewhere
from storage.errors import BadRecording

from .herd import driven
from .making import BY_NAME, tone
from .planted import canary
from .pointing import pointing
from .promising import promising
from .spoiling import good, spoilt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Alive

SOAK = bool(os.environ.get("TILLIT_SOAK"))
COUNT = 10_000 if SOAK else 500
SEED = random.SystemRandom().randrange(1 << 32) if SOAK else 4
IN_OPEN, IN_NONBLOCK, IN_ACCESS = 0x20, 0x800, 0x1
BOXES = [box for box in ("bubblewrap", "rlimits only") if box == sandbox.kind() or box == "rlimits only"]


@pytest.fixture
def short(marked: Limits) -> Limits:
    """Limits under which nothing takes long."""
    return Limits(max_seconds=600, cpu_seconds=20, memory=marked.memory, stall_seconds=30)


@contextmanager
def _untouched(folder: Path) -> Iterator[None]:
    """Fails if any file in the folder is opened or read meanwhile, by whomever: the kernel tells."""
    kernel = ctypes.CDLL(None, use_errno=True)
    watch = kernel.inotify_init1(IN_NONBLOCK)
    assert kernel.inotify_add_watch(watch, str(folder).encode(), IN_OPEN | IN_ACCESS) >= 0
    try:
        yield
        with pytest.raises(BlockingIOError):
            os.read(watch, 4_096)
    finally:
        os.close(watch)


@contextmanager
def _uncalled() -> Iterator[list[str]]:
    """Addresses on this machine; fails if anybody calls one of them."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(type=socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        called, heard = (each.getsockname()[1] for each in (server, ear))
        streams = [
            f"{scheme}://127.0.0.1:{called}/hemmelig"
            for scheme in ("http", "https", "tcp", "rtmp", "rtsp", "ftp", "mmsh")
        ]
        yield [*streams, f"udp://127.0.0.1:{heard}", f"rtp://127.0.0.1:{heard}"]
        for each in (server, ear):
            each.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
        with pytest.raises(BlockingIOError):
            ear.recv(9)


def _gathered(files: list[str], addresses: list[str]) -> list[tuple[str, bytes]]:
    """All that point and all that promise, and spoilt ones up to the count."""
    made = [*pointing(files, addresses), *promising()]
    noise = random.Random(SEED)  # noqa: S311  # cases, not keys
    return [*made, *(spoilt(number, noise) for number in range(max(len(good()) * 4, COUNT - len(made))))]


def _ended(named: list[tuple[str, bytes]], ends: list[Checked | BadRecording]) -> None:
    """Each is facts of a sane kind, or a typed refusal whose sentence holds nothing of the file."""
    for (name, _), end in zip(named, ends, strict=True):
        if isinstance(end, BadRecording):
            assert type(end) is not BadRecording, name
            assert end.sentence.endswith(".")
            assert "hemmelig" not in end.sentence
        else:
            assert 0 < end.duration <= 600, name


@pytest.mark.parametrize("box", BOXES)
def test_hostile_files_do_nothing(box: sandbox.Kind, tmp_path: Path, short: Limits, alive: Alive) -> None:
    """Spoilt, pointing, promising and empty files call nobody, open nothing, outlive nothing, and end in words."""
    (tmp_path / "hemmelig.wav").write_bytes(tone(BY_NAME["wav-pcm_s16le"], 0.2))
    (tmp_path / "hemmelig.txt").write_text(canary("title"))
    names = [str(path) for path in sorted(tmp_path.iterdir())]
    with _uncalled() as addresses, _untouched(tmp_path):
        named = _gathered(names, addresses)
        herd = driven([data for _, data in named], short, box)
    assert len(herd.ends) >= 500
    assert herd.together > 0.9 * len(named), f"seed {SEED}: too many decoders died"
    _ended(named, herd.ends)
    assert not alive()


def test_the_watches_see(tmp_path: Path) -> None:
    """A file that is read and an address that is called are noticed, so that silence above means something."""
    (tmp_path / "hemmelig.wav").write_bytes(b"x")
    with pytest.raises(pytest.fail.Exception), _untouched(tmp_path):
        (tmp_path / "hemmelig.wav").read_bytes()
    with pytest.raises(pytest.fail.Exception), _uncalled() as addresses:
        socket.create_connection(("127.0.0.1", int(addresses[0].split(":")[2].split("/")[0]))).close()


def test_scripts_are_known_for_what_they_are(tmp_path: Path, short: Limits) -> None:
    """What names another file as text is refused as that or as no recording; a film that does is read or refused."""
    named = pointing([str(tmp_path / "hemmelig.wav")], ["http://127.0.0.1:9/hemmelig"])
    herd = driven([data for _, data in named], short, BOXES[0])
    kinds = {name: type(end) for (name, _), end in zip(named, herd.ends, strict=True)}
    for script in ("ffconcat", "m3u8", "m3u8 with a key", "pls", "asx", "xspf", "dash", "smooth", "smil", "sdp"):
        for dress in ("plain", "after blanks", "with a byte order mark", "in utf-16", "in caps"):
            assert kinds[f"{script}, {dress}"] is PointsElsewhere
    told = [name for name, kind in kinds.items() if kind is Checked]
    assert all(name.endswith("in a wav") or name.startswith("film") for name in told)


def test_a_herd_ends_as_its_files_do_alone(short: Limits, alive: Alive) -> None:
    """One in every twenty goes through a decoder of its own, as in earnest, and ends in the same kind of way."""
    named = _gathered(["/hemmelig.wav"], ["http://127.0.0.1:9/hemmelig"])[::20]
    herd = driven([data for _, data in named], short, BOXES[0])
    for (name, data), end in zip(named, herd.ends, strict=True):
        try:
            alone: Checked | BadRecording = decode.check([io.BytesIO(data)], short)
        except BadRecording as refused:
            alone = refused
        assert type(alone) is type(end) or isinstance(end, DecoderFailed), name
    assert not alive()
