"""Payloads on their way into a repository, hashed as they go."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, BinaryIO

from storage import objects
from storage.backup.repository import OBJECTS
from storage.errors import Damaged

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from storage.objects import Objects


def path_of(name: str) -> str:
    """Where a payload lies in the repository. Raises Damaged for what is not a payload's name."""
    return f"{OBJECTS}/{objects.place(name)}"


def copy(source: BinaryIO, target: Objects, name: str, sha256: str | None) -> tuple[str, int]:
    """Put `source` into `target`; returns its SHA-256 and size. Raises Damaged for another, and leaves nothing."""
    reader = _Hashing(source)
    target.put(name, io.BufferedReader(reader, objects.PIECE))
    found = reader.hashed.hexdigest()
    if sha256 not in {None, found}:
        target.remove(name)
        raise Damaged("A sealed file is not the one its row tells of. Run `tillit fsck`.")
    return found, reader.size


class _Hashing(io.RawIOBase):
    """Passes a file on, and keeps count."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.hashed = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._source.read(len(view))
        view[: len(data)] = data
        self.hashed.update(data)
        self.size += len(data)
        return len(data)
