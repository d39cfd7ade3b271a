"""Containers of pages, packets and blocks: whether they are cut, and whether they state a duration."""

from __future__ import annotations

from struct import unpack
from typing import TYPE_CHECKING

from .chunks import UNKNOWN_32
from .sniff import after_id3

if TYPE_CHECKING:
    from .source import Source

LONGEST_OGG_PAGE = 65_307
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
EBML_SEGMENT = 0x18538067
TS_PACKET, M2TS_PACKET = 188, 192  # the second with the arrival time before each, as cameras write it
LONGEST_PES = 6 + 0xFFFF
PACK, START = b"\0\0\1\xba", b"\0\0\1"
PROGRAM_END = 0xB9


def ogg(source: Source) -> tuple[bool, bool]:
    """RFC 3533: the last page must be whole. It need not say it is the last: Android's and Telegram's never do."""
    from_here = max(0, source.size - 2 * LONGEST_OGG_PAGE)
    tail = source.at(from_here, 2 * LONGEST_OGG_PAGE)
    page = tail[max(0, tail.rfind(b"OggS\x00")) :]
    segments = page[26] if len(page) > 26 else 0
    lacing = page[27 : 27 + segments]
    whole = page[:4] == b"OggS" and len(page) >= 27 and len(page) >= 27 + segments + sum(lacing)
    return not whole, True


def matroska(source: Source) -> tuple[bool, bool]:
    """RFC 8794: header, then one segment; a size of all ones is a live recording, as browsers make them."""
    _, size, start = _element(source, 0)
    name, size, start = _element(source, start + (size or 0))
    if name != EBML_SEGMENT:
        return True, False
    return size is not None and start + size > source.size, size is not None


def _element(source: Source, at: int) -> tuple[int, int | None, int]:
    """Identity, size (None if unknown) and start of the element at this offset."""
    head = source.at(at, 12).ljust(12, b"\0")
    name_length = 9 - head[0].bit_length()
    size_length = 9 - head[name_length].bit_length() if name_length <= 4 else 9
    if size_length > 8:
        return 0, None, at
    ones = (1 << 7 * size_length) - 1
    size = int.from_bytes(head[name_length : name_length + size_length], "big") & ones
    return int.from_bytes(head[:name_length], "big"), None if size == ones else size, at + name_length + size_length


def asf(source: Source) -> tuple[bool, bool]:
    """File Properties (ASF 1.2 §3.2): file size at 40, flags at 88, of which the lowest says it was broadcast live."""
    properties = _asf_properties(source)
    if not properties:
        return True, False
    live = bool(properties[88] & 1)
    size = unpack("<Q", properties[40:48])[0]
    return not live and size > source.size, not live


def asf_created(source: Source) -> int:
    """When the file was begun, at 48 of the same: in tenths of microseconds from 1601 on, UTC; 0 if it is not said."""
    properties = _asf_properties(source)
    return int(unpack("<Q", properties[48:56])[0]) if properties else 0


def _asf_properties(source: Source) -> bytes:
    """The object, or nothing if it is not there whole."""
    head = source.at(0, LONGEST_OGG_PAGE)
    at = head.find(ASF_FILE_PROPERTIES)
    return head[at : at + 92] if at >= 0 and len(head) >= at + 92 else b""


def flac(source: Source) -> tuple[bool, bool]:
    """RFC 9639 §8.2: 36 bits of total samples, 0 when the encoder could not go back to fill them in."""
    stream_info = source.at(after_id3(source) + 8, 18)
    total = int.from_bytes(stream_info[13:18], "big") & (1 << 36) - 1
    return False, total > 0


def wv(source: Source) -> tuple[bool, bool]:
    """WavPack 4 and 5: the samples of the whole file stand at 12, all ones if they are not known."""
    return False, source.at(12, 4) != b"\xff" * 4


def tta(source: Source) -> tuple[bool, bool]:
    """True Audio: the samples of the whole file stand at 14."""
    return False, unpack("<I", source.at(after_id3(source) + 14, 4).ljust(4, b"\0"))[0] not in {0, UNKNOWN_32}


def mp3(source: Source) -> tuple[bool, bool]:
    """Only a Xing, Info or VBRI frame states a duration; else FFmpeg divides the size by the first bit rate."""
    frame = source.at(after_id3(source), 4096)
    return False, any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))


def mpegts(source: Source) -> tuple[bool, bool]:
    """ISO 13818-1 §2.4.3: packets of one length, of which the last must be whole; no header states how many."""
    packet = TS_PACKET if source.at(0, 1) == b"\x47" and source.at(TS_PACKET, 1) == b"\x47" else M2TS_PACKET
    return source.size % packet > 0, False


def mpeg(source: Source) -> tuple[bool, bool]:
    """ISO 13818-1 §2.5.3: from the last pack on, packet by packet, the last must be whole; none states a duration."""
    tail = source.at(max(0, source.size - 2 * LONGEST_PES), 2 * LONGEST_PES)
    at = tail.rfind(PACK)
    while at >= 0 and tail[at : at + 3] == START:
        if len(tail) == at + 4 and tail[at + 3] == PROGRAM_END:
            return False, False
        at += _length(tail[at : at + 14])
    return at > len(tail), False


def _length(head: bytes) -> int:
    """Of the pack header, which may be stuffed, or of the packet that begins so."""
    head = head.ljust(14, b"\0")
    if head[:4] == PACK:
        return 14 + (head[13] & 7) if head[4] & 0x40 else 12
    return 6 + int.from_bytes(head[4:6], "big")
