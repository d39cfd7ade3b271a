"""Small recordings in every format, made with PyAV in memory."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from ingest.audio.decode import Facts, Layout, Levels, check, listening_copy
from ingest.audio.inside.source import Line, Source

from .endless import wav_header

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARED = Path(__file__).parents[4] / "shared" / "audio"
SECONDS = 3.0

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the real recordings in ../shared/audio are not here")


@dataclass(frozen=True)
class Kind:
    """One way to write a recording, and what the facts should then call it."""

    file: str
    encoder: str
    container: str
    codec: str
    rate: int = 44_100
    channels: int = 2
    bits: int | None = None
    options: dict[str, str] = field(default_factory=dict)
    encoder_options: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        rate = ["44"] if self.file == "ac3" and self.rate == 44_100 else []
        return "-".join([self.file, self.codec, *self.options, *rate])


KINDS = (
    Kind("wav", "pcm_s16le", "wav", "pcm_s16le", bits=16),
    Kind("wav", "pcm_s24le", "wav", "pcm_s24le", 48_000, bits=24),
    Kind("wav", "pcm_f32le", "wav", "pcm_f32le", 96_000, bits=32),
    Kind("wav", "pcm_s24le", "wav", "pcm_s24le", 48_000, bits=24, options={"rf64": "always"}),
    Kind("wav", "pcm_s24le", "wav", "pcm_s24le", 48_000, bits=24, options={"write_bext": "1"}),
    Kind("wav", "adpcm_ima_wav", "wav", "adpcm_ima_wav"),
    Kind("w64", "pcm_s24le", "w64", "pcm_s24le", bits=24),
    Kind("aiff", "pcm_s16be", "aiff", "pcm_s16be", bits=16),
    Kind("caf", "pcm_s16le", "caf", "pcm_s16le", bits=16),
    Kind("flac", "flac", "flac", "flac", bits=16),
    Kind("mp3", "libmp3lame", "mp3", "mp3float"),
    Kind("adts", "aac", "aac", "aac"),
    Kind("ipod", "aac", "mp4", "aac"),
    Kind("mp4", "aac", "mp4", "aac", options={"movflags": "frag_keyframe+empty_moov"}),
    Kind("ipod", "alac", "mp4", "alac", bits=24),
    Kind("asf", "wmav2", "asf", "wmav2"),
    Kind("ogg", "libopus", "ogg", "opus", 48_000),
    Kind("ogg", "vorbis", "ogg", "vorbis", encoder_options={"strict": "-2"}),
    Kind("webm", "libopus", "matroska", "opus", 48_000, 1),
    Kind("amr", "libopencore_amrnb", "amr", "amrnb", 8_000, 1),
    Kind("3gp", "libopencore_amrnb", "mp4", "amrnb", 8_000, 1),
    Kind("mp2", "mp2", "mp3", "mp2"),
    Kind("wav", "mp2", "wav", "mp2"),
    Kind("wav", "libmp3lame", "wav", "mp3float"),
    Kind("wav", "pcm_mulaw", "wav", "pcm_mulaw", 8_000, 1),
    Kind("wav", "g722", "wav", "g722", 16_000, 1),
    Kind("wav", "g726", "wav", "g726", 8_000, 1),
    Kind("caf", "alac", "caf", "alac", bits=24),
    Kind("au", "pcm_s16be", "au", "pcm_s16be", bits=16),
    Kind("wv", "wavpack", "wv", "wavpack"),
    Kind("tta", "tta", "tta", "tta"),
    Kind("ac3", "ac3", "ac3", "ac3", 48_000),
    Kind("ac3", "ac3", "ac3", "ac3", 44_100),
    Kind("eac3", "eac3", "eac3", "eac3", 48_000),
    Kind("matroska", "pcm_s16le", "matroska", "pcm_s16le", bits=16),
    Kind("avi", "libmp3lame", "avi", "mp3float"),
    Kind("avi", "pcm_s16le", "avi", "pcm_s16le", bits=16),
    Kind("mov", "pcm_s16le", "mp4", "pcm_s16le", bits=16),
    Kind("mov", "adpcm_ima_qt", "mp4", "adpcm_ima_qt"),
    Kind("mpegts", "mp2", "mpegts", "mp3float"),
    Kind("mpegts", "ac3", "mpegts", "ac3", 48_000),
    Kind("mpegts", "pcm_bluray", "mpegts", "pcm_bluray", 48_000, bits=None, options={"mpegts_m2ts_mode": "1"}),
    Kind("mpeg", "mp2", "mpeg", "mp2"),
    Kind("vob", "ac3", "mpeg", "ac3", 48_000),
    Kind("vob", "pcm_dvd", "mpeg", "pcm_dvd", 48_000),
)
BY_NAME = {str(kind): kind for kind in KINDS}


def tone(kind: Kind, seconds: float = SECONDS, metadata: dict[str, str] | None = None) -> bytes:
    """A sine of 440 Hz at about -6 dBFS."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind.file, options=kind.options) as out:
        out.metadata.update(metadata or {})
        layout = "mono" if kind.channels == 1 else "stereo"
        stream = out.add_stream(kind.encoder, rate=kind.rate, layout=layout, options=kind.encoder_options)
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = 12_200 if "amr" in kind.encoder else 96_000
        stream.codec_context.open()
        format_, size = stream.codec_context.format, stream.codec_context.frame_size or None
        resampler = av.AudioResampler(format_, layout, kind.rate, frame_size=size)
        for sound in (_sine(kind, layout, seconds), None):
            for frame in resampler.resample(sound):
                out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def _sine(kind: Kind, layout: str, seconds: float) -> av.AudioFrame:
    time = np.arange(int(kind.rate * seconds)) / kind.rate
    samples = (np.sin(2 * np.pi * 440 * time) * 16_384).astype("<i2")
    frame = av.AudioFrame.from_ndarray(np.repeat(samples, kind.channels)[None, :], format="s16", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = kind.rate, 0, Fraction(1, kind.rate)
    return frame


def wav_of(channels: np.ndarray, rate: int = 16_000) -> bytes:
    """A WAV of 16 bit of these channels, a row each, full scale at 1."""
    data: bytes = (channels.T * 32_768).round().clip(-32_768, 32_767).astype("<i2").tobytes()
    return wav_header(len(data), rate, len(channels), 16) + data


def facts_of(data: bytes) -> Facts:
    """What the one file is."""
    return check([io.BytesIO(data)]).parts[0]


def levels_of(parts: Sequence[bytes], layouts: Sequence[Layout] | None = None) -> Levels:
    """What listening to these parts tells."""
    copying = listening_copy([io.BytesIO(part) for part in parts], layouts=layouts)
    while True:
        try:
            next(copying)
        except StopIteration as end:
            levels: Levels = end.value
            return levels


class Held(Source):
    """A recording as the decoder's own modules see it, without a process in between."""

    def __init__(self, data: bytes) -> None:
        super().__init__(Line(io.BytesIO(), io.BytesIO()), len(data))
        self._data = data

    def at(self, offset: int, length: int) -> bytes:
        """The bytes there."""
        return self._data[offset : offset + length]
