"""Sound as often as it is needed, never whole: its speech, its windows, and a file made while it is read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from ingest.audio import decode as audio
from ingest.bleeping import sound
from ingest.transcription.stretches import RATE
from storage.errors import BadRecording
from tests.sound import opening, samples

if TYPE_CHECKING:
    from collections.abc import Generator

MS = RATE // 1000 * 2


class Made:
    """Sound that counts how often it was made."""

    def __init__(self, pcm: bytes) -> None:
        self._pcm = pcm
        self.times = 0

    def __call__(self) -> Generator[bytes]:
        """The sound from its start."""
        self.times += 1
        for at in range(0, len(self._pcm), 50_000):
            yield self._pcm[at : at + 50_000]


def test_windows_are_what_lies_between_their_times() -> None:
    """Apart, overlapping and reaching over the end."""
    pcm, spans = samples(10.0), [(100, 1_100), (900, 2_000), (7_000, 7_001), (9_500, 12_000)]
    found = list(sound.windows(Made(pcm)(), spans))
    assert found == [pcm[first * MS : last * MS] for first, last in spans]


def test_a_sound_is_gone_through_once_for_its_length_and_speech() -> None:
    """Every sample counts, and speech is heard where there is some."""
    heard = sound.listened(Made(samples(10.0)), lambda _: None)
    assert (heard.samples, heard.milliseconds) == (10 * RATE, 10_000)
    assert heard.speech
    assert all(0 <= start < end <= 10.0 for start, end in heard.speech)


def test_a_wave_that_is_made_while_it_is_read_is_a_wav_file() -> None:
    """The decoder in its box finds the same samples in it as in a file of them."""
    file = sound.wave(Made(samples(5.0)), 5 * RATE)
    assert b"".join(audio.pcm([file])) == b"".join(audio.pcm([io.BytesIO(opening(5.0))])) == samples(5.0)


def test_whoever_goes_back_gets_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A little way from what is held, further by making it again; forward again after that."""
    monkeypatch.setattr(sound, "KEPT", 10_000)
    made = Made(samples(10.0))
    file = sound.wave(made, 10 * RATE)
    whole = file.read()
    assert len(whole) == 44 + 20 * RATE
    for start in (300_000, 299_000, 10, 0, 320_000 + 40):
        file.seek(start)
        assert file.read(1_000) == whole[start : start + 1_000]
    assert made.times > 1
    file.seek(-4, io.SEEK_END)
    assert file.read() == whole[-4:]


def test_a_sound_that_comes_out_shorter_the_next_time_is_refused() -> None:
    """What is missing is never filled up."""
    with pytest.raises(BadRecording, match="shorter"):
        sound.wave(Made(samples(1.0)), 2 * RATE).read()
