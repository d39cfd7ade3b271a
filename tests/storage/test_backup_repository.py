"""Where a backup may lie, whose it is, and that the two halves of a vault are kept apart."""

from __future__ import annotations

import fcntl
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import age, backup, files, migrate, roots, stores
from storage.backup import Source, Target, manifest, repository
from storage.errors import BadInput, Damaged, StorageFailed
from storage.link import Form
from storage.note import Signer
from storage.permit import Permit
from storage.sqlcipher import Sqlcipher
from tests.faults.canaries import found
from tests.house_fixtures import KNOWN, build
from tests.storage.backups import back_up, interview, silent, source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.house_fixtures import House

SIGNER = Signer(f"tillit/{'a' * 32}", Ed25519PrivateKey.from_private_bytes(bytes(32)))
NAME = "20260131T120000.000000Z"
ENTRY = manifest.Entry("a" * 64, 7, NAME, NAME)


@pytest.fixture
def link(house: House) -> Iterator[Source]:
    """The link key of a vault in which one real name is known, to be backed up."""
    names = house.vault.link.names(Permit("act", house.study.id, link=True))
    names.add("n1", "PER", "Ane").forms.append(Form(form="Marit Solvang"))
    assert names.seed()
    names.decide("rename", "{}", "she asked for it", "ragna")
    names.keep()
    names.close()
    place, root = (
        house.vault.folder / "link",
        roots.read(house.vault.folder / "link", roots.Keeper(), KNOWN, "link-root"),
    )
    database, _ = stores.link(house.vault.folder, house.vault.settings, root)
    small = {name: place / name for name in ("root.age", "names.key.age")}
    signer, checkpoint = house.vault.ledger.signer, house.vault.ledger.checkpoint()
    yield Source(backup.LINK, house.vault.id, database.reader, root.recipient(), signer, checkpoint, small)
    database.close()


def test_the_link_key_is_backed_up_apart_and_comes_back(house: House, link: Source, tmp_path: Path) -> None:
    """Its rows, under its own root, in a folder of its own; restored they are what they were, sealed as they were."""
    interview(house, "P01", b"words")
    back_up(house.vault, tmp_path / "records")
    report = backup.back_up(link, tmp_path / "names", silent)
    assert sorted(backup.small_files(tmp_path / "names")) == ["names.key.age", "root.age"]
    files.write(tmp_path / "x.db", b"")
    database = Sqlcipher(tmp_path / "x.db", bytes(32))
    root = roots.read(house.vault.folder / "link", roots.Keeper(), KNOWN, "link-root")
    restored = backup.restore(tmp_path / "names", Target(database, root, link.signer.vkey), silent)
    assert (restored.rows, restored.copied) == (report.rows, 0)
    for table in migrate.METADATA["link"].sorted_tables:
        with link.reader.connect() as one, database.reader.connect() as other:
            assert one.execute(sa.select(table)).all() == other.execute(sa.select(table)).all() != []
    database.close()


def test_one_backup_in_the_wrong_hands_identifies_nobody(house: House, link: Source, tmp_path: Path) -> None:
    """The root of the research data opens nothing in the link key's backup, and the other way round; no name shows."""
    interview(house, "P01", b"words")
    back_up(house.vault, tmp_path / "records")
    backup.back_up(link, tmp_path / "names", silent)
    own = roots.read(house.vault.folder / "link", roots.Keeper(), KNOWN, "link-root")
    for folder, root in ((tmp_path / "names", house.vault.keys._root), (tmp_path / "records", own)):
        sealed = [*(folder / "snapshots").rglob("*.age"), *(folder / "keys").rglob("*.age")]
        assert sealed
        for path in sealed:
            with pytest.raises(age.NoMatch):
                age.decrypt(path.read_bytes(), [root])
    assert found([tmp_path / "names", tmp_path / "records"], [b"Marit Solvang"]) == []


def test_the_link_key_goes_nowhere_near_the_rest(house: House, link: Source, tmp_path: Path) -> None:
    """Not into or inside the records' backup, not into or inside a vault; a link that leads there is seen through."""
    interview(house, "P01", b"words")
    back_up(house.vault, tmp_path / "records")
    before = sorted((tmp_path / "records").rglob("*"))
    (tmp_path / "way").symlink_to(tmp_path, target_is_directory=True)
    places = ["records", "records/names", "records/objects", "vault", "vault/backup"]
    for folder in [tmp_path / way / place for place in places for way in (".", "way")]:
        with pytest.raises(BadInput):
            backup.back_up(link, folder, silent)
    assert sorted((tmp_path / "records").rglob("*")) == before


def test_the_rest_goes_nowhere_near_the_link_key(house: House, link: Source, tmp_path: Path) -> None:
    """Nor the records around or into the link key's backup."""
    (tmp_path / "outer").mkdir()
    backup.back_up(link, tmp_path / "outer" / "names", silent)
    for folder in (tmp_path / "outer", tmp_path / "outer" / "names", tmp_path / "outer" / "names" / "x"):
        with pytest.raises(BadInput):
            back_up(house.vault, folder)


