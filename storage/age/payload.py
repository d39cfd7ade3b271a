"""Sealing a payload, and reading it back at any position: a chunk can be opened without those before it."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag

from storage.age.chunks import (
    CHUNK_SIZE,
    NONCE_SIZE,
    SEALED_CHUNK_SIZE,
    chunk_nonce,
    one_ahead,
    payload_cipher,
    read_blocks,
    read_up_to,
)
from storage.age.errors import BadHeader, BadPayload
from storage.age.primitives import TAG_SIZE
from storage.errors import StorageFailed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from storage.age.chunks import Block, Source


class Sink(Protocol):
    """What takes bytes: a file, an object being written."""

    def write(self, data: bytes, /) -> int:
        """Take `data`; returns how many bytes of it."""


def seal_payload(source: Source, sink: Sink, file_key: bytes) -> int:
    """Seal all of `source` into `sink`, a few mebibytes in memory at a time; returns the bytes written.

    A file key seals one payload, ever. Raises StorageFailed if `sink` does not take everything.
    """
    nonce = os.urandom(NONCE_SIZE)
    cipher = payload_cipher(file_key, nonce)

    def seal(block: Block) -> list[bytes]:
        return [cipher.encrypt(number, chunk, None) for number, chunk in block.chunks()]

    written = _write(sink, nonce)
    for sealed in one_ahead(seal, read_blocks(source, CHUNK_SIZE)):
        written += sum(_write(sink, chunk) for chunk in sealed)
    return written


def open_payload(payload: BinaryIO, file_key: bytes) -> SealedReader:
    """A reader of what was sealed; `payload` is seekable and stands at the nonce. Raises BadHeader, BadPayload."""
    return SealedReader(payload, file_key)


class SealedReader(io.RawIOBase):
    """Plaintext at any position, chunk by chunk, each authenticated before a byte of it is given out.

    The last chunk is authenticated at once: `size` (bytes of plaintext) is what was sealed, not what is left of it.
    Closing the reader closes the payload.
    """

    def __init__(self, payload: BinaryIO, file_key: bytes) -> None:
        super().__init__()
        self._payload = payload
        nonce = read_up_to(payload, NONCE_SIZE)
        if len(nonce) != NONCE_SIZE:
            raise BadHeader(what="it is cut off after the header")  # the published vectors count the nonce with it
        self._cipher = payload_cipher(file_key, nonce)
        self._start = payload.tell()
        sealed = payload.seek(0, io.SEEK_END) - self._start
        self._count = -(-sealed // SEALED_CHUNK_SIZE)
        self.size = sealed - self._count * TAG_SIZE
        self._position = 0
        self._open_last()

    def _open_last(self) -> None:
        self._number = self._count - 1
        if self._count == 0 or self.size < 0:
            raise BadPayload
        self._chunk = self._open(self._number)
        if not self._chunk and self._count > 1:
            raise BadPayload  # an empty last chunk after a full one would be a second way to write the same file

    def _open(self, number: int) -> bytes:
        self._payload.seek(self._start + number * SEALED_CHUNK_SIZE)
        sealed = read_up_to(self._payload, SEALED_CHUNK_SIZE)
        try:
            return self._cipher.decrypt(chunk_nonce(number, last=number == self._count - 1), sealed, None)
        except InvalidTag:
            raise BadPayload from None

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Position in the plaintext, bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position in the plaintext; raises ValueError before its start."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if origin + offset < 0:
            raise ValueError("a position before the start")
        self._position = origin + offset
        return self._position

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill `buffer` up to the end of a chunk; 0 at the end. Raises BadPayload."""
        piece = self._piece(len(memoryview(buffer)))
        memoryview(buffer)[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def readall(self) -> bytes:
        """The rest; if any chunk of it fails, nothing. Raises BadPayload."""
        pieces = []
        while piece := self._piece(CHUNK_SIZE):
            pieces.append(piece)
            self._position += len(piece)
        return b"".join(pieces)

    def _piece(self, limit: int) -> bytes:
        if self.closed:
            raise ValueError("the reader is closed")
        number, start = divmod(self._position, CHUNK_SIZE)
        if self._position >= self.size:
            return b""
        if number != self._number:
            self._chunk, self._number = self._open(number), number
        return self._chunk[start : start + limit]

    def close(self) -> None:
        """Close the payload, and forget the chunk last read."""
        self._chunk = b""
        self._payload.close()
        super().close()


def _write(sink: Sink, data: bytes) -> int:
    if sink.write(data) != len(data):
        raise StorageFailed("The sealed file could not be written whole. Check that the disk is not full.")
    return len(data)
