"""What any keeper of sealed payloads offers, a folder (blobs.py) as well as a bucket (s3.py).

An object is written once, whole or not at all, under a random name, and never changed: nothing is under its name
before it is whole, and nothing that is there is ever overwritten. Names are 32 hex digits and say nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING, BinaryIO, Protocol

from storage.errors import Damaged, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from _typeshed import ReadableBuffer

NAME_BYTES = 16
PIECE = 1 << 18  # bytes at a time, where one object is copied or compared
_NAME = re.compile(rf"[0-9a-f]{{{2 * NAME_BYTES}}}")


class Writing:
    """An object being written, under the `name` it will have; `size` in bytes so far.

    `take` is how its keeper takes all of a piece, or raises StorageFailed.
    """

    def __init__(self, name: str, take: Callable[[memoryview], None]) -> None:
        self.name = name
        self.size = 0
        self._take = take
        self._broken = False
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of the bytes written so far, 64 hex digits."""
        return self._digest.hexdigest()

    def write(self, data: ReadableBuffer, /) -> int:
        """Write all of `data`; returns how many bytes that was. Raises StorageFailed."""
        piece = memoryview(data).cast("B")
        self._broken = True  # until all of it was taken
        self._take(piece)
        self._broken = False
        self._digest.update(piece)
        self.size += len(piece)
        return len(piece)

    def check_whole(self) -> None:
        """For its keeper, before it gets its name: raise StorageFailed if a write failed and nobody minded."""
        if self._broken:
            raise StorageFailed("A sealed file could not be written whole, so nothing of it was kept. Try again.")


class Objects(Protocol):
    """A keeper of objects. All of it raises StorageFailed, and Damaged for what is not a name."""

    def new_name(self) -> str:
        """A random name that says nothing about what it names."""

    def writer(self) -> AbstractContextManager[Writing]:
        """Write one object; it is there after a clean exit, and after an exception it is not."""

    def put(self, name: str, source: BinaryIO) -> None:
        """Write all of `source` under a name it has already, whole or not at all, as a restore does.

        An object that is there and the same is left as it is. Raises Damaged if it is there and another,
        AlreadyThere if somebody else is writing it.
        """

    def open(self, name: str) -> BinaryIO:
        """An object, for reading at any position. Raises NotFound."""

    def remove(self, name: str) -> None:
        """Remove an object for good; nothing happens if it is not there."""

    def names(self) -> Iterator[str]:
        """Every whole object, in order."""

    def unfinished(self) -> Iterator[str]:
        """The names of what writers that were killed left behind, and of what living ones are at."""

    def sweep(self) -> int:
        """Remove what killed writers left behind, and say how many objects that was."""


def new_name() -> str:
    """A random name."""
    return secrets.token_hex(NAME_BYTES)


def is_name(text: str) -> bool:
    """Whether `text` could be an object's name."""
    return _NAME.fullmatch(text) is not None


def place(name: str) -> str:
    """Where a folder or bucket keeps an object, "ab/abcdef…". Raises Damaged for what is not a name."""
    if not is_name(name):
        raise Damaged("The vault names a sealed file in a way it never does. Run `tillit fsck`.")
    return f"{name[:2]}/{name}"


def copy(source: BinaryIO, writing: Writing) -> None:
    """Write all that is left of `source`, a piece at a time."""
    while piece := source.read(PIECE):
        writing.write(piece)


def check_same(source: BinaryIO, stored: BinaryIO) -> None:
    """Raise Damaged unless what is left of both is the same; reads to the end of both."""
    if digest(source) != digest(stored):
        raise Damaged(
            "A sealed file is in the vault already, but is not the one to be restored: one of the two was altered. "
            "Run `tillit fsck`; nothing was changed."
        )


def digest(file: BinaryIO) -> str:
    """SHA-256 of all that is left of `file`, 64 hex digits."""
    hashed = hashlib.sha256()
    while piece := file.read(PIECE):
        hashed.update(piece)
    return hashed.hexdigest()
