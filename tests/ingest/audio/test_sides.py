"""What two channels have to do with each other: built from two voices, and on real sound."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ingest.audio.decode import Layout, check, pcm
from ingest.audio.inside.sides import Sides

from .making import SHARED, facts_of, needs_shared, wav_of

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE = 16_000
SECONDS = 40


def _noise(*shape: int, seed: int = 4) -> np.ndarray:
    """Hiss whose samples have a mean power of 1."""
    return np.random.default_rng(seed).standard_normal(shape)


def _voice(turns: Sequence[tuple[float, float]], pitch: int) -> np.ndarray:
    """Something with the rhythm of speech in these turns: a buzz in syllables of many levels, with pauses."""
    time = np.arange(SECONDS * RATE) / RATE
    buzz = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 12))
    syllables = np.repeat(10 ** (np.random.default_rng(pitch).uniform(-25, 0, SECONDS * 5) / 20), RATE // 5)
    spoken = np.zeros_like(time)
    for start, end in turns:
        spoken[int(start * RATE) : int(end * RATE)] = 1
    rhythm = np.abs(np.sin(2 * np.pi * 2.5 * time)) * syllables * spoken
    voice: np.ndarray = 0.1 * buzz * rhythm
    return voice


@cache
def _people() -> np.ndarray:
    """An interviewer who asks, and somebody who answers at length; for a moment both speak at once."""
    asks = [(start, start + 2.2) for start in range(0, SECONDS, 10)]
    answers = [(start + 2.0, start + 9.3) for start in range(0, SECONDS, 10)]
    return np.stack([_voice(asks, 210), _voice(answers, 120)])


def _heard(own: float, other: float, room: float = 0.0, noise: float = -65) -> np.ndarray:
    """Both on each channel: their own, the other's and the room's echo of all, at these levels in dB."""
    people = _people()
    mixed = 10 ** (own / 20) * people + 10 ** (other / 20) * people[::-1]
    if room:
        mixed = mixed + 10 ** (room / 20) * np.stack([_echo(people.sum(axis=0), seed) for seed in (1, 2)])
    hiss = _noise(*mixed.shape) * 10 ** (noise / 20)
    both: np.ndarray = mixed + hiss
    return both


def _echo(sound: np.ndarray, seed: int) -> np.ndarray:
    """The sound in a room with 0.3 s of reverberation, at its own power."""
    length = int(0.3 * RATE)
    answer = _noise(length, seed=seed) * 10 ** (-3 * np.arange(length) / length)
    size = 1 << (len(sound) + length).bit_length()
    echoes = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(answer / np.linalg.norm(answer), size), size)
    return echoes[: len(sound)]


def _layout(channels: np.ndarray) -> str:
    sides = Sides()
    for start in range(0, channels.shape[1], 4_096):
        sides.take(channels[:, start : start + 4_096].astype(np.float32), RATE)
    return sides.layout()


@pytest.mark.parametrize("bleed", [-12, -15, -20, -30, -90])
@pytest.mark.parametrize("noise", [-75, -55])
def test_a_microphone_each(bleed: float, noise: float) -> None:
    """Two people with a microphone each are told apart, though each is heard on the other's channel as well."""
    assert _layout(_heard(0, bleed, noise=noise)) == Layout.SPEAKER_PER_CHANNEL


def test_levels_that_are_not_set_alike() -> None:
    """A channel recorded 15 dB lower than the other is a channel all the same, whichever it is."""
    quiet = np.array([[1.0], [10 ** (-15 / 20)]])
    assert _layout(_heard(0, -20) * quiet) == Layout.SPEAKER_PER_CHANNEL
    assert _layout(_heard(0, -20) * quiet[::-1]) == Layout.SPEAKER_PER_CHANNEL


@pytest.mark.parametrize(("pan", "room"), [(-8.5, -6), (-5, 0), (-3, -6), (-3, -90), (-1, 0)])
def test_two_people_before_a_stereo_recorder(pan: float, room: float) -> None:
    """Two people left and right of one recorder are heard on both its channels, so it is stereo."""
    assert _layout(_heard(0, pan, room)) == Layout.STEREO


def test_one_person_at_one_side() -> None:
    """One voice nearer to one microphone is stereo: nobody speaks on the other channel alone."""
    alone = _people()[0]
    assert _layout(np.stack([alone, 0.25 * alone]) + 1e-4 * _noise(2, alone.size)) == Layout.STEREO


@pytest.mark.parametrize("hum", [0.0, 10 ** (-62 / 20)])
@pytest.mark.parametrize("side", [0, 1])
def test_a_dead_channel(side: int, hum: float) -> None:
    """A channel of nothing, or of the hiss of an open plug, is dead; its constant offset does not count."""
    both = np.stack([_people().sum(axis=0)] * 2)
    both[side] = hum * _noise(both.shape[1]) + 0.02
    assert _layout(both) == Layout.ONE_DEAD


def test_one_channel_twice() -> None:
    """The same on both channels is known as such, with the little that a coder adds, and so is silence."""
    voice = _people().sum(axis=0)
    assert _layout(np.stack([voice, voice + 1e-4 * _noise(voice.size)])) == Layout.SAME
    assert _layout(np.zeros((2, RATE))) == Layout.SAME


def test_noise_is_not_two_people() -> None:
    """Two different hisses, with nobody speaking, are stereo, and so is less than a second of anything."""
    assert _layout(0.01 * _noise(2, 20 * RATE)) == Layout.STEREO
    assert _layout(_heard(0, -90)[:, : RATE // 2]) == Layout.STEREO


def test_one_channel_and_many() -> None:
    """One channel is mono; more than two are the tracks of a field recorder, and called stereo."""
    assert facts_of(wav_of(_people()[:1], RATE)).layout is Layout.MONO
    assert facts_of(wav_of(np.concatenate([_people()] * 2), RATE)).layout is Layout.STEREO


@pytest.mark.parametrize("side", [0, 1])
def test_only_the_living_channel_is_heard(side: int) -> None:
    """Where one channel is dead, the samples are those of the other, at its full level and not at half."""
    both = np.zeros((2, SECONDS * RATE))
    both[side] = _people().sum(axis=0)
    wav = wav_of(both, RATE)
    layouts = [part.layout for part in check([io.BytesIO(wav)]).parts]
    heard = np.frombuffer(b"".join(pcm([io.BytesIO(wav)], layouts=layouts)), "<i2")
    living = np.frombuffer(wav[44:], "<i2").reshape(-1, 2)[:, side]
    assert layouts == [Layout.ONE_DEAD]
    assert np.abs(heard.astype(int) - living).max() <= 1


@needs_shared
def test_real_recordings() -> None:
    """A real conversation with a speaker on each channel is found, and real stereo is not taken for one."""
    with (SHARED / "stereo_diarization.wav").open("rb") as apart, (SHARED / "erna.mp3").open("rb") as same:
        assert [part.layout for part in check([apart, same]).parts] == [Layout.SPEAKER_PER_CHANNEL, Layout.SAME]
