"""Two microphones, two speakers: whoever is louder speaks, and leaking sound is nobody's turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.der import Span, errors
from ingest.speakers.channels import RATE, turns_by_channel
from storage.errors import BadRecording
from tests.ingest.speakers.conftest import chunks, decoded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from ingest.speakers.turns import Turn

SPOKEN: list[Span] = [(1.0, 6.0, "0"), (6.5, 9.0, "1"), (9.5, 15.0, "0"), (14.0, 17.0, "1"), (17.5, 19.0, "0")]


def speech(seconds: float, seed: int) -> NDArray[np.float64]:
    """Noise that comes and goes like syllables, five a second."""
    time = np.arange(int(seconds * RATE)) / RATE
    return np.random.default_rng(seed).standard_normal(len(time)) * (0.6 - 0.4 * np.cos(2 * np.pi * 5 * time)) * 2_000


def recorded(leak: float, *, hiss: float = 8.0, seconds: float = 20.0) -> NDArray[np.float64]:
    """Both channels (samples, 2); each also hears the other, `leak` decibels weaker and 3 ms later."""
    alone = np.zeros((int(seconds * RATE), 2))
    for number, (start, end, who) in enumerate(SPOKEN):
        alone[int(start * RATE) : int(end * RATE), int(who)] += speech(end - start, number)
    leaked = np.roll(alone[:, ::-1], 48, axis=0) * 10 ** (-leak / 20)
    return alone + leaked + np.random.default_rng(9).standard_normal(alone.shape) * hiss


def heard(sound: NDArray[np.float64]) -> tuple[Turn, ...]:
    """The turns in both channels."""
    pcm = np.clip(sound, -32_768, 32_767).astype("<i2").tobytes()
    return turns_by_channel(chunks(pcm, 9_999), lambda _seconds: None)


def spans(turns: tuple[Turn, ...]) -> list[Span]:
    """As the metric wants them."""
    return [(turn.start, turn.end, str(turn.speaker)) for turn in turns]


@pytest.mark.parametrize("leak", [60.0, 25.0, 12.0])
def test_leaking_sound_is_no_turn(leak: float) -> None:
    """However much a microphone hears of the other speaker, the turns are the same, overlap included."""
    found = errors(SPOKEN, spans(heard(recorded(leak))), 0.25)
    assert found.rate < 3.0


def test_overlap_is_marked() -> None:
    """Where both speak, both turns say so, and nowhere else."""
    overlapped = [turn for turn in heard(recorded(25.0)) if turn.overlapped]
    assert {turn.speaker for turn in overlapped} == {0, 1}
    assert all(13.7 < turn.start < turn.end < 15.3 for turn in overlapped)


def test_numbers_are_the_channels() -> None:
    """The left channel is speaker 0 although the right one speaks first."""
    turns = heard(recorded(25.0)[:, ::-1])
    assert turns[0].speaker == 1


def test_a_dead_channel_never_speaks() -> None:
    """One microphone was not plugged in: all turns are the other's."""
    sound = recorded(60.0)
    sound[:, 1] = 0
    assert {turn.speaker for turn in heard(sound)} == {0}


@pytest.mark.parametrize("hiss", [0.0, 30.0])
def test_silence_has_no_turns(hiss: float) -> None:
    """Neither digital silence nor the noise of two recorders is speech."""
    assert heard(np.random.default_rng(2).standard_normal((5 * RATE, 2)) * hiss) == ()


def test_nothing_and_next_to_nothing() -> None:
    """No sound and three tenths of a second give no error."""
    assert turns_by_channel([], lambda _seconds: None) == ()
    assert isinstance(heard(recorded(25.0)[: int(0.3 * RATE)]), tuple)


def test_half_a_sample_is_refused() -> None:
    """Sound that ends inside a sample of both channels is incomplete."""
    with pytest.raises(BadRecording, match="inside a sample"):
        turns_by_channel([bytes(4 * RATE + 2)], lambda _seconds: None)


def test_progress_ends_with_the_sound() -> None:
    """Seconds done go up to the length of a channel."""
    told: list[float] = []
    turns_by_channel(chunks(bytes(4 * RATE * 3)), told.append)
    assert told == sorted(told)
    assert told[-1] == 3.0


def test_a_real_pair_of_channels(shared: Callable[[str], Path]) -> None:
    """Two people talk at once, then only the left one: the last turn is theirs alone, the beginning is marked."""
    turns = turns_by_channel(chunks(decoded(shared("stereo_diarization.wav"), "stereo")), lambda _seconds: None)
    assert any(turn.overlapped for turn in turns)
    assert turns[-1].speaker == 0
    assert not turns[-1].overlapped
    assert turns[-1].end - turns[-1].start > 1.5
