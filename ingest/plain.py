"""A plain text somebody hands us: read whole from a file or standard input, as it stands.

Offsets of finds count its Unicode code points: line ends as they are, a byte order mark not counted.
"""

from __future__ import annotations

from typing import Final

import click

from storage.errors import BadInput

LONGEST: Final = 50_000_000
"""Bytes: some eight million words, a thousand hours of interviews."""


def plain_text(source: str) -> str:
    """The text of a file, or of standard input where `source` is `-`. Raises BadInput."""
    data = _read(source)
    if len(data) > LONGEST:
        raise BadInput("That text is longer than {most} MB. Give it in parts.", most=LONGEST // 1_000_000)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("That text is not in UTF-8. Save it anew as plain text in UTF-8.") from None


def _read(source: str) -> bytes:
    try:
        with click.open_file(source, "rb") as file:
            data: bytes = file.read(LONGEST + 1)
            return data
    except OSError:
        raise BadInput("That file cannot be read. See that it is there, and that you may read it.") from None
