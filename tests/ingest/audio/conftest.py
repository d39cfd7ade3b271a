"""Looking for processes that should be gone."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ingest.audio.decode import Limits

Alive = Callable[[], list[int]]


@pytest.fixture
def marked() -> Limits:
    """Limits as usual, with a number of bytes that no other decoder on this machine has among its arguments."""
    return Limits(memory=(1 << 30) + secrets.randbelow(1 << 28))


@pytest.fixture
def alive(marked: Limits) -> Alive:
    """The decoders now at work under the marked limits."""

    def find() -> list[int]:
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if str(marked.memory).encode() in entry.read_bytes().split(b"\0"):
                    found.append(int(entry.parent.name))
        return found

    return find
