"""An interview's sound as 16 kHz mono s16le: heard through as often as needed, never held whole."""

from __future__ import annotations

import io
import struct
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from ingest.audio import decode as audio
from ingest.transcription.chunks import speech
from ingest.transcription.stretches import RATE, stretches
from storage.errors import BadRecording

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from _typeshed import WriteableBuffer

    from ingest.audio.decode import Layout, Parts
    from ingest.bleeping.check import Speech
    from ingest.bleeping.spans import Span

    Fresh = Callable[[], Generator[bytes]]

KEPT: Final = 1 << 20
"""Bytes behind the reader that are held: FFmpeg looks twice at the beginning of a file."""

_READ: Final = 1 << 16
_MS: Final = RATE // 1000 * 2


def mixed(parts: Parts, layouts: Sequence[Layout]) -> Fresh:
    """The parts of an interview, joined and mixed to one channel in the sandbox, each time it is called."""
    return lambda: audio.pcm(parts, layouts=layouts or None)


@dataclass(frozen=True, slots=True)
class Heard:
    """How many samples there are, and when somebody speaks."""

    samples: int
    speech: Speech

    @property
    def milliseconds(self) -> int:
        """Whole ones, and the last though it may not be whole."""
        return -(-self.samples * 1000 // RATE)


def listened(fresh: Fresh, tell: Callable[[float], None]) -> Heard:
    """Go through the sound once; `tell` gets the seconds that are done."""
    samples, found = 0, list[tuple[float, float]]()
    with closing(fresh()) as pcm:
        for start, sound in stretches(pcm):
            found += [((start + first) / RATE, (start + last) / RATE) for first, last in speech(sound[0])]
            samples = start + sound.shape[1]
            tell(samples / RATE)
    return Heard(samples, found)


def windows(pcm: Iterable[bytes], spans: Sequence[Span]) -> Iterator[bytes]:
    """The sound of each span, of which none begins before the one before it; they may overlap."""
    held, gone, more = bytearray(), 0, iter(pcm)
    for first, last in spans:
        gone += _drop(held, first * _MS - gone)
        while gone + len(held) < last * _MS and (piece := next(more, b"")):
            held += piece
            gone += _drop(held, first * _MS - gone)
        yield bytes(held[: last * _MS - gone])


def _drop(held: bytearray, count: int) -> int:
    """Let go of the first `count` bytes, or of all there are; says how many that was."""
    dropped = min(len(held), max(0, count))
    del held[:dropped]
    return dropped


def wave(fresh: Fresh, samples: int) -> BinaryIO:
    """Samples that are made while they are read, as a seekable WAV file; reading raises BadRecording if some lack."""
    return io.BufferedReader(_Wave(fresh, samples), _READ)


class _Wave(io.RawIOBase):
    """Whoever goes back further than `KEPT` has the samples made again from the first on."""

    def __init__(self, fresh: Fresh, samples: int) -> None:
        self._fresh = fresh
        self._head = _header(2 * samples)
        self._size = len(self._head) + 2 * samples
        self._at = 0
        self._begin()

    def _begin(self) -> None:
        self._more = self._fresh()
        self._held, self._gone = bytearray(self._head), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._at = max(0, {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        wanted = max(0, min(len(view), self._size - self._at))
        if self._at < self._gone:
            self._more.close()
            self._begin()
        while self._gone + len(self._held) < self._at + wanted:
            self._make()
        start = self._at - self._gone
        view[:wanted] = self._held[start : start + wanted]
        self._at += wanted
        return wanted

    def _make(self) -> None:
        piece = next(self._more, b"")
        if not piece:
            raise BadRecording("The recording was shorter when it was read again. Check the vault with `tillit fsck`.")
        self._held += piece
        self._gone += _drop(self._held, min(len(self._held) - KEPT, self._at - self._gone))

    def close(self) -> None:
        self._more.close()
        super().close()


def _header(size: int) -> bytes:
    """Of RIFF WAVE (EBU 3285): one channel, 16 bit, `size` bytes of samples."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return (
        struct.pack("<4sI4s", b"RIFF", 4 + len(form) + 8 + size, b"WAVE") + form + struct.pack("<4sI", b"data", size)
    )
