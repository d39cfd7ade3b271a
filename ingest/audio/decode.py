"""Recordings in: what they are, their samples, and a copy to listen to. All decoding happens in the sandbox.

A source is any seekable binary file object, such as a sealed recording being decrypted; it is read in pieces and
never held whole. Every function raises a BadRecording with a sentence for the person when the recording is not
whole: for `pcm`, that may be after its samples were handed out.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, BinaryIO

from ingest.audio.errors import (
    DecoderFailed,
    EmptyRecording,
    NotARecording,
    PointsElsewhere,
    TooLong,
    Truncated,
    Unsupported,
    refusal,
)
from ingest.audio.limits import Limits
from ingest.audio.talk import Status, talk

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = [
    "DecoderFailed",
    "EmptyRecording",
    "Facts",
    "Limits",
    "NotARecording",
    "PointsElsewhere",
    "TooLong",
    "Truncated",
    "Unsupported",
    "check",
    "listening_copy",
    "pcm",
]

DEFAULT = Limits()
PCM_BYTES = 32_000  # a second of 16 kHz mono s16le
OPUS_BYTES = 8_000  # a second of Opus is at most half of this
SPARE = 1 << 20  # bytes, for headers, cues and a resampler's tail
LARGEST = 1e12  # no fact of a recording comes near
A_NAME = re.compile(r"[a-z0-9_]{1,24}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a recording is. Durations are seconds; levels are dB relative to full scale, -144 for pure silence.

    `duration` is what was decoded, `declared` what the container states, None where it states nothing.
    `bits` is None for codings that have no bits a sample. `clipped` is the share of samples at full scale.
    """

    container: str
    codec: str
    duration: float
    declared: float | None
    sample_rate: int
    channels: int
    bits: int | None
    peak_dbfs: float
    rms_dbfs: float
    clipped: float

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def check(source: BinaryIO, limits: Limits = DEFAULT) -> Facts:
    """Decode the whole recording and say what it is. Raises a BadRecording if it is not whole."""
    status = _status_of(talk("facts", source, limits, most=0))
    return _facts(_or_raise(status))


def pcm(source: BinaryIO, limits: Limits = DEFAULT) -> Generator[bytes, None, None]:
    """16 kHz mono signed 16-bit little-endian, in chunks of at most 64 KiB. Close it early and decoding ends."""
    most = int(limits.max_seconds * PCM_BYTES) + SPARE
    _or_raise((yield from talk("pcm", source, limits, most)))


def listening_copy(source: BinaryIO, limits: Limits = DEFAULT) -> Generator[bytes, None, None]:
    """WebM of mono Opus at 28 kbit/s, with cues, without the source's metadata; in chunks of at most 64 KiB."""
    most = int(limits.max_seconds * OPUS_BYTES) + SPARE
    _or_raise((yield from talk("listening", source, limits, most)))


def _status_of(talking: Generator[bytes, None, Status]) -> Status:
    """The status of a job that makes nothing."""
    try:
        next(talking)
    except StopIteration as end:
        status: Status = end.value
        return status
    talking.close()
    return {"code": "failed"}


def _or_raise(status: Status) -> dict[str, object]:
    """The facts of a job that went well."""
    facts = status.get("facts")
    if status.get("code") == "ok" and isinstance(facts, dict):
        return facts
    raise refusal(str(status.get("code")), _numbers(facts if isinstance(facts, dict) else {}))


def _numbers(facts: dict[str, object]) -> dict[str, float]:
    """The numbers a sentence may speak of, and nothing else the decoder may have sent."""
    known = {name: _finite(facts.get(name)) for name in ("decoded", "declared", "hours")}
    return {name: value for name, value in known.items() if value is not None}


def _facts(raw: dict[str, object]) -> Facts:
    """Facts from the decoder, each held to its type: the decoder is believed in nothing."""
    try:
        return Facts(
            container=_name(raw, "container"),
            codec=_name(raw, "codec"),
            duration=_number(raw, "duration"),
            declared=None if raw["declared"] is None else _number(raw, "declared"),
            sample_rate=int(_number(raw, "sample_rate")),
            channels=int(_number(raw, "channels")),
            bits=None if raw["bits"] is None else int(_number(raw, "bits")),
            peak_dbfs=_number(raw, "peak_dbfs"),
            rms_dbfs=_number(raw, "rms_dbfs"),
            clipped=_number(raw, "clipped"),
        )
    except (KeyError, ValueError):
        raise refusal("failed", {}) from None


def _number(raw: dict[str, object], name: str) -> float:
    value = _finite(raw[name])
    if value is None:
        raise ValueError(name)
    return value


def _finite(value: object) -> float | None:
    """A number of a sane size; neither NaN nor infinity is below the limit."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < LARGEST else None


def _name(raw: dict[str, object], name: str) -> str:
    value = raw[name]
    if not isinstance(value, str) or not A_NAME.fullmatch(value):
        raise ValueError(name)
    return value
