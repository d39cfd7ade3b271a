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
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from ingest.audio import sandbox
from ingest.audio.inside import wire
from ingest.audio.inside.order import Order

if TYPE_CHECKING:
    from collections.abc import Generator

    from ingest.audio.limits import Limits

Status = dict[str, object]
Parts = Sequence[BinaryIO]
LONGEST = {
    wire.READ: wire.SPAN.size,
    wire.DATA: wire.LONGEST_DATA,
    wire.MEASURED: wire.LONGEST_DATA,
    wire.DONE: wire.LONGEST_DONE,
}
PATIENCE = 4  # times its processor time may be waited for a decoder; a busy machine gives it a share only
# bubblewrap reports a signal as a shell does, a bare child as the negative.
OUT_OF_TIME = {128 + signal.SIGXCPU, -signal.SIGXCPU}


@dataclass(frozen=True)
class Most:
    """Bytes a job may make, and bytes it may tell of what it measured."""

    data: int = 0
    measured: int = 0


class Hung(Exception):
    """The decoder is gone, silent, or speaks out of turn; `code` says which."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Told:
    """How a job ended, and what was measured on the way; neither is looked into yet."""

    status: Status
    measured: bytes = b""


def talk(
    job: str, parts: Parts, limits: Limits, most: Most, mix: tuple[int, tuple[bool, ...]] = (1, ())
) -> Generator[bytes, None, Told]:
    """Run one job on seekable sources: yields what it makes, no more than `most`, and returns how it ended.

    `mix` is how many channels to make, and of which parts one channel is dead. An error raised by a source itself,
    such as Damaged, passes through. Closing the generator kills the decoder.
    """
    sizes = tuple(part.seek(0, io.SEEK_END) for part in parts)
    order = Order(job, sizes, limits.max_seconds, *mix)
    with sandbox.started([order.to_word(), str(limits.cpu_seconds), str(limits.memory)]) as process:
        line = Line(process, limits.stall_seconds, PATIENCE * limits.cpu_seconds)
        try:
            return (yield from answers(line, parts, most))
        except Hung as hung:
            return Told({"code": hung.code, "facts": {}})


def answers(line: Line, parts: Parts, most: Most) -> Generator[bytes, None, Told]:
    """Give the decoder what it asks for until it is done."""
    left, measured = {wire.DATA: most.data, wire.MEASURED: most.measured}, bytearray()
    while True:
        kind, body = line.receive()
        if kind == wire.DONE:
            return Told(_status(body), bytes(measured))
        if kind == wire.READ:
            line.send(_bytes_of(parts, *wire.SPAN.unpack(body)))
            continue
        left[kind] -= len(body)
        if left[kind] < 0:
            raise Hung("failed")
        if kind == wire.DATA:
            yield body
        else:
            measured += body


def _bytes_of(parts: Parts, part: int, offset: int, length: int) -> bytes:
    """What was asked for, with its length before it."""
    if part >= len(parts) or length > wire.LONGEST_READ or offset >= 1 << 62:
        raise Hung("failed")
    source = parts[part]
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
