"""Backups grow, hold ciphertext only, are of one moment, and a vault is made again from them."""

from __future__ import annotations

import json
import shutil
import stat
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from policies.actions import Action, Purpose
from storage import age, backup, rotation
from storage.errors import BadInput
from storage.permit import Permit
from storage.records import Artefact, Person
from tests.faults.canaries import found
from tests.listened import heard
from tests.storage.backups import back_up, interview, made_again, read, silent, source
from tests.storage.opening import rows_in, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House


def test_the_drill(house: House, tmp_path: Path) -> None:
    """The vault is destroyed, and made again: every row, every artefact byte for byte, the ledger as it was kept."""
    told = [interview(house, f"P{n:02}", b"what was said " * 10_000 * n) for n in range(1, 4)]
    kept, before = house.vault.ledger.checkpoint(), rows_of(house.vault)
    report = back_up(house.vault, tmp_path / "backup")
    house.vault.close()
    shutil.rmtree(house.vault.folder)
    again = made_again(tmp_path / "backup", tmp_path / "again")
    assert rows_of(again) == before
    assert (report.copied, report.rows, report.lost) == (3, len(before), [])
    assert again.ledger.verify(kept).size >= 1
    assert [read(again, one) for one in told] == [one.words for one in told]
    again.close()


def test_a_second_backup_copies_only_what_is_new(house: House, tmp_path: Path) -> None:
    """Payloads, keys and small files that are there are left alone, down to the inode; new ones are added."""
    first = interview(house, "P01", b"one")
    back_up(house.vault, tmp_path / "backup")
    nodes = _nodes(tmp_path / "backup")
    second = interview(house, "P02", b"two")
    report = back_up(house.vault, tmp_path / "backup")
    after = _nodes(tmp_path / "backup")
    assert report.copied == 1
    assert {path for path in nodes if after.get(path) != nodes[path]} == {"manifest"}
    assert sorted(path.split("/")[0] for path in after.keys() - nodes.keys()) == ["keys", "objects", "snapshots"]
    again = made_again(tmp_path / "backup", tmp_path / "again")
    assert [read(again, first), read(again, second)] == [b"one", b"two"]
    again.close()


def test_every_retained_snapshot_restores_as_it_was(house: House, tmp_path: Path) -> None:
    """An older snapshot is the vault of its time, though keys of a participant and the study were rotated since."""
    told = interview(house, "P01", b"one")
    before, report = rows_of(house.vault), back_up(house.vault, tmp_path / "backup")
    permit = Permit("act", house.study.id, frozenset({told.participant.id}), study_key=True)
    with Session(house.vault.database.writer) as session, session.begin():
        rotation.participant(house.vault.keys, permit, session, told.participant.id)
    with Session(house.vault.database.writer) as session, session.begin():
        rotation.study(house.vault.keys, permit, session)
    interview(house, "P02", b"two")
    after, _ = rows_of(house.vault), back_up(house.vault, tmp_path / "backup")
    for name, snapshot, rows in (("old", report.snapshot, before), ("new", None, after)):
        again = made_again(tmp_path / "backup", tmp_path / name, snapshot=snapshot)
        assert rows_of(again) == rows
        assert read(again, told) == b"one"
        again.close()


def test_only_the_newest_are_kept_if_asked(house: House, tmp_path: Path) -> None:
    """Older snapshots go, and with them what only they needed; the newest restores."""
    told, folder = interview(house, "P01", b"one"), tmp_path / "backup"
    back_up(house.vault, folder)
    with Session(house.vault.database.writer) as session, session.begin():
        gone = session.scalars(sa.select(Artefact)).one()
        house.vault.blobs.remove(gone.blob)
        session.delete(gone)
    names = [back_up(house.vault, folder).snapshot for _ in range(3)]
    vkey = house.vault.ledger.signer.vkey
    assert len(backup.snapshot_names(folder, vkey)) == 4
    assert len([*(folder / "objects").rglob("??*/*")]) == 1
    newest = back_up(house.vault, folder, keep=2).snapshot
    assert backup.snapshot_names(folder, vkey) == [names[-1], newest]
    assert [*(folder / "objects").rglob("??*/*")] == []
    assert backup.check(folder, vkey, silent) == []
    again = made_again(folder, tmp_path / "again")
    assert len(rows_of(again)) == len(rows_of(house.vault))
    again.close()
    with pytest.raises(BadInput):
        back_up(house.vault, folder, keep=0)
    assert told.words


