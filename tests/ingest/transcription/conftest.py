"""Real sound and real weights for the tests of this room."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import av
import pytest

from ingest.transcription import models
from ingest.transcription.stretches import RATE

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).resolve().parents[4] / "shared" / "audio"


def decode(path: Path) -> bytes:
    """A trusted file as 16 kHz mono s16le."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return b"".join(frame.to_ndarray().tobytes() for frame in (*frames, *resampler.resample(None)))


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """A file of ../shared/audio; the test is skipped where that is missing."""

    def find(name: str) -> Path:
        if not (SHARED / name).is_file():
            pytest.skip("../shared/audio is not here")
        return SHARED / name

    return find


@pytest.fixture(scope="session")
def jfk(shared: Callable[[str], Path]) -> bytes:
    """Eleven seconds of clear English."""
    return decode(shared("jfk.flac"))


@pytest.fixture(scope="session")
def king(shared: Callable[[str], Path]) -> bytes:
    """Twelve seconds of clear Norwegian."""
    return decode(shared("king.mp3"))[: 12 * RATE * 2]


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model as a folder a person might bring; tests must not change it."""
    folder = tmp_path_factory.mktemp("brought")
    for name, content in models.packaged_files().items():
        (folder / name).write_bytes(content)
    return folder
