"""Levels in words and as a picture."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest

from ingest.audio.decode import Layout, Levels, PartLevels
from ingest.audio.report import drawn, report

from .making import levels_of, wav_of

PART = PartLevels(0.0, 60.0, 44_100, Layout.STEREO, -23.0, -3.0, 0.0)


def _levels(*parts: PartLevels, loudness: float = -23.0) -> Levels:
    """Parts that follow each other, as loud all the time."""
    starts = [sum(part.duration for part in parts[:at]) for at in range(len(parts))]
    placed = tuple(replace(part, start=start) for part, start in zip(parts, starts, strict=True))
    seconds = int(sum(part.duration for part in parts))
    return Levels(placed, (loudness,) * seconds, (0,) * seconds, bytes(40 * seconds))


def test_good_sound_needs_no_words() -> None:
    """Of a recording with nothing wrong nothing is said, whoever speaks in it."""
    assert report(_levels(PART)) == []
    assert report(_levels(PART, PART), [(0, 50, "interviewer"), (50, 110, "participant")]) == []


def test_clipping_is_told_in_seconds() -> None:
    """Seconds with a thousandth of their samples at full scale count; a few samples in passing do not."""
    levels = _levels(PART, PART)
    clipped = list(levels.clipped)
    clipped[70:84] = [300] * 14
    clipped[5] = 12
    assert report(replace(levels, clipped=tuple(clipped))) == [
        "Part 2 is clipped for 14 s; turn the recorder's level down."
    ]


def test_a_dead_channel_and_a_telephone_are_named() -> None:
    """What the layout and the rate say is said, of a single recording without a number."""
    assert report(_levels(replace(PART, layout=Layout.ONE_DEAD))) == [
        "One channel is dead; check that microphone and its plug."
    ]
    assert report(_levels(replace(PART, sample_rate=8_000))) == [
        "It is a telephone recording (8 kHz): expect more errors."
    ]
    assert report(_levels(PART, replace(PART, layout=Layout.ONE_DEAD, sample_rate=8_000))) == [
        "One channel is dead in part 2; check that microphone and its plug.",
        "Part 2 is a telephone recording (8 kHz): expect more errors.",
    ]


@pytest.mark.parametrize(("lufs", "word"), [(-70.0, "is silent"), (-50.0, "very quiet (-50 LUFS)")])
def test_silence_and_whispers_are_named(lufs: float, word: str) -> None:
    """A part in which nothing passes the gate is silent; one far below the norm is very quiet."""
    (sentence,) = report(_levels(replace(PART, lufs=lufs)))
    assert sentence.startswith("The recording")
    assert word in sentence


def _conversation(quiet: float, labels: tuple[str, str] = ("interviewer", "participant")) -> tuple[Levels, list]:  # type: ignore[type-arg]  # turns
    """Two parts; in the second, whoever answers is `quiet` dB below whoever asks."""
    levels = _levels(PART, PART)
    loudness = list(levels.loudness)
    turns = []
    for start in range(0, 120, 10):
        turns += [(start, start + 3.0, labels[0]), (start + 3.0, start + 9.5, labels[1])]
        if start >= 60:
            loudness[start + 3 : start + 10] = [-23 - quiet] * 7
    return replace(levels, loudness=tuple(loudness)), turns


def test_a_quiet_speaker_is_named() -> None:
    """Who is ten dB or more below the loudest in a part is said to be, with the number."""
    assert report(*_conversation(18)) == [
        "The participant is very quiet in part 2 (18 dB below the interviewer).",
    ]
    assert report(*_conversation(18, ("S1", "S2"))) == ["S2 is very quiet in part 2 (18 dB below S1)."]
    assert report(*_conversation(7)) == []


def test_seconds_two_speak_in_say_nothing_of_either() -> None:
    """A second in which both speak is nobody's, and a voice heard for less than five says nothing."""
    levels, turns = _conversation(18)
    over = [(0.0, 120.0, "interviewer"), *(turn for turn in turns if turn[2] == "participant")]
    assert report(levels, over) == []
    assert report(levels, [(0.0, 63.0, "interviewer"), (63.0, 67.5, "participant")]) == []


def test_of_real_measurements() -> None:
    """A quiet answer, measured from sound, is told by the decibels it was made with."""
    time = np.arange(16_000 * 10) / 16_000
    sound = 0.3 * np.sin(2 * np.pi * 500 * time) * np.where(time < 5, 1, 10 ** (-15 / 20))
    levels = levels_of([wav_of(sound[None, :])])
    assert report(levels, [(0, 5, "interviewer"), (5, 10, "participant")]) == [
        "The participant is very quiet (15 dB below the interviewer).",
    ]


def test_the_picture_shows_what_is_loud() -> None:
    """Blocks stand for loudness on a fixed scale, and the time stands below."""
    levels = replace(_levels(replace(PART, duration=8.0)), loudness=(-70, -55, -50, -45, -40, -30, -25, -20))
    assert drawn(levels, 17) == ["loudness ▁▁▂▃▄▆▇█", "         0:00:08"]
    assert drawn(_levels(replace(PART, duration=8.0)), 80)[0] == "loudness ▇▇▇▇▇▇▇▇"


def test_the_picture_has_marks_and_speakers() -> None:
    """Clipped columns are marked, each speaker has a line, and parts begin where their numbers stand."""
    levels = _levels(PART, PART)
    levels = replace(levels, clipped=(*[0] * 30, 500, *[0] * 89))
    turns = [(0.0, 30.0, "interviewer"), (30.0, 119.5, "participant")]
    assert drawn(levels, 72, turns) == [
        "loudness    " + "▇" * 60,
        "clipped     " + " " * 15 + "!",
        "interviewer " + "━" * 15,
        "participant " + " " * 15 + "━" * 45,
        "part        1" + " " * 29 + "2",
        "            0:00:00" + " " * 46 + "0:02:00",
    ]


@pytest.mark.parametrize("width", [1, 9, 10, 30, 80, 200])
@pytest.mark.parametrize("seconds", [0, 1, 7, 90, 11_000])
def test_the_picture_fits_any_width(width: int, seconds: int) -> None:
    """However long the recording and however narrow the terminal, there are lines, and none is wider than asked."""
    parts = [replace(PART, duration=float(seconds))] if seconds else []
    lines = drawn(_levels(*parts), width, [(0.0, seconds / 2, "interviewer")])
    assert lines
    assert max(map(len, lines)) <= max(width, len("interviewer ") + len("0:00:00"))


def test_a_narrow_column_keeps_its_loudest_second() -> None:
    """A single loud second in three hours is still seen, and so is a single clipped one."""
    levels = _levels(replace(PART, duration=10_800.0), loudness=-60.0)
    loudness, clipped = list(levels.loudness), list(levels.clipped)
    loudness[5_000], clipped[5_000] = -10.0, 9_000
    lines = drawn(replace(levels, loudness=tuple(loudness), clipped=tuple(clipped)), 60)
    assert lines[0].count("█") == lines[1].count("!") == 1
    assert lines[0].index("█") == lines[1].index("!")
    assert io.StringIO("\n".join(lines)).readline()
