"""kill -9 in every stage, ten times each: it goes on where it was, nothing is lost, doubled or left in the clear."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ingest import intake, pipeline, reading
from storage import lookup
from storage.records import Artefact, Recording
from storage.transcript import Transcript
from tests.conftest import REPO
from tests.faults import canaries
from tests.house_fixtures import House, build
from tests.sound import opening, pcm_windows

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 25 if os.environ.get("TILLIT_SOAK") else 6  # a stage
STAGES = [*(stage.name for stage in pipeline.BY_MACHINE), "release"]
MADE = Counter(
    ("original", "listening copy", "levels", "transcript", "transcript", "mentions", "pseudonymised", "released")
)
SAID = (b"Martin", b"Ingrid", b"Sandvik", b"Bergen", b"recovery study", b"Take all the time")


@dataclass
class Place:
    """Where a killed worker works: the house, and a temporary and a home folder of its own."""

    house: House
    root: Path

    def work(self, recording: str = "-", stage: str = "-", at: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the worker in a process of its own."""
        environment = {**os.environ, "TMPDIR": str(self.root / "tmp"), "HOME": str(self.root / "home")}
        command = [
            sys.executable,
            "-m",
            "tests.faults.worker",
            str(self.house.vault.folder),
            recording,
            stage,
            str(at),
        ]
        return subprocess.run(command, env=environment, cwd=REPO, capture_output=True, text=True, check=False)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A vault with a recording for each kill, two from which the study learns its names, and one to count with."""
    for folder in ("tmp", "home"):
        (tmp_path / folder).mkdir()
    house = build(tmp_path / "vault", review="not required")  # so that the pipeline goes on to the release
    for number in range(KILLS + 3):
        held = house.participant(f"P{number:02}")
        intake.take_in(house.desk("ivar"), held, io.BytesIO(opening(8.0)), "Martin i Bergen.wav")
    return Place(house, tmp_path)


def _recordings(house: House) -> list[Recording]:
    with Session(house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Recording).order_by(Recording.created, Recording.participant_id)))


def _artefacts(house: House, recording: Recording) -> list[Artefact]:
    with Session(house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Artefact).where(Artefact.recording_id == recording.id)))


def _points(things: int) -> list[int]:
    """As many places, spread from the first thing a stage does to its last."""
    return sorted({1 + round(i * (things - 1) / (KILLS - 1)) for i in range(KILLS)})


@pytest.mark.parametrize("stage", STAGES)
def test_kills_in_a_stage_lose_and_double_nothing(place: Place, stage: str) -> None:
    """After kills spread over a stage one more start finishes all recordings, each artefact once, all alike."""
    first, second, third, *rest = _recordings(place.house)
    place.work(first.id)
    place.work(second.id)
    counted = json.loads(place.work(third.id).stdout)
    points = _points(counted["counts"][stage])
    for recording, at in zip(rest, points, strict=False):
        assert place.work(recording.id, stage, at).returncode == -9, f"kill {at} did not happen"
    last = place.work()
    assert json.loads(last.stdout)["problems"] == []
    _all_is_well(place.house)
    assert canaries.found([place.root], [*SAID, *pcm_windows(8.0)]) == []


def _all_is_well(house: House) -> None:
    words = set()
    for recording in _recordings(house):
        assert recording.stage == "release"
        artefacts = _artefacts(house, recording)
        assert Counter(artefact.kind for artefact in artefacts) == MADE
        raw = reading.read(
            house.desk("ragna"), lookup.by_id(house.vault.database, Recording, recording.id), real_names=True
        )
        words.add(raw.text)
        released = reading.read(house.desk("ragna"), recording)
        assert isinstance(released, Transcript)
        assert "Martin" not in released.text
    assert len(words) == 1
    assert "Martin" in words.pop()
    assert house.vault.ledger.verify().size > 0
    assert list(house.vault.blobs.unfinished()) == []
