"""The plan of a recording: its batches in order, numbered, and how much of the sound each stands for.

The plan depends on the sound alone. So after a kill the same batches have the same numbers, and those that were heard
before are not heard again.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.transcription.chunks import Chunk, batches
from ingest.transcription.crosstalk import apart
from ingest.transcription.stretches import RATE, stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Batch:
    """Chunks that are decoded together, and the seconds of sound they are done with."""

    number: int
    chunks: tuple[Chunk, ...]
    seconds: float


class Plan:
    """A recording on its way through: `seconds` of sound have come in so far."""

    def __init__(self, pcm: Iterable[bytes], channels: int = 1, duration: float = 0.0) -> None:
        self._pcm = pcm
        self._channels = channels
        self._duration = duration
        self._done = 0.0
        self.seconds = 0.0

    def batches(self) -> Iterator[Batch]:
        """Each batch, when its sound has come in; a stretch without speech is one without chunks."""
        number = 0
        for start, sound in stretches(self._pcm, self._channels):
            seconds = sound.shape[1] / RATE
            self.seconds += seconds
            found = [tuple(batch) for batch in batches(sound, start, apart(sound) if self._channels > 1 else None)]
            for chunks in found or [()]:
                yield Batch(number, chunks, seconds / max(1, len(found)))
                number += 1

    def close(self) -> None:
        """Let go of the sound: where a generator decodes it, its decoder ends with it."""
        if isinstance(self._pcm, Generator):
            self._pcm.close()

    def done(self, batch: Batch) -> tuple[float, float]:
        """Seconds done with this batch, and in all, as far as is known."""
        self._done += batch.seconds
        total = max(self._duration, self.seconds)
        return min(self._done, total), total
