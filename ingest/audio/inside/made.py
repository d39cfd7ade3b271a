"""What is made of the frames: facts, samples for the recogniser, the copy to listen to."""

from __future__ import annotations

import io
import math
import re
from typing import TYPE_CHECKING

import av
import numpy as np

from .wire import LONGEST_DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from av import AudioFrame
    from av.audio.codeccontext import AudioCodecContext

    from .sound import Sound
    from .source import Line

PCM_RATE = 16_000  # Hz, what Whisper hears
OPUS_RATE = 48_000  # Hz
OPUS_BITS = 28_000  # bit/s: an hour is about 13 MB
# Constrained, or an hour of music would take twice that; of the encoder's ten levels of effort the third, at which it
# takes half the time for speech that sounds the same at this rate.
SPEECH = {"application": "voip", "vbr": "constrained", "compression_level": "3"}
OPUS_FRAME = OPUS_RATE // 50  # 20 ms
SILENCE = -144.0  # dBFS, the floor of 24 bits; there is no logarithm of nothing
LOUDEST = 1000.0  # 60 dB over full scale; floats of garbage go on to 10³⁸, whose square is infinite
FULL = 32767 / 32768  # a sample at or beyond this is clipped


def facts(sound: Sound, _line: Line) -> dict[str, object]:
    """Measure the whole recording as it was coded, before any mixing or resampling."""
    levels, rate, channels = Levels(), 0, 0
    for frame in sound.frames():
        rate, channels = rate or frame.sample_rate, channels or frame.layout.nb_channels
        levels.take(frame)
    return {
        "container": sound.container,
        "codec": sound.stream.codec_context.name,
        "duration": sound.heard.seconds,
        "declared": sound.declared,
        "sample_rate": rate,
        "channels": channels,
        "bits": _bits(sound.stream.codec_context),
        **levels.to_dict(),
    }


def pcm(sound: Sound, line: Line) -> dict[str, object]:
    """Hand over 16 kHz mono s16le as it is decoded."""
    mono = Mono(PCM_RATE)
    for frame in mono.all_of(sound):
        line.give(memoryview(frame.planes[0])[: 2 * frame.samples])
    return {}


def listening(sound: Sound, line: Line) -> dict[str, object]:
    """Hand over a WebM of mono Opus with cues; it is made in memory, because the cues are written last."""
    copy = io.BytesIO()
    # Bit-exact: no versions, dates or random numbers, so that the same recording gives the same copy.
    with av.open(copy, "w", format="webm", options={"fflags": "+bitexact"}) as out:
        stream = out.add_stream("libopus", rate=OPUS_RATE, layout="mono", options=SPEECH)
        stream.bit_rate = OPUS_BITS
        for frame in Mono(OPUS_RATE, OPUS_FRAME).all_of(sound):
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    for start in range(0, copy.tell(), LONGEST_DATA):
        line.give(copy.getbuffer()[start : start + LONGEST_DATA])
    return {}


class Levels:
    """Peak, power and clipping over all samples of all channels, relative to full scale."""

    def __init__(self) -> None:
        self._peak = 0.0
        self._squares = 0.0
        self._samples = 0
        self._clipped = 0

    def take(self, frame: AudioFrame) -> None:
        """Count one frame in."""
        samples = _full_scale(frame.to_ndarray().ravel())
        if not samples.size:
            return
        peak = float(max(samples.max(), -samples.min()))
        self._peak = max(self._peak, peak)
        self._squares += float(np.dot(samples, samples))
        self._samples += samples.size
        if peak >= FULL:
            self._clipped += int(np.count_nonzero(np.abs(samples) >= FULL))

    def to_dict(self) -> dict[str, object]:
        """Decibels relative to full scale, and the share of samples clipped."""
        power = self._squares / max(1, self._samples)
        return {
            "peak_dbfs": _decibels(self._peak),
            "rms_dbfs": _decibels(math.sqrt(power)),
            "clipped": self._clipped / max(1, self._samples),
        }


class Mono:
    """Frames of one rate and one channel, signed 16 bit, whatever comes in; `size` samples each, or as they come."""

    def __init__(self, rate: int, size: int | None = None) -> None:
        self._rate = rate
        self._size = size
        self._kind: tuple[str, str, int] | None = None
        self._resampler = self._fresh()

    def all_of(self, sound: Sound) -> Iterator[AudioFrame]:
        """Every frame of the recording, resampled, without its time stamps."""
        for frame in sound.frames():
            frame.pts = None
            yield from self._feed(frame)
        yield from self._drain()

    def _feed(self, frame: AudioFrame) -> Iterator[AudioFrame]:
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        # PyAV's resampler takes one kind for its whole life, and a recording may change midway.
        if kind != self._kind:
            yield from self._drain()
            self._kind, self._resampler = kind, self._fresh()
        yield from _untimed(self._resampler.resample(frame))

    def _drain(self) -> Iterator[AudioFrame]:
        if self._kind is not None:
            yield from _untimed(self._resampler.resample(None))

    def _fresh(self) -> av.AudioResampler:
        return av.AudioResampler("s16", "mono", self._rate, frame_size=self._size)


def _untimed(frames: Iterable[AudioFrame | None]) -> Iterator[AudioFrame]:
    for frame in frames:
        if frame is not None:  # a resampler with nothing to do hands the end mark back
            frame.pts = None
            yield frame


def _full_scale(samples: np.ndarray) -> np.ndarray:
    """Samples of any format as float32 with full scale at 1; what is not a number counts as silence."""
    if samples.dtype.kind == "f":
        bounded: np.ndarray = np.clip(np.nan_to_num(samples, posinf=1, neginf=-1), -LOUDEST, LOUDEST)
        return bounded.astype(np.float32)
    if samples.dtype.kind == "u":
        return (samples.astype(np.float32) - 128) / np.float32(128)
    return samples.astype(np.float32) / np.float32(-float(np.iinfo(samples.dtype).min))


def _decibels(ratio: float) -> float:
    return max(SILENCE, 20 * math.log10(ratio)) if ratio > 0 else SILENCE


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
