"""The payload: sealing streams of any length, reading back at any position, refusing what was edited."""

from __future__ import annotations

import io
import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import age
from storage.age.chunks import CHUNK_SIZE, IN_A_BLOCK, NONCE_SIZE, SEALED_CHUNK_SIZE
from storage.errors import StorageFailed
from tests.storage.age.parts import Dribble, chunks

FILE_KEY = os.urandom(16)
THREE = os.urandom(2 * CHUNK_SIZE + 1000)
EDGES = [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 2 * CHUNK_SIZE, 3 * CHUNK_SIZE, 3 * CHUNK_SIZE + 7]


def seal(data: bytes) -> bytes:
    """The payload of `data`."""
    sealed = io.BytesIO()
    assert age.seal_payload(io.BytesIO(data), sealed, FILE_KEY) == len(sealed.getvalue())
    return sealed.getvalue()


def open_all(payload: bytes) -> bytes:
    """All that is in a payload."""
    return age.open_payload(io.BytesIO(payload), FILE_KEY).readall()


SEALED_THREE = seal(THREE)


@pytest.mark.parametrize("size", EDGES)
def test_edges_of_chunks_come_back(size: int) -> None:
    """Content that ends before, at and after the end of a chunk comes back, with its size known beforehand."""
    data = os.urandom(size)
    payload = seal(data)
    reader = age.open_payload(io.BytesIO(payload), FILE_KEY)
    assert (reader.size, reader.read()) == (size, data)
    assert len(payload) == NONCE_SIZE + size + 16 * max(1, -(-size // CHUNK_SIZE))


@pytest.mark.parametrize("size", EDGES)
def test_pipes_are_sealed_whole(size: int) -> None:
    """A source that gives little at a time is sealed into the same chunks."""
    data = os.urandom(size)
    sealed = io.BytesIO()
    age.seal_payload(Dribble(data), sealed, FILE_KEY)
    assert open_all(sealed.getvalue()) == data


def test_payload_after_its_header_is_an_age_file() -> None:
    """Header and payload, one after the other, are one age file, and one that can be read in place."""
    identity = age.X25519Identity.generate()
    file = io.BytesIO(age.make_header(FILE_KEY, [identity.recipient()]) + SEALED_THREE)
    assert age.decrypt(file.getvalue(), [identity]) == THREE
    reader = age.open_payload(file, age.open_header(age.read_header(file), [identity]))
    reader.seek(-1000, io.SEEK_END)
    assert reader.read() == THREE[-1000:]


@given(st.lists(st.tuples(st.integers(0, len(THREE) + 10), st.integers(0, CHUNK_SIZE * 2)), max_size=8))
def test_any_position_can_be_read(places: list[tuple[int, int]]) -> None:
    """Reading anywhere, in any order, gives what reading from memory gives."""
    reader = io.BufferedReader(age.open_payload(io.BytesIO(SEALED_THREE), FILE_KEY))
    model = io.BytesIO(THREE)
    for place, size in places:
        assert (reader.seek(place), model.seek(place)) == (place, place)
        assert reader.read(size) == model.read(size)
        assert reader.tell() == model.tell()


def test_seeking_is_as_in_any_file() -> None:
    """Seeking counts from the start, the position and the end; past the end is nothing, before the start an error."""
    reader = age.open_payload(io.BytesIO(SEALED_THREE), FILE_KEY)
    assert reader.seekable()
    assert (reader.seek(10), reader.seek(5, io.SEEK_CUR), reader.seek(-1, io.SEEK_END)) == (10, 15, len(THREE) - 1)
    assert (reader.read(10), reader.read(10), reader.seek(10**9), reader.read(1)) == (THREE[-1:], b"", 10**9, b"")
    with pytest.raises(ValueError, match="before the start"):
        reader.seek(-1)


def test_chunk_of_another_payload_is_refused() -> None:
    """A chunk from another payload under the same key and number is refused."""
    nonce, one, two, last = chunks(SEALED_THREE)
    other = chunks(seal(THREE))[1]
    assert one != other
    with pytest.raises(age.BadPayload):
        open_all(nonce + other + two + last)


def test_edited_chunk_gives_nothing_of_itself() -> None:
    """A bit flipped in the middle lets the chunks before it be read, nothing of the chunk, and nothing as a whole."""
    edited = bytearray(SEALED_THREE)
    edited[NONCE_SIZE + SEALED_CHUNK_SIZE + CHUNK_SIZE // 2] ^= 1
    reader = age.open_payload(io.BytesIO(bytes(edited)), FILE_KEY)
    assert reader.read(CHUNK_SIZE) == THREE[:CHUNK_SIZE]
    with pytest.raises(age.BadPayload):
        reader.read(1)
    reader.seek(0)
    with pytest.raises(age.BadPayload):
        reader.read()


def test_wrong_file_key_opens_nothing() -> None:
    """Another file key is refused when the payload is opened."""
    with pytest.raises(age.BadPayload):
        age.open_payload(io.BytesIO(SEALED_THREE), bytes(16))


def test_closing_the_reader_closes_the_payload() -> None:
    """A reader that is closed leaves no file open and gives out nothing more."""
    payload = io.BytesIO(SEALED_THREE)
    with age.open_payload(payload, FILE_KEY) as reader:
        assert reader.read(3) == THREE[:3]
    assert payload.closed
    with pytest.raises(ValueError, match="closed"):
        reader.read(3)


def test_sink_that_takes_too_little_is_told() -> None:
    """A sink that does not take all it is given makes sealing fail instead of losing the rest."""

    class Full(io.BytesIO):
        """A disk with room for half of everything."""

        def write(self, data: bytes, /) -> int:  # type: ignore[override]  # the buffer protocol has no type in 3.11
            """Take half."""
            return super().write(data[: len(data) // 2])

    with pytest.raises(StorageFailed):
        age.seal_payload(io.BytesIO(b"anything"), Full(), FILE_KEY)


def test_memory_stays_flat() -> None:
    """Sealing sixty-four mebibytes needs a few blocks of memory."""
    size = 64 * 1024 * 1024
    with open(os.devnull, "wb", buffering=0) as sink, open("/dev/zero", "rb") as zeros:  # noqa: PTH123  # devices, not files of ours
        tracemalloc.start()
        age.seal_payload(Limited(zeros, size), sink, FILE_KEY)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 6 * IN_A_BLOCK * CHUNK_SIZE


class Limited:
    """The first `size` bytes of an endless file."""

    def __init__(self, file: io.BufferedReader, size: int) -> None:
        self._file, self._rest = file, size

    def read(self, size: int, /) -> bytes:
        """Up to `size` of what is left."""
        data = self._file.read(min(size, self._rest))
        self._rest -= len(data)
        return data
