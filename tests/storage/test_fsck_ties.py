"""What else a vault may suffer: loose ends, a damaged database or ledger, an older vault, and acts that go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
import sqlalchemy as sa

from policies.actions import Action, Purpose
from storage import anchors, fsck
from storage.records import Artefact, Key
from storage.settings import Place, Settings
from tests.house_fixtures import build
from tests.listened import heard
from tests.storage.spoiling import keep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from storage.ledger import Ledger
    from tests.servers.postgres import Cluster
    from tests.storage.spoiling import Filled, Spoilt


@pytest.fixture
def vault(filled: Filled, tmp_path: Path) -> Iterator[Spoilt]:
    """A vault whose sealed files are in its folder."""
    with filled.copy(tmp_path / "vault") as copied:
        yield copied


def through_the_door(vault: Spoilt, write: Callable[[Session], object]) -> None:
    """Change rows as a faulty act would: the ledger knows of it."""
    with vault.house.desk("ivar").act(Action.TAKE_IN, vault.people[0], Purpose.RECORD) as act:
        act.later(lambda session: cast("None", write(session)))


SPOILT_HEADERS = {
    "empty": lambda _: b"",
    "cut": lambda header: header[:-1],
    "another's text": lambda _: b"words",
    "no stanza": lambda header: header[:22] + header[header.rindex(b"---") :],
    "with a payload": lambda header: header + b"more",
}


@pytest.mark.parametrize("spoil", SPOILT_HEADERS.values(), ids=SPOILT_HEADERS)
def test_a_header_that_no_key_could_open_is_named(vault: Spoilt, spoil: Callable[[bytes], bytes]) -> None:
    """Even if an act wrote it so: a malformed header, and an empty one without a tombstone."""
    artefact = vault.artefact()

    def write(session: Session) -> None:
        session.get_one(Artefact, artefact.id).header = spoil(artefact.header)

    through_the_door(vault, write)
    left = {("extra", artefact.blob)} if not spoil(artefact.header) else set()
    assert vault.examine() == {("row altered", f"artefact/{artefact.id}")} | left


def test_a_key_that_an_act_destroyed_without_a_tombstone_is_named(vault: Spoilt) -> None:
    """A living participant without a key is found, and so is a study's key that others hang on."""
    person, study = vault.people[0].id, vault.house.study.id

    def destroy(owner: str) -> Callable[[Session], None]:
        return lambda session: session.delete(session.scalars(sa.select(Key).where(Key.owner_id == owner)).one())

    through_the_door(vault, destroy(person))
    assert vault.examine() == {("row missing", f"key/{person}")}
    through_the_door(vault, destroy(study))
    assert vault.examine() == {("row missing", f"key/{person}"), ("row missing", f"key/{study}")}


def test_words_heard_of_whom_was_shredded_are_named(vault: Spoilt) -> None:
    """Rows of a recording under way, which the ledger has no digests of, are found if they outlive their key."""
    person, recording = vault.people[0], vault.recordings[0]
    with vault.house.desk("ivar").act(Action.TAKE_IN, person, Purpose.RECORD) as act:
        act.add(row := heard(act, recording))
    assert vault.examine() == set()
    words = vault.row("heard", row.id)
    vault.house.shred(person)
    assert vault.examine() == set()
    vault.insert("heard", **words)
    assert vault.examine() == {("row extra", f"heard/{row.id}")}
    vault.house.shred(person)
    assert vault.examine() == set()


def test_columns_that_point_to_a_file_are_held_against_it_too(vault: Spoilt) -> None:
    """A row that names another size, no file's name, or another row's file is found by what is there."""
    one, other = vault.artefact(0), vault.artefact(1)
    vault.update("artefact", one.id, size=one.size + 1)
    assert vault.examine() == {("row altered", f"artefact/{one.id}")}
    vault.update("artefact", one.id, size=one.size, blob="../../etc/passwd")
    edited = ("row altered", f"artefact/{one.id}")
    assert vault.examine() == {edited, ("missing", f"artefact/{one.id}"), ("extra", one.blob)}
    vault.update("artefact", one.id, blob=other.blob)
    assert vault.examine() == {edited, ("altered", f"artefact/{one.id}"), ("extra", one.blob)}


def test_columns_of_another_type_are_findings_and_no_stumble(vault: Spoilt) -> None:
    """SQLite keeps what it is given: text where bytes were, words where a number was."""
    one = vault.artefact(0)
    vault.update("artefact", one.id, header="text", size="much", payload_sha256=7)
    vault.update("participant", vault.people[0].id, sealed_attributes=12.5, attributes_version="first")
    assert vault.examine() == {
        ("row altered", f"artefact/{one.id}"),
        ("altered", f"artefact/{one.id}"),
        ("row altered", f"participant/{vault.people[0].id}"),
    }


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_read(vault: Spoilt) -> None:
    """A link planted among the sealed files, under a name that is known or not, is told and not followed."""
    known, unknown = vault.artefact(0), "ab" * 16
    vault.keeper.remove(known.blob)
    vault.put(unknown, b"")
    root = vault.house.vault.folder / "blobs"
    for name in (known.blob, unknown):
        path = root / name[:2] / name
        path.unlink(missing_ok=True)
        path.symlink_to("/etc/passwd")
    vault.keeper.remove(vault.artefact(1).blob)
    assert vault.examine() == {
        ("unreadable", f"artefact/{known.id}"),
        ("unreadable", unknown),
        ("missing", f"artefact/{vault.artefact(1).id}"),
    }


