"""Real sound and real weights for the tests of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.transcription import models
from ingest.transcription.stretches import RATE
from tests.sound import decoded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def jfk(shared: Callable[[str], Path]) -> bytes:
    """Eleven seconds of clear English."""
    return decoded(shared("jfk.flac"))


@pytest.fixture(scope="session")
def king(shared: Callable[[str], Path]) -> bytes:
    """Twelve seconds of clear Norwegian."""
    return decoded(shared("king.mp3"))[: 12 * RATE * 2]


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model as a folder a person might bring; tests must not change it."""
    folder = tmp_path_factory.mktemp("brought")
    for name, content in models.packaged_files().items():
        (folder / name).write_bytes(content)
    return folder
