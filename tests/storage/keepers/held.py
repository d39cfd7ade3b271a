"""What tests of the warden share: a runtime folder of their own, and a look at the process that runs there."""

from __future__ import annotations

import os
import select
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from storage import age, warden
from storage.keepers import place
from storage.roots import Root

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

VAULT = "0123456789abcdef" * 2
LONG = 3600.0
PATIENCE = 30.0  # seconds for an answer, or for a process to end


@pytest.fixture(name="runtime")
def runtime_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder, and a temporary one beside it; what runs there when the test ends is ended."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    for name in ("run", "tmp"):
        (tmp_path / name).mkdir()
    yield tmp_path / "run"
    warden.stop(VAULT)


@pytest.fixture(name="root")
def root_in_change() -> Root:
    """A root while a new identity takes over."""
    return Root((age.HybridIdentity.generate(), age.HybridIdentity.generate()))


def socket_file(runtime: Path) -> Path:
    """Where the warden's socket is."""
    return runtime / "tillit" / f"{VAULT}.sock"


def process() -> int:
    """The warden's."""
    with place.places(VAULT)[0].connect(PATIENCE) as connection:
        return place.peer(connection)[0]


def held(name: str = "root") -> warden.RemoteRoot:
    """A root that the warden holds."""
    running = warden.connect(VAULT)
    root = running and running.root(name)
    assert root
    return root


def all_of(connection: socket.socket) -> bytes:
    """All that the other end says until it ends."""
    return b"".join(iter(lambda: connection.recv(1 << 16), b""))


@contextmanager
def seen_to_its_end(pid: int) -> Iterator[None]:
    """The body ends this process, or it ends by itself."""
    descriptor = os.pidfd_open(pid)
    try:
        yield
        assert select.select([descriptor], [], [], PATIENCE)[0], "it still runs"
    finally:
        os.close(descriptor)
