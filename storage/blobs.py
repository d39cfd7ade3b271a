"""A folder of sealed objects that are written once, whole or not at all, and never changed.

    ab/abcdef…        an object: 32 hex digits, in the folder of its first two
    ab/abcdef….part   one being written, or left behind by a process that was killed

An object is written to its .part, made durable, renamed, and its folder made durable, in that order: what `writer`
has left without an exception survives a power cut. Folders are 0700, objects 0600. Operating system errors become
StorageFailed; their own texts hold paths, so they stay inside.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import re
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from storage.errors import Damaged, NotFound, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _typeshed import ReadableBuffer, WriteableBuffer

NAME_BYTES = 16
PART = ".part"
_NAME = re.compile(rf"[0-9a-f]{{{2 * NAME_BYTES}}}")
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class Writing:
    """An object being written, under the `name` it will have."""

    def __init__(self, name: str, descriptor: int) -> None:
        self.name = name
        self.size = 0
        self._descriptor = descriptor
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of the bytes written so far, 64 hex digits."""
        return self._digest.hexdigest()

    def write(self, data: ReadableBuffer, /) -> int:
        """Write all of `data`; returns how many bytes that was. Raises StorageFailed."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        with _failures("written"):
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        self._digest.update(data)
        self.size += size
        return size


class Folder:
    """The objects under `root`, which is made if it is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with _failures("written"):
            _make_folder(root)

    @staticmethod
    def new_name() -> str:
        """A random name that says nothing about what it names."""
        return secrets.token_hex(NAME_BYTES)

    @contextmanager
    def writer(self) -> Iterator[Writing]:
        """Write one object; it is there after a clean exit, and after an exception it is not. Raises StorageFailed."""
        name = self.new_name()
        path = self._path(name)
        part = path.with_name(name + PART)
        try:
            with _failures("written"):
                _make_folder(path.parent)
            with _new_file(part) as descriptor:
                yield Writing(name, descriptor)
                with _failures("written"):
                    os.fsync(descriptor)
            with _failures("written"):
                os.rename(part, path)  # noqa: PTH104  # every call to the system stands as `os.`, so tests can fail it
                _sync(path.parent)
        except BaseException:
            # Also after a failed rename or sync, which may have happened all the same: the name is ours alone.
            _discard(part, path)
            raise

    def open(self, name: str) -> BinaryIO:
        """An object, for reading at any position. Raises NotFound, Damaged for what is not a name, StorageFailed."""
        path = self._path(name)
        with _failures("read"):
            try:
                return io.BufferedReader(_Stored(os.open(path, _READ)))
            except FileNotFoundError:
                raise NotFound(
                    "A sealed file is not in the vault any more. If it should be, restore it from a backup.",
                ) from None

    def remove(self, name: str) -> None:
        """Remove an object for good; nothing happens if it is not there. Raises StorageFailed."""
        path = self._path(name)
        with _failures("removed"):
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108  # as above
            with suppress(FileNotFoundError):
                _sync(path.parent)  # also when it was gone: an earlier removal may not have reached the disk

    def names(self) -> Iterator[str]:
        """Every whole object, in order."""
        return (path.name for path in self._files() if _NAME.fullmatch(path.name))

    def unfinished(self) -> Iterator[Path]:
        """What writers that were killed left behind, and what living ones are at."""
        return (path for path in self._files() if path.suffix == PART and _NAME.fullmatch(path.stem))

    def sweep(self) -> int:
        """Remove what killed writers left behind, and say how many; a living writer holds a lock on its own."""
        return sum(_sweep(path) for path in list(self.unfinished()))

    def _files(self) -> Iterator[Path]:
        with _failures("read"):
            for shard in sorted(path for path in self.root.iterdir() if path.is_dir()):
                yield from sorted(shard.iterdir())

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Damaged("The vault names a sealed file in a way it never does. Run `tillit audit verify`.")
        return self.root / name[:2] / name


class _Stored(io.FileIO):
    """An open object whose read errors are ours."""

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        with _failures("read"):
            return super().readinto(buffer)

    def readall(self) -> bytes:
        with _failures("read"):
            return super().readall()


@contextmanager
def _failures(done: str) -> Iterator[None]:
    """Turn an operating system's error into a sentence."""
    try:
        yield
    except OSError as error:
        raise StorageFailed(
            "A sealed file could not be {done} ({code}). Check that the disk is well, not full, and yours to use.",
            done=done,
            code=errno.errorcode.get(error.errno or 0, "unknown"),
        ) from None


@contextmanager
def _new_file(path: Path) -> Iterator[int]:
    """The descriptor of a file that was not there before."""
    with _failures("written"):
        descriptor = os.open(path, _WRITE, 0o600)
    try:
        with _failures("written"):
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # for as long as its writer lives; see `sweep`
        yield descriptor
    finally:
        with _failures("written"):
            os.close(descriptor)


def _sweep(path: Path) -> bool:
    # Found gone, it was finished or swept meanwhile; found locked, its writer lives.
    with _failures("removed"), suppress(FileNotFoundError, BlockingIOError), _open_to_lock(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)  # noqa: PTH108  # as above
        return True
    return False


@contextmanager
def _open_to_lock(path: Path) -> Iterator[int]:
    descriptor = os.open(path, _READ)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _make_folder(path: Path) -> None:
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)  # noqa: PTH102  # as above
    _sync(path.parent)  # also when it was there: whoever made it may have been killed before this


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _discard(*paths: Path) -> None:
    for path in paths:
        with suppress(OSError):  # the first error is what the person should hear; a part that stays is `unfinished`
            os.unlink(path)  # noqa: PTH108  # as above
