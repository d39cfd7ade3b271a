"""What is measured while the listening copy is made, and how strictly it is read."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ingest.audio.decode import Layout, Levels, PartLevels
from storage.errors import Damaged

from .making import BY_NAME, levels_of, tone, wav_of

RATE = 16_000


def _tone(seconds: float, dbfs: float, rate: int = RATE, hertz: float = 997) -> np.ndarray:
    time = np.arange(int(rate * seconds)) / rate
    sine: np.ndarray = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hertz * time)
    return sine[None, :]


@pytest.mark.parametrize(("dbfs", "lufs"), [(-23, -23), (-33, -33), (-40, -40)])
def test_loudness_is_that_of_ebu_tech_3341(dbfs: float, lufs: float) -> None:
    """A 1 kHz tone at -23 dBFS on both channels is -23 LUFS each second and as a whole: its cases 1 and 2."""
    levels = levels_of([wav_of(np.concatenate([_tone(8, dbfs, 48_000)] * 2), 48_000)])
    assert abs(levels.parts[0].lufs - lufs) <= 0.1
    assert len(levels.loudness) == 8
    assert all(abs(value - lufs) <= 0.2 for value in levels.loudness[1:])


def test_each_part_has_its_own_loudness() -> None:
    """A quiet part after a loud one is measured by itself, and its seconds stand where it starts."""
    levels = levels_of([wav_of(_tone(4.5, -20)), wav_of(_tone(5.5, -38))])
    assert [part.lufs for part in levels.parts] == pytest.approx([-20, -38], abs=0.2)
    assert [(part.start, part.duration) for part in levels.parts] == [(0, 4.5), (4.5, 5.5)]
    assert all(abs(value + 20) < 0.3 for value in levels.loudness[1:4])
    assert all(abs(value + 38) < 0.3 for value in levels.loudness[5:])
    assert levels.parts[0].peak_dbfs == pytest.approx(-20, abs=0.1)


def test_silence_is_the_quietest_there_is() -> None:
    """Pure silence is at the gate of the standard, -70 LUFS, and draws a line."""
    levels = levels_of([wav_of(np.zeros((1, 3 * RATE)))])
    assert levels.parts[0].lufs == -70
    assert levels.loudness == (-70, -70, -70)
    assert not any(levels.peaks)


def test_clipped_seconds_are_counted_where_they_are() -> None:
    """Samples at full scale are counted in their second, in a part that begins in the middle of one."""
    loud = _tone(4, -6)
    loud[0, 2 * RATE : 2 * RATE + 100] = 1.0
    loud[0, 3 * RATE - 50 : 3 * RATE + 50] = -1.0
    levels = levels_of([wav_of(_tone(1.5, -6)), wav_of(loud)])
    assert levels.clipped == (0, 0, 0, 100, 100, 0)
    assert levels.parts[0].clipped == 0
    assert levels.parts[1].clipped == pytest.approx(200 / (4 * RATE))


def test_a_sample_clipped_on_one_channel_is_clipped() -> None:
    """Both channels clipped at once are one clipped moment, and one of them alone is as well."""
    both = np.concatenate([_tone(2, -6)] * 2)
    both[:, 10:20] = 1.0
    both[1, 40:45] = 1.0
    assert levels_of([wav_of(both)]).clipped == (15, 0)


def test_peaks_draw_what_was_heard() -> None:
    """Twenty pairs a second of least and greatest sample, over all parts on one clock."""
    parts = [wav_of(np.zeros((1, int(1.43 * RATE)))), wav_of(0.5 * np.ones((1, int(2.57 * RATE))))]
    pairs = np.frombuffer(levels_of(parts).peaks, np.int8).reshape(-1, 2)
    assert len(pairs) == 80
    assert not pairs[:28].any()
    assert (pairs[30:79] == 64).all()


def test_peaks_keep_both_ends_apart() -> None:
    """What swings further down than up is drawn so."""
    skew = np.where(np.arange(2 * RATE) % 40 < 20, 0.25, -0.75)[None, :]
    pairs = np.frombuffer(levels_of([wav_of(skew, RATE)]).peaks, np.int8).reshape(-1, 2)
    assert pairs[5:35, 0].max() < -70
    assert 25 < pairs[5:35, 1].min() < 60


def test_the_living_channel_of_two_is_what_is_measured() -> None:
    """With one channel dead, the copy and its loudness are of the other at full level, and the part says so."""
    both = np.concatenate([_tone(5, -20), np.zeros((1, 5 * RATE))])
    half, full = levels_of([wav_of(both)]), levels_of([wav_of(both)], [Layout.ONE_DEAD])
    assert full.parts[0].layout is half.parts[0].layout is Layout.ONE_DEAD
    assert full.parts[0].lufs - half.parts[0].lufs == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize("name", ["mp3-mp3float", "ipod-aac", "amr-amrnb"])
def test_any_format_has_levels(name: str) -> None:
    """Codings that pad their ends give as many seconds and peaks as they last."""
    levels = levels_of([tone(BY_NAME[name], 3.4)])
    assert len(levels.loudness) == 4
    assert levels.parts[0].sample_rate == BY_NAME[name].rate
    assert abs(len(levels.peaks) / 40 - 3.4) < 0.2


@pytest.mark.parametrize("samples", [1, 100, 4_800])
def test_less_than_a_second_has_levels(samples: int) -> None:
    """A single sample, and three tenths of a second, are one second of levels."""
    levels = levels_of([wav_of(_tone(1, -20)[:, :samples])])
    assert len(levels.loudness) == len(levels.clipped) == 1
    assert Levels.from_bytes(levels.to_bytes()) == levels


def test_levels_go_to_bytes_and_back() -> None:
    """They are JSON with sorted keys, the same each time, and read back equal."""
    levels = levels_of([wav_of(_tone(3, -20)), tone(BY_NAME["flac-flac"], 2)])
    data = levels.to_bytes()
    assert Levels.from_bytes(data) == levels
    assert data == levels_of([wav_of(_tone(3, -20)), tone(BY_NAME["flac-flac"], 2)]).to_bytes()
    assert list(json.loads(data)) == sorted(json.loads(data))


def test_three_hours_are_small() -> None:
    """The levels of three hours take less than a megabyte."""
    seconds = 3 * 3600
    part = PartLevels(0.0, float(seconds), 44_100, Layout.STEREO, -23.4, -1.2345678, 0.0001)
    levels = Levels((part,), (-23.4,) * seconds, (12,) * seconds, bytes(range(40)) * seconds)
    assert len(levels.to_bytes()) < 1_000_000
    assert Levels.from_bytes(levels.to_bytes()) == levels


GOOD = Levels((PartLevels(0.0, 2.0, 8_000, Layout.MONO, -23.0, -3.0, 0.0),), (-23.0, -24.0), (0, 1), bytes(80))
PART = json.loads(GOOD.to_bytes())["parts"][0]
SPOILT = {
    "nothing": {"parts": None},
    "parts that are none": {"parts": [1]},
    "too many parts": {"parts": [PART] * 100},
    "a layout that is none": {"parts": [{**PART, "layout": "hemmelig"}]},
    "a layout that is a list": {"parts": [{**PART, "layout": []}]},
    "a rate that is a word": {"parts": [{**PART, "sample_rate": "8000"}]},
    "a rate that is a half": {"parts": [{**PART, "sample_rate": 0.5}]},
    "a loudness that is none": {"parts": [{**PART, "lufs": None}]},
    "a part that goes on for ever": {"parts": [{**PART, "duration": 1e300}]},
    "a value that is true": {"loudness": [True, -1]},
    "a value that is a word": {"loudness": ["-23", -1]},
    "a second too many": {"loudness": [-1.0, -1.0, -1.0]},
    "a second too few": {"clipped": [0]},
    "clipped by halves": {"clipped": [0.5, 0]},
    "clipped less than never": {"clipped": [0, -1]},
    "peaks that are no base64": {"peaks": "hemmelig!"},
    "peaks that are a number": {"peaks": 3},
    "half a pair of peaks": {"peaks": "AAA="[:2] + "=="},
    "peaks of another length": {"peaks": ""},
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
def test_levels_are_held_to_their_types(spoilt: dict[str, object]) -> None:
    """A decoder that was taken over can say nothing in them that is not a number of its kind, or of another length."""
    with pytest.raises(Damaged) as caught:
        Levels.from_bytes(json.dumps({**json.loads(GOOD.to_bytes()), **spoilt}).encode())
    assert "hemmelig" not in caught.value.sentence


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff", b'{"parts": NaN}'], ids=repr)
def test_what_is_no_json_is_no_levels(data: bytes) -> None:
    """Anything at all in the place of levels is refused in words."""
    with pytest.raises(Damaged):
        Levels.from_bytes(data)
