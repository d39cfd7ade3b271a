"""A bucket of sealed objects on an S3 server, with the same promises as the folder in blobs.py, laid out as it is.

    prefix/ab/abcdef…    an object: 32 hex digits, under its first two

A small object is one conditional put. A larger one is a multipart upload, which has no name until it is finished; the
library finishes it without a condition, so the name is looked at just before. Writers that are killed leave parts
that nobody can see or read and that the library cannot list: give the bucket a lifecycle rule that aborts incomplete
uploads. Keep versioning off, or what is removed stays. The library's errors hold addresses and keys, so their texts
stay inside. Source: Amazon S3 API reference (PutObject, CompleteMultipartUpload, If-None-Match).
"""

from __future__ import annotations

import io
import re
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError

from storage import objects, s3_settings
from storage.errors import Damaged, NotFound, StorageFailed
from storage.objects import Writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from _typeshed import WriteableBuffer
    from obstore import WritableFile
    from obstore.store import ClientConfig, RetryConfig, S3Store

PART = 5 << 20  # bytes, S3's smallest: what an upload holds in memory; 10,000 of them make an object of 48 GiB at most
BUFFER = 1 << 20  # bytes fetched at a time, sixteen of a payload's chunks
PAGE = 1000
TIMEOUTS: ClientConfig = {"connect_timeout": timedelta(seconds=10), "timeout": timedelta(seconds=60)}
RETRIES: RetryConfig = {
    "max_retries": 5,
    "retry_timeout": timedelta(minutes=3),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2},
}
_STATUS = re.compile(r"status code: (\d{3})")


class Bucket:
    """The objects under `url`, "s3://bucket/prefix"; nothing is asked of the server before it is needed.

    `endpoint` is an https address, or http on this machine; without one it is Amazon's of the `region`. `credentials`
    are access_key_id and secret_access_key, and session_token if there is one; without them they are the AWS
    environment's. Raises BadInput.
    """

    def __init__(
        self, url: str, endpoint: str = "", region: str = "", credentials: Mapping[str, str] | None = None
    ) -> None:
        self._store = s3_settings.store(url, endpoint, region, credentials, TIMEOUTS, RETRIES)

    @staticmethod
    def new_name() -> str:
        """A random name that says nothing about what it names."""
        return objects.new_name()

    @contextmanager
    def writer(self) -> Iterator[Writing]:
        """Write one object; it is there after a clean exit, and after an exception it is not. Raises StorageFailed."""
        name = objects.new_name()
        upload = _Upload(self._store, name)
        try:
            with self._writing(name, upload) as writing:
                yield writing
        except Damaged:
            raise  # what has the name is another's
        except BaseException:
            if upload.unsure:  # it may have happened all the same; the name is ours alone
                with suppress(StorageFailed):
                    self.remove(name)
            raise

    def put(self, name: str, source: BinaryIO) -> None:
        """Write all of `source` under a name it has already; leave it if it is there and the same.

        Raises Damaged if it is there and another, StorageFailed.
        """
        if stored := self._find(name):
            with stored:
                objects.check_same(source, stored)
        else:
            with self._writing(name, _Upload(self._store, name)) as writing:
                objects.copy(source, writing)

    @contextmanager
    def _writing(self, name: str, upload: _Upload) -> Iterator[Writing]:
        writing = Writing(name, upload.take)
        try:
            yield writing
            writing.check_whole()
            if not upload.finish():
                self._check_ours(writing)
        finally:
            upload.abort()

    def _check_ours(self, writing: Writing) -> None:
        """What took the name may be our own request, whose answer was lost and which was then repeated."""
        with self.open(writing.name) as stored:
            if objects.digest(stored) != writing.sha256:
                raise Damaged("Another sealed file of that name came into the bucket meanwhile. Run `tillit fsck`.")

    def open(self, name: str) -> BinaryIO:
        """An object, for reading at any position. Raises NotFound, Damaged for what is not a name, StorageFailed."""
        if stored := self._find(name):
            return stored
        raise NotFound("A sealed file is not in the bucket any more. If it should be, restore it from a backup.")

    def _find(self, name: str) -> BinaryIO | None:
        path = objects.place(name)
        with _failures("read"), suppress(FileNotFoundError):
            return io.BufferedReader(_Stored(self._store, path, self._store.head(path)["size"]), BUFFER)
        return None

    def remove(self, name: str) -> None:
        """Remove an object for good; nothing happens if it is not there. Raises StorageFailed."""
        path = objects.place(name)
        with _failures("removed"), suppress(FileNotFoundError):
            self._store.delete(path)

    def names(self) -> Iterator[str]:
        """Every whole object, in order; all names are held in memory, about 100 bytes each."""
        with _failures("listed"):
            paths = sorted(meta["path"] for page in self._store.list(chunk_size=PAGE) for meta in page)
        names = (path.rpartition("/")[2] for path in paths)
        return (name for name, path in zip(names, paths, strict=True) if _is_place(name, path))

    def unfinished(self) -> Iterator[str]:
        """Nothing: the library cannot list uploads. They have no name, and cost space until the server drops them."""
        return iter(())

    def sweep(self) -> int:
        """0, for the same reason."""
        return 0


