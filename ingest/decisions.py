"""What people decided about the finds: an overlay on the mentions, never a change to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from ingest.pseudonyms.apply import Mention, from_bytes
from ingest.stages import MENTIONS, Work
from storage.records import Decision

if TYPE_CHECKING:
    from policies.act import Act


class Verdict(StrEnum):
    """A find is a name and is replaced, or it is none and stays."""

    CONFIRM = "confirm"
    REJECT = "reject"


@dataclass(frozen=True)
class Decided:
    """Every mention of one recording, with the verdict that counts for each, or None."""

    mentions: tuple[Mention, ...]
    verdicts: dict[str, Verdict]

    @property
    def open(self) -> list[Mention]:
        """Mentions nobody has decided."""
        return [mention for mention in self.mentions if mention.id not in self.verdicts]

    @property
    def replaced(self) -> list[Mention]:
        """Mentions that are replaced: all but those a person rejected."""
        return [mention for mention in self.mentions if self.verdicts.get(mention.id) is not Verdict.REJECT]

    @property
    def rejected(self) -> list[Mention]:
        """Mentions a person said are no names."""
        return [mention for mention in self.mentions if self.verdicts.get(mention.id) is Verdict.REJECT]


def decided(work: Work) -> Decided:
    """The mentions as they stand, and the newest verdict on each."""
    mentions = tuple(from_bytes(work.act.read(work.need(MENTIONS))))
    return Decided(mentions, _verdicts(work.act, work.recording.id))


def _verdicts(act: Act, recording: str) -> dict[str, Verdict]:
    rows = act.all(sa.select(Decision).where(Decision.recording_id == recording).order_by(Decision.number))
    return {row.mention: Verdict(row.verdict) for row in rows}
