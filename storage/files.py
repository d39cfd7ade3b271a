"""The vault's own few files: made private and durable, and what the system says of them turned into sentences."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from sqlalchemy.exc import DBAPIError

from storage.errors import Damaged, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PART = ".part"
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def usable() -> Iterator[None]:
    """Turn an error of the system or the database about files that cannot be used into StorageFailed."""
    try:
        yield
    except (OSError, DBAPIError) as error:
        code = errno.errorcode.get(error.errno or 0, "unknown") if isinstance(error, OSError) else "database"
        raise StorageFailed(
            "The vault's folder cannot be used ({code}). Check that the disk is there, well and not full, and that "
            "the folder and all that is in it are yours to read and write.",
            code=code,
        ) from None


def read(path: Path) -> bytes:
    """What is in a key file. Raises Damaged if it is not there."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Damaged("A key file of the vault is missing. Restore the vault from a backup.") from None


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A name beside `path` for its new content, which takes its place, durably, after the body's clean end."""
    part = path.with_name(path.name + PART)
    with suppress(FileNotFoundError):  # what a killed writing left
        os.unlink(part)  # noqa: PTH108  # every call to the system stands as `os.`, so tests can fail it
    try:
        yield part
        os.rename(part, path)  # noqa: PTH104  # as above
    except BaseException:
        with suppress(OSError):
            os.unlink(part)  # noqa: PTH108  # as above
        raise
    sync(path.parent)


def write(path: Path, data: bytes) -> None:
    """Make `path` whole or not at all, durable, readable by its owner only."""
    with _replacing(path) as part:
        write_in_place(part, data)


def write_in_place(path: Path, data: bytes) -> None:
    """Make the new file `path`, readable by its owner only; its bytes are durable, its name is not yet."""
    descriptor = os.open(path, NEW, 0o600)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`, however little the system takes at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def remove(path: Path) -> None:
    """Remove a file for good; nothing happens if it is not there."""
    with suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108  # as above
    sync(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder that only its owner can enter, unless it is there."""
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)  # noqa: PTH102  # as above
    sync(path.parent)


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Write `path` bit by bit: whole and durable after the body's clean end, and as it was otherwise."""
    with _replacing(path) as part:
        descriptor = os.open(part, NEW, 0o600)
        with open(descriptor, "wb") as file:  # noqa: PTH123  # a descriptor has no path
            yield file
            file.flush()
            os.fsync(descriptor)
