"""A restore writes everything or says why not, can be run again, and never over something that is in use."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import backup, files, migrate, tombstones
from storage.backup import Target
from storage.blobs import Folder
from storage.errors import AlreadyThere, BadInput, Damaged, NotFound
from storage.keepers.root import Root
from storage.records import LedgerEntry, Participant
from storage.sqlcipher import Sqlcipher
from tests.storage.backups import back_up, interview, made_again, make_again, read, rewrite, silent, source
from tests.storage.opening import rows_of, rows_through

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.house_fixtures import House
    from tests.servers.databases import Place
    from tests.storage.backups import Told


@pytest.fixture
def told(house: House) -> list[Told]:
    """Two interviews."""
    return [interview(house, f"P{n:02}", b"said %d" % n) for n in range(2)]


@pytest.fixture
def folder(house: House, told: list[Told], tmp_path: Path) -> Path:
    """Their backup."""
    assert back_up(house.vault, tmp_path / "backup").copied == len(told)
    return tmp_path / "backup"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Sqlcipher]:
    """A database of no tables yet."""
    files.write(tmp_path / "x.db", b"")
    made = Sqlcipher(tmp_path / "x.db", bytes(32))
    yield made
    made.close()


def target(house: House, database: Sqlcipher, tmp_path: Path, **how: object) -> Target:
    """Into this database, and a folder of payloads beside it."""
    root, vkey = house.vault.keys._root, house.vault.ledger.signer.vkey
    return Target(database, root, vkey, Folder(tmp_path / "blobs"), **how)  # type: ignore[arg-type]  # given by name


def test_it_restores_into_tables_of_its_own_making(
    house: House, folder: Path, database: Sqlcipher, tmp_path: Path
) -> None:
    """An empty database gets tables, rows and the newest revision; the report tells how much that was."""
    heard: list[tuple[int, int]] = []
    report = backup.restore(folder, target(house, database, tmp_path), lambda *far: heard.append(far))
    assert migrate.current(database) == migrate.current(house.vault.database)
    assert (report.copied, report.rows, report.lost) == (2, len(rows_of(house.vault)), [])
    assert report.checkpoint == house.vault.ledger.checkpoint()
    assert sorted(Folder(tmp_path / "blobs").names()) == sorted(house.vault.blobs.names())
    assert [done for done, total in heard if done == total]


def test_a_database_in_use_is_left_alone(house: House, folder: Path, tmp_path: Path) -> None:
    """Rows that are there already are AlreadyThere, and stay as they are."""
    before = rows_of(house.vault)
    with pytest.raises(AlreadyThere):
        backup.restore(folder, target(house, house.vault.database, tmp_path), silent)  # type: ignore[arg-type]  # SQLCipher
    assert rows_of(house.vault) == before


def test_an_interrupted_restore_is_run_again(
    house: House, folder: Path, database: Sqlcipher, tmp_path: Path, told: list[Told]
) -> None:
    """Rows that an interrupted one left are replaced if asked, and payloads that are whole are left alone."""
    backup.restore(folder, target(house, database, tmp_path), silent)
    first, second = sorted(path for path in (tmp_path / "blobs").rglob("*") if path.is_file())
    second.unlink()
    node = first.stat().st_ino, first.stat().st_mtime_ns
    report = backup.restore(folder, target(house, database, tmp_path, again=True), silent)
    assert (first.stat().st_ino, first.stat().st_mtime_ns) == node
    assert second.is_file()
    assert report.copied == len(told)


def test_another_object_under_a_payloads_name_is_told(
    house: House, folder: Path, database: Sqlcipher, tmp_path: Path
) -> None:
    """What stands in a payload's place and is not it is Damaged, and stays for somebody to look at."""
    [name, *_] = house.vault.blobs.names()
    place = Folder(tmp_path / "blobs")
    place.root.joinpath(name[:2]).mkdir()
    place.root.joinpath(name[:2], name).write_bytes(b"another")
    with pytest.raises(Damaged):
        backup.restore(folder, target(house, database, tmp_path), silent)
    assert place.root.joinpath(name[:2], name).read_bytes() == b"another"


