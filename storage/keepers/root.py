"""A vault's root: what every key below it is sealed to. One age identity, or two while a new one takes over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage import age
from storage.errors import BadInput, Damaged

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, eq=False)
class Root:
    """Identities, the newest first: sealing is to that one, opening tries them all. Is itself an `age.Identity`."""

    identities: tuple[age.HybridIdentity, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.identities:
            raise ValueError("a root has an identity")

    @classmethod
    def generate(cls) -> Root:
        """A new one."""
        return cls((age.HybridIdentity.generate(),))

    @classmethod
    def from_text(cls, text: str) -> Root:
        """Read an age identity file: one identity a line, among empty lines and # comments. Raises Damaged."""
        lines = [line.rstrip("\r") for line in text.split("\n")]
        try:
            found = [age.HybridIdentity.from_string(line) for line in lines if line and not line.startswith("#")]
            return cls(tuple(found))
        except (BadInput, ValueError):
            raise Damaged(
                "What should be the vault's root does not read as age identities, one a line. Restore it from a "
                "backup, or from its shares.",
            ) from None

    def to_text(self) -> str:
        """What `from_text` reads, and the stock `age` command too."""
        return "".join(f"{identity}\n" for identity in self.identities)

    def recipient(self) -> age.HybridRecipient:
        """Whom to seal to from now on."""
        return self.identities[0].recipient()

    def unwrap(self, stanzas: Sequence[age.Stanza]) -> bytes | None:
        """The file key, or None if no stanza is for any of the identities. Raises BadHeader."""
        candidates = (identity.unwrap(stanzas) for identity in self.identities)
        return next((file_key for file_key in candidates if file_key is not None), None)
