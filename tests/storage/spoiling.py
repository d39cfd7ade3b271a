"""A vault with sealed files in a folder or a bucket, and the hand of somebody who spoils it behind its back."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import second_person, studies
from policies.actions import Action, Purpose
from storage import fsck, places
from storage.blobs import Folder
from storage.records import Artefact, Decision, Recording, new_id
from storage.transcript import Provenance
from tests.house_fixtures import House, build, reopen
from tests.listened import participants_voice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from policies.act import Act
    from storage.records import Participant, Study
    from storage.s3 import Bucket

MADE_BY = Provenance("test", "tillit", "1")
KINDS = {"original": b"Hun flyttet til Bergen. " * 9000, "transcript": b"Hun flyttet til Bergen.", "empty": b""}


@dataclass
class Spoilt:
    """A house with three participants, two of them with a recording and attributes that were changed once."""

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

    def update(self, table: str, row_id: str, **values: Any) -> None:
        """A row's columns as somebody with the database's key would have them."""
        assignments = ", ".join(f"{column} = :{column}" for column in values)
        self._change(f'UPDATE "{table}" SET {assignments} WHERE {_name(table)} = :row_id', row_id=row_id, **values)  # noqa: S608  # names of the tests' own

    def delete(self, table: str, row_id: str) -> None:
        """No such row any more."""
        self._change(f'DELETE FROM "{table}" WHERE {_name(table)} = :row_id', row_id=row_id)  # noqa: S608  # names of the tests' own

    def insert(self, table: str, **values: Any) -> None:
        """A row, in place of one with the same id."""
        columns, marks = ", ".join(values), ", ".join(f":{column}" for column in values)
        self._change(f'REPLACE INTO "{table}" ({columns}) VALUES ({marks})', **values)  # noqa: S608  # names of the tests' own

    def _change(self, statement: str, **values: Any) -> None:
        """No rules, no ledger, no foreign keys."""
        with self.house.vault.database.writer.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys=OFF")
            raw.execute(statement, values)
            connection.invalidate()

    def row(self, table: str, row_id: str) -> dict[str, Any]:
        """A row's columns as they are stored."""
        query = sa.text(f'SELECT * FROM "{table}" WHERE {_name(table)} = :row_id')  # noqa: S608  # names of the tests' own
        with self.house.vault.database.reader.connect() as connection:
            return dict(connection.execute(query, {"row_id": row_id}).one()._mapping)


def _name(table: str) -> str:
    """The column by which the ledger calls a row."""
    return "owner_id" if table == "key" else "id"


@dataclass(frozen=True)
class Filled:
    """A vault in a folder, closed, to be copied: filling one takes longer than most of what is done to it."""

    folder: Path
    study: Study
    people: list[Participant]
    recordings: list[Recording]

    @contextmanager
    def copy(self, folder: Path, keeper: Folder | Bucket | None = None) -> Iterator[Spoilt]:
        """The same vault in another folder, and its sealed files there or with `keeper`."""
        shutil.copytree(self.folder, folder)
        vault, here = reopen(folder), Folder(folder / "blobs")
        kept = keeper or here
        for name in list(here.names()) if keeper else []:
            with here.open(name) as file:
                kept.put(name, file)
            here.remove(name)
        yield Spoilt(House(replace(vault, blobs=kept), self.study), kept, self.people, self.recordings)
        vault.close()


def fill(folder: Path) -> Filled:
    """Make a vault with three participants and two others who were shredded."""
    house = build(folder)
    people = [house.participant(code) for code in ("P01", "P02")]
    recordings = [keep(house, participant) for participant in people]
    for participant in people:
        for sex in ("man", "woman"):
            studies.set_attributes(house.desk("ivar"), participant, {"sex": sex})
    for code in ("P08", "P09"):
        house.shred(house.participant(code, ()))  # nothing was consented to, so one person does it
    people.append(house.participant("P03", ()))
    house.vault.close()
    return Filled(folder, house.study, people, recordings)


def decision(act: Act, recording: Recording) -> Decision:
    """What somebody decided about a recording, sealed."""
    row = Decision(id=new_id(), recording_id=recording.id, verb="confirm", number=1, by_person_id=act.actor.id)
    row.sealed_payload = act.seal_text(recording.participant_id, places.decision(row), "{}")
    return row


def keep(house: House, participant: Participant) -> Recording:
    """Keep a recording with three artefacts, its participant's voice, and what somebody asked for about it."""
    recording = Recording(
        id=new_id(), study_id=house.study.id, participant_id=participant.id, number=1, sha256="0" * 64, size=5,
        facts={"duration": 1.0}, model="base", by_person_id=house.desk("ivar").who.id,
    )  # fmt: skip
    with house.desk("ivar").act(Action.TAKE_IN, participant, Purpose.RECORD) as act:
        recording.sealed_origin = act.seal_text(participant.id, places.origin(recording), "Kari.wav")
        act.add(recording)
        for kind, words in KINDS.items():
            act.seal(recording, kind, words, MADE_BY)
        act.add(participants_voice(act, participant))
        act.add(decision(act, recording))
    with house.desk("ivar").act(Action.ASK_REIDENTIFICATION, recording, Purpose.ANALYSE) as act:
        second_person.ask(act, Action.REIDENTIFY, recording, {"surrogate": "Birthe"})
    return recording
