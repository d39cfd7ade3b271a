"""Post-quantum recipients and identities: HPKE with MLKEM768-X25519 (X-Wing).

Interviews stay sensitive for a lifetime, so these are what the vault uses by itself: they hold while either of the
two key agreements does. Source: c2sp.org/age, "The MLKEM768-X25519 hybrid post-quantum recipient type".
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from storage.age import primitives
from storage.age.errors import BadHeader
from storage.age.header import Stanza
from storage.age.x25519 import refuse_low_order
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND = "mlkem768x25519"
RECIPIENT_PREFIX = "age1pq"
IDENTITY_PREFIX = "AGE-SECRET-KEY-PQ-"
SEED_SIZE = 32
MLKEM_SEED_SIZE = 64
X25519_SIZE = 32
MLKEM_PUBLIC_SIZE = 1184
ENCAPSULATED_SIZE = 1120
_INFO = b"age-encryption.org/mlkem768x25519"
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


class HybridRecipient:
    """A public key, `age1pq1…`, close to 2,000 letters long."""

    label: str | None = "postquantum"

    def __init__(self, public: bytes) -> None:
        self._public = public
        self._key = hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC_SIZE]),
            X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC_SIZE:]),
        )

    @classmethod
    def from_string(cls, text: str) -> HybridRecipient:
        """Read what `str` wrote. Raises BadInput."""
        try:
            public = primitives.bech32_decode(RECIPIENT_PREFIX, text)
            refuse_low_order(public[MLKEM_PUBLIC_SIZE:])
            return cls(public)
        except ValueError:
            raise BadInput(
                "This is not a post-quantum age recipient. It starts with `age1pq1`; copy it whole."
            ) from None

    def __str__(self) -> str:
        return primitives.bech32_encode(RECIPIENT_PREFIX, self._public)

    def wrap(self, file_key: bytes) -> list[Stanza]:
        """One stanza, from a key made for it alone."""
        sealed = _SUITE.encrypt(file_key, self._key, _INFO)
        encapsulated, body = sealed[:ENCAPSULATED_SIZE], sealed[ENCAPSULATED_SIZE:]
        return [Stanza((KIND, primitives.base64_encode(encapsulated)), body)]


class HybridIdentity:
    """A private key, `AGE-SECRET-KEY-PQ-1…`; `secret` is its 32-byte seed."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SEED_SIZE:
            raise ValueError("a seed has 32 bytes")
        self.secret = secret
        expanded = hashlib.shake_256(secret).digest(MLKEM_SEED_SIZE + X25519_SIZE)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:MLKEM_SEED_SIZE])
        self._x25519 = X25519PrivateKey.from_private_bytes(expanded[MLKEM_SEED_SIZE:])
        self._key = hpke.MLKEM768X25519PrivateKey(mlkem, self._x25519)
        self._public = mlkem.public_key().public_bytes_raw() + self._x25519.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> HybridIdentity:
        """A new one."""
        return cls(os.urandom(SEED_SIZE))

    @classmethod
    def from_string(cls, text: str) -> HybridIdentity:
        """Read what `str` wrote. Raises BadInput."""
        try:
            return cls(primitives.bech32_decode(IDENTITY_PREFIX, text))
        except ValueError:
            raise BadInput(
                "This is not a post-quantum age identity. It starts with `AGE-SECRET-KEY-PQ-1`; copy it whole.",
            ) from None

    def __str__(self) -> str:
        return primitives.bech32_encode(IDENTITY_PREFIX.lower(), self.secret).upper()

    def recipient(self) -> HybridRecipient:
        """The public key to seal to."""
        return HybridRecipient(self._public)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key from the first stanza that is ours. Raises BadHeader."""
        candidates = (self._unwrap(stanza) for stanza in stanzas if stanza.arguments[0] == KIND)
        return next((file_key for file_key in candidates if file_key is not None), None)

    def _unwrap(self, stanza: Stanza) -> bytes | None:
        encapsulated = self._check(stanza)
        try:
            return _SUITE.decrypt(encapsulated + stanza.body, self._key, _INFO)
        except InvalidTag:
            return None

    def _check(self, stanza: Stanza) -> bytes:
        """The encapsulated key. HPKE alone would not tell a low-order point from a stanza for somebody else."""
        try:
            _, text = stanza.arguments
            encapsulated = primitives.base64_decode(text)
            self._x25519.exchange(X25519PublicKey.from_public_bytes(encapsulated[-X25519_SIZE:]))
        except ValueError:
            raise BadHeader(what="a post-quantum entry is malformed") from None
        if len(encapsulated) != ENCAPSULATED_SIZE or len(stanza.body) != primitives.WRAPPED_SIZE:
            raise BadHeader(what="a post-quantum entry has the wrong size")
        return encapsulated
