"""What speakers are called in a transcript, in the language that is spoken in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.transcript import Transcript

_ENGLISH: Final = ("Interviewer", "Participant", "Speaker")
_NAMES: Final = {
    "no": ("Intervjuer", "Deltaker", "Taler"),
    "nn": ("Intervjuar", "Deltakar", "Talar"),
    "da": ("Interviewer", "Deltager", "Taler"),
    "sv": ("Intervjuare", "Deltagare", "Talare"),
}


def numbered(language: str, count: int) -> tuple[str, ...]:
    """`Speaker 1`, `Speaker 2` … for as many as there are; in English where the language is not known here."""
    speaker = _NAMES.get(language, _ENGLISH)[2]
    return tuple(f"{speaker} {number}" for number in range(1, count + 1))


def in_language(given: Sequence[str], found: str) -> dict[str, str]:
    """Numbers that were given before anybody knew the language, in the one that was found."""
    return dict(zip(given, numbered(found, len(given)), strict=True))


def labels(transcript: Transcript, interviewer: str | None) -> dict[str, str]:
    """What each numbered speaker is called once it is known who asks: of two, the other is the participant."""
    if interviewer is None:
        return {}
    asks, answers, _ = _NAMES.get(transcript.language, _ENGLISH)
    others = {one.speaker for one in transcript.segments if one.speaker not in {None, interviewer}}
    named = {other: answers for other in others if other} if len(others) == 1 else {}
    return {interviewer: asks, **named}
