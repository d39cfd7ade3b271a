"""Frames of any sample format as numbers on one scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from av import AudioFrame

LOUDEST = 1000.0  # 60 dB over full scale; floats of garbage go on to 10³⁸, whose square is infinite
FULL = 32767 / 32768  # a sample at or beyond this is clipped
SILENCE = -144.0  # dBFS, the floor of 24 bits; there is no logarithm of nothing


def planes(frame: AudioFrame) -> np.ndarray:
    """The samples as float32, a row a channel, full scale at 1; what is not a number counts as silence."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    return _full_scale(samples)


def _full_scale(samples: np.ndarray) -> np.ndarray:
    if samples.dtype.kind == "f":
        bounded: np.ndarray = np.clip(np.nan_to_num(samples, posinf=1, neginf=-1), -LOUDEST, LOUDEST)
        return bounded.astype(np.float32)
    if samples.dtype.kind == "u":
        return (samples.astype(np.float32) - 128) / np.float32(128)
    return samples.astype(np.float32) / np.float32(-float(np.iinfo(samples.dtype).min))


def decibels(ratio: float) -> float:
    """Relative to full scale."""
    return max(SILENCE, 20 * math.log10(ratio)) if ratio > 0 else SILENCE
