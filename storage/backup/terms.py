"""What a backup and a restore are handed, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import sqlalchemy as sa
    from sqlalchemy.orm import Session

    from storage import age, note
    from storage.database import Database
    from storage.objects import Objects

    Told = Callable[[int, int], object]
    Anchors = Mapping[str, str | None]

RECORDS = "records"
LINK = "link"


@dataclass(frozen=True)
class Source:
    """What is backed up: one half of a vault, the records or the link key.

    `what` is "records" or "link"; `recipient` the root's, the link key's own for "link"; `files` the small sealed
    files that open it, by the names they have in its folder; `checkpoint` the ledger's newest; `objects` its payloads.
    """

    what: str
    vault_id: str
    reader: sa.Engine
    recipient: age.HybridRecipient
    signer: note.Signer
    checkpoint: str
    files: Mapping[str, Path]
    objects: Objects | None = None


@dataclass(frozen=True)
class Target:
    """Where a backup is restored to, and what proves and opens it.

    `database` is empty, `identity` the root's, `vkey` the ledger's verifier key, `tombstones` every note there is,
    also those from other folders; the repository's own are read besides. `key` is the link key's own, for migrations.
    The newest `snapshot` is taken unless one is named. `again` empties a database that an interrupted restore left:
    only for one that is no vault yet. `salvage` does without payloads that are damaged in the repository. `witness`
    is called in the transaction that applies the tombstones, with the anchors of the rows it changed, so that the
    ledger can say so.
    """

    database: Database
    identity: age.Identity
    vkey: str
    objects: Objects | None = None
    tombstones: Iterable[str] = ()
    key: bytes | None = None
    snapshot: str | None = None
    again: bool = False
    salvage: bool = False
    witness: Callable[[Session, Anchors], object] | None = None


@dataclass(frozen=True)
class Report:
    """What was done: the snapshot, payloads copied and their bytes, rows, shredded participants.

    `checkpoint` is the ledger's as the snapshot has it; `lost` names payloads that have a header but were not found
    whole.
    """

    snapshot: str
    copied: int
    size: int
    rows: int
    buried: int
    checkpoint: str
    lost: list[str] = field(default_factory=list)
