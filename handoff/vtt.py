"""WebVTT (W3C): a cue for each segment, for players and for tools that follow the sound."""

from __future__ import annotations

from handoff.source import Interview, Turn, pieces
from handoff.text import clock


def write(interview: Interview) -> bytes:
    """The interview as WebVTT in UTF-8; with a byte order mark, without which Taguette reads mojibake."""
    blocks = ["WEBVTT", *(_cue(piece) for piece in pieces(interview))]
    return ("\n\n".join(blocks) + "\n").encode("utf-8-sig")


def _cue(piece: Turn) -> str:
    start = max(0, round(piece.start * 1000))
    end = max(round(piece.end * 1000), start + 1)  # §4.1: a cue ends later than it starts
    return f"{_time(start)} --> {_time(end)}\n{_voice(piece)}{_escape(piece.text)}"


def _time(milliseconds: int) -> str:
    return f"{clock(milliseconds // 1000)}.{milliseconds % 1000:03}"


def _voice(piece: Turn) -> str:
    return f"<v {_escape(piece.speaker)}>" if piece.speaker else ""


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
