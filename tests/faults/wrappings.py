"""Unwraps what may hold plaintext out of sight: deflated streams and runs of base64 or hex, wherever they begin.

Sources: RFC 1950 (zlib), 1951 (deflate), 1952 (gzip), PKWARE's APPNOTE 4.3.7 (local file headers of zip).
"""

from __future__ import annotations

import base64
import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

RAW, GZIP = -15, 31  # window sizes as the zlib module gives them
FIRST = 64  # bytes: nearly all noise that looks like a stream has failed by then
STEP = 1 << 16
MOST = 1 << 26  # bytes: of one stream no more is looked at
DEEP = 3  # wrappings within wrappings
FDICT = 0x20
ZIP_HEADER = 30
DEFLATED = 8
# The two bytes of a zlib header for every window and level: 78 01, 78 5e, 78 9c, 78 da and the smaller windows'.
ZLIB = [
    bytes((window << 4 | 8, flags))
    for window in range(8)
    for flags in range(256)
    if ((window << 4 | 8) << 8 | flags) % 31 == 0 and not flags & FDICT
]
HEADER = re.compile(b"|".join(map(re.escape, [b"\x1f\x8b\x08", b"PK\x03\x04", *ZLIB])))
ARMOUR = re.compile(rb"[A-Za-z0-9+/_-]{16,}+(?:(?:\r?\n|\\n)[A-Za-z0-9+/_-]++)*+")
BREAKS = re.compile(rb"\r?\n|\\n")
HEX = re.compile(rb"[0-9a-fA-F]{16,}")
URLSAFE = bytes.maketrans(b"-_", b"+/")


def unwrapped(data: bytes, deep: int = DEEP) -> Iterator[bytes]:
    """`data` itself, everything wrapped up in it, and everything in that, `deep` times over.

    What was wrapped alike comes in one piece, line after line: a log holds a hundred thousand words in base64.
    """
    yield data
    if deep:
        for inner in (_streams(data), *_armoured(data)):
            yield from unwrapped(inner, deep - 1) if inner else ()


def _streams(data: bytes) -> bytes:
    """What inflates: from the very beginning, and from whatever looks like a header."""
    starts = [(0, RAW), *(_payload(data, header.start()) for header in HEADER.finditer(data))]
    return b"\n".join(out for start, kind in starts if (out := inflated(data, start, kind)))


def _payload(data: bytes, at: int) -> tuple[int, int]:
    """Where the stream behind a header begins and how it is read; of zlib's its end's checksum is left aside."""
    if data.startswith(b"\x1f\x8b", at):
        return at, GZIP
    if not data.startswith(b"PK", at):
        return at + 2, RAW
    names = data[at + 26 : at + ZIP_HEADER]
    deflated = data[at + 8 : at + 10] == DEFLATED.to_bytes(2, "little") and len(names) == 4
    lengths = int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")
    return (at + ZIP_HEADER + lengths if deflated else len(data)), RAW


def inflated(data: bytes, start: int, kind: int) -> bytes:
    """As much as inflates from `start` on; a stream that is cut off or damaged gives what comes before."""
    stream, out, step = zlib.decompressobj(kind), bytearray(), FIRST
    try:
        while not stream.eof and start < len(data) and len(out) < MOST:
            out += stream.decompress(data[start : start + step], MOST - len(out))
            start, step = start + step, STEP
    except zlib.error:
        pass
    return bytes(out)


def _armoured(data: bytes) -> Iterator[bytes]:
    """Runs of base64, broken into lines or not, and of hex, decoded; what stands right before one may shift it."""
    runs = [BREAKS.sub(b"", run).translate(URLSAFE) for run in ARMOUR.findall(data)]
    for shift in range(4):
        yield b"\n".join(base64.b64decode(_whole(run, shift, 4)) for run in runs)
    digits = [found for run in runs for found in HEX.findall(run)]
    for shift in range(2):
        yield b"\n".join(bytes.fromhex(_whole(run, shift, 2).decode()) for run in digits)


def _whole(run: bytes, start: int, group: int) -> bytes:
    """As many whole groups of characters as there are from `start` on."""
    return run[start : start + (len(run) - start) // group * group]
