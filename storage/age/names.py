"""Strings that may name any kind of key."""

from __future__ import annotations

from storage.age import hybrid
from storage.age.hybrid import HybridIdentity, HybridRecipient
from storage.age.x25519 import X25519Identity, X25519Recipient


def parse_identity(text: str) -> X25519Identity | HybridIdentity:
    """An identity of either kind. Raises BadInput."""
    if text.startswith(hybrid.IDENTITY_PREFIX):
        return HybridIdentity.from_string(text)
    return X25519Identity.from_string(text)


def parse_recipient(text: str) -> X25519Recipient | HybridRecipient:
    """A recipient of either kind. Raises BadInput."""
    if text.startswith(f"{hybrid.RECIPIENT_PREFIX}1"):
        return HybridRecipient.from_string(text)
    return X25519Recipient.from_string(text)
