"""Rows that were edited, swapped, deleted, added or rolled back behind the ledger's back are found and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies import studies
from policies.actions import Action, Purpose
from storage import age
from storage.records import Decision, Key, Tombstone, Voice, new_id
from storage.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.storage.spoiling import Filled, Spoilt

SEALED = {
    "artefact": ("header", "sealed_blob", "payload_sha256"),
    "decision": ("verb", "sealed_payload"),
    "key": ("recipient", "sealed_identity"),
    "participant": ("sealed_attributes", "attributes_version"),
    "recording": ("sealed_origin",),
    "request": ("digest", "sealed_payload"),
    "tombstone": ("note",),
    "voice": ("sealed_voice",),
}
UNIQUE = {
    "artefact": ("kind",),
    "decision": ("number",),
    "key": ("owner_id",),
    "participant": ("code",),
    "recording": ("sha256", "number"),
    "request": ("number",),
    "tombstone": ("participant_id",),
    "voice": ("participant_id",),
}
TABLES = list(SEALED)


@pytest.fixture
def vault(filled: Filled, tmp_path: Path) -> Iterator[Spoilt]:
    """A vault with two participants' recordings, and two others who were shredded."""
    with filled.copy(tmp_path / "vault") as copied:
        yield copied


def tombstones(vault: Spoilt) -> list[Tombstone]:
    """Those of the shredded."""
    with Session(vault.house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Tombstone).order_by(Tombstone.id)))


def voices(vault: Spoilt) -> list[Voice]:
    """Those of the two."""
    with Session(vault.house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Voice).order_by(Voice.id)))


def requests(vault: Spoilt) -> list[Request]:
    """What somebody asked for about the two."""
    with Session(vault.house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Request).order_by(Request.number)))


def decisions(vault: Spoilt) -> list[Decision]:
    """What somebody decided about the two's recordings."""
    with Session(vault.house.vault.database.reader) as session:
        return list(session.scalars(sa.select(Decision).order_by(Decision.id)))


def two(vault: Spoilt, table: str) -> tuple[str, str]:
    """Two rows of a table, by what the ledger calls them after the slash."""
    rows: dict[str, list[Any]] = {
        "artefact": [vault.artefact(0), vault.artefact(1)],
        "decision": decisions(vault),
        "key": vault.people,
        "participant": vault.people,
        "recording": vault.recordings,
        "request": requests(vault),
        "tombstone": tombstones(vault),
        "voice": voices(vault),
    }
    return rows[table][0].id, rows[table][1].id


def test_a_sound_vault_has_no_findings(vault: Spoilt) -> None:
    """Nothing is said of rows that acts made, changed and destroyed, nor of those who were shredded."""
    assert vault.examine() == set()


@pytest.mark.parametrize(("table", "column"), [(table, column) for table in TABLES for column in SEALED[table]])
def test_an_edited_column_is_named_by_its_row(vault: Spoilt, table: str, column: str) -> None:
    """Any sealed column that was edited makes its row a finding, and no other row."""
    row_id, _ = two(vault, table)
    before = vault.row(table, row_id)[column]
    edited = before + 1 if isinstance(before, int) else before[:-1] + type(before)(before[-1:] * 2)
    vault.update(table, row_id, **{column: edited})
    found = vault.examine()
    # The same row, for what its edited digest says of the file as well.
    digest = {("altered", f"{table}/{row_id}")} if column == "payload_sha256" else set()
    assert found == {("row altered", f"{table}/{row_id}")} | digest


@pytest.mark.parametrize("table", TABLES)
def test_swapped_rows_are_both_named(vault: Spoilt, table: str) -> None:
    """Two rows whose sealed columns were put in each other's place are two findings."""
    one, other = two(vault, table)
    contents = {row_id: vault.row(table, row_id) for row_id in (one, other)}
    for row_id, source in ((one, other), (other, one)):
        vault.update(table, row_id, **{column: contents[source][column] for column in SEALED[table]})
    files = {("altered", f"{table}/{row_id}") for row_id in (one, other)} if table == "artefact" else set()
    assert vault.examine() == {("row altered", f"{table}/{one}"), ("row altered", f"{table}/{other}")} | files


