"""Zip archives that say nothing of when and where they were made: equal members give equal bytes."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest the format can say
_UNIX = 3
_MODE = 0o100600


def archive(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A deflated zip of (name, bytes), in the order given, with fixed times, owner system and modes.

    Reproducible for one build of zlib; another (zlib-ng) may deflate to other bytes that unpack to the same.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members:
            opened.writestr(_entry(name), data)
    return out.getvalue()


def members(data: bytes) -> list[tuple[str, bytes]]:
    """The (name, bytes) of a zip that we made ourselves, in its order; never give it a stranger's."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return [(name, opened.read(name)) for name in opened.namelist()]


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = _UNIX
    entry.external_attr = _MODE << 16
    return entry
