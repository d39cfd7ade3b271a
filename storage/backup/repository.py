"""The folder of a backup: private, durable, one backup at a time, and nothing in it that its manifest does not name.

Every call to the system stands as `os.`, so that tests can fail it.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from sqlalchemy.exc import DBAPIError

from storage import age, files, objects, streams, tombstones
from storage.backup import manifest as manifests
from storage.backup.manifest import Entry, Manifest
from storage.errors import BadInput, Damaged, NotFound, StorageFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.note import Signer

MISSING, ALTERED, UNREADABLE = "missing", "altered", "unreadable"
ABOUT = "about.toml"
VAULT = "vault.toml"  # stands in the folder of a vault
OBJECTS, SNAPSHOTS, KEYS, ROOT = "objects", "snapshots", "keys", "root"
FOLDERS = (OBJECTS, SNAPSHOTS, KEYS, tombstones.FOLDER, ROOT)
BEGUN = {manifests.NAME, manifests.NAME + files.PART, ABOUT + files.PART}
FILE_KEY = 16
NOWHERE = "There is no backup here. Name the folder that `tillit backup` wrote to."
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def usable() -> Iterator[None]:
    """Turn an error of the system or of a database into StorageFailed; their own texts hold paths and values."""
    try:
        yield
    except (OSError, DBAPIError) as error:
        raise StorageFailed(
            "The backup or the vault could not be read or written ({code}). Check that both disks are there, well, "
            "not full, and yours to use, and begin again: what was there before is as it was.",
            code=errno.errorcode.get(getattr(error, "errno", None) or 0, "database"),
        ) from None


def about(vault_id: str, what: str) -> bytes:
    """What about.toml holds: nothing but this."""
    return f'format = 1\nvault = "{vault_id}"\nwhat = "{what}"\n'.encode()


@contextmanager
def claimed(folder: Path, empty: Manifest, signer: Signer) -> Iterator[Manifest]:
    """The repository in `folder`, made if that is new or empty, for one backup at a time; yields its manifest.

    Raises BadInput if it is another's or lies inside a vault or another backup, Damaged, StorageFailed.
    """
    _refuse_nested(folder)
    _make_folder(folder)
    with _locked(folder, fcntl.LOCK_EX):
        if not (folder / ABOUT).exists():
            _found(folder, empty, signer)
        yield _of(folder, empty, signer.vkey)


@contextmanager
def undisturbed(folder: Path) -> Iterator[None]:
    """For as long as the body reads, no backup changes the repository. Raises NotFound, StorageFailed."""
    if not folder.is_dir():
        raise NotFound(NOWHERE)
    with _locked(folder, fcntl.LOCK_SH):
        yield


def read(folder: Path, vkey: str | None) -> Manifest:
    """The manifest of the repository in `folder`; without `vkey`, taken at its word. Raises NotFound, Damaged."""
    try:
        with open_file(folder / manifests.NAME) as file:
            return manifests.parse(file.read(), vkey)
    except (FileNotFoundError, NotADirectoryError):
        if (folder / ABOUT).exists():
            raise Damaged(manifests.UNSOUND) from None
        raise NotFound(NOWHERE) from None


def snapshot_names(folder: Path, vkey: str | None) -> list[str]:
    """The snapshots in the repository, the oldest first: their times in UTC. Raises NotFound, Damaged."""
    with usable():
        return sorted(entry.first for entry in read(folder, vkey).under(SNAPSHOTS).values())


def small_files(folder: Path) -> dict[str, bytes]:
    """The small sealed files that open the vault, by the names they have in it. Raises NotFound, Damaged.

    The key that would prove them is among them, so they are taken at their word here, and proved by `restore`.
    """
    with usable():
        found = read(folder, None).under(ROOT)
        if not all(is_whole(folder, path, entry) for path, entry in found.items()):
            raise Damaged("A key file in the backup is missing or was edited. Take another copy of the backup.")
        return {path.split("/")[-1]: (folder / path).read_bytes() for path in found}


def open_file(path: Path) -> BinaryIO:
    """A file of the repository, for reading; never one that a link leads to."""
    return open(path, "rb", opener=lambda name, _flags: os.open(name, _READ))  # Path knows no opener


def size_of(path: Path) -> int | None:
    """The size of a file in bytes, None if it is not there."""
    try:
        return path.lstat().st_size
    except FileNotFoundError:
        return None


def judge(folder: Path, path: str, sha256: str) -> str | None:
    """What is wrong with a file of the repository, after reading it in full; None if nothing is."""
    try:
        with open_file(folder / path) as file:
            return None if objects.digest(file) == sha256 else ALTERED
    except FileNotFoundError:
        return MISSING
    except OSError:
        return UNREADABLE


def is_whole(folder: Path, path: str, entry: Entry) -> bool:
    """Whether a file of the repository is there, and byte for byte what the manifest says."""
    return judge(folder, path, entry.sha256) is None


def store(folder: Path, path: str, data: bytes, snapshot: str) -> Entry:
    """Write a small file of the repository."""
    _make_way(folder, path)
    files.write(folder / path, data)
    return Entry(hashlib.sha256(data).hexdigest(), len(data), snapshot, snapshot)


def seal(folder: Path, path: str, pieces: Iterable[bytes], recipient: age.Recipient, snapshot: str) -> Entry:
    """Write `pieces` as an age file, a chunk in memory at a time."""
    _make_way(folder, path)
    file_key = os.urandom(FILE_KEY)
    with files.writing(folder / path) as file:
        sink = _Sink(file)
        sink.write(age.make_header(file_key, [recipient]))
        age.seal_payload(streams.reader(pieces), sink, file_key)
    return Entry(sink.hashed.hexdigest(), sink.size, snapshot, snapshot)


def stray(folder: Path, manifest: Manifest) -> Iterator[str]:
    """The paths of files that the manifest does not name: what a killed backup left, or what was let go."""
    for top in FOLDERS:
        for path in sorted((folder / top).rglob("*")):
            inside = path.relative_to(folder).as_posix()
            if inside not in manifest.files and (path.is_symlink() or not path.is_dir()):
                yield inside


def clean(folder: Path, manifest: Manifest) -> None:
    """Remove every file that the manifest does not name from the repository's own folders."""
    for inside in list(stray(folder, manifest)):
        files.remove(folder / inside)
    for place in (*(folder / KEYS).glob("*"), *(folder / ROOT).glob("*")):
        with suppress(OSError):  # something is in it
            os.rmdir(place)  # noqa: PTH106  # every call to the system stands as `os.`


