"""Real sound, and the sample interview that comes with Tillit, heard once for all tests of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.speakers.diarise import Diariser
from ingest.speakers.voiceprints import RATE
from tests.sound import SAMPLE, decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.der import Span
    from ingest.speakers.turns import Speakers


def diarised(pcm: bytes, count: int | None = None) -> Speakers:
    """Who spoke in it."""
    return Diariser().diarise(chunks(pcm), count, lambda _seconds: None)


def chunks(pcm: bytes, size: int = 1 << 16) -> Iterator[bytes]:
    """The sound as a decoder delivers it."""
    return (pcm[start : start + size] for start in range(0, len(pcm), size))


def spans(found: Speakers) -> list[Span]:
    """Turns as the metric wants them."""
    return [(turn.start, turn.end, str(turn.speaker)) for turn in found.turns]


@pytest.fixture(scope="session")
def reference(shared: Callable[[str], Path]) -> Callable[[str], list[Span]]:
    """Who really spoke when in a recording of ../shared/audio."""

    def read(stem: str) -> list[Span]:
        rows = [line.split() for line in shared(f"{stem}.rttm").read_text(encoding="utf-8").splitlines()]
        return [(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows]

    return read


@pytest.fixture(scope="session")
def interview() -> bytes:
    """The first 75 seconds of the sample interview, which is read by two synthetic voices in turns."""
    return decoded(SAMPLE)[: 75 * RATE * 2]


@pytest.fixture(scope="session")
def heard(interview: bytes) -> Speakers:
    """Who spoke in it, their number found."""
    return diarised(interview)
