"""Whoever was shredded stays so: in the next backup, and after restoring one that was made before."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from storage import age, backup, tombstones
from storage.errors import Damaged, NotFound
from storage.note import Signer
from storage.records import Artefact, Tombstone
from storage.sqlcipher import Sqlcipher
from tests.storage.backups import back_up, interview, key_of, made_again, make_again, read, root_of, shred, silent
from tests.storage.opening import every_key, opens, rows_in, rows_of, rows_through, theirs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House
    from tests.storage.backups import Told
    from tests.storage.opening import Rows

ALL = {
    "artefact.header", "artefact.sealed_blob", "key.sealed_identity", "ledger_entry.sealed_openings",
    "participant.sealed_attributes", "recording.sealed_origin", "voice.sealed_voice",
}  # fmt: skip


@pytest.fixture
def gone(house: House) -> Told:
    """Who is going to be shredded."""
    return interview(house, "P01", b"gone")


@pytest.fixture
def stays(house: House) -> Told:
    """Who is not."""
    return interview(house, "P02", b"stays")


@pytest.fixture
def folder(house: House, gone: Told, stays: Told, tmp_path: Path) -> Path:
    """A repository of two snapshots with both of them in it, made before anybody was shredded."""
    back_up(house.vault, tmp_path / "backup")
    assert back_up(house.vault, tmp_path / "backup").copied == 0
    assert gone.participant.id != stays.participant.id
    return tmp_path / "backup"


def test_after_the_next_backup_no_key_in_hand_opens_anything_of_theirs(
    house: House, folder: Path, gone: Told, stays: Told
) -> None:
    """In every file of the repository, older snapshots included: with the root, the studies' and all others' keys."""
    root = house.vault.keys._root
    ids, others = theirs(house.vault, gone.participant.id), theirs(house.vault, stays.participant.id)
    keys = every_key(before := rows_in(folder, root), root)
    assert opens(before, keys, ids) == opens(before, keys, others) == ALL
    shred(house.vault, gone.participant)
    assert back_up(house.vault, folder).buried == 1
    after = rows_in(folder, root)
    assert opens(after, every_key(after, root), ids) == set()
    assert opens(after, every_key(after, root), others) == ALL
    assert backup.check(folder, house.vault.ledger.signer.vkey, silent) == []


def test_their_payloads_leave_the_repository_too(house: House, folder: Path, gone: Told, stays: Told) -> None:
    """After the next backup neither a keys file nor a payload of theirs is left, and everybody else's are."""
    with house.vault.database.reader.connect() as connection:
        owners = dict(connection.execute(sa.select(Artefact.participant_id, Artefact.blob)).tuples().all())
    shred(house.vault, gone.participant)
    back_up(house.vault, folder)
    names = {path.name for path in folder.rglob("*")}
    assert not {owners[gone.participant.id]} & names
    assert [path.name for path in (folder / "keys").iterdir()] == [stays.participant.id]
    assert owners[stays.participant.id] in names
    assert [path.name for path in (folder / "tombstones").iterdir()] == [gone.participant.id]


@pytest.mark.parametrize("which", [0, 1])
def test_an_older_snapshot_of_a_newer_repository_restores_the_others(
    house: House, folder: Path, gone: Told, stays: Told, tmp_path: Path, which: int
) -> None:
    """Snapshots from before the shredding still restore after it: what is the others' opens, nothing of theirs."""
    ids = theirs(house.vault, gone.participant.id)
    name = backup.snapshot_names(folder, house.vault.ledger.signer.vkey)[which]
    shred(house.vault, gone.participant)
    back_up(house.vault, folder)
    again = made_again(folder, tmp_path / "again", snapshot=name)
    held = rows_of(again)
    assert opens(held, every_key(held, again.keys._root), ids) == set()
    assert read(again, stays) == b"stays"
    again.close()


def test_yesterdays_backup_forgets_again(house: House, folder: Path, gone: Told, stays: Told, tmp_path: Path) -> None:
    """An untouched copy from before, restored with the tombstones at hand: nothing of theirs opens by any path.

    In hand are the root, the study's key, everybody else's, and the payloads, those of the copy included.
    """
    ids, payload = theirs(house.vault, gone.participant.id), _payload(house, gone)
    sealed = payload.read_bytes()
    shutil.copytree(folder, yesterday := tmp_path / "yesterday")
    note = shred(house.vault, gone.participant)
    tombstones.publish(house.vault.folder, gone.participant.id, note)
    again = made_again(
        yesterday, tmp_path / "again", tombstones=tombstones.found(house.vault.folder / tombstones.FOLDER)
    )
    held = rows_of(again)
    keys = every_key(held, again.keys._root)
    assert opens(held, keys, ids) == set()
    assert all(name != "key" or row["owner_id"] != gone.participant.id for name, row in held)
    assert all(row["header"] == b"" for name, row in held if name == "artefact" and row["id"] in ids)
    with pytest.raises(NotFound):
        read(again, gone)
    assert payload.name not in {path.name for path in (tmp_path / "again").rglob("*")}
    assert not any(_opens_with(sealed, header, keys) for header in _headers(held))
    assert read(again, stays) == b"stays"
    again.close()


