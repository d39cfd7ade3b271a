"""How a command and the process that holds the roots talk: one JSON object each way, behind its length.

    4 bytes   length, big-endian, at most 2 MiB, which holds the largest header there is
    length    a JSON object in UTF-8

One connection carries one request and one answer, and each side gives the other a few seconds for all of it.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

LARGEST = 1 << 21
_PREFIX = 4


def send(connection: socket.socket, message: dict[str, Any], patience: float) -> None:
    """Write a message within `patience` seconds. Raises OSError, ValueError if it is too large."""
    data = json.dumps(message, separators=(",", ":")).encode()
    if len(data) > LARGEST:
        raise ValueError("too large a message")
    connection.settimeout(patience)  # of sendall, as a whole
    connection.sendall(len(data).to_bytes(_PREFIX, "big") + data)


def receive(connection: socket.socket, patience: float) -> dict[str, Any]:
    """Read a message, all of it within `patience` seconds. Raises OSError, ValueError for what is none."""
    until = time.monotonic() + patience
    size = int.from_bytes(_read(connection, _PREFIX, until), "big")
    if size > LARGEST:
        raise ValueError("too large a message")
    message = json.loads(_read(connection, size, until))
    if not isinstance(message, dict):
        raise ValueError("not an object")  # noqa: TRY004  # to a reader of messages it is one more malformed one
    return message


def _read(connection: socket.socket, size: int, until: float) -> bytes:
    data = bytearray()
    while len(data) < size:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)  # for each part anew, or a byte now and then would hold us for ever
        part = connection.recv(size - len(data))
        if not part:
            raise ConnectionResetError
        data += part
    return bytes(data)
