"""Fixtures every room may use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.house_fixtures import House, build

if TYPE_CHECKING:
    from collections.abc import Iterator

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # see ingest/__init__.py: before any test can import onnxruntime
REPO = Path(__file__).resolve().parent.parent
SHARED = REPO.parent / "shared"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A vault with people and a study in it."""
    made = build(tmp_path / "vault")
    yield made
    made.vault.close()


@pytest.fixture
def shared_audio() -> Path:
    """The real recordings, where they are."""
    folder = SHARED / "audio"
    if not folder.is_dir():
        pytest.skip("needs the recordings in ../shared/audio, which are not part of the repository")
    return folder