def test_not_even_in_between_is_their_key_in_the_database(
    house: House, folder: Path, gone: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restore that is killed before it applies the tombstones has written neither key nor header of theirs."""
    ids = theirs(house.vault, gone.participant.id)
    shutil.copytree(folder, yesterday := tmp_path / "yesterday")
    note = shred(house.vault, gone.participant)

    class Killed(BaseException):
        """As by a signal."""

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(tombstones, "apply", die)
    with pytest.raises(Killed):
        make_again(yesterday, tmp_path / "again", tombstones=[note])
    root = root_of(tmp_path / "again")
    left = Sqlcipher(tmp_path / "again" / "records.db", key_of(tmp_path / "again", root))
    held = rows_through(left)
    left.close()
    assert "participant" in {name for name, _ in held}
    assert opens(held, every_key(held, root), ids) == set()


def test_without_a_tombstone_yesterdays_backup_would_have_opened(
    house: House, folder: Path, gone: Told, tmp_path: Path
) -> None:
    """What the tests above try in vain works where no tombstone is at hand: they do not pass for another reason."""
    ids = theirs(house.vault, gone.participant.id)
    shutil.copytree(folder, yesterday := tmp_path / "yesterday")
    shred(house.vault, gone.participant)
    again = made_again(yesterday, tmp_path / "again")
    held = rows_of(again)
    assert opens(held, every_key(held, again.keys._root), ids) == ALL
    assert read(again, gone) == b"gone"
    again.close()


def test_a_vault_that_does_not_know_is_told_by_its_repository(
    house: House, folder: Path, gone: Told, stays: Told, tmp_path: Path
) -> None:
    """Backed up into a repository that has the tombstone, a vault restored without it does not bring the key back."""
    ids, others = theirs(house.vault, gone.participant.id), theirs(house.vault, stays.participant.id)
    shutil.copytree(folder, yesterday := tmp_path / "yesterday")
    shred(house.vault, gone.participant)
    back_up(house.vault, folder)
    again = made_again(yesterday, tmp_path / "again")
    assert back_up(again, folder).buried == 1
    held = rows_in(folder, again.keys._root)
    assert opens(held, every_key(held, again.keys._root), ids) == set()
    assert opens(held, every_key(held, again.keys._root), others) == ALL
    again.close()


def test_a_tombstone_this_vault_did_not_sign_shreds_nobody(
    house: House, folder: Path, gone: Told, tmp_path: Path
) -> None:
    """A forged note in the records stops the backup, one handed to a restore stops that; nothing is removed."""
    before = {path.name for path in folder.rglob("*")}
    stranger = Signer(house.vault.ledger.signer.origin, Ed25519PrivateKey.generate())
    note = tombstones.make(stranger, house.vault.id, gone.participant.id, gone.participant.study_id)
    with pytest.raises(Damaged, match="tombstone"):
        make_again(folder, tmp_path / "again", tombstones=[note])
    with Session(house.vault.database.writer) as session, session.begin():
        session.add(Tombstone(participant_id=gone.participant.id, study_id=house.study.id, note=note))
    with pytest.raises(Damaged, match="tombstone"):
        back_up(house.vault, folder)
    assert {path.name for path in folder.rglob("*")} == before


def _payload(house: House, told: Told) -> Path:
    """The one sealed file of somebody, in the vault's folder."""
    with house.vault.database.reader.connect() as connection:
        query = sa.select(Artefact.blob).where(Artefact.participant_id == told.participant.id)
        name = connection.execute(query).scalar_one()
    return house.vault.folder / "blobs" / name[:2] / name


def _headers(held: Rows) -> list[bytes]:
    return [row["header"] for name, row in held if name == "artefact" and row["header"]]


def _opens_with(payload: bytes, header: bytes, keys: list[age.Identity]) -> bool:
    """Whether a payload opens by another artefact's header."""
    try:
        return bool(age.decrypt(header + payload, keys))
    except age.AgeError:
        return False
