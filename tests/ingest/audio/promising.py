"""Headers that promise what nobody has: hours, channels, rates and tables without end; and nothing at all."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from typing import TYPE_CHECKING

from .endless import wav_header
from .making import BY_NAME, tone
from .spoiling import good

if TYPE_CHECKING:
    from collections.abc import Iterator


def promising() -> list[tuple[str, bytes]]:
    """All of them."""
    return [*_wavs(), *_boxes(), *_frames(), *_bags(), *_nothing()]


def _wavs() -> Iterator[tuple[str, bytes]]:
    sound = bytes(3_200)
    for channels, rate, bits in (
        (0, 16_000, 16),
        (65_535, 16_000, 16),
        (1, 0, 16),
        (1, 1, 16),
        (1, 0xFFFFFFFF, 16),
        (1, 16_000, 0),
        (1, 16_000, 7),
        (255, 192_000, 64),
        (1, 16_000, 65_535),
        (32, 768_000, 32),
    ):
        form = struct.pack("<IHHIIHH", 16, 1, channels, rate, 0, 0, bits)
        head = b"RIFF\xff\xff\xff\xffWAVEfmt " + form + b"data" + struct.pack("<I", len(sound))
        yield f"wav of {channels} channels, {rate} Hz, {bits} bits", head + sound
    for coding in (0, 2, 0x11, 0x22, 0x31, 0x45, 0x50, 0x55, 0x75, 0x161, 0xFFFE, 0xFFFF):
        coded = wav_header(3_200, 8_000, 1, 4) + sound
        yield f"wav of coding {coding:#x}", coded[:20] + struct.pack("<H", coding) + coded[22:]
    yield "wav of 4 GB", wav_header(0xFFFFFFF0) + sound
    yield "wav of no chunks but many", b"RIFF\xff\xff\xff\xffWAVE" + (b"junk" + bytes(4)) * 20_000
    yield "wav of 2^64 bytes", b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0" + b"\xff" * 28 + wav_header(0)[12:] + sound
    yield "wav whose chunk goes round", b"RIFF\xff\xff\xff\xffWAVEjunk\xf8\xff\xff\xff" + sound


def _boxes() -> Iterator[tuple[str, bytes]]:
    film = good()["ipod-aac"]
    for name in (b"stsz", b"stts", b"stsc", b"stco", b"mvhd", b"mdhd", b"elst", b"esds", b"mp4a", b"trak", b"hdlr"):
        for number in (0, 0x7FFFFFFF, 0xFFFFFFFF):
            data = bytearray(film)
            at = data.find(name)
            if at > 0:
                data[at + 8 : at + 20] = struct.pack(">III", number, number, number)
                yield f"mp4 with {number:#x} in {name.decode()}", bytes(data)
    deep = b""
    for _ in range(2_000):
        deep = struct.pack(">I4s", len(deep) + 8, b"moov") + deep
    yield "mp4 in mp4 in mp4", struct.pack(">I4s4sI", 16, b"ftyp", b"M4A ", 0) + deep
    yield (
        "boxes of nothing",
        struct.pack(">I4s4sI", 16, b"ftyp", b"M4A ", 0) + struct.pack(">I4s", 8, b"free") * 30_000,
    )
    yield "lists in lists", b"RIFF\xff\xff\xff\xffAVI " + b"LIST\xff\xff\xff\xffmovi" * 5_000
    yield "elements in elements", good()["webm-opus"][:40] + b"\x18\x53\x80\x67\xff" * 9_000
    yield (
        "atoms of aiff",
        b"FORM\xff\xff\xff\xffAIFCCOMM" + struct.pack(">IHIH", 18, 65_535, 0xFFFFFFFF, 65_535) + bytes(99),
    )


def _frames() -> Iterator[tuple[str, bytes]]:
    for name in ("flac-flac", "tta-tta", "wv-wavpack", "au-pcm_s16be", "caf-pcm_s16le", "w64-pcm_s24le"):
        for at in (4, 8, 12, 14, 16, 18, 20, 21, 24, 26):
            data = bytearray(good()[name])
            data[at : at + 6] = b"\xff" * 6
            yield f"{name} with ones at {at}", bytes(data)
    xing = bytearray(good()["mp3-mp3float"])
    for mark in (b"Xing", b"Info"):
        if (at := xing.find(mark)) > 0:
            xing[at + 8 : at + 16] = b"\xff" * 8
    yield "mp3 of four thousand million frames", bytes(xing)
    yield "a tag of 256 MB", b"ID3\4\0\0\x7f\x7f\x7f\x7f" + good()["mp3-mp3float"]
    yield "tags without end", b"ID3\4\0\0\0\0\0\0" * 5_000
    yield "opus of 255 channels", good()["ogg-opus"].replace(b"OpusHead\1\2", b"OpusHead\1\xff", 1)
    yield "pages of nothing", b"OggS\0\0" + bytes(20) + b"\xff" + bytes(255)
    yield (
        "adts that changes all the time",
        b"".join(tone(BY_NAME["adts-aac"], 0.1) + tone(BY_NAME["mp3-mp3float"], 0.1) for _ in range(5)),
    )
    yield "packets of nothing", (b"\x47\x1f\xff\x10" + b"\xff" * 184) * 300


def _bags() -> Iterator[tuple[str, bytes]]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bag:
        bag.writestr("interview.wav", bytes(1 << 22))
    yield "zip", file.getvalue()
    yield "gzip", gzip.compress(bytes(1 << 22))
    for magic in (
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"%PDF-1.7\n",
        b"\x7fELF",
        b"MZ",
        b"BZh9",
        b"SQLite format 3\0",
    ):
        yield repr(magic), magic + bytes(9_000)


def _nothing() -> Iterator[tuple[str, bytes]]:
    yield "no bytes", b""
    for size in (1, 2, 3, 4, 8, 12, 16, 27, 44, 188, 1_000):
        yield f"{size} zeros", bytes(size)
        yield f"{size} ones", b"\xff" * size
    for name, data in good().items():
        yield f"the head of {name} and zeros", data[:48] + bytes(len(data) - 48)
        yield f"the first 16 bytes of {name}", data[:16]
    yield "samples of nothing", wav_header(0)
