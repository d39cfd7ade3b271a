"""Files that name other files and addresses, in every dress a player would follow."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from .making import BY_NAME, tone
from .planted import id3

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMES = ("", "file:", "file://", "subfile,,start,0,end,0,,:", "concat:", "crypto:", "async:", "cache:")


def _scripts(target: str) -> Iterator[tuple[str, str]]:
    """Texts that make FFmpeg or another player open the target."""
    yield "ffconcat", f"ffconcat version 1.0\nfile '{target}'\n"
    yield "ffconcat without its name", f"file '{target}'\nduration 5\n"
    yield "m3u8", f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n"
    yield "m3u8 with a key", f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{target}"\n#EXTINF:9,\n{target}\n'
    yield "m3u8 with a map", f'#EXTM3U\n#EXT-X-MAP:URI="{target}"\n#EXTINF:9,\n{target}\n'
    yield "m3u", f"{target}\n"
    yield "pls", f"[playlist]\nFile1={target}\nNumberOfEntries=1\n"
    yield "asx", f'<asx version="3.0"><entry><ref href="{target}"/></entry></asx>'
    yield "asf reference", f"[Reference]\nRef1={target}\n"
    yield "xspf", f'<?xml version="1.0"?><playlist><trackList><track><location>{target}</location></track></trackList>'
    yield "dash", f'<?xml version="1.0"?><MPD><Period><BaseURL>{target}</BaseURL></Period></MPD>'
    yield "smooth", f'<?xml version="1.0"?><SmoothStreamingMedia><StreamIndex Url="{target}"/></SmoothStreamingMedia>'
    yield "smil", f'<smil><body><audio src="{target}"/></body></smil>'
    yield "sdp", f"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\na=control:{target}\r\nm=audio 9 RTP/AVP 0\r\n"
    yield "imf", f'<?xml version="1.0"?><CompositionPlaylist><Id>{target}</Id></CompositionPlaylist>'
    yield "an entity", f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "{target}">]><MPD>&b;</MPD>'
    yield "svg", f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{target}"/></svg>'
    yield "cue", f'FILE "{target}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n'
    yield "avisynth", f'DirectShowSource("{target}")\n'
    yield "rtsp", f"RTSPtext\nrtsp://{target}\n"
    yield "edl", f"TITLE: x\n001 {target} A C 00:00:00:00\n"
    yield "image pattern", f"{target}%03d.png\n"


def _dressed(text: str) -> Iterator[tuple[str, bytes]]:
    """The same as other files look."""
    plain = text.encode()
    yield "plain", plain
    yield "after blanks", b"\n \t\r\n" + plain
    yield "with a byte order mark", b"\xef\xbb\xbf" + plain
    yield "in utf-16", text.encode("utf-16")
    yield "after a tag", id3() + plain
    yield "in a wav", tone(BY_NAME["wav-pcm_s16le"], 0.1)[:44] + plain * 40
    yield "behind a signature", b"OggS\0" + plain
    yield "as a box", struct.pack(">I4s", len(plain) + 8, b"free") + plain
    yield "in caps", plain.replace(b"ffconcat", b"FFCONCAT").replace(b"#EXTM3U", b"#extm3u")


def _movie(target: str, kind: bytes) -> bytes:
    """A film whose samples are said to be elsewhere (ISO 14496-12 §8.7.2, QuickTime aliases and references)."""
    film = bytearray(tone(BY_NAME["mov-pcm_s16le"], 0.3))
    at = film.index(b"dref") - 4
    size = struct.unpack(">I", film[at : at + 4])[0]
    where = target.encode() + b"\0"
    entry = struct.pack(">I4sI", len(where) + 12, kind, 0) + where
    box = struct.pack(">I4sII", len(entry) + 16, b"dref", 0, 1) + entry
    grown = len(box) - size
    film[at : at + size] = box
    for parent in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        place = film.rindex(parent, 0, at) - 4
        film[place : place + 4] = struct.pack(">I", struct.unpack(">I", film[place : place + 4])[0] + grown)
    return bytes(film)


def _reference(target: str) -> bytes:
    """A reference movie: nothing but another film's address (QuickTime's rmra, rmda, rdrf)."""
    where = target.encode() + b"\0"
    data = struct.pack(">I4sI4sI", len(where) + 20, b"rdrf", 0, b"url ", len(where)) + where
    for name in (b"rmda", b"rmra", b"moov"):
        data = struct.pack(">I4s", len(data) + 8, name) + data
    return struct.pack(">I4s4sI4s", 20, b"ftyp", b"qt  ", 0, b"qt  ") + data


def pointing(files: list[str], addresses: list[str]) -> list[tuple[str, bytes]]:
    """Every script in every dress, at one of these files and addresses each; and films that point."""
    targets = [scheme + file for file in files for scheme in SCHEMES] + addresses
    made, turn = [], 0
    for script, _ in _scripts(""):
        for dress, _ in _dressed(""):
            target = targets[turn % len(targets)]
            turn += 1
            text = dict(_scripts(target))[script]
            made.append((f"{script}, {dress}", dict(_dressed(text))[dress]))
    for target in targets:
        made += [(f"film {kind!r}", _movie(target, kind)) for kind in (b"url ", b"urn ", b"alis")]
        made.append(("reference", _reference(target)))
    return made
