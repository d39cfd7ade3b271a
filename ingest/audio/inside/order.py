"""What the decoder is told to do, as it stands among its arguments."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Order:
    """A job on an interview whose parts have these `sizes` in bytes and together may last `max_seconds`.

    `channels` are what to mix to; of a part marked in `one_dead`, only the living channel is to be heard.
    """

    job: str
    sizes: tuple[int, ...]
    max_seconds: float
    channels: int = 1
    one_dead: tuple[bool, ...] = ()

    def is_dead(self, part: int) -> bool:
        """Whether one channel of this part, from 0, is known to be dead."""
        return part < len(self.one_dead) and self.one_dead[part]

    def to_word(self) -> str:
        """One argument."""
        return json.dumps(asdict(self))

    @classmethod
    def from_word(cls, word: str) -> Order:
        """The same on the other side."""
        fields = json.loads(word)
        return cls(**fields | {"sizes": tuple(fields["sizes"]), "one_dead": tuple(fields["one_dead"])})
