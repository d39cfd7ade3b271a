"""What a recording is: coding, length, level, and who may be on which channel; and apart from that, whence it came."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from enum import StrEnum

from ingest.audio.believed import count, mapping, name, number, sequence, text

A_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
LONGEST_DEVICE = 60


class Layout(StrEnum):
    """What the channels of a part have to do with each other."""

    MONO = "mono"
    STEREO = "stereo"
    SPEAKER_PER_CHANNEL = "speaker per channel"
    ONE_DEAD = "one channel dead"
    SAME = "the same on both"


@dataclass(frozen=True, slots=True)
class Facts:
    """What one part is. Durations are seconds; levels are dB relative to full scale, -144 for pure silence.

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
    layout: Layout

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self) | {"layout": self.layout.value}

    @classmethod
    def believed(cls, raw: dict[str, object]) -> Facts:
        """From the decoder, each held to its type; raises ValueError."""
        return cls(
            container=name(raw, "container"),
            codec=name(raw, "codec"),
            duration=number(raw, "duration"),
            declared=None if raw.get("declared") is None else number(raw, "declared"),
            sample_rate=count(raw, "sample_rate"),
            channels=count(raw, "channels"),
            bits=None if raw.get("bits") is None else count(raw, "bits"),
            peak_dbfs=number(raw, "peak_dbfs"),
            rms_dbfs=number(raw, "rms_dbfs"),
            clipped=number(raw, "clipped"),
            layout=Layout(text(raw, "layout")),
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """When and with what a part was recorded, as its recorder wrote it down. Personal data: never in Facts.

    `recorded` is an ISO 8601 date, or date and time; a zone only where the recorder stated one. `device` is at most
    60 printable characters.
    """

    recorded: str | None
    device: str | None

    @classmethod
    def believed(cls, raw: dict[str, object]) -> Origin:
        """From the decoder; raises ValueError."""
        recorded, device = raw.get("recorded"), raw.get("device")
        if recorded is not None and not (isinstance(recorded, str) and A_DATE.fullmatch(recorded)):
            raise ValueError("recorded")
        if device is not None and not (isinstance(device, str) and _printable(device)):
            raise ValueError("device")
        return cls(recorded, device)


def _printable(device: str) -> bool:
    return 0 < len(device) <= LONGEST_DEVICE and device.isprintable()


@dataclass(frozen=True, slots=True)
class Checked:
    """What the parts of one interview are and where each came from, in their order."""

    parts: tuple[Facts, ...]
    origins: tuple[Origin, ...]

    @property
    def duration(self) -> float:
        """Seconds of all parts together."""
        return sum(part.duration for part in self.parts)

    @classmethod
    def believed(cls, raw: dict[str, object], parts: int) -> Checked:
        """From the decoder, for as many parts as it was given; raises ValueError."""
        each = [mapping(part) for part in sequence(raw.get("parts"), parts)]
        if len(each) != parts:
            raise ValueError("parts")
        facts = tuple(Facts.believed(part) for part in each)
        return cls(facts, tuple(Origin.believed(mapping(part.get("origin"))) for part in each))
