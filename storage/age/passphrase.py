"""A passphrase as recipient and identity: scrypt. Source: c2sp.org/age, "The scrypt recipient type", RFC 7914."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from storage.age import primitives
from storage.age.errors import BadHeader
from storage.age.header import SCRYPT, Stanza

if TYPE_CHECKING:
    from collections.abc import Sequence

SALT_SIZE = 16
_SALT_LABEL = b"age-encryption.org/v1/scrypt"
_WORK_FACTOR = re.compile(r"[1-9][0-9]?")  # two digits: 2^99 is more work than anybody will do


class ScryptRecipient:
    """A file under a passphrase has no other recipient. `work_factor` is log2 N: 18 takes about a second."""

    label: str | None = SCRYPT

    def __init__(self, passphrase: bytes, work_factor: int = 18) -> None:
        self._passphrase = passphrase
        self._work_factor = work_factor

    def wrap(self, file_key: bytes) -> list[Stanza]:
        """One stanza, under a fresh salt."""
        salt = os.urandom(SALT_SIZE)
        body = primitives.wrap(_wrap_key(self._passphrase, salt, self._work_factor), file_key)
        return [Stanza((SCRYPT, primitives.base64_encode(salt), str(self._work_factor)), body)]


class ScryptIdentity:
    """Opens what the same passphrase sealed, unless that takes more work than `max_work_factor` (22: 4 GiB)."""

    def __init__(self, passphrase: bytes, max_work_factor: int = 22) -> None:
        self._passphrase = passphrase
        self._max_work_factor = max_work_factor

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key, or None for a wrong passphrase. Raises BadHeader."""
        candidates = (self._unwrap(stanza) for stanza in stanzas if stanza.arguments[0] == SCRYPT)
        return next((file_key for file_key in candidates if file_key is not None), None)

    def _unwrap(self, stanza: Stanza) -> bytes | None:
        salt, work_factor = _check(stanza)
        if work_factor > self._max_work_factor:
            raise BadHeader(what="its passphrase asks for more work than is reasonable")
        return primitives.unwrap(_wrap_key(self._passphrase, salt, work_factor), stanza.body)


def _check(stanza: Stanza) -> tuple[bytes, int]:
    try:
        _, salt_text, work_factor = stanza.arguments
        salt = primitives.base64_decode(salt_text)
    except ValueError:
        raise BadHeader(what="the passphrase entry is malformed") from None
    if (
        len(salt) != SALT_SIZE
        or len(stanza.body) != primitives.WRAPPED_SIZE
        or not _WORK_FACTOR.fullmatch(work_factor)
    ):
        raise BadHeader(what="the passphrase entry has the wrong size")
    return salt, int(work_factor)


def _wrap_key(passphrase: bytes, salt: bytes, work_factor: int) -> bytes:
    try:
        return Scrypt(_SALT_LABEL + salt, length=32, n=1 << work_factor, r=8, p=1).derive(passphrase)
    except MemoryError:
        raise BadHeader(what="its passphrase asks for more memory than this machine has") from None
