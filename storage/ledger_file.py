"""The ledger's second home: an append-only file, best on another disk, that follows the database.

It has one line an entry:

    12 {"act": …}                      entry 12, as the database has it
    -<id>-<signature> {"act": …}       an entry that waits: the database could not take it when it happened

What the database has committed is copied from wherever the file ends, so that a kill in between heals by itself. A
waiting entry is signed, since it will go into the tree; it keeps its id there, so that it goes in once. Nothing is
copied while one waits: behind the last copied line, and nowhere else, stand the entries that may not be in the tree
yet. A line that was cut short is closed with a newline and passed over by readers; nothing is ever truncated.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import files
from storage.ledger_leaf import Leaf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from storage.ledger_rows import Page
    from storage.note import Signer

WRITING = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
REACH = 1 << 12  # bytes: how far back the end of the file is looked at first; a few lines
BLOCK = 1 << 20
NONE = -1  # the position before the first
_LINE = re.compile(rb"(?:(0|[1-9][0-9]{0,17})|-([0-9a-f]{32})-([0-9a-f]{128})) (\{.*\})")


@dataclass(frozen=True)
class Line:
    """One whole line: a copy has a position, an entry that waits an id and a signature."""

    position: int | None
    id: str
    signature: bytes
    leaf: bytes

    @classmethod
    def parse(cls, line: bytes) -> Line | None:
        """What a line says; None for one that was cut short."""
        match = _LINE.fullmatch(line)
        if match is None or not _is_object(match[4]):
            return None
        position = None if match[1] is None else int(match[1])
        return cls(position, (match[2] or b"").decode(), bytes.fromhex((match[3] or b"").decode()), match[4])


@dataclass(frozen=True)
class Tail:
    """How a file ends: the position of its last copy, -1 without one, and what waits behind it."""

    last: int
    waiting: list[Leaf]


class LedgerFile:
    """The file at `path`. Every method raises OSError if the system does not let it."""

    def __init__(self, path: Path, signer: Signer) -> None:
        self._path = path
        self._signer = signer

    def follow(self, pages_from: Callable[[int], Iterable[Page]], missing: Callable[[list[Leaf]], list[Leaf]]) -> None:
        """Copy what the database has beyond the file, durably; nothing while the database lacks a waiting entry."""
        with self._locked() as descriptor:
            tail = self._tail(descriptor)
            if missing(tail.waiting):
                return
            for page in pages_from(tail.last + 1):
                _append(descriptor, b"".join(b"%d %b\n" % (position, leaf) for position, leaf in page))

    def wait(self, leaves: list[Leaf]) -> None:
        """Keep entries, durably, until the database can take them."""
        with self._locked() as descriptor:
            _append(descriptor, b"".join(self._waiting_line(leaf) for leaf in leaves))

    def tail(self) -> Tail:
        """How the file ends right now; somebody may be writing to it."""
        try:
            descriptor = os.open(self._path, READING)
        except FileNotFoundError:
            return Tail(NONE, [])
        try:
            return self._tail(descriptor)
        finally:
            os.close(descriptor)

    @contextmanager
    def lines(self) -> Iterator[Iterator[bytes]]:
        """Every line that is in the file now, without its newline; what is added meanwhile is left out."""
        try:
            descriptor = os.open(self._path, READING)
        except FileNotFoundError:
            yield iter(())
            return
        try:
            yield _lines(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)

    def is_ours(self, line: Line) -> bool:
        """Whether a line that waits was written by whoever held the ledger's key."""
        return self._signer.signed(self._signed(line.id, line.leaf), line.signature)

    def _tail(self, descriptor: int) -> Tail:
        size, reach = os.fstat(descriptor).st_size, REACH
        while True:
            data = _read(descriptor, max(0, size - reach), size)
            lines = data.split(b"\n") if reach >= size else data.split(b"\n")[1:]  # the first may be cut
            waiting: list[Leaf] = []
            for line in filter(None, map(Line.parse, reversed(lines))):
                if line.position is not None:
                    return Tail(line.position, waiting[::-1])
                if self.is_ours(line):
                    waiting.append(Leaf(line.id, line.leaf, json.loads(line.leaf).get("participant")))
            if reach >= size:
                return Tail(NONE, waiting[::-1])
            reach *= 4

    def _waiting_line(self, leaf: Leaf) -> bytes:
        signature = self._signer.signature(self._signed(leaf.id, leaf.data))
        return b"-%b-%b %b\n" % (leaf.id.encode(), signature.hex().encode(), leaf.data)

    def _signed(self, leaf_id: str, data: bytes) -> bytes:
        """What is signed is no note: that ends with a newline, and no name of a log holds a blank."""
        return f"{self._signer.origin} waits\n{leaf_id}\n".encode() + data

    @contextmanager
    def _locked(self) -> Iterator[int]:
        descriptor = os.open(self._path, WRITING, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not os.fstat(descriptor).st_size:
                files.sync(self._path.parent)  # its name is durable before its first line is
            yield descriptor
        finally:
            os.close(descriptor)


def _append(descriptor: int, lines: bytes) -> None:
    """Add whole lines, durably; a line before them that was cut short is closed."""
    size = os.fstat(descriptor).st_size
    cut_short = size and _read(descriptor, size - 1, size) != b"\n"
    files.write_all(descriptor, b"\n" + lines if cut_short else lines)
    os.fsync(descriptor)


def _read(descriptor: int, start: int, end: int) -> bytes:
    """The bytes from `start` to `end`, or to where the file ends."""
    found = b""
    while start + len(found) < end and (more := os.pread(descriptor, end - start - len(found), start + len(found))):
        found += more
    return found


def _lines(descriptor: int, size: int) -> Iterator[bytes]:
    """The lines in the first `size` bytes, without their newlines."""
    rest = b""
    while size and (block := os.read(descriptor, min(size, BLOCK))):
        size -= len(block)
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _is_object(data: bytes) -> bool:
    """Whether this is a whole object of JSON: a part of one never is, and no leaf is anything else."""
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
