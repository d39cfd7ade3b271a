"""Recordings with a canary in every place where a word about somebody can be kept."""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from fractions import Fraction

import av
import numpy as np

from .making import BY_NAME, Kind, tone
from .written import bext, chunk, wav_with

FIELDS = (
    "title",
    "artist",
    "album",
    "album_artist",
    "author",
    "comment",
    "composer",
    "copyright",
    "date",
    "description",
    "synopsis",
    "encoded_by",
    "encoder",
    "genre",
    "keywords",
    "location",
    "lyrics",
    "make",
    "model",
    "network",
    "performer",
    "publisher",
    "originator",
    "originator_reference",
    "coding_history",
    "umid",
    "software",
    "com.apple.quicktime.location.ISO6709",
    "com.apple.quicktime.make",
    "com.android.model",
    "WM/AuthorURL",
    "anything at all",
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e\x9b\x55"


def canary(place: str) -> str:
    """A word that stands nowhere else, with a letter that UTF-8 and UTF-16 write differently."""
    return f"Kanarifågel<{place.replace('/', '.').replace(' ', '_')}>Zq7"


def seen(data: bytes) -> set[str]:
    """The places whose canaries are in these bytes, in UTF-8, UTF-16 or Latin-1, or cut short."""
    places = (*FIELDS, *OTHERS)
    marks = {place: f"fågel<{place.replace('/', '.').replace(' ', '_')}>"[:24] for place in places}
    codings = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
    return {place for place, mark in marks.items() if any(mark.encode(coding) in data for coding in codings)}


OTHERS = ("stream", "language", "chapter", "subtitle", "cover", "attachment", "second", "bext", "ixml", "label", "id3")


def tagged(kind: Kind) -> bytes:
    """All that PyAV can write into this kind of file: tags, chapters, other streams, attachments."""
    file = io.BytesIO()
    options = {**kind.options, "movflags": "use_metadata_tags"} if kind.container == "mp4" else kind.options
    with av.open(file, "w", format=kind.file, options=options) as out:
        out.metadata.update({field: canary(field) for field in FIELDS})
        tick = Fraction(1, 1000)
        mark = {"id": 1, "start": 0, "end": 500, "time_base": tick, "metadata": {"title": canary("chapter")}}
        out.set_chapters([mark])  # type: ignore[list-item]  # a TypedDict, written out
        sounds = [_sound(out, kind)]
        if kind.container in {"matroska", "mp4", "asf"}:
            sounds.append(_sound(out, kind))
            sounds[1].metadata["title"] = canary("second")
        words = _words(out, kind)
        if kind.file == "matroska":
            out.add_attachment(canary("attachment"), "image/png", PNG + canary("cover").encode())
        sounds[0].metadata.update({"title": canary("stream"), "handler_name": canary("stream")})
        out.start_encoding()
        _say(out, words)
        for sound in sounds:
            _sing(out, sound)
    return file.getvalue()


def _sound(out: av.container.OutputContainer, kind: Kind) -> av.AudioStream:
    layout = "mono" if kind.channels == 1 else "stereo"
    sound = out.add_stream(kind.encoder, rate=kind.rate, layout=layout, options=kind.encoder_options)
    assert isinstance(sound, av.AudioStream)
    sound.bit_rate = 12_200 if "amr" in kind.encoder else 96_000
    return sound


def _words(out: av.container.OutputContainer, kind: Kind) -> av.stream.Stream | None:
    coding = {"matroska": "ass", "mp4": "mov_text", "mov": "mov_text"}.get(kind.file)
    return out.add_mux_stream(coding) if coding else None


def _say(out: av.container.OutputContainer, words: av.stream.Stream | None) -> None:
    if words is None:
        return
    packet = av.Packet(canary("subtitle").encode())
    packet.stream, packet.time_base, packet.pts, packet.dts, packet.duration = words, Fraction(1, 1000), 0, 0, 500
    with suppress(av.FFmpegError):
        out.mux_one(packet)


def _sing(out: av.container.OutputContainer, sound: av.AudioStream) -> None:
    context = sound.codec_context
    resampler = av.AudioResampler(context.format, context.layout, context.sample_rate, context.frame_size or None)
    hum = (np.sin(np.arange(context.sample_rate) * 0.05) * 8_000).astype("<i2")[None, :]
    frame = av.AudioFrame.from_ndarray(hum, format="s16", layout="mono")
    frame.sample_rate = context.sample_rate
    for given in (frame, None):
        for part in resampler.resample(given):
            out.mux(sound.encode(part))
    out.mux(sound.encode(None))


def id3() -> bytes:
    """A tag with a comment, lyrics, a picture, an object and a private frame (ID3v2.3 §4)."""
    text = canary("id3").encode("utf-16")
    frames = {
        b"TIT2": b"\1" + text,
        b"COMM": b"\1eng\xff\xfe\0\0" + text,
        b"USLT": b"\1eng\xff\xfe\0\0" + text,
        b"APIC": b"\0image/png\0\3\0" + PNG + canary("cover").encode(),
        b"GEOB": b"\0text/plain\0x\0y\0" + canary("id3").encode(),
        b"PRIV": b"who\0" + canary("id3").encode(),
    }
    body = b"".join(name + struct.pack(">IH", len(data), 0) + data for name, data in frames.items())
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + body


def broadcast() -> bytes:
    """A WAV with every chunk a field recorder or an editor puts words in."""
    word = canary("label").encode()
    description = bext(canary("bext").encode()[:32], b"2031-02-03", b"14:05:06", canary("bext").encode())
    adtl = chunk(b"LIST", b"adtl" + chunk(b"labl", b"\1\0\0\0" + word) + chunk(b"note", b"\1\0\0\0" + word))
    info = chunk(b"LIST", b"INFO" + chunk(b"INAM", word) + chunk(b"IART", word) + chunk(b"ISFT", word))
    ixml = chunk(b"iXML", f"<BWFXML><NOTE>{canary('ixml')}</NOTE></BWFXML>".encode())
    return wav_with(description, ixml, adtl, info, last=chunk(b"id3 ", id3()) + chunk(b"_PMX", word))


def pictured() -> bytes:
    """A FLAC with a cover picture (RFC 9639 §8.8)."""
    data = tone(BY_NAME["flac-flac"], 1)
    art = PNG + canary("cover").encode()
    block = struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">6I", 0, 1, 1, 8, 0, len(art)) + art
    return data[:42] + bytes([6]) + len(block).to_bytes(3, "big") + block + data[42:]
