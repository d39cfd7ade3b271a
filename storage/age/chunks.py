"""A payload's chunks: how each is numbered, and how they are read and worked on several at a time.

A payload is a 16-byte nonce, then chunks of 64 KiB, each sealed under its number and whether it is the last, so that
none can be edited, moved, dropped or added. Source: c2sp.org/age, "Payload" (STREAM, https://eprint.iacr.org/2015/189).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from storage.age.primitives import TAG_SIZE, derive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NONCE_SIZE = 16
CHUNK_SIZE = 64 * 1024
SEALED_CHUNK_SIZE = CHUNK_SIZE + TAG_SIZE
IN_A_BLOCK = 8  # handing work to a thread costs about as much as sealing a chunk; more than eight gain little

Done = TypeVar("Done")


class Source(Protocol):
    """What can be read: a file, a pipe, a SealedReader."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Block:
    """A few chunks in a row, all of `size` bytes but the payload's last, which ends the block that is `last`."""

    first: int
    data: bytes
    size: int
    last: bool

    def chunks(self) -> Iterator[tuple[bytes, memoryview]]:
        """Each chunk with its nonce; an empty block has one, empty."""
        view = memoryview(self.data)
        for place in range(len(self)):
            end = (place + 1) * self.size
            yield chunk_nonce(self.first + place, last=self.last and end >= len(view)), view[end - self.size : end]

    def __len__(self) -> int:
        return max(1, -(-len(self.data) // self.size))


def payload_cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    """The cipher of the payload that starts with `nonce`."""
    return ChaCha20Poly1305(derive(file_key, nonce, b"payload"))


def chunk_nonce(number: int, *, last: bool) -> bytes:
    """The 12 bytes a chunk is sealed under."""
    return number.to_bytes(11, "big") + bytes([last])


def read_blocks(source: Source, size: int) -> Iterator[Block]:
    """All of `source` in chunks of `size` bytes; reads a block ahead, to know the last. Nothing is one block."""
    first, data = 0, read_up_to(source, IN_A_BLOCK * size)
    while following := read_up_to(source, IN_A_BLOCK * size):
        yield Block(first, data, size, last=False)
        first, data = first + IN_A_BLOCK, following
    yield Block(first, data, size, last=True)


def one_ahead(work: Callable[[Block], Done], blocks: Iterator[Block]) -> Iterator[Done]:
    """What `work` makes of each block, in order, in a thread that is at the next one while the caller uses this one.

    `cryptography` lets go of the interpreter while it works. Reading and writing stay with the caller, in the order
    they would have alone. A payload of one block is not worth a thread.
    """
    block = next(blocks)
    if block.last:
        yield work(block)
        return
    with ThreadPoolExecutor(1) as beside:
        under_way = beside.submit(work, block)
        for block in blocks:
            done, under_way = under_way, beside.submit(work, block)
            yield done.result()
        yield under_way.result()


def read_up_to(source: Source, size: int) -> bytes:
    """`size` bytes or all there are; a pipe may need several reads."""
    data = source.read(size) or b""
    if not data or len(data) == size:
        return data
    whole = bytearray(data)
    while len(whole) < size and (more := source.read(size - len(whole))):
        whole += more
    return bytes(whole)
