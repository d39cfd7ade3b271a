"""Sealed columns: AES-256-GCM under a key derived from a participant's identity, bound to the place they stand at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import Damaged

if TYPE_CHECKING:
    from storage import age

NONCE = 12
INFO = b"tillit/v1 sealed column"


def key_of(identity: age.HybridIdentity) -> bytes:
    """The 32-byte key for one participant's sealed columns (HKDF-SHA-256, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, None, INFO).derive(identity.secret)


def seal(key: bytes, place: str, text: str) -> bytes:
    """Nonce and ciphertext of `text`, bound to `place` ("table/column/row/version")."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())


def unseal(key: bytes, place: str, sealed: bytes) -> str:
    """The text sealed for `place`; raises Damaged if it was edited or moved from another place."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode()).decode()
    except (InvalidTag, ValueError):
        raise Damaged("A sealed field does not belong to its row. Run `tillit fsck`, and restore it.") from None
