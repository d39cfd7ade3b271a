"""Why a recording was not taken in. Each sentence says what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import BadRecording

if TYPE_CHECKING:
    from collections.abc import Mapping


class NotARecording(BadRecording):
    """No sound in it: another kind of file, whatever its name says."""


class EmptyRecording(BadRecording):
    """No bytes, or a header without a single sample."""


class Truncated(BadRecording):
    """It ends before its own header says it does."""


class TooLong(BadRecording):
    """More hours than one interview can have."""


class PointsElsewhere(BadRecording):
    """A playlist or the like: it names other files instead of holding sound."""


class Unsupported(BadRecording):
    """A recording, but in a coding that has no free decoder."""


class TooMany(BadRecording):
    """More files than one interview can have."""


class DecoderFailed(BadRecording):
    """Damaged beyond decoding, or made to harm."""


AGAIN = (
    "Copy it again from the recorder; if it is damaged there too, open it in an audio editor, save what is left as "
    "WAV, and take that in."
)
CONVERT = "This kind of recording cannot be decoded here. Convert it to WAV with {software}, and take in the WAV."
# By the decoder's code (`inside/refused.py`) or the parent's (`talk.py`).
REASONS: dict[str, tuple[type[BadRecording], str]] = {
    "not a recording": (
        NotARecording,
        "This file is not a recording, whatever its name says. Choose the sound file that the recorder made.",
    ),
    "empty": (EmptyRecording, "This recording holds no sound. Check the recorder, and choose another file."),
    "cut": (Truncated, f"This recording ends before its own header says it does. {AGAIN}"),
    "short": (
        Truncated,
        f"Only {{decoded:.1f}} of the {{declared:.1f}} seconds this recording promises can be read. {AGAIN}",
    ),
    "too long": (
        TooLong,
        "This recording is longer than {hours:g} hours, the most that is taken in. Split it and take in the parts.",
    ),
    "too many": (
        TooMany,
        "These are {files} files, and one interview may have {most}. Join some of them in an audio editor first.",
    ),
    "elsewhere": (
        PointsElsewhere,
        "This file names other files or addresses, which are never opened. Choose the sound file itself.",
    ),
    "dictation": (
        Unsupported,
        CONVERT.format(
            software="the dictation machine's own software (Olympus and OM System: ODMS or DSS Player; Philips: "
            "SpeechExec; Grundig: DigtaSoft)"
        ),
    ),
    "sony": (
        Unsupported,
        CONVERT.format(software="Sony's own software (Digital Voice Editor or Sound Organizer)"),
    ),
    "unsupported": (Unsupported, CONVERT.format(software="the recorder's own software")),
    "damaged": (DecoderFailed, f"This recording is damaged and cannot be decoded. {AGAIN}"),
    "memory": (DecoderFailed, f"Decoding this recording takes more memory than one may. {AGAIN}"),
    "time": (DecoderFailed, f"Decoding this recording takes more time than one may. {AGAIN}"),
    "stalled": (DecoderFailed, f"Decoding this recording came to a halt. Try once more. {AGAIN}"),
    "failed": (DecoderFailed, f"The decoder gave up on this recording. {AGAIN}"),
}


def refusal(code: str, facts: Mapping[str, float], files: int = 1) -> BadRecording:
    """The error for a code; facts that do not fit its sentence make it a plain DecoderFailed.

    Where there are several files, `facts["part"]` says which one it is about.
    """
    kind, sentence = REASONS.get(code, REASONS["failed"])
    part = int(facts.get("part", 0))
    which = f"Part {part} of {files}: " if files > 1 and 0 < part <= files else ""
    try:
        return kind(which + sentence, **facts)
    except (KeyError, ValueError):
        return DecoderFailed(which + REASONS["failed"][1])