def test_a_damaged_database_is_told(filled: Filled, tmp_path: Path) -> None:
    """A flipped bit in the database's file is a finding, however little of the rest can then be read."""
    with filled.copy(tmp_path / "vault") as vault:
        ours = vault.house.vault
        ours.database.scrub()
        path = ours.folder / "records.db"
        page = 4096
        for at in range(page, path.stat().st_size, 3 * page):
            sound = path.read_bytes()
            path.write_bytes(sound[: at + 99] + bytes([sound[at + 99] ^ 1]) + sound[at + 100 :])
            ours.database.close()
            assert "database" in {kind for kind, _ in vault.examine()}
            path.write_bytes(sound)
        ours.database.close()
        assert vault.examine() == set()


def test_an_edited_ledger_is_told(vault: Spoilt) -> None:
    """An entry that was edited to vouch for an edited row is found in the ledger's own tree."""
    artefact, database = vault.artefact(), vault.house.vault.database
    with database.reader.connect() as connection:
        query = sa.text("SELECT id, leaf FROM ledger_entry ORDER BY position")
        entry, leaf = next((row.id, row.leaf) for row in connection.execute(query) if artefact.id.encode() in row.leaf)
    vault.update("ledger_entry", entry, leaf=leaf.replace(artefact.id.encode(), b"0" * 32))
    assert vault.examine() == {
        ("ledger", "ledger"),
        ("row extra", f"artefact/{artefact.id}"),
        ("row missing", f"artefact/{'0' * 32}"),
    }


def test_what_is_older_than_digests_is_counted_and_not_accused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a vault from before digests were kept, older rows cannot be vouched for; new ones can, and damage shows."""
    monkeypatch.setattr(anchors, "watch", lambda _session: {})
    house = build(tmp_path / "vault")
    person = house.participant("P01")
    recording = keep(house, person)
    monkeypatch.undo()
    new = keep(house, house.participant("P02"))
    with house.vault.database.writer.begin() as connection:
        before = sa.update(Artefact).where(Artefact.recording_id == recording.id)
        connection.execute(before.values(payload_sha256=None))
        blob = connection.scalar(sa.select(Artefact.blob).where(Artefact.recording_id == new.id).limit(1))
    found = fsck.examine(house.vault.database, house.vault.blobs, house.vault.ledger, lambda *_: None)
    assert [(finding.kind, finding.what, finding.sentence.rsplit(maxsplit=1)[-1]) for finding in found] == [
        # the study, its key and letter, four roles, the participant, their key, consent and voice, a recording, three
        # artefacts, a decision and a request
        ("unverifiable", "rows", "17."),
        ("unverifiable", "payloads", "3."),
    ]
    house.vault.blobs.remove(str(blob))
    again = fsck.examine(house.vault.database, house.vault.blobs, house.vault.ledger, lambda *_: None)
    assert [finding.kind for finding in again] == ["unverifiable", "missing", "unverifiable"]
    house.vault.close()


def test_an_act_that_ends_meanwhile_is_no_finding(vault: Spoilt) -> None:
    """What is sealed, and what is shredded, while the files are being read is neither extra nor missing."""
    ours = vault.house.vault
    begun: list[int] = []

    def told(done: int, total: int) -> None:
        if not begun:
            begun.append(total)
            vault.house.shred(vault.people[0])
            keep(vault.house, vault.house.participant("P04"))
        assert done <= total

    assert fsck.examine(ours.database, vault.keeper, ours.ledger, told) == []


def test_an_act_that_ends_between_ledger_and_rows_is_no_finding(vault: Spoilt) -> None:
    """Rows that changed after the ledger was read are looked at once more."""
    ours = vault.house.vault

    class Slow:
        """The ledger, while somebody works."""

        def __init__(self) -> None:
            self.reads = 0

        def verify(self) -> object:
            return ours.ledger.verify()

        def leaves(self) -> Iterator[bytes]:
            self.reads += 1
            yield from list(ours.ledger.leaves())
            if self.reads == 1:
                vault.house.shred(vault.people[0])

    slow = Slow()
    assert fsck.examine(ours.database, vault.keeper, cast("Ledger", slow), lambda *_: None) == []
    assert slow.reads == 2


def test_the_same_is_found_in_postgresql(postgres: Cluster, tmp_path: Path) -> None:
    """A sound vault has no findings there either, and a row edited past the ledger is named."""
    elsewhere = Settings("", Place(postgres.database()), Place(postgres.database()))
    house = build(tmp_path / "vault", elsewhere=elsewhere)
    ours, recording = house.vault, keep(house, house.participant("P01"))
    assert fsck.examine(ours.database, ours.blobs, ours.ledger, lambda *_: None) == []
    with ours.database.writer.begin() as connection:
        edited = connection.scalar(sa.select(Artefact.id).where(Artefact.recording_id == recording.id).limit(1))
        connection.execute(sa.update(Artefact).where(Artefact.id == edited).values(header=b"x"))
    found = fsck.examine(ours.database, ours.blobs, ours.ledger, lambda *_: None)
    assert [(finding.kind, finding.what) for finding in found] == [("row altered", f"artefact/{edited}")]
    ours.close()
