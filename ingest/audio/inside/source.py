"""The recording as the decoder sees it: a seekable file whose every read is a question to the parent."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, BinaryIO

from .wire import DATA, DONE, HEAD, LENGTH, LONGEST_DATA, LONGEST_READ, MEASURED, READ, SPAN

if TYPE_CHECKING:
    from collections.abc import Mapping


class Line:
    """The two pipes to the parent."""

    def __init__(self, down: BinaryIO, up: BinaryIO) -> None:
        self._down = down
        self._up = up
        self._waiting = bytearray()

    def ask(self, part: int, offset: int, length: int) -> bytes:
        """At most `length` bytes of the part at `offset`; fewer only at its end."""
        self._send(READ, SPAN.pack(part, offset, length))
        (coming,) = LENGTH.unpack(self._exactly(LENGTH.size))
        # PyAV copies whatever a read returns into a buffer of the size it asked for, without looking.
        if coming > length:
            raise EOFError
        return self._exactly(coming)

    def give(self, data: bytes | memoryview) -> None:
        """Hand over what was made; small pieces are gathered into larger ones."""
        self._waiting += data
        while len(self._waiting) >= LONGEST_DATA:
            self._send(DATA, bytes(self._waiting[:LONGEST_DATA]))
            del self._waiting[:LONGEST_DATA]

    def measured(self, data: bytes) -> None:
        """Hand over what was measured while the rest was made."""
        for start in range(0, len(data), LONGEST_DATA):
            self._send(MEASURED, data[start : start + LONGEST_DATA])

    def done(self, status: Mapping[str, object]) -> None:
        """The last word."""
        if self._waiting:
            self._send(DATA, bytes(self._waiting))
        self._send(DONE, json.dumps(status).encode())

    def _send(self, kind: bytes, body: bytes) -> None:
        self._up.write(HEAD.pack(kind, len(body)) + body)
        self._up.flush()

    def _exactly(self, length: int) -> bytes:
        data = self._down.read(length)
        if len(data) < length:
            raise EOFError  # the parent is gone
        return data


class Source:
    """One part as PyAV reads it and seeks in it. `size` is in bytes."""

    name = "recording"  # FFmpeg wants a name; it gets ours, never the user's

    def __init__(self, line: Line, size: int, part: int = 0) -> None:
        self._line = line
        self._part = part
        self.size = size
        self._at = 0

    def at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes at `offset`, without moving."""
        length = min(length, LONGEST_READ, self.size - offset)
        return self._line.ask(self._part, offset, length) if length > 0 else b""

    def read(self, length: int) -> bytes:
        """Up to `length` bytes, moving on."""
        data = self.at(self._at, length)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move, as io.RawIOBase does."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at
