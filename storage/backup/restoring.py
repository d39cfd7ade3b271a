"""Restoring: everything is read and proved first, then the rows go in, in one transaction, then the payloads.

Whoever was shredded since stays shredded: their key and headers are not even written, and what else is sealed to them
is destroyed again, by every tombstone there is. What is written is no vault until the caller gives it its vault.toml;
after a kill the restore is run again, and payloads that are whole already are left as they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.util import CommandError
from sqlalchemy.orm import Session

from storage import anchors, erasures, migrate, objects, tombstones
from storage.backup import checking, owned, payloads, reading, repository, snapshots
from storage.backup.manifest import NONE
from storage.backup.terms import RECORDS, Report
from storage.erasures import Erasure
from storage.errors import AlreadyThere, BadInput, Damaged, NotFound
from storage.records import Participant, Tombstone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.backup.manifest import Manifest
    from storage.backup.terms import Target, Told
    from storage.objects import Objects


def restore(folder: Path, target: Target, told: Told) -> Report:
    """Put a snapshot of the repository in `folder` back; `told` hears (bytes, of all), of reading, then of writing.

    Raises Damaged and writes nothing if anything the snapshot needs is not as the signed manifest says, and for a
    tombstone of another vault; NotFound, AlreadyThere for a database that holds rows, StorageFailed.
    """
    with repository.usable(), repository.undisturbed(folder):
        manifest = repository.read(folder, target.vkey)
        work = _Restore(folder, _narrowed(manifest, target.snapshot), target)
        work.prove(told)
        work.write_rows()
        work.bury()
        return work.copy_payloads(told)


def _narrowed(manifest: Manifest, name: str | None) -> Manifest:
    """The manifest of what one snapshot needs, the newest if none is named; and every tombstone."""
    name = name or manifest.newest
    if name == NONE or snapshots.path_of(name) not in manifest.files:
        raise NotFound("There is no such snapshot in that backup. Leave the choice out to restore the newest.")
    needed = {path: entry for path, entry in manifest.files.items() if entry.serves(name)}
    return replace(manifest, newest=name, files=needed | manifest.under(tombstones.FOLDER))


class _Restore:
    """One snapshot on its way into a database and a place for payloads."""

    def __init__(self, folder: Path, manifest: Manifest, target: Target) -> None:
        self._folder, self._manifest, self._target = folder, manifest, target
        self._database = target.database
        self._stones: dict[str, str] = {}
        self._erased: dict[str, str] = {}
        self._unsound: set[str] = set()
        self._report = Report(manifest.newest, 0, 0, 0, 0, "")

    def prove(self, told: Told) -> None:
        """Read everything in full. Raises Damaged."""
        problems = checking.wrong(self._folder, self._manifest, told)
        self._unsound = {one.path for one in problems}
        kept = f"{repository.OBJECTS}/" if self._target.salvage else "\0"
        if any(not path.startswith(kept) for path in self._unsound):
            raise Damaged(
                "The backup is not sound. Missing, altered or unreadable files in it: {n}, the first is {first}. "
                "Nothing was restored. Take another copy of the backup, or name an older snapshot.",
                n=len(problems),
                first=problems[0].path,
            )
        told_of = [*self._stones_kept(), *self._target.tombstones]
        self._stones, self._erased = owned.notes(told_of, self._target.vkey)

    def write_rows(self) -> None:
        """The rows, in one transaction, in the shape they had; then in the newest shape."""
        with reading.opened(self._folder / snapshots.path_of(self._report.snapshot), self._target.identity) as lines:
            about = reading.about(lines, self._manifest)
            self._make_shape(about)
            with self._database.writer.begin() as connection:
                loader = reading.Loader(connection, about["tables"])
                if self._target.again:
                    loader.empty()
                count = loader.snapshot(lines) + self._load_owned(loader)
        migrate.up(self._database, self._manifest.what, key=self._target.key)
        self._report = replace(self._report, rows=count, checkpoint=about["checkpoint"])

    def bury(self) -> None:
        """Apply every tombstone and erasure, and keep each in the records, from where it goes into the next backup."""
        if self._manifest.what != RECORDS:
            return
        with Session(self._database.writer) as session, session.begin():
            changed = anchors.watch(session)
            gone = [name for participant in self._stones for name in self._destroy(session, participant)]
            gone += [name for text in self._erased.values() for name in self._erase(session, text)]
            if self._target.witness:
                session.flush()
                self._target.witness(session, changed)
        for name in gone:
            self._objects().remove(name)
        if gone:
            self._database.scrub()
        self._report = replace(self._report, buried=len(self._stones))

    def copy_payloads(self, told: Told) -> Report:
        """Every payload that has a header."""
        if self._manifest.what != RECORDS:
            return self._report
        with self._database.reader.connect() as connection:
            found = owned.payloads(connection, ())
        done, total, lost = 0, sum(payload.size for payload in found), []
        told(done, total)
        for payload in found:
            lost += [] if self._put(payload.name) else [payload.name]
            done += payload.size
            told(done, total)
        return replace(self._report, copied=len(found) - len(lost), size=done, lost=lost)

    def _put(self, name: str) -> bool:
        """Whether the repository has the payload whole; then it is in its place now."""
        path = payloads.path_of(name) if objects.is_name(name) else ""
        if path not in self._manifest.files or path in self._unsound:
            return False
        with repository.open_file(self._folder / path) as source:
            payloads.copy(source, self._objects(), name, self._manifest.files[path].sha256)
        return True

    def _load_owned(self, loader: reading.Loader) -> int:
        """Keys and headers of everybody but the shredded; returns how many participants those are."""
        living = [path for path in self._manifest.under(repository.KEYS) if path.split("/")[1] not in self._stones]
        for path in living:
            with reading.opened(self._folder / path, self._target.identity) as lines:
                loader.owned(lines, path.split("/")[1])
        return len(living)

    def _make_shape(self, about: dict[str, Any]) -> None:
        """Tables as the snapshot had them. They are empty, or will be emptied."""
        what, key, now = self._manifest.what, self._target.key, migrate.current(self._database)
        if now is not None and not self._target.again:
            self._refuse_rows()
        if now == about["revision"]:
            return
        if now is not None:
            migrate.down(self._database, what, key=key)
        try:
            migrate.up(self._database, what, about["revision"], key=key)
        except CommandError:
            raise Damaged("A newer Tillit made this backup. Upgrade Tillit to restore it.") from None

    def _refuse_rows(self) -> None:
        with self._database.reader.connect() as connection:
            tables = migrate.METADATA[self._manifest.what].sorted_tables
            if any(connection.execute(sa.select(table.c.id).limit(1)).first() for table in tables):
                raise AlreadyThere("The database to restore into holds something. Restore into a new, empty one.")

    def _destroy(self, session: Session, participant: str) -> list[str]:
        """The names of the payloads that go."""
        if not session.scalars(sa.select(Tombstone).where(Tombstone.participant_id == participant)).first():
            note = self._stones[participant]
            study = tombstones.read(self._target.vkey, note).study_id
            session.add(Tombstone(participant_id=participant, study_id=study, note=note))
        return tombstones.apply(session, participant).blobs

    def _erase(self, session: Session, text: str) -> list[str]:
        """The same of a part, if it is of somebody the snapshot has."""
        said = erasures.read(self._target.vkey, text)
        known = session.get(Participant, said.participant_id) is not None
        if known and not session.scalars(sa.select(Erasure).where(Erasure.note == text)).first():
            session.add(Erasure(participant_id=said.participant_id, study_id=said.study_id, note=text))
        return erasures.apply(session, said)

    def _stones_kept(self) -> Iterator[str]:
        for path in self._manifest.under(tombstones.FOLDER):
            with repository.open_file(self._folder / path) as file:
                yield file.read().decode()

    def _objects(self) -> Objects:
        if self._target.objects is None:
            raise BadInput("This backup has payloads. Say where they are to lie.")
        return self._target.objects
