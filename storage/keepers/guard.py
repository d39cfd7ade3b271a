"""The process that `tillit unlock` leaves behind: it holds the roots in memory and unwraps headers with them.

The roots come over standard input and never leave: what it gives away is the file key of a header it is shown. It
ends at its time, at "stop", at SIGTERM, and within a second of its socket's going away, as at a logout. It dumps no
core, cannot be traced by other processes of its user, and keeps its memory out of the swap where the system lets it.
Started by storage.warden as `python -m storage.keepers.guard LISTENER FOLDER NAME`, with two open descriptors.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from storage.age import BadHeader, Stanza
from storage.keepers import place, wire
from storage.keepers.root import Root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

PATIENCE = 1.0  # seconds for a request: callers are served one after the other
TICK = 1.0  # seconds from one look at the socket's file to the next
_PR_SET_DUMPABLE = 4
_MCL_CURRENT, _MCL_FUTURE = 1, 2


def clock() -> float:
    """Seconds that go on while the machine sleeps, where the system counts such."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def harden() -> bool:
    """Keep this process's memory to itself; returns whether it is kept out of the swap too. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (most, most))
    return not libc.mlockall(_MCL_CURRENT | _MCL_FUTURE)


class Guard:
    """Roots by name, held until `until` by `clock`, behind a listening socket that is `name` in `folder`."""

    def __init__(self, listener: socket.socket, folder: int, name: str, until: float) -> None:
        self.roots: Mapping[str, Root] = {}
        self.memory_locked = False
        self._listener = listener
        self._folder = folder
        self._name = name
        self._until = until
        self._caller: socket.socket | None = None
        self._file = self._look()
        self._listener.listen(place.BACKLOG)  # again, and callers see this process as their peer

    def serve(self) -> None:
        """Answer until it is time to go, then take the socket away."""
        try:
            while self._left() > 0 and self._here():
                if select.select([self._listener], [], [], min(TICK, self._left()))[0]:
                    self._one()
        finally:
            if self._here():
                os.unlink(self._name, dir_fd=self._folder)

    def _left(self) -> float:
        return self._until - clock()

    def _here(self) -> bool:
        return self._file is not None and self._look() == self._file

    def _look(self) -> tuple[int, int] | None:
        """Which file the socket is, while it is there."""
        with suppress(FileNotFoundError):
            found = os.stat(self._name, dir_fd=self._folder, follow_symlinks=False)
            return found.st_dev, found.st_ino
        return None

    def _one(self) -> None:
        """Hear one caller, if it is the same user's; whatever is malformed is dropped without an answer."""
        with suppress(Exception):  # no request, however it is made, may end the warden
            self._caller, _ = self._listener.accept()
            place.same_user(self._caller)
            request = wire.receive(self._caller, PATIENCE)
            if self._left() > 0:
                wire.send(self._caller, self._answer(request), PATIENCE)
        if self._caller:  # after "stop" we do not come here
            self._caller.close()

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request["do"]:
            case "ping":
                return {"answer": {"left": self._left(), "memory_locked": self.memory_locked}}
            case "names":
                return {"answer": sorted(self.roots)}
            case "recipient":
                return {"answer": str(self.roots[request["name"]].recipient())}
            case "unwrap":
                return _unwrap(self.roots[request["name"]], request["stanzas"])
            case "stop":
                sys.exit()
        raise ValueError


def _unwrap(root: Root, stanzas: list[Any]) -> dict[str, Any]:
    shown = [Stanza(tuple(arguments), base64.b64decode(body, validate=True)) for arguments, body in stanzas]
    try:
        file_key = root.unwrap(shown)
    except BadHeader as error:
        return {"malformed": error.facts["what"]}
    return {"answer": base64.b64encode(file_key).decode() if file_key else None}


def _detach() -> None:
    """Become a daemon: nobody's child, with nothing open but what was handed over."""
    if os.fork():
        os._exit(0)
    os.umask(0o077)
    os.chdir("/")


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit()


def main(listener: int, folder: int, name: str) -> None:
    """Detach, harden, and only then read the roots: {"seconds": …, "roots": {name: identity file}}."""
    _detach()
    signal.signal(signal.SIGTERM, _leave)
    memory_locked = harden()
    handed = json.load(sys.stdin.buffer)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, sys.stdin.fileno())
    guard = Guard(socket.socket(fileno=listener), folder, name, clock() + handed["seconds"])
    guard.memory_locked = memory_locked
    guard.roots = {root: Root.from_text(text) for root, text in handed["roots"].items()}
    try:
        guard.serve()
    finally:
        os._exit(0)  # with the connection of who said "stop" open: its end says that this process is no more


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
