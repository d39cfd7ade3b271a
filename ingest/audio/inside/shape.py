"""Whether a container reaches its own end, and whether its header states a duration or leaves FFmpeg to guess.

Damage can be silent: FFmpeg plays what is left of a cut file and calls it the whole. So each container's own
statement of its size is held against the bytes that are there. A statement that was never filled in (the recorder
lost power) is no statement: what can be decoded counts as whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import chunks, streams

if TYPE_CHECKING:
    from collections.abc import Callable

    from .source import Source


@dataclass(frozen=True)
class Shape:
    """`cut`: the container ends early. `stated`: its duration is a statement, not a guess from the bit rate."""

    cut: bool
    stated: bool


def shape(container: str, source: Source) -> Shape:
    """The shape of a file that was sniffed as `container`."""
    return Shape(*SHAPES[container](source))


def _unstated(_source: Source) -> tuple[bool, bool]:
    """Frame after frame, without a header that says how many."""
    return False, False


SHAPES: dict[str, Callable[[Source], tuple[bool, bool]]] = {
    "wav": chunks.wav,
    "w64": chunks.w64,
    "avi": chunks.avi,
    "aiff": chunks.aiff,
    "caf": chunks.caf,
    "au": chunks.au,
    "dsf": chunks.dsf,
    "mp4": chunks.mp4,
    "flac": streams.flac,
    "wv": streams.wv,
    "tta": streams.tta,
    "ogg": streams.ogg,
    "matroska": streams.matroska,
    "asf": streams.asf,
    "mpegts": streams.mpegts,
    "mpeg": streams.mpeg,
    "mp3": streams.mp3,
    "oma": _unstated,
    "amr": _unstated,
    "aac": _unstated,
    "ac3": _unstated,
    "eac3": _unstated,
}
