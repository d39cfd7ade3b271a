"""The plan of a recording: its batches, their numbers, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.transcription.stretches import LONGEST, RATE
from ingest.transcription.work import Batch, Plan
from tests.ingest.transcription.listen import small_windows

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def sound(jfk: bytes) -> list[bytes]:
    """Eleven minutes in three stretches: a few words, a silence, a few words."""
    words = jfk[: 4 * RATE * 2]
    return [words, bytes(LONGEST * 4), words, bytes(60 * RATE * 2)]


@pytest.fixture(scope="module")
def planned(sound: list[bytes]) -> list[Batch]:
    """Its batches."""
    return list(Plan(sound).batches())


def told(sound: list[bytes], duration: float = 0.0) -> list[tuple[float, float]]:
    """What is told of progress if batches are done as they come."""
    plan = Plan(sound, 1, duration)
    return [plan.done(batch) for batch in plan.batches()]


def test_batches_are_numbered_and_stand_for_all_the_sound(sound: list[bytes], planned: list[Batch]) -> None:
    """Numbers count from nought, silence has one without chunks, and together they stand for every second."""
    assert [batch.number for batch in planned] == list(range(len(planned)))
    assert [bool(batch.chunks) for batch in planned] == [True, False, True]
    assert sum(batch.seconds for batch in planned) == pytest.approx(sum(map(len, sound)) / 2 / RATE)


def test_a_second_plan_is_the_same(sound: list[bytes], planned: list[Batch]) -> None:
    """After a kill the same sound, read in other pieces, has the same batches under the same numbers."""
    again = list(Plan([b"".join(sound)]).batches())
    shape = [[[(one.channel, one.pieces) for one in batch.chunks] for batch in plan] for plan in (planned, again)]
    assert shape[0] == shape[1]
    assert [(batch.number, batch.seconds) for batch in planned] == [(batch.number, batch.seconds) for batch in again]


def test_progress_ends_where_the_sound_ends(sound: list[bytes]) -> None:
    """Seconds done only grow, are never more than there are, and come to all of them."""
    for duration in (0.0, 100.0, 668.0):
        done = told(sound, duration)
        assert done == sorted(done)
        assert all(now <= total for now, total in done)
        assert list(done[-1]) == pytest.approx([668, 668])


def test_the_batches_of_a_stretch_share_its_seconds(jfk: bytes) -> None:
    """Cut into many batches, a recording is not done before its last one is."""
    with small_windows():
        done = told([jfk])
    assert len(done) >= 2
    assert [seconds for seconds, _ in done] == pytest.approx(np.linspace(0, 11, len(done) + 1)[1:])


def test_a_known_duration_is_what_is_still_to_come(sound: list[bytes]) -> None:
    """Where the recording says how long it is, the first batch is already so much of it all."""
    assert {total for _, total in told(sound, 700.0)} == {700.0}


def test_the_decoder_ends_with_the_plan() -> None:
    """Closing stops the generator that decodes the sound; a list of pieces has nothing to stop."""
    ended = []

    def decoder() -> Iterator[bytes]:
        try:
            while True:
                yield bytes(RATE)
        finally:
            ended.append(True)

    plan = Plan(decoder())
    next(plan.batches())
    plan.close()
    assert ended == [True]
    Plan([bytes(2)]).close()