def test_nothing_is_written_before_everything_is_read(
    house: House, folder: Path, database: Sqlcipher, tmp_path: Path
) -> None:
    """With one bad payload among the good, neither table nor payload is there afterwards."""
    bad = next(path for path in (folder / "objects").rglob("*") if path.is_file())
    bad.write_bytes(b"altered")
    with pytest.raises(Damaged, match="unreadable files in it: 1"):
        backup.restore(folder, target(house, database, tmp_path), silent)
    assert migrate.current(database) is None
    assert list(Folder(tmp_path / "blobs").names()) == []


def test_the_rest_can_be_had_without_a_damaged_payload(folder: Path, told: list[Told], tmp_path: Path) -> None:
    """Asked to salvage, it names the payload that was lost and restores the others; a bad snapshot is refused."""
    bad = min(path for path in (folder / "objects").rglob("*") if path.is_file())
    bad.write_bytes(b"altered")
    report = make_again(folder, tmp_path / "again", salvage=True)
    assert report.lost == [bad.name]
    assert (report.copied, len(told)) == (1, 2)
    next((folder / "snapshots").iterdir()).write_bytes(b"altered")
    with pytest.raises(Damaged):
        make_again(folder, tmp_path / "more", salvage=True)


def test_damage_to_what_only_another_snapshot_needs_is_no_hindrance(
    house: House, folder: Path, tmp_path: Path
) -> None:
    """With the newest snapshot spoilt, the one before it restores by name."""
    older, before = next((folder / "snapshots").iterdir()).stem, rows_of(house.vault)
    interview(house, "P07", b"newer")
    newest = back_up(house.vault, folder).snapshot
    (folder / "snapshots" / f"{newest}.age").write_bytes(b"altered")
    with pytest.raises(Damaged):
        make_again(folder, tmp_path / "again")
    shutil.rmtree(tmp_path / "again")
    again = made_again(folder, tmp_path / "again", snapshot=older)
    assert rows_of(again) == before
    again.close()


@pytest.mark.parametrize("name", ["20200101T000000.000000Z", "../x", "-", ""])
def test_a_snapshot_that_is_not_there_is_not_found(
    house: House, folder: Path, database: Sqlcipher, tmp_path: Path, name: str
) -> None:
    """A time of no snapshot, a path, and what stands for none are NotFound; nothing at all is the newest."""
    if name:
        with pytest.raises(NotFound):
            backup.restore(folder, target(house, database, tmp_path, snapshot=name), silent)
    else:
        assert backup.restore(folder, target(house, database, tmp_path, snapshot=name), silent).rows


def test_another_root_opens_nothing(house: House, folder: Path, database: Sqlcipher, tmp_path: Path) -> None:
    """With an identity the backup was not sealed to it is Damaged, and says which root is wanted."""
    stranger = Target(database, Root.generate(), house.vault.ledger.signer.vkey, Folder(tmp_path / "blobs"))
    with pytest.raises(Damaged, match="another root"):
        backup.restore(folder, stranger, silent)


def test_payloads_need_a_place(house: House, folder: Path, database: Sqlcipher) -> None:
    """Records without somewhere to put their payloads are BadInput."""
    with pytest.raises(BadInput):
        backup.restore(folder, Target(database, house.vault.keys._root, house.vault.ledger.signer.vkey), silent)


