"""Sound in memory and where it is cut."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.transcription.blocks import RATE, blocks, gather
from storage.errors import BadRecording


def noise(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Loud noise, the same every time."""
    return np.random.default_rng(1).integers(-9_000, 9_000, int(seconds * RATE), dtype=np.int16)


def test_chunks_may_end_inside_a_sample() -> None:
    """Chunks of any length are joined before they are read as samples."""
    assert gather([b"\x01", b"\x00\x02", b"", b"\x00"]).tolist() == [1, 2]


def test_half_a_sample_at_the_end_is_refused() -> None:
    """Sound that ends inside a sample is incomplete and is not transcribed."""
    with pytest.raises(BadRecording, match="ends inside a sample"):
        gather([b"\x01\x00\x02"])


def test_no_sound_is_one_empty_block() -> None:
    """An empty recording gives one block without samples."""
    ((start, samples),) = blocks(gather([]))
    assert (start, len(samples)) == (0.0, 0)


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_blocks_join_to_the_whole_recording(lanes: int) -> None:
    """Nothing is lost or doubled at the cuts, starts add up, lanes get equally many, no block is much too long."""
    sound = noise(61.7)
    parts = list(blocks(sound, lanes, longest=20 * RATE))
    assert len(parts) % lanes == 0
    assert np.array_equal(np.concatenate([samples for _, samples in parts]), sound)
    assert [start for start, _ in parts] == [sum(len(p) for _, p in parts[:i]) / RATE for i in range(len(parts))]
    assert max(len(samples) for _, samples in parts) <= 30 * RATE


def test_a_cut_falls_into_the_pause() -> None:
    """With one pause near the end of a block the cut lies in it."""
    sound = noise(40)
    sound[int(18.2 * RATE) : int(19.2 * RATE)] = 3
    _, first = next(blocks(sound, longest=20 * RATE))
    assert 18.2 < len(first) / RATE < 19.2
