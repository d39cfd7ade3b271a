"""A transcript as it is kept: segments of words with times, and what made it.

Times are seconds from the start of the recording. Positions are Unicode code points. The canonical text of a
transcript is its segments joined by LF; offsets of finds and mentions count in it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word; `text` is without surrounding blanks, `probability` is 0 to 1."""

    start: float
    end: float
    text: str
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech by one speaker; `doubts` are reasons a reviewer should look."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    speaker: str | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made an artefact: stage, engine, version, model hash, parameters, seconds taken, machine class."""

    stage: str
    engine: str
    version: str
    model: str = ""
    model_sha256: str = ""
    parameters: dict[str, object] = field(default_factory=dict)
    took: float = 0.0
    machine: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One recording in words; `language` is an ISO 639-1 code, `duration` is seconds of sound."""

    language: str
    duration: float
    segments: tuple[Segment, ...]
    made_by: Provenance

    @property
    def text(self) -> str:
        """The canonical text: one segment a line."""
        return "\n".join(segment.text for segment in self.segments)

    def to_bytes(self) -> bytes:
        """JSON in UTF-8, keys sorted, so that equal transcripts give equal bytes."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Transcript:
        """Read what `to_bytes` wrote."""
        raw = json.loads(data)
        return cls(
            language=raw["language"],
            duration=raw["duration"],
            segments=tuple(_segment(item) for item in raw["segments"]),
            made_by=Provenance(**raw["made_by"]),
        )


def _segment(raw: dict[str, Any]) -> Segment:
    words = tuple(Word(**word) for word in raw.pop("words"))
    return Segment(words=words, doubts=tuple(raw.pop("doubts")), **raw)
