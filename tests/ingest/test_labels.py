"""What speakers are called."""

from __future__ import annotations

import pytest

from ingest.labels import in_language, labels, numbered
from storage.transcript import Provenance, Segment, Transcript


def spoken(language: str, *speakers: str) -> Transcript:
    """A segment a speaker."""
    segments = tuple(Segment(float(n), n + 0.5, "Ja.", speaker=who) for n, who in enumerate(speakers))
    return Transcript(language, 9.0, segments, Provenance("transcribe", "test", "0"))


@pytest.mark.parametrize(
    ("language", "asks", "answers"),
    [("no", "Intervjuer", "Deltaker"), ("nn", "Intervjuar", "Deltakar"), ("da", "Interviewer", "Deltager"),
     ("sv", "Intervjuare", "Deltagare"), ("en", "Interviewer", "Participant"), ("fi", "Interviewer", "Participant")],
)  # fmt: skip
def test_of_two_the_other_one_is_the_participant(language: str, asks: str, answers: str) -> None:
    """In the language of the interview: whoever asks is the interviewer, and the other one the participant."""
    first, second = numbered(language, 2)
    assert labels(spoken(language, first, second), second) == {second: asks, first: answers}


def test_of_three_the_others_keep_their_numbers() -> None:
    """With two others nobody knows which is the participant."""
    names = numbered("no", 3)
    assert names == ("Taler 1", "Taler 2", "Taler 3")
    assert labels(spoken("no", *names), names[0]) == {names[0]: "Intervjuer"}


def test_where_nobody_is_known_to_ask_all_keep_their_numbers() -> None:
    """No interviewer, no participant."""
    assert labels(spoken("en", *numbered("en", 2)), None) == {}


def test_numbers_given_before_the_language_was_known_are_said_in_it() -> None:
    """Two channels are labelled before anything is heard; where Norwegian is found, nobody stays a `Speaker`."""
    assert in_language(numbered("", 2), "no") == {"Speaker 1": "Taler 1", "Speaker 2": "Taler 2"}
    assert in_language((), "no") == {}
