"""The stream: forwards only, all of it or a BadPayload, and never a byte that was not sealed."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO

import pytest

from storage import age
from storage.age.chunks import CHUNK_SIZE, IN_A_BLOCK, NONCE_SIZE, SEALED_CHUNK_SIZE, chunk_nonce, payload_cipher
from tests.storage.age.parts import Dribble

FILE_KEY = os.urandom(16)
CAT = shutil.which("cat")
CONTENT = os.urandom(2 * IN_A_BLOCK * CHUNK_SIZE + 1000)


def seal(data: bytes) -> bytes:
    """The payload of `data`."""
    sealed = io.BytesIO()
    age.seal_payload(io.BytesIO(data), sealed, FILE_KEY)
    return sealed.getvalue()


SEALED = seal(CONTENT)


def released(payload: bytes) -> bytes:
    """What a stream gives out before it fails."""
    out = bytearray()
    with suppress(age.AgeError):
        for piece in age.open_stream(io.BytesIO(payload), FILE_KEY):
            out += piece
    return bytes(out)


@pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE, IN_A_BLOCK * CHUNK_SIZE, len(CONTENT)])
def test_sources_that_give_little_are_opened_whole(size: int) -> None:
    """A source that cannot be sought and gives little at a time comes out whole, in pieces none of which is empty."""
    pieces = list(age.open_stream(Dribble(seal(CONTENT[:size])), FILE_KEY))
    assert b"".join(pieces) == CONTENT[:size]
    assert all(0 < len(piece) <= CHUNK_SIZE for piece in pieces)


@pytest.mark.skipif(CAT is None, reason="the cat command is not installed")
def test_a_pipe_is_opened() -> None:
    """What another process writes into a pipe is opened while it writes."""
    assert CAT is not None
    with subprocess.Popen([CAT, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as cat:
        assert cat.stdin is not None
        assert cat.stdout is not None
        with ThreadPoolExecutor(1) as beside:
            writing = beside.submit(_write_and_close, cat.stdin, SEALED)
            assert b"".join(age.open_stream(cat.stdout, FILE_KEY)) == CONTENT
            writing.result()


def _write_and_close(pipe: IO[bytes], data: bytes) -> None:
    with pipe:
        pipe.write(data)


def test_a_cut_stream_gives_its_true_start_and_says_so() -> None:
    """Cut anywhere, a stream gives out every whole chunk before the cut, then raises; at a chunk's end as well."""
    for number in (0, 1, IN_A_BLOCK - 1, IN_A_BLOCK, IN_A_BLOCK + 1, 2 * IN_A_BLOCK):
        for by in (0, 1, 16, 17, SEALED_CHUNK_SIZE - 1):
            cut = SEALED[: NONCE_SIZE + number * SEALED_CHUNK_SIZE + by]
            if len(cut) == len(SEALED):
                continue
            opened = age.open_stream(io.BytesIO(cut), FILE_KEY)
            with pytest.raises(age.BadPayload):
                b"".join(opened)
            whole = number if by else max(number - 1, 0)  # the chunk that ends at the cut was not sealed as the last
            assert released(cut) == CONTENT[: whole * CHUNK_SIZE]


def test_an_edited_chunk_is_where_the_stream_ends() -> None:
    """A stream with one bit changed gives out the chunks before it, nothing of that one, and nothing after it."""
    for number in (0, 1, IN_A_BLOCK, 2 * IN_A_BLOCK):
        edited = bytearray(SEALED)
        edited[NONCE_SIZE + number * SEALED_CHUNK_SIZE + 5] ^= 1
        assert released(bytes(edited)) == CONTENT[: number * CHUNK_SIZE]


def test_a_stream_without_a_nonce_is_refused() -> None:
    """A source with fewer bytes than a nonce is no payload."""
    for size in (0, NONCE_SIZE - 1):
        with pytest.raises(age.BadHeader):
            next(age.open_stream(io.BytesIO(SEALED[:size]), FILE_KEY))


def test_an_empty_chunk_at_the_end_is_refused() -> None:
    """A payload whose last chunk is empty, though one came before it, is refused as a second way to write a file."""
    nonce = bytes(NONCE_SIZE)
    cipher = payload_cipher(FILE_KEY, nonce)
    full = cipher.encrypt(chunk_nonce(0, last=False), bytes(CHUNK_SIZE), None)
    empty = cipher.encrypt(chunk_nonce(1, last=True), b"", None)
    with pytest.raises(age.BadPayload):
        list(age.open_stream(io.BytesIO(nonce + full + empty), FILE_KEY))


def test_errors_of_the_source_come_through() -> None:
    """A source that fails on the way fails the stream, as it is, and what came before was true."""

    class Failing(io.BytesIO):
        """A disk that goes bad after the first block."""

        def read(self, size: int | None = -1, /) -> bytes:
            """What is there, up to half."""
            if self.tell() > len(SEALED) // 2:
                raise OSError(5, "the disk went bad")
            return super().read(size)

    with pytest.raises(OSError, match="went bad"):
        list(age.open_stream(Failing(SEALED), FILE_KEY))


def test_a_stream_can_be_left() -> None:
    """Whoever has enough stops, and nothing more is read."""
    source = io.BytesIO(seal(CONTENT * 3))
    opened = age.open_stream(source, FILE_KEY)
    assert next(opened) == CONTENT[:CHUNK_SIZE]
    opened.close()  # type: ignore[attr-defined]  # a generator's, which is what an iterator that can be left is
    assert source.tell() <= NONCE_SIZE + 3 * IN_A_BLOCK * SEALED_CHUNK_SIZE


def test_no_thread_is_left_behind() -> None:
    """Whether a stream ends, is left, fails, or its sealing fails: the thread that worked beside it is gone."""
    before = threading.active_count()
    list(age.open_stream(io.BytesIO(SEALED), FILE_KEY))
    next(age.open_stream(io.BytesIO(SEALED), FILE_KEY))
    assert released(SEALED[:-1])
    with pytest.raises(ValueError, match="closed"):
        age.seal_payload(io.BytesIO(CONTENT), _closed(), FILE_KEY)
    with pytest.raises(ValueError, match="closed"):
        age.seal_payload(_closed(), io.BytesIO(), FILE_KEY)
    assert threading.active_count() == before


def _closed() -> io.BytesIO:
    file = io.BytesIO()
    file.close()
    return file


def test_memory_stays_flat() -> None:
    """Opening a stream of twenty-four mebibytes needs a few blocks of memory."""
    payload = io.BytesIO(seal(bytes(24 * 1024 * 1024)))
    tracemalloc.start()
    size = sum(map(len, age.open_stream(payload, FILE_KEY)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 24 * 1024 * 1024
    assert peak < 6 * IN_A_BLOCK * CHUNK_SIZE
