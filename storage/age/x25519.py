"""Classical recipients and identities: X25519. Source: c2sp.org/age, "The X25519 recipient type"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from storage.age import primitives
from storage.age.errors import BadHeader
from storage.age.header import Stanza
from storage.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND = "X25519"
KEY_SIZE = 32
RECIPIENT_PREFIX = "age"
IDENTITY_PREFIX = "AGE-SECRET-KEY-"
_INFO = b"age-encryption.org/v1/X25519"


class X25519Recipient:
    """A public key, `age1…`."""

    label: str | None = None

    def __init__(self, public: bytes) -> None:
        self._public = public

    @classmethod
    def from_string(cls, text: str) -> X25519Recipient:
        """Read what `str` wrote. Raises BadInput."""
        try:
            public = primitives.bech32_decode(RECIPIENT_PREFIX, text)
            refuse_low_order(public)
        except ValueError:
            raise BadInput(
                "This is not an age recipient. It starts with `age1` and is one line; copy it whole."
            ) from None
        return cls(public)

    def __str__(self) -> str:
        return primitives.bech32_encode(RECIPIENT_PREFIX, self._public)

    def wrap(self, file_key: bytes) -> list[Stanza]:
        """One stanza, from a key pair made for it alone."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(self._public))
        body = primitives.wrap(_wrap_key(secret, share, self._public), file_key)
        return [Stanza((KIND, primitives.base64_encode(share)), body)]


class X25519Identity:
    """A private key, `AGE-SECRET-KEY-1…`; `secret` is its 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._key = X25519PrivateKey.from_private_bytes(secret)
        self._public = self._key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> X25519Identity:
        """A new one."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_string(cls, text: str) -> X25519Identity:
        """Read what `str` wrote. Raises BadInput."""
        try:
            return cls(primitives.bech32_decode(IDENTITY_PREFIX, text))
        except ValueError:
            raise BadInput("This is not an age identity. It starts with `AGE-SECRET-KEY-1`; copy it whole.") from None

    def __str__(self) -> str:
        return primitives.bech32_encode(IDENTITY_PREFIX.lower(), self.secret).upper()

    def recipient(self) -> X25519Recipient:
        """The public key to seal to."""
        return X25519Recipient(self._public)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key from the first stanza that is ours. Raises BadHeader."""
        candidates = (self._unwrap(stanza) for stanza in stanzas if stanza.arguments[0] == KIND)
        return next((file_key for file_key in candidates if file_key is not None), None)

    def _unwrap(self, stanza: Stanza) -> bytes | None:
        try:
            _, share_text = stanza.arguments
            share = primitives.base64_decode(share_text)
            secret = self._key.exchange(X25519PublicKey.from_public_bytes(share))  # refuses low-order points
        except ValueError:
            raise BadHeader(what="an X25519 entry is malformed") from None
        if len(stanza.body) != primitives.WRAPPED_SIZE:
            raise BadHeader(what="an X25519 entry has the wrong size")
        return primitives.unwrap(_wrap_key(secret, share, self._public), stanza.body)


def refuse_low_order(public: bytes) -> None:
    """Raise ValueError for a public key with which everybody would share the same secret, or of another size."""
    X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(public))


def _wrap_key(secret: bytes, share: bytes, public: bytes) -> bytes:
    return primitives.derive(secret, share + public, _INFO)
