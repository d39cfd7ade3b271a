"""A sealed file that anything was done to does not open: in memory, through the reader, or as a stream."""

from __future__ import annotations

import base64
import os
import textwrap
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import age
from storage.age import armour
from storage.age.chunks import CHUNK_SIZE, IN_A_BLOCK, NONCE_SIZE, SEALED_CHUNK_SIZE
from tests.storage.age.parts import WAYS, chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Opening = Callable[[bytes, Sequence[age.Identity]], bytes]

IDENTITY = age.X25519Identity.generate()
HYBRID = age.HybridIdentity.generate()
PASSPHRASE = b"correct horse"
HEADER_SIZE = 168
SIZES = [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE, 3 * CHUNK_SIZE + 7]
BLOCK_SIZES = [IN_A_BLOCK * CHUNK_SIZE + by for by in (-1, 0, 1)] + [2 * IN_A_BLOCK * CHUNK_SIZE + 7]
MANY = os.urandom(IN_A_BLOCK * CHUNK_SIZE)  # chunks in two blocks, the last as long as the others or not
ways = pytest.mark.parametrize("way", WAYS)


def seal(data: bytes) -> bytes:
    """An age file of `data`."""
    return age.encrypt(data, [IDENTITY.recipient()])


FOUR = seal(os.urandom(3 * CHUNK_SIZE + 1000))


def split(sealed: bytes) -> tuple[bytes, list[bytes]]:
    """A file's header and nonce, and its chunks."""
    nonce, *rest = chunks(sealed[HEADER_SIZE:])
    return sealed[:HEADER_SIZE] + nonce, rest


def refuse_all(way: Opening, start: bytes, arrangements: Iterable[Iterable[bytes]]) -> None:
    """Show that none of these arrangements of chunks opens."""
    for arrangement in arrangements:
        with pytest.raises(age.BadPayload):
            way(start + b"".join(arrangement), [IDENTITY])


@ways
@pytest.mark.parametrize("size", SIZES + BLOCK_SIZES)
def test_untouched_files_come_back(way: Opening, size: int) -> None:
    """What nothing was done to opens to what was sealed, whatever its length."""
    data = os.urandom(size)
    assert way(seal(data), [IDENTITY]) == data


@given(size=st.integers(0, 3 * CHUNK_SIZE), fill=st.binary(min_size=1, max_size=8))
def test_any_content_comes_back(size: int, fill: bytes) -> None:
    """Content of any length opens to itself, each way."""
    data = (fill * size)[:size]
    sealed = seal(data)
    for way in WAYS:
        assert way(sealed, [IDENTITY]) == data


@ways
@pytest.mark.parametrize(
    ("recipient", "identity"),
    [
        (IDENTITY.recipient(), IDENTITY),
        (HYBRID.recipient(), HYBRID),
        (age.ScryptRecipient(PASSPHRASE, 2), age.ScryptIdentity(PASSPHRASE, 3)),
    ],
    ids=["x25519", "hybrid", "scrypt"],
)
def test_every_flipped_bit_is_refused(way: Opening, recipient: age.Recipient, identity: age.Identity) -> None:
    """A small file with any one bit of header or payload changed does not open."""
    sealed = age.encrypt(b"a short secret", [recipient])
    for place in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(age.AgeError):
            way(bytes(flipped), [identity])


def test_every_flipped_bit_of_the_armoured_form_is_refused() -> None:
    """The ASCII form of a small file with any one bit changed does not open."""
    body = textwrap.fill(base64.b64encode(seal(b"a short secret")).decode(), armour.COLUMNS).encode()
    sealed = b"\n".join([armour.FIRST_LINE, body, armour.LAST_LINE]) + b"\n"
    assert age.decrypt(sealed, [IDENTITY]) == b"a short secret"
    for place in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(age.AgeError):
            age.decrypt(bytes(flipped), [IDENTITY])


@ways
def test_flipped_bits_of_a_long_payload_are_refused(way: Opening) -> None:
    """One bit changed at the start, in the middle or in the tag of any chunk of several blocks is refused."""
    start, found = split(seal(MANY + b"rest"))
    for number, chunk in enumerate(found):
        for place in (0, len(chunk) // 2, len(chunk) - 1):
            flipped = chunk[:place] + bytes([chunk[place] ^ 1]) + chunk[place + 1 :]
            refuse_all(way, start, [[*found[:number], flipped, *found[number + 1 :]]])


@ways
def test_every_dropped_or_doubled_byte_is_refused(way: Opening) -> None:
    """A small file with any one byte left out or written twice does not open."""
    sealed = seal(b"a short secret")
    for place in range(len(sealed)):
        for edited in (b"", sealed[place : place + 1] * 2):
            with pytest.raises(age.AgeError):
                way(sealed[:place] + edited + sealed[place + 1 :], [IDENTITY])


@ways
@pytest.mark.parametrize("rest", [b"", b"rest", bytes(CHUNK_SIZE)], ids=["whole blocks", "short end", "full end"])
def test_moved_and_missing_chunks_are_refused(way: Opening, rest: bytes) -> None:
    """Any two chunks swapped, any one doubled in its place or at the end, any one left out, the last included."""
    start, found = split(seal(MANY + rest))
    last = len(found) - 1
    assert way(start + b"".join(found), [IDENTITY]) == MANY + rest
    refuse_all(way, start, ([*found[:n], *found[n : n + 1] * 2, *found[n + 1 :]] for n in range(len(found))))
    refuse_all(way, start, ([*found, chunk] for chunk in found))
    refuse_all(way, start, ([*found[:n], *found[n + 1 :]] for n in range(len(found))))
    refuse_all(way, start, ([*found[:n], found[m], *found[n + 1 : m], found[n], *found[m + 1 :]]
                            for n, m in combinations(range(last + 1), 2)))  # fmt: skip
    refuse_all(way, start, [[], [*found, b"\x00"], found[::-1]])


@given(st.lists(st.integers(0, 3), max_size=7))
def test_no_other_arrangement_of_chunks_opens(order: list[int]) -> None:
    """Of all ways to put a payload's chunks together, repeated or left out, only the one sealed opens."""
    start, found = split(FOUR)
    arranged = start + b"".join(found[number] for number in order)
    for way in WAYS:
        if order == [0, 1, 2, 3]:
            assert way(arranged, [IDENTITY])
        else:
            with pytest.raises(age.BadPayload):
                way(arranged, [IDENTITY])


@ways
def test_every_cut_is_refused(way: Opening) -> None:
    """A file cut short anywhere near the end of a chunk, or of the header, does not open."""
    ends = [HEADER_SIZE, *(HEADER_SIZE + NONCE_SIZE + number * SEALED_CHUNK_SIZE for number in range(4)), len(FOUR)]
    for cut in sorted({end + by for end in ends for by in (-17, -16, -15, -1, 0, 1, 15, 16, 17)}):
        if cut < len(FOUR):
            with pytest.raises((age.BadPayload, age.BadHeader) if cut < HEADER_SIZE + NONCE_SIZE else age.BadPayload):
                way(FOUR[:cut], [IDENTITY])


@ways
def test_chunks_of_another_file_are_refused(way: Opening) -> None:
    """A chunk, or all of them, from another file to the same key and with the same content is refused."""
    (start, found), (_, other) = split(FOUR), split(seal(way(FOUR, [IDENTITY])))
    refuse_all(way, start, [other, *([*found[:n], other[n], *found[n + 1 :]] for n in range(4))])
