"""Recordings in: what they are, their samples, and a copy to listen to. All decoding happens in the sandbox.

An interview is a sequence of parts, in their order: any seekable binary file objects, such as sealed recordings being
decrypted, of whatever formats. They are read in pieces and never held whole. Every function raises a BadRecording
with a sentence for the person when a part is not whole: for `pcm`, that may be after its samples were handed out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.audio.believed import finite
from ingest.audio.errors import (
    DecoderFailed,
    EmptyRecording,
    NotARecording,
    PointsElsewhere,
    TooLong,
    TooMany,
    Truncated,
    Unsupported,
    refusal,
)
from ingest.audio.facts import Checked, Facts, Layout, Origin
from ingest.audio.inside.wire import MOST_PARTS
from ingest.audio.levels import Levels, PartLevels
from ingest.audio.limits import Limits
from ingest.audio.talk import Most, Parts, Told, talk

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from ingest.audio.talk import Status

__all__ = [
    "Checked",
    "DecoderFailed",
    "EmptyRecording",
    "Facts",
    "Layout",
    "Levels",
    "Limits",
    "NotARecording",
    "Origin",
    "PartLevels",
    "Parts",
    "PointsElsewhere",
    "TooLong",
    "TooMany",
    "Truncated",
    "Unsupported",
    "check",
    "listening_copy",
    "pcm",
]

DEFAULT = Limits()
PCM_BYTES = 32_000  # a second of one channel of 16 kHz s16le
OPUS_BYTES = 8_000  # a second of Opus is at most half of this
LEVEL_BYTES = 160  # a second of levels is at most half of this
SPARE = 1 << 20  # bytes, for headers, cues and a resampler's tail


def check(parts: Parts, limits: Limits = DEFAULT) -> Checked:
    """Decode all parts and say what they are. Raises a BadRecording if one is not whole."""
    facts = _or_raise(_end_of(_talk("facts", parts, limits, Most())), len(parts))
    try:
        return Checked.believed(facts, len(parts))
    except ValueError:
        raise refusal("failed", {}) from None


def pcm(
    parts: Parts, channels: int = 1, limits: Limits = DEFAULT, layouts: Sequence[Layout] | None = None
) -> Generator[bytes, None, None]:
    """16 kHz signed 16-bit little-endian of all parts joined, in chunks of at most 64 KiB.

    One channel is a mix; two are left and right interleaved, one that stands alone on both, and of more than two
    every other. Of a part whose one channel is dead, by the `layouts` that `check` found, the mix is the living one.
    Close the generator early and decoding ends.
    """
    most = Most(int(limits.max_seconds * PCM_BYTES * channels) + SPARE)
    told = yield from _talk("pcm", parts, limits, most, (channels, _dead(layouts)))
    _or_raise(told.status, len(parts))


def listening_copy(
    parts: Parts, limits: Limits = DEFAULT, layouts: Sequence[Layout] | None = None
) -> Generator[bytes, None, Levels]:
    """WebM of mono Opus at 28 kbit/s, with cues, without the sources' metadata; in chunks of at most 64 KiB.

    All parts are joined, and mixed as by `pcm`. Returns what was measured on the way.
    """
    most = Most(int(limits.max_seconds * OPUS_BYTES) + SPARE, int(limits.max_seconds * LEVEL_BYTES) + SPARE)
    told = yield from _talk("listening", parts, limits, most, (1, _dead(layouts)))
    _or_raise(told.status, len(parts))
    try:
        return Levels.believed(told.measured)
    except (ValueError, RecursionError):
        raise refusal("failed", {}) from None


def _talk(
    job: str, parts: Parts, limits: Limits, most: Most, mix: tuple[int, tuple[bool, ...]] = (1, ())
) -> Generator[bytes, None, Told]:
    if len(parts) > MOST_PARTS:
        raise refusal("too many", {"files": len(parts), "most": MOST_PARTS})
    return talk(job, parts, limits, most, mix)


def _dead(layouts: Sequence[Layout] | None) -> tuple[bool, ...]:
    return tuple(layout == Layout.ONE_DEAD for layout in layouts or ())


def _end_of(talking: Generator[bytes, None, Told]) -> Status:
    """The status of a job that makes nothing."""
    try:
        next(talking)
    except StopIteration as end:
        told: Told = end.value
        return told.status
    talking.close()
    return {"code": "failed"}


def _or_raise(status: Status, parts: int = 1) -> dict[str, object]:
    """The facts of a job that went well."""
    facts = status.get("facts")
    if status.get("code") == "ok" and isinstance(facts, dict):
        return facts
    raise refusal(str(status.get("code")), _numbers(facts if isinstance(facts, dict) else {}), parts)


def _numbers(facts: dict[str, object]) -> dict[str, float]:
    """The numbers a sentence may speak of, and nothing else the decoder may have sent."""
    known = {name: finite(facts.get(name)) for name in ("decoded", "declared", "hours", "part")}
    return {name: value for name, value in known.items() if value is not None}
