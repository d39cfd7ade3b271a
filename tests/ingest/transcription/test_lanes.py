"""Lanes: the words of all blocks in their order, one account of what is done, and one error that stops them all."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from ingest.transcription import models
from ingest.transcription.lanes import SMALL, heard, lanes_for, shared
from storage.transcript import Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Echo:
    """Hears in each block one segment that says where it started; fails at one of them."""

    def __init__(self, bad: float | None = None) -> None:
        self.bad = bad

    def block(self, offset: float, samples: Any, on_progress: Callable[[float], None], /) -> Iterator[Segment]:
        """One segment as long as the block."""
        if offset == self.bad:
            raise ValueError("this lane failed")
        yield Segment(offset, offset + samples, str(offset))
        on_progress(samples)


PARTS = [(10.0 * number, 10.0) for number in range(6)]


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_segments_come_in_the_order_of_the_recording(lanes: int) -> None:
    """However many lanes there are, the segments are those of one after the other."""
    found = heard([Echo() for _ in range(lanes)], PARTS, lambda _seconds: None)
    assert [segment.start for segment in found] == [start for start, _ in PARTS]


def test_progress_adds_up_to_the_whole() -> None:
    """The listener hears of a growing share and never of more than all."""
    told: list[tuple[float, float]] = []
    heard([Echo(), Echo()], PARTS, shared(lambda done, total: told.append((done, total)), 60.0))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (60.0, 60.0)


def test_one_lanes_error_is_told_and_stops_the_others() -> None:
    """The error that is raised is the one that happened, not that another lane was stopped."""
    with pytest.raises(ValueError, match="this lane failed"):
        heard([Echo(bad=20.0), Echo()], PARTS, lambda _seconds: None)


def test_what_progress_raises_stops_the_work() -> None:
    """Whoever listens to progress can stop all lanes, and gets their own error back."""

    def stop(_done: float, _total: float) -> None:
        raise InterruptedError("withdrawn")

    with pytest.raises(InterruptedError):
        heard([Echo(), Echo()], PARTS, shared(stop, 60.0))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lane")]


def test_short_sound_and_heavy_weights_get_one_lane(tmp_path: Path) -> None:
    """A second copy of the weights is loaded only where it pays and fits."""
    heavy = models.Model("heavy", "0" * 64, tmp_path)
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(SMALL + 1)
    assert lanes_for(models.packaged(), 30, 2) == 1
    assert lanes_for(models.packaged(), 3600, 2) == 2
    assert lanes_for(heavy, 3600, 2) == 1
