"""The voice of one person, from a short recording of them alone, decoded in the sandbox; no sound is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.audio.decode import check, pcm
from ingest.speakers.diarise import Diariser
from storage.errors import BadInput, BadRecording

if TYPE_CHECKING:
    from pathlib import Path

ENOUGH = 10.0  # seconds of speech; a voiceprint of less wanders
LONGEST = 600.0  # seconds of sound; who says more is probably not alone


def heard_in(path: Path) -> list[float]:
    """The embedding of the one voice in a sound file, 192 numbers of unit length.

    Raises BadInput for a file that cannot be opened; BadRecording for one that is no recording, is longer than ten
    minutes, or holds less than ten seconds of speech or more than one voice: the other person was not asked.
    """
    try:
        source = path.open("rb")
    except OSError:
        raise BadInput("That file cannot be opened. Check that it exists and that you may read it.") from None
    with source:
        if check([source]).duration > LONGEST:
            raise BadRecording("That is longer than ten minutes. Record a minute of yourself alone, reading aloud.")
        heard = Diariser().diarise(pcm([source]), None, lambda _seconds: None)
    spoken = sum(turn.end - turn.start for turn in heard.turns)
    if spoken < ENOUGH:
        raise BadRecording(
            "There are {spoken:.0f} seconds of speech in it. Read aloud for a minute, alone, where it is quiet.",
            spoken=spoken,
        )
    if len(heard.voices) > 1:
        raise BadRecording("More than one voice is heard in it. Record a minute of yourself alone, reading aloud.")
    return [float(number) for number in heard.voices[0]]
