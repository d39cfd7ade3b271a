"""What several tests of the age format take sealed files apart with, and the three ways to open one."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from storage import age
from storage.age.chunks import NONCE_SIZE, SEALED_CHUNK_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from _typeshed import WriteableBuffer


class Dribble(io.RawIOBase):
    """A source that goes forwards only and gives a few bytes at a time, as a pipe does."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """At most 10,000 bytes."""
        piece = self._rest[: min(10_000, len(memoryview(buffer)))]
        memoryview(buffer)[: len(piece)] = piece
        self._rest = self._rest[len(piece) :]
        return len(piece)


def chunks(payload: bytes) -> list[bytes]:
    """A payload's nonce, then its chunks."""
    starts = range(NONCE_SIZE, len(payload), SEALED_CHUNK_SIZE)
    return [payload[:NONCE_SIZE], *(payload[start : start + SEALED_CHUNK_SIZE] for start in starts)]


def by_decrypt(sealed: bytes, identities: Sequence[age.Identity]) -> bytes:
    """The content of an age file, in memory."""
    return age.decrypt(sealed, identities)


def by_reader(sealed: bytes, identities: Sequence[age.Identity]) -> bytes:
    """The same through the reader, in pieces that do not fit the chunks."""
    file = io.BytesIO(sealed)
    reader = age.open_payload(file, age.open_header(age.read_header(file), identities))
    return b"".join(iter(lambda: reader.read(50_000), b""))


def by_stream(sealed: bytes, identities: Sequence[age.Identity]) -> bytes:
    """The same through the stream."""
    file = io.BytesIO(sealed)
    return b"".join(age.open_stream(file, age.open_header(age.read_header(file), identities)))


WAYS: list[Callable[[bytes, Sequence[age.Identity]], bytes]] = [by_decrypt, by_reader, by_stream]
