"""The parent's side of the two pipes: it hands out the recording's bytes and takes back what was made.

The process at the other end has met a stranger's file and is believed in nothing: every length has a limit, every
wait an end, and what is not in `inside/wire.py` ends the talk.
"""

from __future__ import annotations

import io
import json
import os
import select
import signal
import subprocess
import time
from typing import TYPE_CHECKING, BinaryIO

from ingest.audio import sandbox
from ingest.audio.inside import wire

if TYPE_CHECKING:
    from collections.abc import Generator

    from ingest.audio.limits import Limits

Status = dict[str, object]
LONGEST = {
    wire.READ: wire.SPAN.size,
    wire.DATA: wire.LONGEST_DATA,
    wire.DONE: wire.LONGEST_DONE,
}
PATIENCE = 4  # times its processor time may be waited for a decoder; a busy machine gives it a share only
# bubblewrap reports a signal as a shell does, a bare child as the negative.
OUT_OF_TIME = {128 + signal.SIGXCPU, -signal.SIGXCPU}


class Hung(Exception):
    """The decoder is gone, silent, or speaks out of turn; `code` says which."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def talk(job: str, source: BinaryIO, limits: Limits, most: int) -> Generator[bytes, None, Status]:
    """Run one job on a seekable source: yields what it makes, at most `most` bytes, and returns its status.

    An error raised by the source itself, such as Damaged, passes through. Closing the generator kills the decoder.
    """
    size = source.seek(0, io.SEEK_END)
    words = (job, size, limits.max_seconds, limits.cpu_seconds, limits.memory)
    with sandbox.started([str(word) for word in words]) as process:
        line = Line(process, limits.stall_seconds, PATIENCE * limits.cpu_seconds)
        try:
            return (yield from _answer(line, source, most))
        except Hung as hung:
            return {"code": hung.code, "facts": {}}


def _answer(line: Line, source: BinaryIO, most: int) -> Generator[bytes, None, Status]:
    while True:
        kind, body = line.receive()
        if kind == wire.DONE:
            return _status(body)
        if kind == wire.READ:
            line.send(_bytes_of(source, *wire.SPAN.unpack(body)))
            continue
        most -= len(body)
        if most < 0:
            raise Hung("failed")
        yield body


def _bytes_of(source: BinaryIO, offset: int, length: int) -> bytes:
    """The part asked for, with its length before it."""
    if length > wire.LONGEST_READ or offset >= 1 << 62:
        raise Hung("failed")
    source.seek(offset)
    data = source.read(length)
    while 0 < len(data) < length and (more := source.read(length - len(data))):
        data += more
    return wire.LENGTH.pack(len(data)) + data


def _status(body: bytes) -> Status:
    try:
        status = json.loads(body)
    except (ValueError, RecursionError):
        raise Hung("failed") from None
    if not isinstance(status, dict):
        raise Hung("failed")
    return status


class Line:
    """Whole messages over the pipes; no wait is longer than `stall_seconds`, all together no more than `patience`."""

    def __init__(self, process: subprocess.Popen[bytes], stall_seconds: float, patience: float) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("the decoder needs both pipes")
        self._process = process
        self._down = process.stdin.fileno()
        self._up = process.stdout.fileno()
        self._stall_seconds = stall_seconds
        self._patience = patience
        os.set_blocking(self._down, False)

    def receive(self) -> tuple[bytes, bytes]:
        """The next message: its letter and its body."""
        kind, length = wire.HEAD.unpack(self._exactly(wire.HEAD.size))
        if length > LONGEST.get(kind, -1) or (kind == wire.READ and length != wire.SPAN.size):
            raise Hung("failed")
        return kind, self._exactly(length)

    def send(self, data: bytes) -> None:
        """Write it all."""
        left = memoryview(data)
        while left:
            self._wait(self._down, select.POLLOUT)
            try:
                left = left[os.write(self._down, left) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._gone() from None

    def _exactly(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            self._wait(self._up, select.POLLIN)
            part = os.read(self._up, length - len(data))
            if not part:
                raise self._gone()
            data += part
        return bytes(data)

    def _wait(self, pipe: int, event: int) -> None:
        poll = select.poll()
        poll.register(pipe, event)
        began = time.monotonic()
        if not poll.poll(self._stall_seconds * 1000):
            raise Hung("stalled")
        self._patience -= time.monotonic() - began
        if self._patience < 0:  # drop by drop is a way to hang as well
            raise Hung("time")

    def _gone(self) -> Hung:
        """Why the other end is closed."""
        try:
            code = self._process.wait(self._stall_seconds)
        except subprocess.TimeoutExpired:
            return Hung("stalled")
        return Hung("time" if code in OUT_OF_TIME else "failed")
