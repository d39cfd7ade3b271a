"""Looks for plaintext in every byte under a folder, in the guises it could take."""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LEAST = 6  # bytes: shorter ones turn up in noise


def guises(secret: bytes) -> Iterator[bytes]:
    """A secret as it is, in UTF-16 if it is text, and in base64 at each of its three alignments."""
    yield secret
    with suppress(UnicodeDecodeError):
        yield secret.decode().encode("utf-16-le")
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + secret)
        yield encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4]


def found(folders: Iterable[Path], secrets: Iterable[bytes]) -> list[str]:
    """Each "file: which secret" that lies in the clear under one of the folders, file names included."""
    hunted = [
        (number, guise) for number, secret in enumerate(secrets) for guise in guises(secret) if len(guise) >= LEAST
    ]
    hits = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            content = str(path.relative_to(folder)).encode() + b"\0" + (path.read_bytes() if path.is_file() else b"")
            hits += [f"{path.name}: secret {number}" for number, guise in hunted if guise in content]
    return hits
