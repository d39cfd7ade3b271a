"""A transcript as text for whoever tries a model: lines, JSON, or WebVTT. Hand-offs are made elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.transcript import Segment, Transcript


def text(transcript: Transcript) -> str:
    """A line a segment: time, speaker, words, and what is doubted about them."""
    return "".join(f"[{_clock(one.start)[:-4]}] {_said(one)}{_doubts(one)}\n" for one in transcript.segments)


def json(transcript: Transcript) -> str:
    """Everything: segments, words with times, speakers, doubts, and what made it."""
    return transcript.to_bytes().decode() + "\n"


def vtt(transcript: Transcript) -> str:
    """WebVTT (W3C, 2019) with a voice tag a speaker."""
    cues = (
        f"{_clock(one.start)} --> {_clock(one.end)}\n{_voice(one)}{_escaped(one.text)}\n" for one in _cues(transcript)
    )
    return "\n".join(["WEBVTT\n", *cues])


SHAPES: Final[dict[str, Callable[[Transcript], str]]] = {"text": text, "json": json, "vtt": vtt}


def _cues(transcript: Transcript) -> list[Segment]:
    """A cue must end after it begins."""
    return [one for one in transcript.segments if round(one.end, 3) > round(one.start, 3)]


def _said(segment: Segment) -> str:
    return f"{segment.speaker}: {segment.text}" if segment.speaker else segment.text


def _doubts(segment: Segment) -> str:
    return f"   <- {', '.join(segment.doubts)}" if segment.doubts else ""


def _voice(segment: Segment) -> str:
    return f"<v {_escaped(segment.speaker)}>" if segment.speaker else ""


def _escaped(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float) -> str:
    whole, milli = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{milli:03}"
