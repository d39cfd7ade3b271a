"""Recordings that PyAV cannot write, or not so, made byte by byte; and a camera's."""

from __future__ import annotations

import io
import struct

import av
import numpy as np

from .endless import wav_header


def layer_one(frames: int = 200) -> bytes:
    """MPEG-1 layer I, 48 kHz mono, 384 samples a frame: one subband of 32 sounds (ISO 11172-3 §2.4.1.5)."""
    allocation = "0000" + "1110" + "0000" * 30  # 15 bits a sample in the second subband
    scale = "000110"  # the sixth step down: 0.5
    samples = f"{28_000:015b}" * 6 + f"{4_000:015b}" * 6
    body = int((allocation + scale + samples).ljust(48 * 32 - 32, "0"), 2).to_bytes(48 * 4 - 4, "big")
    return (b"\xff\xff\x64\xc0" + body) * frames


def dsf(seconds: float = 1.0) -> bytes:
    """A sine of 440 Hz at -6 dBFS as one bit at 2.8 MHz, the least significant first (DSF 1.01)."""
    rate, block = 2_822_400, 4_096
    time = np.arange(int(rate * seconds)) / rate
    level = np.floor(np.cumsum((np.sin(2 * np.pi * 440 * time) * 0.5 + 1) / 2))
    bits = np.packbits(np.diff(level, prepend=0).astype(np.uint8), bitorder="little").tobytes()
    data = bits + bytes(-len(bits) % block)
    form = struct.pack("<4sQIIIIIIQII", b"fmt ", 52, 1, 0, 1, 1, rate, 1, len(time), block, 0)
    whole = 28 + len(form) + 12 + len(data)
    return struct.pack("<4sQQQ", b"DSD ", 28, whole, 0) + form + struct.pack("<4sQ", b"data", len(data) + 12) + data


def oma(body: bytes, codec: int, parameters: int = 0, encrypted: int = 0xFFFF) -> bytes:
    """Sony OpenMG: an ID3-like tag, a header of 96 bytes, then frames of `codec` (4: 16-bit big-endian, 3: MP3)."""
    tag = b"ea3\x03\x00\x00" + bytes([0, 0, 0x17, 0x76]) + bytes(3_062)
    head = b"EA3\x01\x00\x60" + struct.pack(">H", encrypted) + bytes(24) + struct.pack(">I", codec << 24 | parameters)
    return tag + head.ljust(96, b"\0") + body


def truespeech(seconds: int = 2) -> bytes:
    """What dictation machines and Windows' own recorder wrote, 8.5 kbit/s: frames of 32 bytes, 240 samples each."""
    data = bytes(32) * (seconds * 8_000 // 240)
    form = struct.pack("<HHIIHHH", 0x22, 1, 8_000, 1_067, 32, 1, 32) + struct.pack("<HH", 1, 240) + bytes(28)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def microphones(file: str, sound: str, channels: int = 2, seconds: int = 2) -> bytes:
    """A track of one channel for each microphone: a sine, on the first at -6 dBFS, on each next 6 dB lower."""
    made = io.BytesIO()
    with av.open(made, "w", format=file) as out:
        tracks = [out.add_stream(sound, rate=48_000, layout="mono") for _ in range(channels)]
        sine = np.sin(2 * np.pi * 440 * np.arange(1_024) / 48_000)
        for _ in range(48_000 * seconds // 1_024):
            for number, track in enumerate(tracks):
                assert isinstance(track, av.AudioStream)
                samples = (sine * 16_384 / 2**number).astype("<i2")[None, :]
                frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
                frame.sample_rate = 48_000
                out.mux(track.encode(frame))
        for track in tracks:
            assert isinstance(track, av.AudioStream)
            out.mux(track.encode(None))
    return made.getvalue()


def camera(file: str, sound: str, picture: str = "mjpeg", seconds: int = 2) -> bytes:
    """A film of grey pictures with the sine that `tone` makes."""
    made = io.BytesIO()
    with av.open(made, "w", format=file) as out:
        film = out.add_stream(picture, rate=25)
        assert isinstance(film, av.VideoStream)
        film.width, film.height = 64, 48
        film.pix_fmt = "yuvj420p" if picture == "mjpeg" else "yuv420p"
        heard = out.add_stream(sound, rate=48_000, layout="stereo")
        assert isinstance(heard, av.AudioStream)
        samples = (np.sin(2 * np.pi * 440 * np.arange(48_000 * seconds) / 48_000) * 16_384).astype("<i2")
        whole = av.AudioFrame.from_ndarray(np.repeat(samples, 2)[None, :], format="s16", layout="stereo")
        whole.sample_rate = 48_000
        heard.bit_rate = 128_000
        heard.codec_context.open()
        size = heard.codec_context.frame_size or 1_024
        resampler = av.AudioResampler(heard.codec_context.format, "stereo", 48_000, frame_size=size)
        packed = [frame for given in (whole, None) for frame in resampler.resample(given)]
        shares = np.array_split(np.arange(len(packed)), 25 * seconds)
        for number, share in enumerate(shares):
            grey = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number, np.uint8), format="rgb24")
            grey.pts = number
            out.mux(film.encode(grey.reformat(format=film.pix_fmt)))
            for at in share:
                out.mux(heard.encode(packed[at]))
        for stream in (film, heard):
            out.mux(stream.encode(None))
    return made.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """A RIFF chunk, padded to an even length."""
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def bext(originator: bytes, date: bytes, time: bytes, described: bytes = b"") -> bytes:
    """The chunk of a broadcast WAV (EBU 3285 §2.3)."""
    fields = (described, 256), (originator, 32), (b"", 32), (date, 10), (time, 8)
    return chunk(b"bext", b"".join(text.ljust(length, b"\0") for text, length in fields).ljust(602, b"\0"))


def wav_with(*chunks: bytes, last: bytes = b"") -> bytes:
    """A tenth of a second of silence as a WAV with these chunks before its samples, and `last` after them."""
    plain = wav_header(3_200, 16_000, 1, 16)
    body = plain[12:36] + b"".join(chunks) + plain[36:] + bytes(3_200) + last
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body
