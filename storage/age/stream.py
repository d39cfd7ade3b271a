"""Opening a payload forwards only, out of a pipe: the one place that gives out content before the end was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag

from storage.age.chunks import NONCE_SIZE, SEALED_CHUNK_SIZE, one_ahead, payload_cipher, read_blocks, read_up_to
from storage.age.errors import BadHeader, BadPayload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    from storage.age.chunks import Block, Source


def open_stream(source: Source, file_key: bytes) -> Iterator[bytes]:
    """The content of the payload at which `source` stands, in pieces of at most 64 KiB, each authenticated.

    What has come out is the true start of what was sealed, but only an iterator that ends by itself has given all of
    it: a payload that was cut short or edited shows as such when its damaged place is reached. So whoever writes the
    pieces down must be able to take them back: keep them apart until the end, and on any exception throw them away
    or say that they are a part. `open_payload` knows beforehand, from a source that can be sought.

    Nothing is read before the first piece is asked for; from then on up to three blocks of half a mebibyte ahead.
    Raises BadHeader, BadPayload, and whatever `source` raises.
    """
    nonce = read_up_to(source, NONCE_SIZE)
    if len(nonce) != NONCE_SIZE:
        raise BadHeader(what="it is cut off after the header")  # the published vectors count the nonce with it
    cipher = payload_cipher(file_key, nonce)
    for opened, whole in one_ahead(lambda block: _open(cipher, block), read_blocks(source, SEALED_CHUNK_SIZE)):
        yield from filter(None, opened)
        if not whole:
            raise BadPayload


def _open(cipher: ChaCha20Poly1305, block: Block) -> tuple[list[bytes], bool]:
    """A block's chunks up to the first that is not what was sealed there, and whether that is all of them."""
    opened: list[bytes] = []
    for nonce, sealed in block.chunks():
        try:
            opened.append(cipher.decrypt(nonce, sealed, None))
        except InvalidTag:
            return opened, False
    # An empty last chunk after a full one would be a second way to write the same file.
    return opened, bool(opened[-1]) or block.first + len(opened) == 1