def test_a_snapshot_is_of_one_moment(house: House, tmp_path: Path) -> None:
    """What others write while the snapshot is being read is not in it, not even in tables read later."""
    given = source(house.vault)
    seen: list[str] = []

    def meanwhile(_connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        if "FROM person" in statement and not seen:
            seen.append(statement)
            with Session(house.vault.database.writer) as session, session.begin():
                session.add(Person(handle="late"))
            interview(house, "P09", b"late")

    before = rows_of(house.vault)
    sa.event.listen(house.vault.database.reader, "before_cursor_execute", meanwhile)
    backup.back_up(given, tmp_path / "backup", silent)
    sa.event.remove(house.vault.database.reader, "before_cursor_execute", meanwhile)
    again = made_again(tmp_path / "backup", tmp_path / "again")
    assert seen
    assert rows_of(again) == before
    again.close()


def test_nothing_in_a_backup_is_in_the_clear(house: House, tmp_path: Path) -> None:
    """What was said, file names, codes, handles and titles are in no byte and no name of the repository."""
    interview(house, "P77-canary", b"the worst of their lives, told to a stranger", "Kari Nordmann.wav")
    back_up(house.vault, tmp_path / "backup")
    secrets = [
        b"the worst of their lives",
        b"told to a stranger",
        b"Kari Nordmann",
        b"P77-canary",
        b"Life after",
        b"astrid",
    ]
    assert found([tmp_path / "backup"], secrets) == []


def test_a_repository_is_private(house: House, tmp_path: Path) -> None:
    """Folders are 0700 and files 0600, also where the folder was there and open to others."""
    (tmp_path / "backup").mkdir(mode=0o755)
    interview(house, "P01", b"one")
    back_up(house.vault, tmp_path / "backup")
    for path in [tmp_path / "backup", *(tmp_path / "backup").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path.name


def test_what_the_vault_has_lost_is_named_and_the_rest_backed_up(house: House, tmp_path: Path) -> None:
    """A missing payload and an altered one are in the report; everything else is in the backup and restores."""
    told = [interview(house, f"P{n:02}", b"said %d" % n) for n in range(3)]
    blobs = house.vault.folder / "blobs"
    with Session(house.vault.database.reader) as session:
        names = [
            session.scalars(sa.select(Artefact.blob).where(Artefact.recording_id == one.recording.id)).one()
            for one in told
        ]
    (blobs / names[0][:2] / names[0]).unlink()
    (blobs / names[1][:2] / names[1]).write_bytes(b"altered")
    report = back_up(house.vault, tmp_path / "backup")
    assert sorted(report.lost) == sorted(names[:2])
    assert backup.check(tmp_path / "backup", house.vault.ledger.signer.vkey, silent) == []
    again = made_again(tmp_path / "backup", tmp_path / "again")
    assert read(again, told[2]) == b"said 2"
    again.close()


def test_a_payload_lost_later_is_still_in_the_backup(house: House, tmp_path: Path) -> None:
    """What the vault loses after a backup stays in it through the next one, and is not reported as lost."""
    told = interview(house, "P01", b"one")
    back_up(house.vault, tmp_path / "backup")
    [blob] = list(house.vault.blobs.names())
    house.vault.blobs.remove(blob)
    assert back_up(house.vault, tmp_path / "backup").lost == []
    again = made_again(tmp_path / "backup", tmp_path / "again")
    assert read(again, told) == b"one"
    again.close()


def test_a_key_that_went_without_a_tombstone_stays_in_older_snapshots(house: House, tmp_path: Path) -> None:
    """Rows that somebody deleted past the house are not deleted from what was backed up before."""
    told = interview(house, "P01", b"one")
    older = back_up(house.vault, tmp_path / "backup").snapshot
    with house.vault.database.writer.begin() as connection:
        connection.execute(sa.text("DELETE FROM key WHERE parent_id IS NOT NULL"))
        connection.execute(sa.text("UPDATE artefact SET header = x''"))
    back_up(house.vault, tmp_path / "backup")
    again = made_again(tmp_path / "backup", tmp_path / "again", snapshot=older)
    assert read(again, told) == b"one"
    again.close()


def test_a_snapshot_can_be_read_without_tillit(house: House, tmp_path: Path) -> None:
    """It is one plain age file to the root, of lines of JSON, the last of which counts those between."""
    report = back_up(house.vault, tmp_path / "backup")
    sealed = (tmp_path / "backup" / "snapshots" / f"{report.snapshot}.age").read_bytes()
    head, *rows, last = map(json.loads, age.decrypt(sealed, [house.vault.keys._root]).splitlines())
    assert head["tillit snapshot"]["checkpoint"] == house.vault.ledger.checkpoint()
    assert last == {"rows": len(rows)} == {"rows": report.rows}  # nobody has a key of their own yet
    assert {"person": {"handle": "ivar"}} in [
        {name: {"handle": row.get("handle")}} for one in rows for name, row in one.items()
    ]


def _nodes(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file's inode and time of change."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_being_heard_is_in_no_backup(house: House, tmp_path: Path) -> None:
    """Words of a recording under way are in no file of the repository; the vault made again has none, and works."""
    told = interview(house, "P01", b"words")
    with house.desk("ivar").act(Action.TAKE_IN, told.participant, Purpose.RECORD) as act:
        act.add(row := heard(act, told.recording))
    back_up(house.vault, tmp_path / "backup")
    assert "heard" not in {name for name, _ in rows_in(tmp_path / "backup", house.vault.keys._root)}
    again = made_again(tmp_path / "backup", tmp_path / "again")
    kept = [named for named in rows_of(house.vault) if named[1]["id"] != row.id]
    assert rows_of(again) == kept
    assert read(again, told) == b"words"
    again.close()