@dataclass
class _Sink:
    """Passes bytes on to a new file, and keeps count."""

    file: BinaryIO
    hashed: hashlib._Hash = field(default_factory=hashlib.sha256)
    size: int = 0

    def write(self, data: bytes, /) -> int:
        self.hashed.update(data)
        self.size += len(data)
        return self.file.write(data)


def _make_way(folder: Path, path: str) -> None:
    """The folders on the way to a file of the repository."""
    *parents, _ = path.split("/")
    for depth in range(1, len(parents) + 1):
        _make_folder(folder.joinpath(*parents[:depth]))


def _make_folder(path: Path) -> None:
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)  # noqa: PTH102  # as above
    files.sync(path.parent)  # also when it was there: whoever made it may have been killed before this


def _found(folder: Path, empty: Manifest, signer: Signer) -> None:
    """Make a repository in an empty folder; it is one when about.toml is there, and has a manifest by then."""
    if not {path.name for path in folder.iterdir()} <= BEGUN:
        raise BadInput("That folder is no backup and holds something else. Name a new or empty one for the backup.")
    os.chmod(folder, 0o700)  # noqa: PTH101  # as above
    files.write(folder / manifests.NAME, empty.signed(signer).encode())
    files.write(folder / ABOUT, about(empty.vault_id, empty.what))


def _of(folder: Path, empty: Manifest, vkey: str) -> Manifest:
    """The manifest of a repository that is there, if it is of this vault and of the same half of it."""
    if (folder / ABOUT).read_bytes() != about(empty.vault_id, empty.what):
        raise BadInput(
            "That folder is the backup of another vault, or of the other half of this one: the records and the link "
            "key each need a folder of their own. Name another folder.",
        )
    found = read(folder, vkey)
    if (found.vault_id, found.what) != (empty.vault_id, empty.what):
        raise Damaged(manifests.UNSOUND)
    return found


def _refuse_nested(folder: Path) -> None:
    for parent in folder.absolute().resolve().parents:
        if (parent / VAULT).exists() or ((parent / ABOUT).exists() and (parent / manifests.NAME).exists()):
            raise BadInput("That folder lies inside a vault or inside another backup. Name one that is apart.")


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, how: int) -> None:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StorageFailed("Somebody is writing to or reading from that backup now. Wait for them to end.") from None
    except OSError:  # some network file systems lock no folders; it only guards against two at the same moment
        return
