"""Recordings of any length that are never whole anywhere, made without a library that would take memory itself."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO


def wav_header(data: int, rate: int = 48_000, channels: int = 2, bits: int = 24, *, riff: int | None = None) -> bytes:
    """The 44 bytes before PCM samples (EBU 3285); `data` is the size the header declares."""
    frame = channels * bits // 8
    form = struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * frame, frame, bits)
    whole = min(data + 36, 0xFFFFFFFF) if riff is None else riff
    return b"RIFF" + struct.pack("<I", whole) + b"WAVEfmt " + form + b"data" + struct.pack("<I", data)


class Endless(io.RawIOBase):
    """A WAV of any length whose samples are made as they are read; nothing of it is ever kept."""

    def __init__(self, head: bytes, data: int, block: bytes = bytes(1 << 20)) -> None:
        self._head = head
        self._block = block + block
        self._turn = len(block)
        self._size = len(head) + data
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        """Where it stands."""
        return self._at

    def readinto(self, room: memoryview, /) -> int:  # type: ignore[override]  # typeshed's Buffer is 3.12's
        """Make the next samples."""
        size = max(0, min(len(room), self._turn, self._size - self._at))
        start = (self._at - len(self._head)) % self._turn
        data = self._head[self._at :] if self._at < len(self._head) else self._block[start : start + size]
        data = data[:size]
        room[: len(data)] = data
        self._at += len(data)
        return len(data)


def endless(head: bytes, data: int, block: bytes = bytes(1 << 20)) -> BinaryIO:
    """The same as a file object."""
    return io.BufferedReader(Endless(head, data, block), 1 << 18)
