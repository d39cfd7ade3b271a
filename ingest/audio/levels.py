"""How loud an interview is, second by second, and what it looks like: measured while its listening copy is made."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass

from ingest.audio.believed import count, mapping, number, numbers, sequence, text, whole
from ingest.audio.facts import Layout
from ingest.audio.inside.wire import MOST_PARTS
from storage.errors import Damaged

PAIRS = 20  # of least and greatest sample, a second
QUIETEST = -70.0  # LUFS: the absolute gate of EBU R128, below which nothing counts
MOST_SECONDS = 7 * 24 * 3600
ROUNDING = 1e-6  # s: Pythons add up floats in more than one way
TOLERANCE = 2.0  # s: what a resampler adds or keeps at the seams of parts


@dataclass(frozen=True, slots=True)
class PartLevels:
    """One part: where it starts and how long it is (seconds of the joined interview), and how it is as a whole.

    `lufs` is the integrated loudness of EBU R128, -70 where nothing passes its gate, of the channels mixed to one and
    that one heard from two loudspeakers. `peak_dbfs` and `clipped`, the share of samples at full scale, are of the
    samples as they were coded.
    """

    start: float
    duration: float
    sample_rate: int
    layout: Layout
    lufs: float
    peak_dbfs: float
    clipped: float

    @classmethod
    def believed(cls, raw: dict[str, object]) -> PartLevels:
        """From the decoder; raises ValueError."""
        return cls(
            start=number(raw, "start"),
            duration=number(raw, "duration"),
            sample_rate=count(raw, "sample_rate"),
            layout=Layout(text(raw, "layout")),
            lufs=number(raw, "lufs"),
            peak_dbfs=number(raw, "peak_dbfs"),
            clipped=number(raw, "clipped"),
        )


@dataclass(frozen=True, slots=True)
class Levels:
    """All parts joined, in whole seconds; the last may be less.

    `loudness` is the mean power of EBU R128's momentary loudness in each second, in LUFS, -70 or more. `clipped` is
    the number of samples in each second that are at full scale on any channel. `peaks` are pairs of signed bytes, the
    least and the greatest sample of each twentieth of a second, full scale at 128.
    """

    parts: tuple[PartLevels, ...]
    loudness: tuple[float, ...]
    clipped: tuple[int, ...]
    peaks: bytes

    def to_bytes(self) -> bytes:
        """JSON, some 70 bytes a second."""
        told = asdict(self) | {"peaks": base64.b64encode(self.peaks).decode()}
        return json.dumps(told, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Levels:
        """What `to_bytes` wrote. Raises Damaged for anything else."""
        try:
            return cls.believed(data)
        except (ValueError, RecursionError):
            raise Damaged("These levels cannot be read. Make the listening copy of the recording again.") from None

    @classmethod
    def believed(cls, data: bytes) -> Levels:
        """The same from the decoder; raises ValueError or RecursionError."""
        raw = mapping(json.loads(data))
        parts = tuple(PartLevels.believed(mapping(part)) for part in sequence(raw.get("parts"), MOST_PARTS))
        loudness = tuple(numbers(raw.get("loudness"), MOST_SECONDS))
        clipped = tuple(whole(value) for value in numbers(raw.get("clipped"), MOST_SECONDS))
        levels = cls(parts, loudness, clipped, _decoded(raw.get("peaks")))
        levels._consistent()
        return levels

    def _consistent(self) -> None:
        """The seconds, the peaks and the parts tell of one length."""
        total = sum(part.duration for part in self.parts)
        seconds, drawn = len(self.loudness), len(self.peaks) / 2 / PAIRS
        fits = len(self.clipped) == seconds and len(self.peaks) % 2 == 0
        if not (fits and abs(seconds - total - 0.5) <= 0.5 + ROUNDING and abs(drawn - total) < TOLERANCE):
            raise ValueError("length")


def _decoded(raw: object) -> bytes:
    if not isinstance(raw, str):
        raise ValueError("peaks")  # noqa: TRY004  # as everything the decoder may get wrong
    try:
        return base64.b64decode(raw, validate=True)
    except binascii.Error:
        raise ValueError("peaks") from None
