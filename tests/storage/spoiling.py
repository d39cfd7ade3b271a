"""A vault with sealed files in a folder or a bucket, and the hand of somebody who spoils it behind its back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import studies
from policies.actions import Action, Purpose
from storage import fsck
from storage.blobs import Folder
from storage.records import Artefact, Participant, Recording, new_id
from storage.transcript import Provenance
from tests.house_fixtures import House

if TYPE_CHECKING:
    from storage.objects import Objects
    from storage.s3 import Bucket

MADE_BY = Provenance("test", "tillit", "1")
KINDS = {"original": b"Hun flyttet til Bergen. " * 9000, "transcript": b"Hun flyttet til Bergen.", "empty": b""}


@dataclass
class Spoilt:
    """A house with three participants: two with a recording and attributes changed once, one with neither."""

    house: House
    keeper: Folder | Bucket
    people: list[Participant]
    recordings: list[Recording]

    def examine(self) -> set[tuple[str, str]]:
        """What fsck finds: kinds, and what they are about."""
        vault = self.house.vault
        found = fsck.examine(vault.database, self.keeper, vault.ledger, lambda _done, _of: None)
        assert len(set(found)) == len(found)
        return {(finding.kind, finding.what) for finding in found}

    def artefact(self, number: int = 0, kind: str = "original") -> Artefact:
        """An artefact's row as it is now."""
        query = sa.select(Artefact).where(Artefact.recording_id == self.recordings[number].id, Artefact.kind == kind)
        with Session(self.house.vault.database.reader) as session:
            return session.scalars(query).one()

    def bytes_of(self, name: str) -> bytes:
        """A sealed file as it is."""
        with self.keeper.open(name) as file:
            return file.read()

    def put(self, name: str, data: bytes) -> None:
        """A sealed file as somebody else would have it, written past every check."""
        if isinstance(self.keeper, Folder):
            path = self.keeper.root / name[:2] / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        else:
            self.keeper._store.put(f"{name[:2]}/{name}", data)

    def change(self, *statements: str, **values: Any) -> None:
        """Rows as somebody with the database's key would have them: no rules, no ledger, no foreign keys."""
        with self.house.vault.database.writer.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys=OFF")
            for statement in statements:
                raw.execute(statement, values)
            raw.execute("PRAGMA foreign_keys=ON")
            connection.invalidate()

    def row(self, table: str, row_id: str) -> dict[str, Any]:
        """A row's columns as they are stored."""
        column = "owner_id" if table == "key" else "id"
        query = sa.text(f'SELECT * FROM "{table}" WHERE {column} = :row_id')  # noqa: S608  # names of the test's own
        with self.house.vault.database.reader.connect() as connection:
            return dict(connection.execute(query, {"row_id": row_id}).one()._mapping)


def spoilt(house: House, keeper: Objects) -> Spoilt:
    """Fill a house whose sealed files are in `keeper`."""
    house = House(replace(house.vault, blobs=keeper), house.study)
    people = [house.participant(code) for code in ("P01", "P02")]
    recordings = [keep(house, participant) for participant in people]
    for participant in people:
        for sex in ("man", "woman"):
            studies.set_attributes(house.desk("ivar"), participant, {"sex": sex})
    return Spoilt(house, cast("Folder | Bucket", keeper), [*people, house.participant("P03", ())], recordings)


def keep(house: House, participant: Participant) -> Recording:
    """Keep a recording with three artefacts."""
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=participant.id, number=1, sha256="0" * 64, size=5,
        facts={"duration": 1.0}, model="base", by_person_id=house.desk("ivar").who.id,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
        recording.sealed_filename = act.seal_text(participant.id, f"recording/{recording.id}", "Kari.wav")
        act.add(recording)
        for kind, words in KINDS.items():
            act.seal(recording, kind, words, MADE_BY)
    return recording
