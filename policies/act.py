"""One act behind the door: what it may read, what it will write, and how it ends.

Reads see committed rows and hold no lock. Writes are gathered and made at the end, in one transaction with the
outcome's ledger entry: all of it or nothing. Sealed payloads are written at once, but their headers, without which
they are noise, are rows like the others.
"""

from __future__ import annotations

import io
import os
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from sqlalchemy.orm import Session

from storage import age, anchors, columns, keys, places, rotation
from storage.errors import Damaged, NotFound, NotReady, StorageFailed
from storage.records import Artefact, Row, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import sqlalchemy as sa

    from policies.facts import Actor, Resource
    from storage.database import Database
    from storage.link import StudyNames
    from storage.objects import Writing
    from storage.permit import Permit
    from storage.records import Recording
    from storage.transcript import Provenance
    from storage.vault import Vault

T = TypeVar("T")
FILE_KEY = 16
CHUNK = 1 << 16  # the payload's own


class Act:
    """What the body of `with gate.act(...) as act` holds in its hands."""

    def __init__(
        self, vault: Vault, permit: Permit, actor: Actor, resource: Resource, keep: Callable[[Act, Row], None]
    ) -> None:
        self.actor = actor
        self.resource = resource
        self.facts: dict[str, Any] = {}
        self.committed: dict[str, str] = {}
        self.position: int | None = None
        self._vault = vault
        self._permit = permit
        self._keep = keep
        self._writes: list[Callable[[Session], None]] = []
        self._blobs: list[str] = []
        self._readers: list[BinaryIO] = []
        self._identities: dict[str, age.HybridIdentity] = {}
        self._recipients: dict[str, str] = {}
        self._names: StudyNames | None = None
        self._after: list[Callable[[], None]] = []

    def one(self, query: sa.Select[T]) -> T | None:
        """The first row of a query, or None."""
        found = self.all(query.limit(1))
        return found[0] if found else None

    def all(self, query: sa.Select[T]) -> list[T]:
        """Every row of a query, as committed now."""
        with Session(self._vault.database.reader) as session:
            return list(session.scalars(query))

    def add(self, row: Row) -> None:
        """Add `row` when the act ends well."""
        self.later(lambda session: session.add(row))

    def later(self, write: Callable[[Session], None]) -> None:
        """Do `write` in the transaction that ends the act."""
        self._writes.append(write)

    def change(self, row: Row, **values: object) -> None:
        """Set columns of an existing row when the act ends well."""
        kind, row_id = type(row), row.id

        def write(session: Session) -> None:
            stored = session.get_one(kind, row_id)
            for name, value in values.items():
                setattr(stored, name, value)

        self.later(write)

    def forget(self, rows: Iterable[Row]) -> None:
        """Delete `rows` when the act ends well; those that are gone by then are gone."""
        known = [(type(row), row.id) for row in rows]

        def write(session: Session) -> None:
            for kind, row_id in known:
                if (stored := session.get(kind, row_id)) is not None:
                    session.delete(stored)

        self.later(write)

    def keep_now(self, row: Row) -> None:
        """Add `row` at once and for good, however the act ends: work that a kill must not lose. The rules are asked.

        Only for rows whose digests the ledger does not keep. Raises Denied, NotFound, NotReady, StorageFailed.
        """
        if type(row) in anchors.ANCHORED:
            raise TypeError(row.__tablename__)
        self._keep(self, row)

    def after(self, deed: Callable[[], None]) -> None:
        """Do `deed` once the act is kept: what cannot be part of its transaction, and may be done again."""
        self._after.append(deed)

    def seal(
        self, recording: Recording, kind: str, data: BinaryIO | bytes, made_by: Provenance, version: int = 1
    ) -> Artefact:
        """Seal `data` to the recording's participant; its row is added when the act ends well."""
        file_key = os.urandom(FILE_KEY)
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        with self._vault.blobs.writer() as blob:
            self._blobs.append(blob.name)
            age.seal_payload(source, blob, file_key)
        return self._artefact(recording, kind, made_by, version, file_key, blob)

    def adopt(self, recording: Recording, kind: str, sealed: BinaryIO, made_by: Provenance) -> Artefact:
        """Keep an age file that was sealed to the study: a new header for the participant, the payload as it came.

        Raises age.NoMatch if it was sealed to somebody else, age.BadHeader if it is no age file.
        """
        file_key = age.open_header(age.read_header(sealed), self._vault.keys.sealed_for_study(self._permit))
        with self._vault.blobs.writer() as blob:
            self._blobs.append(blob.name)
            while piece := sealed.read(CHUNK):
                blob.write(piece)
        return self._artefact(recording, kind, made_by, 1, file_key, blob)

    def _artefact(  # noqa: PLR0913, PLR0917  # what a row holds
        self, recording: Recording, kind: str, made_by: Provenance, version: int, file_key: bytes, blob: Writing
    ) -> Artefact:
        self._permit.for_participant(recording.participant_id)
        header = age.make_header(file_key, [self._identity(recording.participant_id).recipient()])
        artefact = Artefact(
            id=new_id(), recording_id=recording.id, participant_id=recording.participant_id, kind=kind,
            version=version, header=header, blob=blob.name, size=blob.size, payload_sha256=blob.sha256,
            made_by=asdict(made_by),
        )  # fmt: skip
        artefact.sealed_blob = self.seal_text(recording.participant_id, places.payload(artefact), blob.name)
        self.add(artefact)
        return artefact

    def open(self, artefact: Artefact) -> BinaryIO:
        """A seekable reader over an artefact's plaintext; it lives as long as the act. Raises Damaged, Denied."""
        identity = self._identity(artefact.participant_id)
        if not artefact.header:
            raise NotFound("That was destroyed with its participant's key. It cannot be opened by anybody.")
        place = places.payload(artefact)
        if self.open_text(artefact.participant_id, place, artefact.sealed_blob) != artefact.blob:
            raise Damaged("A sealed file stands where another belongs. Run `tillit fsck` and restore it.")
        file_key = age.open_header(artefact.header, [identity])
        payload = age.open_payload(self._vault.blobs.open(artefact.blob), file_key)
        self._readers.append(io.BufferedReader(payload, CHUNK))
        return self._readers[-1]

    def read(self, artefact: Artefact) -> bytes:
        """An artefact's plaintext, whole."""
        with self.open(artefact) as reader:
            return reader.read()

    def seal_text(self, participant: str, place: str, text: str) -> bytes:
        """A column's value under the participant's key, bound to `place` ("table/column/row/version")."""
        return columns.seal(columns.key_of(self._identity(participant)), place, text)

    def open_text(self, participant: str, place: str, sealed: bytes) -> str:
        """What `seal_text` sealed for the same place."""
        return columns.unseal(columns.key_of(self._identity(participant)), place, sealed)

    def seal_for_study(self, place: str, text: str) -> bytes:
        """A column's value under the study's key, for acts whose declaration opens it."""
        return columns.seal(columns.key_of(self._study_identity()), place, text)

    def open_for_study(self, place: str, sealed: bytes) -> str:
        """What `seal_for_study` sealed for the same place."""
        return columns.unseal(columns.key_of(self._study_identity()), place, sealed)

    def new_key(self, owner: str, parent: str | None) -> None:
        """Make a study's or participant's key when the act ends well."""
        self.later(lambda session: self._vault.keys.new(session, owner, parent))

    def sealed_for_study(self) -> list[age.HybridIdentity]:
        """What opens what was sealed to the study, now or before its key was rotated."""
        return self._vault.keys.sealed_for_study(self._permit)

    def rotate_participant(self, participant: str) -> None:
        """Give a participant a new identity when the act ends well."""
        self.later(
            lambda session: self.facts.update(
                handed_over=rotation.participant(self._vault.keys, self._permit, session, participant)
            )
        )

    def rotate_study(self) -> None:
        """Give the study a new identity when the act ends well."""
        self.later(
            lambda session: self.facts.update(handed_over=rotation.study(self._vault.keys, self._permit, session))
        )

    def ceremony(self, deed: Callable[[Permit], T]) -> T:
        """Do something with a root itself, for acts whose declaration allows it; `deed` shows its permit."""
        return deed(self._permit)

    def names(self) -> StudyNames:
        """The study's names in the link key, for acts whose declaration opens it; kept if the act ends well."""
        if self._names is None:
            self._names = self._vault.link.names(self._permit)
        return self._names

    def committed_to(self) -> age.HybridRecipient | None:
        """Who may open this act's commitments: the participant it is about, if it made any."""
        participant = self.resource.participant
        return self._vault.keys.recipient(participant) if self.committed and participant else None

    def _identity(self, participant: str) -> age.HybridIdentity:
        self._permit.for_participant(participant)
        return self._held(participant, lambda: self._vault.keys.participant(self._permit, participant))

    def _study_identity(self) -> age.HybridIdentity:
        return self._held(self._permit.for_study_key(), lambda: self._vault.keys.study(self._permit))

    def _held(self, owner: str, opened: Callable[[], age.HybridIdentity]) -> age.HybridIdentity:
        if owner not in self._identities:
            self._identities[owner] = opened()
            self._recipients[owner] = str(self._identities[owner].recipient())
        return self._identities[owner]

    def check_keys(self, session: Session) -> None:
        """Raise unless the keys this act sealed to are still the ones that stand; called by the gate at the commit.

        NotFound if one was destroyed meanwhile, NotReady if it was rotated: what was sealed to it would not open.
        """
        for owner, recipient in self._recipients.items():
            if keys.published(session, owner) != recipient:
                raise NotReady("A key was rotated while this went on, so nothing was kept. Do it again.")

    def write_to(self, session: Session) -> None:
        """Make the gathered writes; called by the gate."""
        for write in self._writes:
            write(session)
            session.flush()

    def whole_link(self) -> Database:
        """The link key's database with every study's names, sealed, for acts on the vault that open the link key."""
        return self._vault.link.whole(self._permit)

    def keep_names(self) -> None:
        """Make changes to the link key durable; called by the gate before it commits the rows that point there.

        A crash between the two leaves a name that no mention points to, which the next run finds and uses.
        """
        if self._names is not None:
            self._names.keep()

    def scrub_names(self) -> None:
        """Leave nothing behind of names that were deleted; for `after`."""
        self._vault.link.scrub(self._permit)

    def finish(self) -> None:
        """Do what waits for the commit, all of it, and tell the first failure; called by the gate."""
        problems: list[StorageFailed] = []
        for deed in self._after:
            try:
                deed()
            except StorageFailed as problem:
                problems.append(problem)
        if problems:
            raise problems[0]

    def abandon(self) -> None:
        """Remove the payloads written so far; called by the gate when the act failed."""
        for name in self._blobs:
            with suppress(StorageFailed):  # noise without a header: what stays, opens for nobody
                self._vault.blobs.remove(name)

    def close(self) -> None:
        """End the act: the permit is dead, and no reader, key or name is held any more."""
        self._permit.live = False
        self._identities.clear()
        for reader in self._readers:
            reader.close()
        if self._names is not None:
            self._names.close()
