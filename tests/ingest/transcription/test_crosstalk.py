"""Two microphones, two channels: what leaks over is silenced, what is said is kept."""

from __future__ import annotations

import numpy as np

from ingest.transcription.crosstalk import apart
from ingest.transcription.stretches import RATE


def voices(leak_db: float) -> tuple[np.ndarray, np.ndarray]:
    """Two people by turns, a second each, in their own channels; and the same with each leaking into the other."""
    draws = np.random.default_rng(1)
    spoken = draws.normal(0, 4_000, (2, 6 * RATE))
    turn = np.arange(6 * RATE) // RATE % 2
    own = np.stack([np.where(turn == channel, spoken[channel], 0) for channel in (0, 1)])
    both = own + own[::-1] * 10 ** (leak_db / 20)
    return own.astype(np.int16), both.astype(np.int16)


def test_what_leaks_is_silenced_and_what_is_said_stays() -> None:
    """With each voice 15 dB weaker in the other's channel, each channel is left with its own, but for the edges."""
    own, both = voices(-15)
    kept = apart(both)
    inside = np.arange(6 * RATE) % RATE // (RATE // 10)
    middle = (inside > 0) & (inside < 9)
    assert np.abs(kept - own)[:, middle].max() <= 1


def test_two_who_speak_at_once_are_both_kept() -> None:
    """Voices of like level are left as they are, sample by sample."""
    both = np.random.default_rng(2).normal(0, [[3_000], [4_000]], (2, 3 * RATE)).astype(np.int16)
    assert np.array_equal(apart(both), both)


def test_silence_and_the_shortest_sound_stay_what_they_are() -> None:
    """Two silent channels, a handful of samples and a stretch that is no whole number of frames come back whole."""
    for length in (1, 100, RATE + 7):
        assert np.array_equal(apart(np.zeros((2, length), np.int16)), np.zeros((2, length), np.int16))
        level = np.full((2, length), 900, np.int16)
        assert np.array_equal(apart(level), level)


def test_the_sound_itself_is_not_touched() -> None:
    """A copy is silenced, not what was handed in."""
    _, both = voices(-15)
    before = both.copy()
    apart(both)
    assert np.array_equal(both, before)
