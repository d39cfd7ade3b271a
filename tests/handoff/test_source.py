"""How segments become turns and turns become lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from handoff.source import Turn, day, lines, turns
from storage.transcript import Segment
from tests.handoff.examples import interview


def test_consecutive_segments_of_one_speaker_are_one_turn() -> None:
    """A turn starts with its first segment, ends with its last and holds both texts."""
    made = turns(interview(("Ja.", "Nettopp.", "Så?"), "A", "A", "B"))
    assert made == [Turn(0.0, 9.25, "A", "Ja. Nettopp."), Turn(10.0, 14.25, "B", "Så?")]


def test_segments_of_unknown_speakers_stay_apart() -> None:
    """Where nobody knows who speaks, a question is not joined to its answer."""
    assert [turn.text for turn in turns(interview(("Hvor?", "Der.")))] == ["Hvor?", "Der."]


def test_an_unknown_speaker_ends_a_turn() -> None:
    """A known speaker is not continued across a segment of nobody's."""
    assert len(turns(interview(("En.", "To.", "Tre."), "A", None, "A"))) == 3


def test_segments_without_words_leave_no_turn() -> None:
    """Silence and control characters make no empty paragraph and do not part a speaker's turn."""
    assert [turn.text for turn in turns(interview(("En.", " \x00\n", "Tre."), "A", "B", "A"))] == ["En. Tre."]


def test_turns_come_in_order_of_time() -> None:
    """Importers of timed text want it chronological, whatever the order it was kept in."""
    told = interview()
    late, early = Segment(9.0, 10.0, "Sist."), Segment(1.0, 2.0, "Først.")
    told = replace(told, transcript=replace(told.transcript, segments=(late, early)))
    assert [turn.text for turn in turns(told)] == ["Først.", "Sist."]


def test_a_line_has_label_mark_and_text() -> None:
    """The line is the one that most tools understand; without a speaker it starts at the mark."""
    assert lines(interview(("Ja.", "Nei."), "Deltaker 01", None)) == ["Deltaker 01: [00:00:00] Ja.", "[00:00:05] Nei."]


def test_a_day_has_no_time_of_day() -> None:
    """Dates in files are midnights; an interview whose day is kept back has the zip epoch's."""
    assert day(interview()) == datetime(2024, 5, 17, tzinfo=UTC)
    assert day(replace(interview(), recorded=None)) == datetime(1980, 1, 1, tzinfo=UTC)
