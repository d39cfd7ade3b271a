"""The vault's own few files: made private and durable, and what the system says of them turned into sentences."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from storage.errors import Damaged, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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


def write(path: Path, data: bytes) -> None:
    """Make `path` whole or not at all, durable, readable by its owner only."""
    part = path.with_name(path.name + ".part")
    write_in_place(part, data)
    part.rename(path)
    sync(path.parent)


def write_in_place(path: Path, data: bytes) -> None:
    """Make the new file `path`, readable by its owner only; its bytes are durable, its name is not yet."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
