"""Secrets as a test hands them over."""

from __future__ import annotations

from dataclasses import dataclass, field

PASSPHRASE = b"a passphrase for tests"


@dataclass
class Given:
    """A passphrase, and credentials by name."""

    phrase: bytes = PASSPHRASE
    credentials: dict[str, bytes] = field(default_factory=dict)

    def passphrase(self) -> bytes:
        """The passphrase."""
        return self.phrase

    def credential(self, name: str) -> bytes | None:
        """What there is under the name."""
        return self.credentials.get(name)