@pytest.mark.parametrize("table", TABLES)
def test_a_deleted_row_is_named(vault: Spoilt, table: str) -> None:
    """A row that is gone is found, and what is then without it: an artefact's file, a shredded person's key."""
    row_id, _ = two(vault, table)
    blob = vault.artefact(0).blob
    dead = [vault.row(table, row_id)["participant_id"]] if table == "tombstone" else []
    vault.delete(table, row_id)
    without = {"artefact": {("extra", blob)}, "tombstone": {("row missing", f"key/{person}") for person in dead}}
    assert vault.examine() == {("row missing", f"{table}/{row_id}")} | without.get(table, set())


@pytest.mark.parametrize("table", TABLES)
def test_a_duplicated_row_is_named(vault: Spoilt, table: str) -> None:
    """A row that no act made is found, though it says what a sound one says; a person who was made up has no key."""
    row_id, _ = two(vault, table)
    values = vault.row(table, row_id) | {"id": new_id()}
    values |= {column: 77 if column == "number" else new_id() for column in UNIQUE[table]}
    vault.insert(table, **values)
    named = values["owner_id"] if table == "key" else values["id"]
    keyless = {("row missing", f"key/{named}")} if table == "participant" else set()
    assert vault.examine() == {("row extra", f"{table}/{named}")} | keyless


def test_verdicts_from_before_digests_were_kept_are_counted(vault: Spoilt) -> None:
    """A verdict that is not sealed, as vaults made before have them, is told apart from a row that no act made."""
    row = vault.row("decision", decisions(vault)[0].id)
    vault.insert("decision", **row | {"id": new_id(), "number": 77, "mention": "0-12", "sealed_payload": None})
    assert vault.examine() == {("unverifiable", "rows")}


def test_rows_that_were_rolled_back_are_named(vault: Spoilt) -> None:
    """A row as it was before a later act is found: attributes, a rotated header and key, what was destroyed."""
    person = vault.people[0]
    tables = {"participant": person.id, "key": person.id, "artefact": vault.artefact(0).id}
    older = {table: vault.row(table, row_id) for table, row_id in tables.items()}
    studies.set_attributes(vault.house.desk("ivar"), person, {"sex": "woman", "age": "40"})
    _rotate(vault, person.id)
    assert vault.examine() == set()
    for table, row_id in tables.items():
        newer = vault.row(table, row_id)
        vault.insert(table, **older[table])
        assert vault.examine() == {("rolled back", f"{table}/{row_id}")}
        vault.insert(table, **newer)
    assert vault.examine() == set()


def _rotate(vault: Spoilt, participant: str) -> None:
    """Change a key and a header through the door, as a rotation does."""
    desk, artefact = vault.house.desk("ivar"), vault.artefact(0)
    recipient = age.HybridIdentity.generate().recipient()
    header = age.make_header(bytes(16), [recipient])
    with desk.act(Action.TAKE_IN, vault.people[0], Purpose.RECORD) as act:
        act.change(artefact, header=header)
        act.later(lambda session: _new_recipient(session, participant, str(recipient)))


def _new_recipient(session: Session, owner: str, recipient: str) -> None:
    session.scalars(sa.select(Key).where(Key.owner_id == owner)).one().recipient = recipient


def test_what_was_destroyed_and_put_back_is_named(vault: Spoilt) -> None:
    """A shredded participant's key and headers that somebody put back are found."""
    person, artefact = vault.people[0], vault.artefact(0)
    key, sealed, words = vault.row("key", person.id), vault.row("artefact", artefact.id), vault.bytes_of(artefact.blob)
    vault.house.shred(person)
    assert vault.examine() == set()
    vault.insert("key", **key)
    vault.insert("artefact", **sealed)
    vault.put(artefact.blob, words)
    assert vault.examine() == {("rolled back", f"key/{person.id}"), ("rolled back", f"artefact/{artefact.id}")}


def test_a_shredded_file_that_is_still_there_is_named(vault: Spoilt) -> None:
    """A payload whose key was destroyed, left because its removal was cut off, is extra."""
    artefact = vault.artefact(0)
    words = vault.bytes_of(artefact.blob)
    vault.house.shred(vault.people[0])
    vault.put(artefact.blob, words)
    assert vault.examine() == {("extra", artefact.blob)}
