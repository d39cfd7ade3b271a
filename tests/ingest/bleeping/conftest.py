"""Some seconds of a real speech with names in it, and what the packaged model hears there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.transcription.stretches import RATE
from tests.house_fixtures import House, build
from tests.ingest.bleeping.interviews import heard
from tests.sound import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.transcript import Transcript

FROM, TO = 9.0, 27.0  # seconds: four sentences with four names


@pytest.fixture(scope="session")
def speech(shared: Callable[[str], Path]) -> bytes:
    """From the address on the loss of a space shuttle."""
    return decoded(shared("columbia.wma"))[int(FROM * RATE) * 2 : int(TO * RATE) * 2]


@pytest.fixture(scope="session")
def said(speech: bytes) -> Transcript:
    """Its words, with their times."""
    return heard(speech)


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[House]:
    """A vault whose study releases what was found."""
    made = build(tmp_path / "vault", review="not required")
    yield made
    made.vault.close()
