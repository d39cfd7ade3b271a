"""WebVTT, read back by webvtt-py."""

from __future__ import annotations

import html
import io
from dataclasses import replace

import pytest
import webvtt

from handoff import vtt
from storage.transcript import Segment
from tests.handoff.examples import CLEANED, LINES, ODD, interview


def read(data: bytes) -> list[webvtt.Caption]:
    """The cues as a player's parser sees them."""
    return webvtt.from_buffer(io.StringIO(data.decode("utf-8-sig"))).captions


@pytest.mark.parametrize("speakers", [(), ("Intervjuer", "A & <B>")])
def test_every_cue_reads_back_letter_by_letter(speakers: tuple[str, ...]) -> None:
    """A parser finds each segment's text, also markup and arrows, as it was said."""
    cues = read(vtt.write(interview(LINES + tuple(odd for odd, _ in ODD), *speakers)))
    expected = [*CLEANED, *(cleaned for _, cleaned in ODD)]
    assert [html.unescape(cue.text) for cue in cues] == expected


def test_speakers_are_voices() -> None:
    """A known speaker stands in a voice tag, escaped; an unknown one in none."""
    cues = read(vtt.write(interview(("Ja.", "Nei."), "A & <B>", None)))
    assert cues[0].raw_text == "<v A &amp; &lt;B&gt;>Ja."
    assert cues[1].raw_text == "Nei."


def test_times_are_to_the_millisecond_and_end_after_they_start() -> None:
    """Cue times are the segments' own; one of no length lasts a millisecond, as the format demands."""
    told = interview()
    segments = (Segment(3661.0015, 3662.5, "Lenge."), Segment(3670.0, 3670.0, "Straks."))
    cues = read(vtt.write(replace(told, transcript=replace(told.transcript, segments=segments))))
    assert [(cue.start, cue.end) for cue in cues] == [
        ("01:01:01.002", "01:01:02.500"),
        ("01:01:10.000", "01:01:10.001"),
    ]


def test_the_file_says_its_encoding() -> None:
    """It starts with a byte order mark and the format's name, and has LF only."""
    data = vtt.write(interview())
    assert data.startswith(b"\xef\xbb\xbfWEBVTT\n\n")
    assert b"\r" not in data


def test_an_interview_without_words_is_a_file_without_cues() -> None:
    """Silence from end to end is still a valid file."""
    assert read(vtt.write(interview(()))) == []
