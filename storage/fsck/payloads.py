"""Sealed files against their rows: each is read in full, and its digest and size compared with what was kept."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import objects
from storage.errors import Damaged, NotFound, StorageFailed
from storage.fsck.finding import Finding
from storage.records import Artefact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.database import Database
    from storage.objects import Objects

    Told = Callable[[int, int], None]

MISSING = "This sealed file is not there. Restore it from a backup."
UNREADABLE = "This sealed file cannot be read. Check the disk or the server, then run `tillit fsck` again."
SHORT = "This sealed file is cut short: {size} of {wanted} bytes are there. Restore it from a backup."
ALTERED = "This sealed file is not the one that was kept. Restore it from a backup."
SWAPPED = "This sealed file is not the one that was kept, but that of {other}. Restore it from a backup."
ROW = "The row of this sealed file says {wanted} bytes, and the file is whole with {size}. Restore the row."
EXTRA = (
    "No row names this sealed file, {size} bytes: an act was cut off, or the database is not the newest. Nobody can \
open it as it is; keep it until you know why."
)
LEFT = (
    "The key to this sealed file, {size} bytes, was destroyed, and the file is still there. Shred again to clear up."
)
UNDIGESTED = "Of sealed files from before digests were kept of them only the sizes were compared: {n}."


@dataclass(frozen=True)
class Kept:
    """What a row says of its sealed file; `living` unless its header was destroyed."""

    place: str
    size: int
    sha256: str | None
    living: bool


def examine(database: Database, keeper: Objects, told: Told) -> Iterator[Finding]:
    """Sealed files that are missing, extra, cut short or altered. Raises DBAPIError, StorageFailed."""
    there = set(keeper.names())  # first: what is written from now on is not in here
    rows = _rows(database)
    found = list(_Reading(keeper, told, rows).examine())
    extra = [name for name in sorted(there) if not _living(rows, name)]
    if extra or found:  # acts went on meanwhile: what they added or destroyed is no finding
        now = _rows(database)
        alive = {kept.place for same in now.values() for kept in same if kept.living}
        yield from (finding for finding in found if finding.what in alive)
        yield from (
            finding for name in extra if not _living(now, name) for finding in _extra(keeper, name, name in now)
        )
    undigested = sum(kept.living and kept.sha256 is None for same in rows.values() for kept in same)
    if undigested:
        yield Finding("unverifiable", "payloads", UNDIGESTED.format(n=undigested))


def _rows(database: Database) -> dict[str, list[Kept]]:
    """By the name of the sealed file, about 500 bytes each; more than one row for a name is a row that was altered."""
    found: dict[str, list[Kept]] = {}
    columns = (
        Artefact.id,
        sa.cast(Artefact.blob, sa.String).label("blob"),  # a database may hold another type than was put in it
        sa.cast(Artefact.size, sa.BigInteger).label("size"),
        sa.cast(Artefact.payload_sha256, sa.String).label("sha256"),
        (sa.func.length(Artefact.header) > 0).label("living"),
    )
    with database.reader.connect() as connection:
        for row in connection.execute(sa.select(*columns).order_by(Artefact.id)):
            kept = Kept(f"artefact/{row.id}", row.size, row.sha256, bool(row.living))
            found.setdefault(row.blob, []).append(kept)
    return found


class _Reading:
    """Reads every living row's file, once each, and tells how far it is."""

    def __init__(self, keeper: Objects, told: Told, rows: dict[str, list[Kept]]) -> None:
        self._keeper, self._told = keeper, told
        self._living = {
            name: alive for name, same in rows.items() if (alive := [kept for kept in same if kept.living])
        }
        self._whose = {kept.sha256: kept.place for same in self._living.values() for kept in same}
        self._total = sum(max(same[0].size, 0) for same in self._living.values())
        self._done = 0

    def examine(self) -> Iterator[Finding]:
        self._told(0, self._total)
        for name, same in sorted(self._living.items()):
            before = self._done
            yield from self._one(name, same)
            self._done = before + max(same[0].size, 0)
            self._told(self._done, self._total)

    def _one(self, name: str, same: list[Kept]) -> Iterator[Finding]:
        try:
            size, sha256 = self._read(name, limit=self._done + max(same[0].size, 0))
        except (NotFound, Damaged):  # Damaged: the row names it as no sealed file is named
            yield from (Finding("missing", kept.place, MISSING) for kept in same)
        except StorageFailed:
            yield from (Finding("unreadable", kept.place, UNREADABLE) for kept in same)
        else:
            for kept in same:
                yield from self._compare(kept, size, sha256)

    def _read(self, name: str, limit: int) -> tuple[int, str]:
        """Size and digest of a sealed file, told piece by piece up to what its row promised."""
        hashed, size = hashlib.sha256(), 0
        with self._keeper.open(name) as file:
            while piece := file.read(objects.PIECE):
                hashed.update(piece)
                size += len(piece)
                self._told(min(self._done + size, limit), self._total)
        return size, hashed.hexdigest()

    def _compare(self, kept: Kept, size: int, sha256: str) -> Iterator[Finding]:
        if kept.sha256 == sha256:
            if kept.size != size:
                yield Finding("row altered", kept.place, ROW.format(wanted=kept.size, size=size))
        elif sha256 in self._whose:
            yield Finding("altered", kept.place, SWAPPED.format(other=self._whose[sha256]))
        elif size < kept.size:
            yield Finding("truncated", kept.place, SHORT.format(size=size, wanted=kept.size))
        elif kept.sha256 is not None or size != kept.size:
            yield Finding("altered", kept.place, ALTERED)


def _living(rows: dict[str, list[Kept]], name: str) -> bool:
    return any(kept.living for kept in rows.get(name, []))


def _extra(keeper: Objects, name: str, known: bool) -> Iterator[Finding]:
    """A file without a living row, if it is still there; `known` if a row has it whose header was destroyed."""
    try:
        with keeper.open(name) as file:
            size = file.seek(0, io.SEEK_END)
    except NotFound:
        return
    except StorageFailed:
        yield Finding("unreadable", name, UNREADABLE)
        return
    yield Finding("extra", name, (LEFT if known else EXTRA).format(size=size))
