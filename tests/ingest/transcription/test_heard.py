"""What was heard, kept as text until the recording is done."""

from __future__ import annotations

from dataclasses import replace

from ingest.transcription.heard import from_text, to_text
from tests.ingest.transcription.listen import said


def test_what_was_heard_survives_being_kept() -> None:
    """Words, times, tuples, letters and channels are the same after they were written and read."""
    ours = said("Å, «ja», Øystein.", 1.5, language="no", others=(("no", 0.7), ("da", 0.2)), channel=1)
    empty = replace(ours, text="", words=(), speech=(), others=())
    assert from_text(to_text([ours, empty])) == [ours, empty]


def test_nothing_is_kept_as_nothing() -> None:
    """A batch without a hearing comes back as one."""
    assert from_text(to_text([])) == []
