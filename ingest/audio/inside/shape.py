"""Whether a container reaches its own end, and whether its header states a duration or leaves FFmpeg to guess.

Damage can be silent: FFmpeg plays what is left of a cut file and calls it the whole. So each container's own
statement of its size is held against the bytes that are there. A statement that was never filled in (the recorder
lost power) is no statement: what can be decoded counts as whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import unpack
from typing import TYPE_CHECKING

from .sniff import after_id3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .source import Source

UNKNOWN_32, UNKNOWN_64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
MOST_BOXES = 200_000  # six hours of fragments of a tenth of a second
LONGEST_OGG_PAGE = 65_307
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
EBML_SEGMENT = 0x18538067


@dataclass(frozen=True)
class Shape:
    """`cut`: the container ends early. `stated`: its duration is a statement, not a guess from the bit rate."""

    cut: bool
    stated: bool


def shape(container: str, source: Source) -> Shape:
    """The shape of a file that was sniffed as `container`."""
    return SHAPES[container](source)


def _wav(source: Source) -> Shape:
    """RIFF chunks (EBU 3285, RF64 in EBU 3306): a data size of 0 or all ones was never filled in."""
    order = ">" if source.at(0, 4) == b"RIFX" else "<"
    long_size = 0
    for name, size, start in _chunks(source, 12, order):
        if name == b"ds64":
            long_size = unpack("<Q", source.at(start + 8, 8).ljust(8, b"\0"))[0]
        if name == b"data":
            length = long_size if size == UNKNOWN_32 else size
            stated = length not in {0, UNKNOWN_64}
            return Shape(cut=stated and start + length > source.size, stated=stated)
    return Shape(cut=True, stated=False)


def _aiff(source: Source) -> Shape:
    """IFF chunks (AIFF-C draft of 1991)."""
    for name, size, start in _chunks(source, 12, ">"):
        if name == b"SSND":
            return Shape(cut=start + size > source.size, stated=size > 8)
    return Shape(cut=True, stated=False)


def _chunks(source: Source, start: int, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, size and start of each chunk; chunks are padded to even lengths."""
    for _ in range(MOST_BOXES):
        head = source.at(start, 8)
        if len(head) < 8:
            return
        name, size = unpack(order + "4sI", head)
        yield name, size, start + 8
        start += 8 + size + size % 2


def _caf(source: Source) -> Shape:
    """Core Audio Format: a data size of -1 was never filled in."""
    start = 8
    for _ in range(MOST_BOXES):
        head = source.at(start, 12)
        if len(head) < 12:
            break
        name, size = unpack(">4sq", head)
        if name == b"data":
            return Shape(cut=start + 12 + size > source.size, stated=size >= 0)
        if size < 0:
            break
        start += 12 + size
    return Shape(cut=True, stated=False)


def _mp4(source: Source) -> Shape:
    """ISO 14496-12 boxes; without a moov box nothing can be decoded."""
    start, index = 0, False
    for _ in range(MOST_BOXES):
        head = source.at(start, 16)
        if len(head) < 8 or not head[4:8].isalnum():
            break
        size, name = unpack(">I4s", head[:8])
        if size == 1:
            size = unpack(">Q", head[8:].ljust(8, b"\0"))[0]
        index = index or name == b"moov"
        if size < 8:  # 0 means: to the end of the file
            break
        start += size
    return Shape(cut=not index or start > source.size, stated=True)


def _ogg(source: Source) -> Shape:
    """RFC 3533: the last page must be whole. It need not say it is the last: Android's and Telegram's never do."""
    from_here = max(0, source.size - 2 * LONGEST_OGG_PAGE)
    tail = source.at(from_here, 2 * LONGEST_OGG_PAGE)
    page = tail[max(0, tail.rfind(b"OggS\x00")) :]
    segments = page[26] if len(page) > 26 else 0
    lacing = page[27 : 27 + segments]
    whole = page[:4] == b"OggS" and len(page) >= 27 and len(page) >= 27 + segments + sum(lacing)
    return Shape(cut=not whole, stated=True)


def _matroska(source: Source) -> Shape:
    """RFC 8794: header, then one segment; a size of all ones is a live recording, as browsers make them."""
    _, size, start = _element(source, 0)
    name, size, start = _element(source, start + (size or 0))
    if name != EBML_SEGMENT:
        return Shape(cut=True, stated=False)
    return Shape(cut=size is not None and start + size > source.size, stated=size is not None)


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


def _asf(source: Source) -> Shape:
    """File Properties (ASF 1.2 §3.2): file size at 40, flags at 88, of which the lowest says it was broadcast live."""
    head = source.at(0, LONGEST_OGG_PAGE)
    at = head.find(ASF_FILE_PROPERTIES)
    if at < 0 or len(head) < at + 92:
        return Shape(cut=True, stated=False)
    live = bool(head[at + 88] & 1)
    size = unpack("<Q", head[at + 40 : at + 48])[0]
    return Shape(cut=not live and size > source.size, stated=not live)


def _flac(source: Source) -> Shape:
    """RFC 9639 §8.2: 36 bits of total samples, 0 when the encoder could not go back to fill them in."""
    stream_info = source.at(after_id3(source) + 8, 18)
    total = int.from_bytes(stream_info[13:18], "big") & (1 << 36) - 1
    return Shape(cut=False, stated=total > 0)


def _mp3(source: Source) -> Shape:
    """Only a Xing, Info or VBRI frame states a duration; else FFmpeg divides the size by the first bit rate."""
    frame = source.at(after_id3(source), 4096)
    return Shape(cut=False, stated=any(mark in frame for mark in (b"Xing", b"Info", b"VBRI")))


def _w64(source: Source) -> Shape:
    """Sony Wave64: the size of the whole file stands at 16."""
    size = unpack("<Q", source.at(16, 8).ljust(8, b"\0"))[0]
    return Shape(cut=0 < size < UNKNOWN_64 and size > source.size, stated=0 < size < UNKNOWN_64)


def _unstated(_source: Source) -> Shape:
    """Frame after frame, without a header that says how many."""
    return Shape(cut=False, stated=False)


SHAPES: dict[str, Callable[[Source], Shape]] = {
    "wav": _wav,
    "w64": _w64,
    "aiff": _aiff,
    "caf": _caf,
    "flac": _flac,
    "ogg": _ogg,
    "matroska": _matroska,
    "mp4": _mp4,
    "asf": _asf,
    "amr": _unstated,
    "mp3": _mp3,
    "aac": _unstated,
}
