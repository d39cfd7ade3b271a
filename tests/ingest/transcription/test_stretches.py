"""Sound as it streams in, cut at quiet places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.transcription.stretches import LONGEST, RATE, SEARCHED, floats, stretches
from storage.errors import BadRecording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SHORT = 2 * RATE


def noise(seconds: float, channels: int = 1, seed: int = 1) -> NDArray[np.int16]:
    """Noise whose loudness wanders, (samples, channels)."""
    draws = np.random.default_rng(seed)
    loudness = np.interp(np.arange(int(seconds * RATE)), np.arange(0, 10 * RATE, 3_000), draws.uniform(0, 3_000, 54))
    return (draws.normal(0, 1, (len(loudness), channels)) * loudness[:, None]).astype("<i2")


def pieces(whole: bytes, sizes: list[int]) -> Iterator[bytes]:
    """The bytes in pieces of these sizes, again and again."""
    place = turn = 0
    while place < len(whole):
        yield whole[place : (place := place + sizes[turn % len(sizes)])]
        turn += 1


@given(
    seconds=st.floats(0, 9),
    channels=st.integers(1, 2),
    sizes=st.lists(st.integers(1, 90_000), min_size=1, max_size=5).filter(lambda sizes: sum(sizes) > 500),
)
def test_whatever_pieces_the_sound_comes_in_it_is_cut_alike(seconds: float, channels: int, sizes: list[int]) -> None:
    """Stretches join to the whole without a gap, none is too long, and the pieces they came in do not matter."""
    whole = noise(seconds, channels)
    cut = list(stretches(pieces(whole.tobytes(), sizes), channels, SHORT))
    at_once = list(stretches([whole.tobytes()], channels, SHORT))
    assert [start for start, _ in cut] == [start for start, _ in at_once]
    assert np.array_equal(np.concatenate([np.zeros((channels, 0), np.int16), *(one for _, one in cut)], 1), whole.T)
    assert [start for start, _ in cut] == [0, *np.cumsum([one.shape[1] for _, one in cut])[:-1]][: len(cut)]
    assert all(0 < one.shape[1] <= SHORT for _, one in cut)


def test_the_cut_lies_in_the_quiet_of_both_channels() -> None:
    """Where one is quiet and the other speaks nothing is cut; it is in the middle of what is quiet in both."""
    sound = np.full((20 * RATE, 2), 5_000, np.int16)
    sound[12 * RATE : int(13.5 * RATE), 0] = 0
    sound[13 * RATE : 15 * RATE, 1] = 0
    (_, first), (start, _) = stretches([sound.tobytes()], 2, 16 * RATE)
    assert first.shape[1] == start
    assert start / RATE == pytest.approx(13.25, abs=0.02)


def test_five_minutes_are_cut_in_their_last_half_minute() -> None:
    """A stretch is as long as can be, and never longer: a pause a minute before its end is let pass."""
    sound = np.full(LONGEST + RATE, 1_000, np.int16)
    sound[LONGEST - 60 * RATE : LONGEST - 59 * RATE] = 0
    sound[LONGEST - 20 * RATE : LONGEST - 19 * RATE] = 0
    (_, first), (start, _) = stretches([sound.tobytes()])
    assert LONGEST - 20 * RATE < start == first.shape[1] < LONGEST - 19 * RATE
    assert LONGEST - SEARCHED <= start <= LONGEST


def test_a_stretch_comes_out_before_the_rest_comes_in() -> None:
    """Nothing waits for the end of the recording, so memory does not grow with it."""
    taken = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield bytes(RATE * 2)

    _, first = next(stretches(endless()))
    assert len(taken) == LONGEST // RATE
    assert first.shape[1] <= LONGEST


@pytest.mark.parametrize(("size", "channels"), [(1, 1), (3, 1), (2, 2), (7, 2)])
def test_half_a_sample_is_no_recording(size: int, channels: int) -> None:
    """Sound that ends inside a sample, or with a sample of one channel alone, is refused as incomplete."""
    with pytest.raises(BadRecording, match="inside a sample"):
        list(stretches([bytes(size)], channels))


@pytest.mark.parametrize("pcm", [[], [b""], [b"", b""]])
def test_nothing_gives_nothing(pcm: list[bytes]) -> None:
    """Without sound there is no stretch."""
    assert list(stretches(pcm)) == []


def test_samples_become_what_the_recogniser_wants() -> None:
    """Full scale is from -1 to just below 1, in single precision."""
    made = floats(np.array([-32_768, 0, 16_384, 32_767], np.int16))
    assert made.dtype == np.float32
    assert made.tolist() == [-1.0, 0.0, 0.5, 32_767 / 32_768]
