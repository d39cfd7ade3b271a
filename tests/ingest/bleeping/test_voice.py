"""A lower voice: another pitch, the same length, each sound where it was."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.bleeping.voice import SEMITONES, lowered
from ingest.transcription.stretches import RATE
from tests.sound import samples


def _lowered(pcm: bytes, piece: int = 65_536) -> bytes:
    return b"".join(lowered(pcm[at : at + piece] for at in range(0, len(pcm), piece)))


def _tone(hertz: float, seconds: float) -> bytes:
    return (10_000 * np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE)).astype("<i2").tobytes()


@pytest.mark.parametrize("hertz", [110.0, 220.0, 440.0])
def test_a_pitch_becomes_four_semitones_lower(hertz: float) -> None:
    """A tone within the range of voices comes out as the tone a third below."""
    made = np.frombuffer(_lowered(_tone(hertz, 3.0)), "<i2")[RATE : 2 * RATE]
    loudest = np.argmax(np.abs(np.fft.rfft(made * np.hanning(RATE))))
    assert loudest == pytest.approx(hertz * 2 ** (-SEMITONES / 12), abs=2.5)


@pytest.mark.parametrize("count", [0, 1, 319, 320, 16_001, 48_123])
def test_it_is_as_long_as_before_to_the_sample(count: int) -> None:
    """Whatever the length."""
    assert len(_lowered(samples(4.0)[: 2 * count])) == 2 * count


@pytest.mark.parametrize("piece", [1, 640, 10**9])
def test_how_the_sound_comes_in_changes_nothing(piece: int) -> None:
    """Byte by byte or all at once."""
    pcm = samples(1.0)
    assert _lowered(pcm, piece) == _lowered(pcm)


def test_what_was_said_stays_where_it_was() -> None:
    """The loudness of real talk goes up and down at the same times, to within two hundredths of a second."""
    before, after = (np.frombuffer(pcm, "<i2").astype(float) for pcm in (samples(10.0), _lowered(samples(10.0))))
    loud = [np.sqrt(np.square(one.reshape(-1, 320)).mean(axis=1)) for one in (before, after)]
    lags = {lag: np.corrcoef(loud[0][10:-10], np.roll(loud[1], lag)[10:-10])[0, 1] for lag in range(-5, 6)}
    assert max(lags.values()) > 0.9
    assert max(lags.values()) == max(lags[lag] for lag in (-1, 0, 1))


def test_silence_stays_silent() -> None:
    """Nothing is made of nothing."""
    assert not any(_lowered(bytes(RATE * 2)))
