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
import io
import os
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from storage import objects
from storage.errors import AlreadyThere, NotFound, StorageFailed
from storage.objects import Writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

PART = ".part"
BUSY = "A sealed file of that name is just being written by another process. Wait for it, then run this again."
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class _Busy(AlreadyThere):
    """The part is somebody else's, and stays."""


class Folder:
    """The objects under `root`, which is made if it is not there."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with _failures("written"):
            _make_folder(root)

    @staticmethod
    def new_name() -> str:
        """A random name that says nothing about what it names."""
        return objects.new_name()

    @contextmanager
    def writer(self) -> Iterator[Writing]:
        """Write one object; it is there after a clean exit, and after an exception it is not. Raises StorageFailed."""
        with self._writing(objects.new_name()) as writing:
            yield writing

    def put(self, name: str, source: BinaryIO) -> None:
        """Write all of `source` under a name it has already; leave it if it is there and the same.

        Raises Damaged if it is there and another, AlreadyThere if somebody else is writing it, StorageFailed.
        """
        path = self._path(name)
        if os.path.lexists(path):
            self._leave(name, path, source)
            return
        _sweep(_part(path))  # a restore that was killed may have left it
        with self._writing(name) as writing:
            objects.copy(source, writing)

    def _leave(self, name: str, path: Path, source: BinaryIO) -> None:
        with self.open(name) as stored:
            objects.check_same(source, stored)
        with _failures("written"):
            _sync(path.parent)  # whoever wrote it may have been killed before this

    @contextmanager
    def _writing(self, name: str) -> Iterator[Writing]:
        path = self._path(name)
        ours = [_part(path)]
        try:
            with _failures("written"):
                _make_folder(path.parent)
            with _new_file(ours[0]) as descriptor:
                writing = Writing(name, partial(_write_all, descriptor))
                yield writing
                writing.check_whole()
                with _failures("written"):
                    os.fsync(descriptor)
                    _refuse_taken(path)
                    ours.append(path)
                    os.rename(ours[0], path)  # noqa: PTH104  # so that tests can fail every call to the system
                    _sync(path.parent)
        except _Busy:
            raise
        except BaseException:
            _discard(*ours)  # also after a failed rename or sync, which may have happened all the same
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
        return (name for name in self._files() if objects.is_name(name))

    def unfinished(self) -> Iterator[str]:
        """The names of what writers that were killed left behind, and of what living ones are at."""
        stems = (name.removesuffix(PART) for name in self._files() if name.endswith(PART))
        return (stem for stem in stems if objects.is_name(stem))

    def sweep(self) -> int:
        """Remove what killed writers left behind, and say how many; a living writer holds a lock on its own."""
        return sum(_sweep(_part(self._path(name))) for name in list(self.unfinished()))

    def _files(self) -> Iterator[str]:
        with _failures("read"):
            for shard in sorted(path for path in self.root.iterdir() if path.is_dir()):
                yield from sorted(path.name for path in shard.iterdir() if path.name[:2] == shard.name)

    def _path(self, name: str) -> Path:
        return self.root / objects.place(name)


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
        try:
            descriptor = os.open(path, _WRITE, 0o600)
        except FileExistsError:
            raise _Busy(BUSY) from None
    try:
        with _failures("written"):
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # for as long as its writer lives; see `sweep`
            if not _still_there(descriptor, path):
                raise _Busy(BUSY)
        yield descriptor
    finally:
        with _failures("written"):
            os.close(descriptor)


def _still_there(descriptor: int, path: Path) -> bool:
    """False if a sweep took the new part for a dead one's, in the moment before it was locked."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def _write_all(descriptor: int, piece: memoryview) -> None:
    with _failures("written"):
        while piece:
            piece = piece[os.write(descriptor, piece) :]


def _refuse_taken(path: Path) -> None:
    """Before an object gets its name; looking is enough, since who holds the part of a name gives that name."""
    if os.path.lexists(path):
        raise AlreadyThere(BUSY)


def _part(path: Path) -> Path:
    return path.with_name(path.name + PART)


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
