"""Fixtures every room may use."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.house_fixtures import House, build
from tests.servers.databases import place  # noqa: F401  # a fixture of every room
from tests.servers.postgres import postgres  # noqa: F401  # the same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # see ingest/__init__.py: before any test can import onnxruntime
# A shell's background job ignores Ctrl-C, and so would whatever a test starts there and stops.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# `make test` draws the same cases every time, so that it says the same of the same tree; `make soak` draws new ones.
settings.register_profile("test", derandomize=True, deadline=None)
settings.register_profile("soak", deadline=None)
settings.load_profile("soak" if os.environ.get("TILLIT_SOAK") else "test")
REPO = Path(__file__).resolve().parent.parent
SHARED = REPO.parent / "shared"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A vault with people and a study in it."""
    made = build(tmp_path / "vault")
    yield made
    made.vault.close()


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """A file of ../shared/audio; the test is skipped where that is missing."""

    def find(name: str) -> Path:
        if not (SHARED / "audio" / name).is_file():
            pytest.skip("../shared/audio is not here")
        return SHARED / "audio" / name

    return find


@pytest.fixture
def shared_audio() -> Path:
    """The real recordings, where they are."""
    folder = SHARED / "audio"
    if not folder.is_dir():
        pytest.skip("needs the recordings in ../shared/audio, which are not part of the repository")
    return folder
