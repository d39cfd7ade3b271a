"""How loud a recording is, second by second, and what it looks like drawn."""

from __future__ import annotations

import base64
import json
import math
from array import array
from typing import TYPE_CHECKING

import numpy as np
from av.filter import Graph

from .mix import pulled
from .samples import FULL

if TYPE_CHECKING:
    from av import AudioFrame

QUIETEST = -70.0  # LUFS, the absolute gate of ITU-R BS.1770: nothing below it counts
STEP = 0.1  # s between two values of the filter
WINDOW = 0.4  # s, the momentary loudness of EBU Tech 3341
NEARLY = 0.01  # s, for sums of tenths
PAIRS = 20  # of the least and the greatest sample, a second


class Loudness:
    """Loudness by EBU R128 of mono sound: momentary in each second of the interview, integrated over one part.

    One channel counts as two, as it is heard from two loudspeakers, so that mono and stereo compare.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._power = array("d")
        self._values = array("H")
        self.begin(0.0)

    def begin(self, start: float) -> None:
        """From here on another part is measured, which begins at `start` seconds."""
        self._start = start
        self._steps = 0
        self.integrated = QUIETEST
        self._graph = Graph()
        before = {"sample_rate": f"{self._rate}", "sample_fmt": "s16", "channel_layout": "mono"}
        source = self._graph.add("abuffer", **before, time_base=f"1/{self._rate}")
        meter = self._graph.add("ebur128", "metadata=1:dualmono=1")
        self._graph.link_nodes(source, meter, self._graph.add("abuffersink"))
        self._graph.configure()

    def take(self, frame: AudioFrame) -> None:
        """Count one frame in."""
        self._graph.push(frame)
        for told in pulled(self._graph):
            values = told.metadata
            self._steps += 1
            self.integrated = max(QUIETEST, float(values["lavfi.r128.I"]))
            self._add(float(values["lavfi.r128.M"]))

    def _add(self, momentary: float) -> None:
        """Count a window that lies in one second and in this part; others are of two speakers as likely as not."""
        end = self._start + self._steps * STEP
        second = int(end - WINDOW + NEARLY)
        if self._steps * STEP > WINDOW - NEARLY and end < second + 1 + NEARLY:
            self._reach(second + 1)
            self._power[second] += 10 ** (max(QUIETEST, momentary) / 10)
            self._values[second] += 1

    def _reach(self, seconds: int) -> None:
        missing = seconds - len(self._power)
        self._power.extend([0.0] * missing)
        self._values.extend([0] * missing)

    def to_list(self, seconds: int) -> list[float]:
        """The mean power of each second, in LUFS to a tenth."""
        self._reach(seconds)
        means = (power / count if count else 0.0 for power, count in zip(self._power, self._values, strict=True))
        return [round(10 * math.log10(mean), 1) if mean else QUIETEST for mean in means][:seconds]


class Clipping:
    """How many samples at full scale there are in each second, over all channels, as they were coded."""

    def __init__(self) -> None:
        self._clipped = array("I")

    def take(self, samples: np.ndarray, start: float, rate: int) -> None:
        """Count in what `planes` gives, which begins at `start` seconds."""
        where = np.flatnonzero((np.abs(samples) >= FULL).any(axis=0))
        if where.size:
            seconds, counts = np.unique((start + where / rate).astype(int), return_counts=True)
            self._reach(int(seconds[-1]) + 1)
            for second, count in zip(seconds.tolist(), counts.tolist(), strict=True):
                self._clipped[second] += count

    def _reach(self, seconds: int) -> None:
        self._clipped.extend([0] * (seconds - len(self._clipped)))

    def to_list(self, seconds: int) -> list[int]:
        """A number a second."""
        self._reach(seconds)
        return self._clipped.tolist()[:seconds]


class Peaks:
    """The least and the greatest sample of each twentieth of a second, as two signed bytes."""

    def __init__(self, rate: int) -> None:
        self._span = rate // PAIRS
        self._waiting = bytearray()
        self._pairs = bytearray()

    def take(self, frame: AudioFrame) -> None:
        """Count one mono frame of 16 bit in."""
        self._waiting += memoryview(frame.planes[0])[: 2 * frame.samples]
        if len(self._waiting) >= 2 * self._span * PAIRS:
            whole = len(self._waiting) // (2 * self._span) * (2 * self._span)
            self._draw(bytes(self._waiting[:whole]))
            del self._waiting[:whole]

    def to_bytes(self) -> bytes:
        """Every pair, the last perhaps of less than its share."""
        if self._waiting:
            rest = bytes(self._waiting)
            missing = -(len(rest) // 2) % self._span
            self._draw(rest + rest[-2:] * missing)
            self._waiting.clear()
        return bytes(self._pairs)

    def _draw(self, data: bytes) -> None:
        spans = np.frombuffer(data, "<i2").reshape(-1, self._span) >> 8
        self._pairs += np.stack([spans.min(axis=1), spans.max(axis=1)], axis=1).astype(np.int8).tobytes()


class Meter:
    """All of this over the parts of one interview, in one pass."""

    def __init__(self, rate: int) -> None:
        self._loudness, self._clipping, self._peaks = Loudness(rate), Clipping(), Peaks(rate)
        self._parts: list[dict[str, object]] = []

    def begin(self, start: float) -> None:
        """Another part begins at `start` seconds."""
        self._loudness.begin(start)

    def hear(self, samples: np.ndarray, at: float, rate: int) -> None:
        """The `planes` of a frame as it was coded, which begins at `at` seconds."""
        self._clipping.take(samples, at, rate)

    def take(self, frame: AudioFrame) -> None:
        """A frame as it was mixed."""
        self._loudness.take(frame)
        self._peaks.take(frame)

    def end(self, part: dict[str, object]) -> None:
        """The part is over; `part` is what else is known of it."""
        self._parts.append(part | {"lufs": round(self._loudness.integrated, 1)})

    def to_bytes(self, duration: float) -> bytes:
        """What `Levels.from_bytes` reads, for an interview of `duration` seconds."""
        seconds = math.ceil(duration)
        told = {
            "parts": self._parts,
            "loudness": self._loudness.to_list(seconds),
            "clipped": self._clipping.to_list(seconds),
            "peaks": base64.b64encode(self._peaks.to_bytes()).decode(),
        }
        return json.dumps(told, sort_keys=True).encode()