class _Upload:
    """Gathers what fits into one part, and becomes a multipart upload when more comes."""

    def __init__(self, store: S3Store, name: str) -> None:
        self._store, self._path = store, objects.place(name)
        self._gathered = bytearray()
        self._parts: WritableFile | None = None
        self.unsure = False  # whether the object has got its name, and if so by us

    def take(self, piece: memoryview) -> None:
        if self._parts is None and len(self._gathered) + len(piece) <= PART:
            self._gathered += piece
            return
        with _failures("written"):
            if self._parts is None:
                self._parts = obstore.open_writer(self._store, self._path, buffer_size=PART, max_concurrency=1)
                self._parts.write(bytes(self._gathered))
                self._gathered = bytearray()
            self._parts.write(bytes(piece))  # a copy: the library may keep what it is given, its owner write it anew

    def finish(self) -> bool:
        """Give the object its name; False if the name is taken."""
        with _failures("written"):
            done = self._put() if self._parts is None else self._complete(self._parts)
        self.unsure = self.unsure and not done
        return done

    def _put(self) -> bool:
        self.unsure = True
        try:
            self._store.put(self._path, self._gathered, mode="create")
        except AlreadyExistsError:
            return False
        return True

    def _complete(self, parts: WritableFile) -> bool:
        parts.flush()  # a part that fails now can still be aborted
        with suppress(FileNotFoundError):
            self._store.head(self._path)
            return False
        self.unsure = True
        parts.close()
        self._parts = None
        return True

    def abort(self) -> None:
        """Let go of what did not become an object."""
        if self._parts is not None:
            # The first error is what the person should hear; parts that stay are the lifecycle rule's.
            with suppress(OSError, ValueError, BaseError):
                self._parts.__exit__(StorageFailed, None, None)


class _Stored(io.RawIOBase):
    """An object read in ranges."""

    def __init__(self, store: S3Store, path: str, size: int) -> None:
        super().__init__()
        self._store, self._path, self._size = store, path, size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if origin + offset < 0:
            raise ValueError("a position before the start")
        self._position = origin + offset
        return self._position

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        piece = self._fetch(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def readall(self) -> bytes:
        return b"".join(iter(lambda: bytes(self._fetch(BUFFER)), b""))

    def _fetch(self, limit: int) -> memoryview:
        length = min(limit, self._size - self._position)
        if length <= 0:
            return memoryview(b"")
        with _failures("read"):
            piece = memoryview(self._store.get_range(self._path, start=self._position, length=length))
        self._position += len(piece)
        return piece


def _is_place(name: str, path: str) -> bool:
    return objects.is_name(name) and objects.place(name) == path


@contextmanager
def _failures(done: str) -> Iterator[None]:
    """Turn the library's error into a sentence; of its text, only the server's status leaves."""
    try:
        yield
    except (OSError, ValueError, BaseError) as error:
        status = _STATUS.search(str(error))
        raise StorageFailed(
            "A sealed file could not be {done} in the bucket ({code}). Check that the server is up and not full, the "
            "bucket there, and that the credentials are good for it.",
            done=done,
            code=f"status {status[1]}" if status else "no answer",
        ) from None