def _as_of_0001(lines: list[bytes]) -> list[bytes]:
    """The lines of a snapshot as the first revision would have had them."""
    head, *rows, _ = map(json.loads, lines)
    about = head["tillit snapshot"]
    about["revision"] = "0001"
    for table in (*("retired_key", "tombstone", "ledger_tile", "voice", "request", "former_membership", "letter"),
                  *("scan", "withdrawal", "hold", "retention_rule", "notice", "closing", "confirmation")):  # fmt: skip
        del about["tables"][table]
    tables = about["tables"]
    tables["recording"]["sealed_filename"] = tables["recording"].pop("sealed_origin")
    del tables["recording"]["origin_version"]
    for column in (*("voices", "speakers", "style", "pseudonyms", "review_policy", "controller", "legal_basis"),
                   *("special_categories", "offence_data", "processors", "sample", "cohorts", "changes")):  # fmt: skip
        del tables["study"][column]
    for column in ("letter_id", "evidence", "embargo", "amends"):
        del tables["consent"][column]
    del tables["handoff"]["recalled"], tables["handoff"]["confirmed"]
    del tables["participant"]["attributes_version"], tables["artefact"]["payload_sha256"]
    del tables["ledger_entry"]["sealed_openings"]
    tables["ledger_entry"]["openings"] = "json"
    tables["decision"]["verdict"] = tables["decision"].pop("verb")
    del tables["decision"]["sealed_payload"]
    kept = [(name, row) for line in rows for name, row in line.items() if name in tables]
    for name, row in kept:
        row.update({"openings": {"recording": ["00" * 16, "ff"]}} if name == "ledger_entry" else {})
        row.update({"sealed_filename": row["sealed_origin"]} if name == "recording" else {})
        row.update({"verdict": row["verb"], "mention": row["mention"] or "0-0"} if name == "decision" else {})
    older = [{name: {column: row[column] for column in tables[name]}} for name, row in kept]
    return [json.dumps(line).encode() + b"\n" for line in [head, *older, {"rows": len(older)}]]


def test_a_backup_by_an_older_tillit_comes_up_to_date(
    house: House, folder: Path, database: Sqlcipher, tmp_path: Path
) -> None:
    """A snapshot of an earlier revision goes into tables of that revision, which are then migrated with its rows."""
    rewrite(house.vault, folder, _as_of_0001)
    backup.restore(folder, target(house, database, tmp_path), silent)
    assert migrate.current(database) == migrate.current(house.vault.database)
    with Session(database.reader) as session:
        versions = session.scalars(sa.select(Participant.attributes_version)).all()
        sealed = session.scalars(sa.select(LedgerEntry.sealed_openings).where(LedgerEntry.participant_id.is_not(None)))
        assert (set(versions), all(sealed)) == ({1}, True)


def test_a_backup_by_a_newer_tillit_is_told(house: House, folder: Path, database: Sqlcipher, tmp_path: Path) -> None:
    """A revision this version does not know is Damaged with what to do, and writes nothing."""
    rewrite(house.vault, folder, lambda lines: [lines[0].replace(b'"revision":"', b'"revision":"9'), *lines[1:]])
    with pytest.raises(Damaged, match="Upgrade Tillit"):
        backup.restore(folder, target(house, database, tmp_path), silent)
    assert migrate.current(database) is None


def test_a_witness_hears_what_was_destroyed_anew(
    house: House, folder: Path, database: Sqlcipher, tmp_path: Path, told: list[Told]
) -> None:
    """Whoever keeps the ledger is called with the anchors of what the tombstones changed, in their transaction."""
    heard: dict[str, str | None] = {}
    gone = told[0].participant
    note = tombstones.make(house.vault.ledger.signer, house.vault.id, gone.id, gone.study_id)
    how = target(house, database, tmp_path, tombstones=[note], witness=lambda _session, changed: heard.update(changed))
    assert backup.restore(folder, how, silent).buried == 1
    assert {place.split("/")[0] for place in heard} == {"artefact", "participant", "recording", "tombstone", "voice"}


def test_a_backup_moves_between_kinds_of_database_and_back(
    house: House, folder: Path, told: list[Told], place: Place, tmp_path: Path
) -> None:
    """Restored into either kind, backed up from there and restored into SQLCipher, every row is what it was."""
    root, signer, objects = house.vault.keys._root, house.vault.ledger.signer, house.vault.blobs
    moved = place.create("records")
    backup.restore(folder, Target(moved, root, signer.vkey, objects), silent)
    assert rows_through(moved) == rows_of(house.vault)
    given = replace(source(house.vault), reader=moved.reader)
    assert backup.back_up(given, tmp_path / "second", silent).copied == len(told)
    again = made_again(tmp_path / "second", tmp_path / "again")
    assert rows_of(again) == rows_of(house.vault)
    assert [read(again, one) for one in told] == [one.words for one in told]
    again.close()
