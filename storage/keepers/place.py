"""The socket of a vault's warden, and the folder it is in, which must be this user's own and closed to all others.

$XDG_RUNTIME_DIR/tillit, else a folder of this user under the system's temporary one, where anybody could have made it
first. So the folder is opened, looked at, and then used through its descriptor: what is looked at is what is used,
and a path longer than a socket's address may be (108 bytes) is no hindrance. Linux only, like all of the warden.
"""

from __future__ import annotations

import fcntl
import os
import re
import socket
import stat
import struct
import sys
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKLOG = 64
_VAULT_ID = re.compile(r"[0-9a-f]{32}")
_CREDENTIALS = "3i"  # struct ucred: process, user, group


@dataclass(frozen=True)
class Place:
    """Where a warden's socket is, or would be."""

    folder: Path
    name: str

    def connect(self, patience: float) -> socket.socket:
        """To the warden there. Raises FileNotFoundError, ConnectionRefusedError for a dead one, OSError."""
        with self.opened() as folder:
            return self._connect(folder, patience)

    def listen(self) -> socket.socket:
        """Take the place, from a dead warden too. Raises FileExistsError if one lives, OSError."""
        with suppress(FileExistsError):
            os.mkdir(self.folder, 0o700)  # noqa: PTH102  # beside its os.open below
        with self.opened(alone=True) as folder:
            if self._taken(folder, 1.0):
                raise FileExistsError
            self._unlink(folder)
            return self._bind(folder)

    def clear(self) -> None:
        """Remove what a dead warden left. Raises OSError."""
        with self.opened(alone=True) as folder:
            if not self._taken(folder, 1.0):
                self._unlink(folder)

    @contextmanager
    def opened(self, *, alone: bool = False) -> Iterator[int]:
        """The folder's descriptor; `alone` keeps others from taking or clearing the place. Raises OSError."""
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            found = os.fstat(folder)
            if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
                raise PermissionError
            if alone:
                fcntl.flock(folder, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(folder)

    def _taken(self, folder: int, patience: float) -> bool:
        try:
            self._connect(folder, patience).close()
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except TimeoutError:  # alive, with more callers than it can hear
            return True
        return True

    def _connect(self, folder: int, patience: float) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(patience)
            connection.connect(self._address(folder))
            same_user(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _bind(self, folder: int) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            os.fchmod(listener.fileno(), 0o600)  # the file is born with it
            listener.bind(self._address(folder))
            listener.listen(BACKLOG)
        except BaseException:
            listener.close()
            raise
        return listener

    def _unlink(self, folder: int) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self.name, dir_fd=folder)

    def _address(self, folder: int) -> str:
        return f"/proc/self/fd/{folder}/{self.name}"


def places(vault_id: str) -> list[Place]:
    """Where this vault's warden may be, in order; none on a system that has no such thing."""
    if not _VAULT_ID.fullmatch(vault_id):
        raise ValueError("not a vault's id")
    if sys.platform != "linux":
        return []
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "-")
    folders = [runtime / "tillit"] if runtime.is_absolute() else []
    folders.append(Path(tempfile.gettempdir()) / f"tillit-{os.geteuid()}")
    return [Place(folder, f"{vault_id}.sock") for folder in folders]


def peer(connection: socket.socket) -> tuple[int, int]:
    """The process and the user at the other end, as the kernel knows them."""
    size = struct.calcsize(_CREDENTIALS)
    process, user, _ = struct.unpack(_CREDENTIALS, connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return process, user


def same_user(connection: socket.socket) -> None:
    """Raise PermissionError unless the other end is this user's."""
    if peer(connection)[1] != os.geteuid():
        raise PermissionError
