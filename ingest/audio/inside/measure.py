"""What can be said of one part when all of it was heard, as it was coded, before any mixing or resampling."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from .samples import FULL, decibels
from .sides import Sides

if TYPE_CHECKING:
    from av import AudioFrame
    from av.audio.codeccontext import AudioCodecContext

    from .sound import Sound


class Measured:
    """Rate, channels, peak, power and clipping of one part."""

    def __init__(self) -> None:
        self._rate = 0
        self._channels = 0
        self._peak = 0.0
        self._squares = 0.0
        self._samples = 0
        self._clipped = 0
        self._sides = Sides()

    def take(self, frame: AudioFrame, samples: np.ndarray) -> None:
        """Count one frame in; `samples` are its `planes`."""
        self._rate = self._rate or frame.sample_rate
        self._channels = self._channels or frame.layout.nb_channels
        if not samples.size:
            return
        self._sides.take(samples, frame.sample_rate)
        flat = samples.ravel()
        peak = float(max(flat.max(), -flat.min()))
        self._peak = max(self._peak, peak)
        self._squares += float(np.dot(flat, flat))
        self._samples += flat.size
        if peak >= FULL:
            self._clipped += int(np.count_nonzero(np.abs(flat) >= FULL))

    def facts(self, sound: Sound) -> dict[str, object]:
        """Everything `Facts` holds."""
        power = self._squares / max(1, self._samples)
        return {
            "container": sound.container,
            "codec": sound.stream.codec_context.name,
            "duration": sound.heard.seconds,
            "declared": sound.declared,
            "bits": _bits(sound.stream.codec_context),
            "channels": self._channels,
            "rms_dbfs": decibels(math.sqrt(power)),
            **self.heard(),
        }

    def heard(self) -> dict[str, object]:
        """What `Levels` repeats of it: decibels relative to full scale, and the share of samples clipped."""
        return {
            "sample_rate": self._rate,
            "peak_dbfs": decibels(self._peak),
            "clipped": self._clipped / max(1, self._samples),
            "layout": self._sides.layout(),
        }


def _bits(context: AudioCodecContext) -> int | None:
    """Bits a sample where the coding has such: PCM by its name, FLAC and ALAC by their headers."""
    extra = context.extradata or b""
    if found := re.match(r"pcm_[suf](\d+)", context.name):
        return int(found[1])
    if context.name == "flac" and len(extra) >= 14:
        return ((extra[12] & 1) << 4 | extra[13] >> 4) + 1  # RFC 9639 §8.2
    if context.name == "alac" and len(extra) >= 18:
        return extra[17]  # after the 12 bytes of box header: frame length (4), version (1), depth
    return None
