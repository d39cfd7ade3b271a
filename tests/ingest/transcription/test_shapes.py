"""A transcript printed for whoever tries a model."""

from __future__ import annotations

import io
import json

import webvtt

from ingest.transcription import shapes
from storage.transcript import Provenance, Segment, Transcript, Word

TOLD = Transcript(
    "no",
    3700.0,
    (
        Segment(0.5, 2.0, "Hei & <hallo>.", (Word(0.5, 2.0, "Hei"),), "Taler 1"),
        Segment(3.0, 3.0, "Blink."),
        Segment(3661.25, 3662.0, "Takk.", doubts=("low confidence",)),
    ),
    Provenance("transcribe", "test", "0"),
)


def test_lines_have_time_speaker_and_doubts() -> None:
    """A line a segment, with what a reader needs to find it and to doubt it."""
    assert shapes.text(TOLD).splitlines() == [
        "[00:00:00] Taler 1: Hei & <hallo>.",
        "[00:00:03] Blink.",
        "[01:01:01] Takk.   <- low confidence",
    ]


def test_vtt_is_read_by_another_library() -> None:
    """webvtt-py finds the cues, their times, voices and words; a cue that lasts no time is left out."""
    read = webvtt.from_buffer(io.StringIO(shapes.vtt(TOLD)))
    assert [(cue.start, cue.end) for cue in read.captions] == [
        ("00:00:00.500", "00:00:02.000"), ("01:01:01.250", "01:01:02.000")
    ]  # fmt: skip
    assert read.captions[0].voice == "Taler 1"
    assert "&lt;hallo&gt;" in shapes.vtt(TOLD)


def test_json_is_the_transcript() -> None:
    """Everything that is known, as it would be sealed."""
    assert json.loads(shapes.json(TOLD))["segments"][2]["doubts"] == ["low confidence"]
    assert Transcript.from_bytes(shapes.json(TOLD).encode()) == TOLD
