"""Containers of chunks that each say how long they are: whether they are cut, and whether they state a duration."""

from __future__ import annotations

from struct import unpack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .source import Source

UNKNOWN_32, UNKNOWN_64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
MOST_BOXES = 200_000  # six hours of fragments of a tenth of a second


def riff(source: Source, start: int, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, size and start of each chunk; chunks are padded to even lengths."""
    for _ in range(MOST_BOXES):
        head = source.at(start, 8)
        if len(head) < 8:
            return
        name, size = unpack(order + "4sI", head)
        yield name, size, start + 8
        start += 8 + size + size % 2


def wav(source: Source) -> tuple[bool, bool]:
    """RIFF chunks (EBU 3285, RF64 in EBU 3306): a data size of 0 or all ones was never filled in."""
    order = ">" if source.at(0, 4) == b"RIFX" else "<"
    long_size = 0
    for name, size, start in riff(source, 12, order):
        if name == b"ds64":
            long_size = unpack("<Q", source.at(start + 8, 8).ljust(8, b"\0"))[0]
        if name == b"data":
            length = long_size if size == UNKNOWN_32 else size
            stated = length not in {0, UNKNOWN_64}
            return stated and start + length > source.size, stated
    return True, False


def avi(source: Source) -> tuple[bool, bool]:
    """RIFF lists, one after another beyond a gigabyte (OpenDML 1.02); a size of 0 was never filled in."""
    stated = True
    for name, size, start in riff(source, 0, "<"):
        if name == b"RIFF" and size == 0:
            return False, False
        if start + size > source.size:
            return True, stated
    return False, stated


def aiff(source: Source) -> tuple[bool, bool]:
    """IFF chunks (AIFF-C draft of 1991)."""
    for name, size, start in riff(source, 12, ">"):
        if name == b"SSND":
            return start + size > source.size, size > 8
    return True, False


def caf(source: Source) -> tuple[bool, bool]:
    """Core Audio Format: a data size of -1 was never filled in."""
    start = 8
    for _ in range(MOST_BOXES):
        head = source.at(start, 12)
        if len(head) < 12:
            break
        name, size = unpack(">4sq", head)
        if name == b"data":
            return start + 12 + size > source.size, size >= 0
        if size < 0:
            break
        start += 12 + size
    return True, False


def w64(source: Source) -> tuple[bool, bool]:
    """Sony Wave64: the size of the whole file stands at 16."""
    size = unpack("<Q", source.at(16, 8).ljust(8, b"\0"))[0]
    return 0 < size < UNKNOWN_64 and size > source.size, 0 < size < UNKNOWN_64


def au(source: Source) -> tuple[bool, bool]:
    """Sun and NeXT: where the samples begin stands at 4, their size at 8, all ones if it is not known."""
    offset, size = unpack(">II", source.at(4, 8).ljust(8, b"\0"))
    stated = size != UNKNOWN_32
    return source.size < 24 or (stated and offset + size > source.size), stated and size > 0


def dsf(source: Source) -> tuple[bool, bool]:
    """DSD stream file (Sony, 1.01): the size of the whole file stands at 12."""
    size = unpack("<Q", source.at(12, 8).ljust(8, b"\0"))[0]
    return size > source.size, size > 0


def mp4(source: Source) -> tuple[bool, bool]:
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
    return not index or start > source.size, True