def test_another_vaults_backup_is_left_alone(house: House, tmp_path: Path) -> None:
    """A second vault can neither add to it nor be restored from it under its own key."""
    back_up(house.vault, tmp_path / "backup")
    before = (tmp_path / "backup" / "manifest").read_bytes()
    other = build(tmp_path / "other").vault
    with pytest.raises(BadInput, match="another vault"):
        back_up(other, tmp_path / "backup")
    database = stores.new_database(tmp_path / "x.db", bytes(32), "", "records")
    with pytest.raises(Damaged):
        backup.restore(tmp_path / "backup", Target(database, other.keys._root, other.ledger.signer.vkey), silent)
    assert (tmp_path / "backup" / "manifest").read_bytes() == before
    database.close()
    other.close()


@pytest.mark.parametrize("there", ["a file", "a folder with something in it", "a backup without its about.toml"])
def test_what_is_no_backup_is_not_made_one(house: House, tmp_path: Path, there: str) -> None:
    """A file, a folder that holds something, and what may be a damaged backup are refused and stay as they are."""
    place = tmp_path / "place"
    if there == "a file":
        place.write_text("mine")
    elif there.startswith("a folder"):
        place.mkdir()
        (place / "mine").write_text("mine")
    else:
        back_up(house.vault, place)
        (place / "about.toml").unlink()
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(StorageFailed if there == "a file" else BadInput):
        back_up(house.vault, place)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_backup_without_its_manifest_is_not_begun_anew(house: House, tmp_path: Path) -> None:
    """Where only the manifest is gone, nothing is taken for left over and removed: it is Damaged."""
    back_up(house.vault, tmp_path / "backup")
    (tmp_path / "backup" / "manifest").unlink()
    before = sorted((tmp_path / "backup").rglob("*"))
    with pytest.raises(Damaged):
        back_up(house.vault, tmp_path / "backup")
    assert sorted((tmp_path / "backup").rglob("*")) == before


def test_one_backup_at_a_time_and_none_while_somebody_reads(house: House, tmp_path: Path) -> None:
    """While one is under way another is told to wait, and so is whoever wants to read; readers hinder no readers."""
    folder, vkey = tmp_path / "backup", house.vault.ledger.signer.vkey
    back_up(house.vault, folder)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    assert backup.check(folder, vkey, silent) == []
    with pytest.raises(StorageFailed, match="Wait"):
        back_up(house.vault, folder)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(StorageFailed, match="Wait"):
        backup.check(folder, vkey, silent)
    os.close(descriptor)
    assert back_up(house.vault, folder).rows


def test_snapshots_are_in_order_though_clocks_are_not(house: House, tmp_path: Path) -> None:
    """A snapshot made after the clock was set back is still the newest."""
    back_up(house.vault, tmp_path / "backup")
    kept, late = repository.read(tmp_path / "backup", None), "20991231T235959.999999Z"
    (tmp_path / "backup" / "manifest").write_text(replace(kept, newest=late).signed(house.vault.ledger.signer))
    assert back_up(house.vault, tmp_path / "backup").snapshot == "21000101T000000.000000Z"


def test_records_with_payloads_are_not_backed_up_without_them(house: House, tmp_path: Path) -> None:
    """Whoever forgets to say where the payloads are hears of it."""
    interview(house, "P01", b"words")
    with pytest.raises(BadInput):
        backup.back_up(replace(source(house.vault), objects=None), tmp_path / "backup", silent)


@pytest.mark.parametrize("path", ["../x", "/x", "a/../b", "a//b", ".x", "a/.part", "a b", "a\nb", ""])
def test_a_manifest_names_nothing_outside_the_repository(path: str) -> None:
    """A path that leads up, is absolute, hidden or broken over lines is Damaged, signed or not."""
    text = manifest.Manifest("a" * 32, "records", NAME, {path: ENTRY}).signed(SIGNER).encode()
    for vkey in (SIGNER.vkey, None):
        with pytest.raises(Damaged):
            manifest.parse(text, vkey)


def test_a_manifest_comes_back_as_it_was_written() -> None:
    """What is parsed is what was signed, and bytes that are no text are Damaged."""
    whole = manifest.Manifest("a" * 32, "records", NAME, {"objects/aa/" + "a" * 32: ENTRY, "root/x/y.age": ENTRY})
    assert manifest.parse(whole.signed(SIGNER).encode(), SIGNER.vkey) == whole
    with pytest.raises(Damaged):
        manifest.parse(b"\xff\xfe", SIGNER.vkey)


def test_a_disk_that_is_not_there_is_not_made_up(house: House, tmp_path: Path) -> None:
    """The folder is made, the one it lies in is not: a backup never lands where a disk should have been mounted."""
    with pytest.raises(StorageFailed, match="ENOENT"):
        back_up(house.vault, tmp_path / "mnt" / "backup")
    assert not (tmp_path / "mnt").exists()


def test_a_row_leads_nobody_out_of_the_repository(house: House, tmp_path: Path) -> None:
    """An owner's id that is a path writes no file anywhere."""
    interview(house, "P01", b"words")
    with house.vault.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE key SET owner_id = '../../x' WHERE parent_id IS NOT NULL")
    with pytest.raises(Damaged):
        back_up(house.vault, tmp_path / "backup")
    assert not list(tmp_path.rglob("keys"))
