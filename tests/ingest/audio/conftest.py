"""Looking for processes that should be gone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

AliveWith = Callable[[str], list[int]]


@pytest.fixture
def alive_with() -> AliveWith:
    """The processes on this machine that have a word among their arguments."""

    def find(word: str) -> list[int]:
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if word.encode() in entry.read_bytes().split(b"\0"):
                    found.append(int(entry.parent.name))
        return found

    return find
