"""What a run shows of itself."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.progress import Progress

from ingest.working import Shown
from tests.ingest.interview import said

if TYPE_CHECKING:
    import pytest

    from tests.house_fixtures import House


def test_the_time_that_is_left_is_told_in_every_stage(house: House) -> None:
    """A stage that ended does not count as the end of the recording, nor its pace as that of the next."""
    recording = said(house, "P01", "Hello.")
    clock = iter(float(second) for second in range(99))
    progress = Progress(auto_refresh=False, disable=True, get_time=lambda: next(clock))
    shown = Shown(house.desk("astrid"), progress)
    for done in (0, 1):
        shown(recording.id, "admit", done, 1)
    for done in (0, 10, 20):
        shown(recording.id, "transcribe", done, 100)
    (bar,) = progress.tasks
    assert not bar.finished
    assert bar.time_remaining
    assert bar.fields["stage"].endswith("transcribe")


def test_the_work_goes_on_when_nobody_reads_the_news(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """`tillit run --json | head -1` must not make a problem of every recording that comes after."""
    recording = said(house, "P01", "Hello.")
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w")
    monkeypatch.setattr(sys, "stdout", stream)
    Shown(house.desk("astrid"), None)(recording.id, "admit", 0, 0)
    with suppress(BrokenPipeError):
        stream.close()
