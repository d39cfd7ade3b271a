"""Open a transcript for somebody who may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.decisions import corrected
from ingest.work import PSEUDONYMISED, RELEASED, Work
from policies.actions import Action, Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.desk import Desk
    from storage.records import Recording
    from storage.transcript import Transcript


NOBODY_SPEAKS = "Nobody is heard to speak in it."


def read(desk: Desk, recording: Recording, *, real_names: bool = False) -> Transcript:
    """What is released, or else the draft; with real names, what was heard as people corrected it.

    Raises Denied, NotReady.
    """
    action = Action.READ_TRANSCRIPT if real_names else Action.READ_PSEUDONYMISED
    with desk.act(action, recording, Purpose.ANALYSE) as act:
        work = Work(act, recording, desk.vault.database)
        if real_names:
            return corrected(work)
        return work.transcript(RELEASED if work.artefact(RELEASED) else PSEUDONYMISED)


def silent(transcript: Transcript) -> str | None:
    """A sentence for a transcript without a word, which would look like a mistake of ours."""
    return None if transcript.segments else NOBODY_SPEAKS


def made_by(transcript: Transcript) -> str:
    """One line on what made a transcript: engine, version, weights and their hash, time and machine."""
    made = transcript.made_by
    weights = f"{made.model} (sha256 {made.model_sha256})"
    pace = f"{transcript.duration:.0f} s of sound in {made.took:.0f} s on {made.machine}"
    return f"# {made.engine} {made.version}; {weights}; language {transcript.language}; {pace}"


def lines(transcript: Transcript) -> Iterator[str]:
    """A line a segment: [hh:mm:ss], who speaks, the words, and what is doubted about them."""
    for segment in transcript.segments:
        minutes, seconds = divmod(int(segment.start), 60)
        who = f"{segment.speaker}: " if segment.speaker else ""
        doubts = f"   <- {', '.join(segment.doubts)}" if segment.doubts else ""
        yield f"[{minutes // 60:02}:{minutes % 60:02}:{seconds:02}] {who}{segment.text}{doubts}"
