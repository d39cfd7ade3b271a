"""Plain text: the turns, parted by blank lines, because Taguette runs lines together that are not."""

from __future__ import annotations

from handoff.source import Interview, lines


def write(interview: Interview) -> bytes:
    """The interview as UTF-8 text; with a byte order mark, so that an importer need not guess the encoding."""
    return "".join(f"{line}\n\n" for line in lines(interview)).encode("utf-8-sig")
