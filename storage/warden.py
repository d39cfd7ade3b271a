"""What `tillit unlock` leaves running, so that later commands need no passphrase: as ssh-agent does, with less to ask.

A process of its own (storage/keepers/guard.py) holds the roots and answers this user's processes on a socket. It can
be asked to unwrap a header, which gives the 16-byte file key of that one header; the roots never leave it. What runs
as this user may ask it too, as it may read the passphrase one types: the warden bounds for how long, not who.
"""

from __future__ import annotations

import base64
import json
import math
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage import age
from storage.age.hybrid import KIND
from storage.errors import AlreadyThere, BadInput, Locked, StorageFailed
from storage.keepers import guard, place, wire

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence

    from storage.keepers.place import Place
    from storage.keepers.root import Root

PATIENCE = 10.0  # seconds for an answer, others before us included
STARTING = 60.0  # seconds, on a busy machine
_OPEN = "The vault is unlocked already. Run `tillit lock` first."
_GONE = "The vault was locked meanwhile: its time was up, or somebody locked it. Run `tillit unlock`, and try again."
_STUCK = "The process that holds the vault's keys does not answer. End it with `pkill -9 -f {name}`."


@dataclass(frozen=True)
class RemoteRoot:
    """A root that a warden holds: as good as the root itself for sealing to it and opening with it."""

    _place: Place
    name: str

    def recipient(self) -> age.HybridRecipient:
        """Whom to seal to. Raises Locked if the warden has gone."""
        return age.HybridRecipient.from_string(_ask(self._place, do="recipient", name=self.name))

    def unwrap(self, stanzas: Sequence[age.Stanza]) -> bytes | None:
        """The file key, or None if no stanza is for this root. Raises BadHeader, Locked if the warden has gone."""
        shown = [[s.arguments, base64.b64encode(s.body).decode()] for s in stanzas if s.arguments[0] == KIND]
        file_key = _ask(self._place, do="unwrap", name=self.name, stanzas=shown)
        return base64.b64decode(file_key) if file_key else None


@dataclass(frozen=True)
class Warden:
    """A running warden. `memory_locked` says whether its memory is kept out of the swap."""

    _place: Place
    memory_locked: bool

    def names(self) -> list[str]:
        """Of the roots it holds. Raises Locked if it has gone."""
        return list(_ask(self._place, do="names"))

    def root(self, name: str) -> RemoteRoot | None:
        """A root, or None if it does not hold that one. Raises Locked if it has gone."""
        return RemoteRoot(self._place, name) if name in self.names() else None

    def left(self) -> float:
        """Seconds until it ends. Raises Locked if it has."""
        return float(_ask(self._place, do="ping")["left"])


def start(vault_id: str, roots: Mapping[str, Root], seconds: float) -> None:
    """Leave a process running that holds `roots` for `seconds`; returns when it answers.

    Raises AlreadyThere if one runs, BadInput for no time, StorageFailed if there is no place for it or it does not
    come up.
    """
    if not 0 < seconds < math.inf:
        raise BadInput("Say for how long the vault is to stay unlocked: more than no time, and not for ever.")
    if connect(vault_id):
        raise AlreadyThere(_OPEN)
    where, listener = _take_place(vault_id)
    handed = json.dumps({"seconds": seconds, "roots": {name: root.to_text() for name, root in roots.items()}})
    try:
        with listener, where.opened() as folder:
            _spawn(listener.fileno(), folder, where.name, handed.encode())
        _exchange(where, {"do": "ping"}, STARTING)
    except (OSError, ValueError):
        _clear(where)
        raise StorageFailed("The process that would hold the vault's keys did not come up. Try again.") from None


def connect(vault_id: str) -> Warden | None:
    """The vault's warden, or None if there is none that answers; what a dead one left is cleared away."""
    for where in place.places(vault_id):
        try:
            return Warden(where, _exchange(where, {"do": "ping"}, PATIENCE)["answer"]["memory_locked"])
        except ConnectionRefusedError:
            _clear(where)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def stop(vault_id: str) -> bool:
    """End the vault's warden; whether there was one. When this returns, it and its memory are gone. Raises Locked."""
    return sum(_stop(where) for where in place.places(vault_id)) > 0


def left(vault_id: str) -> float:
    """Seconds until the vault's warden ends, 0 if there is none."""
    warden = connect(vault_id)
    return warden.left() if warden else 0.0


def _stop(where: Place) -> bool:
    try:
        with where.connect(PATIENCE) as connection, suppress(ConnectionError):
            wire.send(connection, {"do": "stop"}, PATIENCE)
            wire.receive(connection, PATIENCE)  # until the connection ends, which it does when the process has
    except TimeoutError:
        raise Locked(_STUCK, name=where.name) from None
    except OSError:
        _clear(where)
        return False
    return True


def _take_place(vault_id: str) -> tuple[Place, socket.socket]:
    for where in place.places(vault_id):
        try:
            return where, where.listen()
        except FileExistsError:
            raise AlreadyThere(_OPEN) from None
        except OSError:
            continue
    raise StorageFailed(
        "There is no private folder for the process that would hold the vault's keys. Set XDG_RUNTIME_DIR to one that "
        "is yours and closed to others.",
    )


def _clear(where: Place) -> None:
    with suppress(OSError):  # a folder that is not ours to use holds nothing of ours
        where.clear()


def _spawn(listener: int, folder: int, name: str, handed: bytes) -> None:
    """Start the process, which gets no more of ours than it is handed: no environment, files or memory."""
    command = [sys.executable, "-P", "-m", guard.__name__, str(listener), str(folder), name]
    environment = {"PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)}
    with subprocess.Popen(
        command, env=environment, cwd="/", pass_fds=(listener, folder), start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        process.communicate(handed)  # it detaches, so this does not wait for its end


def _ask(where: Place, **request: object) -> Any:  # noqa: ANN401  # each question has its own kind of answer
    try:
        message = _exchange(where, request, PATIENCE)
        if "malformed" not in message:
            return message["answer"]
    except (OSError, ValueError, KeyError):
        raise Locked(_GONE) from None
    raise age.BadHeader(what=str(message["malformed"]))


def _exchange(where: Place, request: dict[str, Any], patience: float) -> dict[str, Any]:
    with where.connect(patience) as connection:
        wire.send(connection, request, patience)
        return wire.receive(connection, patience)
