"""Every damage to a repository is found by reading it, and nothing is restored from a damaged one."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable  # noqa: TC003  # a list of them stands in the module
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import backup, stores
from storage.backup import manifest as manifests
from storage.backup.checking import Problem
from storage.errors import Damaged, NotFound, StorageFailed
from storage.note import Signer
from tests.storage.backups import back_up, interview, made_again, make_again, read, rewrite, shred, silent
from tests.storage.opening import rows_through

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house_fixtures import House
    from tests.storage.backups import Told


@pytest.fixture
def told(house: House) -> list[Told]:
    """Three interviews, the last of which is to be forgotten."""
    return [interview(house, f"P{n:02}", b"said %d" % n) for n in range(3)]


@pytest.fixture
def folder(house: House, told: list[Told], tmp_path: Path) -> Path:
    """A repository with a file of every sort in it."""
    shred(house.vault, told[2].participant)
    back_up(house.vault, tmp_path / "backup")
    return tmp_path / "backup"


def flip(path: Path) -> None:
    """Change one bit in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    """Cut the last byte off."""
    path.write_bytes(path.read_bytes()[:-1])


def extend(path: Path) -> None:
    """Add a byte."""
    path.write_bytes(path.read_bytes() + b"\n")


def link(path: Path) -> None:
    """Put a link to the same bytes in its place."""
    path.rename(aside := path.parent.parent / "aside")
    path.symlink_to(aside)


def a_folder(path: Path) -> None:
    """Put a folder in its place."""
    path.unlink()
    path.mkdir()


def gone(path: Path) -> None:
    """Remove it."""
    path.unlink()


def test_every_spoilt_file_is_found_and_refused(house: House, folder: Path, tmp_path: Path) -> None:
    """Whichever file is flipped, cut, longer, a link, a folder or gone: check names it, and restore refuses."""
    vkey = house.vault.ledger.signer.vkey
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert {path.split("/")[0] for path in files} == {
        "about.toml", "keys", "manifest", "objects", "root", "snapshots", "tombstones",
    }  # fmt: skip
    target = backup.Target(house.vault.database, house.vault.keys._root, vkey, house.vault.blobs)
    for file, spoil in itertools.product(files, [flip, cut, extend, link, a_folder, gone]):
        shutil.copytree(folder, copy := tmp_path / "copy")
        spoil(copy / file)
        assert file in {problem.path for problem in backup.check(copy, vkey, silent)}, file
        with pytest.raises((Damaged, StorageFailed)):  # and not AlreadyThere: it never came to the database
            backup.restore(copy, target, silent)
        shutil.rmtree(copy)


def test_a_sound_repository_has_no_problems_with_a_key_or_without(house: House, folder: Path) -> None:
    """Nothing is found where nothing is wrong, and every byte is told of."""
    heard: list[tuple[int, int]] = []
    vkey = house.vault.ledger.signer.vkey
    assert backup.check(folder, vkey, lambda done, total: heard.append((done, total))) == []
    assert backup.check(folder, None, silent) == []
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.parent != folder)
    assert (heard[0], heard[-1]) == ((0, size), (size, size))


def test_sealed_files_cannot_change_places(house: House, folder: Path, told: list[Told]) -> None:
    """Two participants' keys, each a good age file, put in each other's place are both found."""
    one, two = sorted(path.relative_to(folder).as_posix() for path in (folder / "keys").rglob("*.age"))
    first, second = (folder / one).read_bytes(), (folder / two).read_bytes()
    (folder / one).write_bytes(second)
    (folder / two).write_bytes(first)
    found = backup.check(folder, house.vault.ledger.signer.vkey, silent)
    assert found == [Problem(one, "altered"), Problem(two, "altered")]
    assert all(path in str(problem) for path, problem in zip((one, two), found, strict=True))
    assert len(told) == len(found) + 1


def test_a_manifest_that_somebody_else_signed_is_refused(house: House, folder: Path, tmp_path: Path) -> None:
    """Whoever writes a manifest anew, with every digest right, lacks the ledger's key."""
    ours = manifests.parse((folder / "manifest").read_bytes(), None)
    stranger = Signer(house.vault.ledger.signer.origin, Ed25519PrivateKey.generate())
    (folder / "manifest").write_text(ours.signed(stranger), encoding="utf-8")
    assert backup.check(folder, house.vault.ledger.signer.vkey, silent) == [Problem("manifest", "altered")]
    with pytest.raises(Damaged):
        make_again(folder, tmp_path / "again")
    with pytest.raises(Damaged):
        back_up(house.vault, folder)


def test_what_a_killed_backup_left_is_told_harms_nothing_and_goes(
    house: House, folder: Path, told: list[Told], tmp_path: Path
) -> None:
    """Files no manifest names are "extra"; a restore works all the same, and the next backup removes them."""
    vkey = house.vault.ledger.signer.vkey
    left = ["objects/ab/" + "ab" * 16 + ".part", "snapshots/x.age.part", "root/old/root.age", "keys/gone/x.age"]
    for path in left:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(b"half")
    assert {(one.path, one.kind) for one in backup.check(folder, vkey, silent)} == {(path, "extra") for path in left}
    again = made_again(folder, tmp_path / "again")
    assert read(again, told[0]) == told[0].words
    again.close()
    back_up(house.vault, folder)
    assert backup.check(folder, vkey, silent) == []
    assert not (folder / "root" / "old").exists()


def test_damage_is_mended_by_the_next_backup_for_older_snapshots_too(
    house: House, folder: Path, told: list[Told], tmp_path: Path
) -> None:
    """Small files that were altered or lost are written anew, and payloads that are gone are copied again."""
    vkey = house.vault.ledger.signer.vkey
    flip(next((folder / "keys").rglob("*.age")))
    next((folder / "root").rglob("root.age")).unlink()
    next(path for path in (folder / "objects").rglob("*") if path.is_file()).unlink()
    assert len(backup.check(folder, vkey, silent)) == 3
    assert back_up(house.vault, folder).copied == 1
    assert backup.check(folder, vkey, silent) == []
    again = made_again(folder, tmp_path / "again", snapshot=backup.snapshot_names(folder, vkey)[0])
    assert [read(again, one) for one in told[:2]] == [b"said 0", b"said 1"]
    again.close()


def test_a_lost_tombstone_is_asked_back(house: House, folder: Path) -> None:
    """A vault that knows of the shredding writes it anew; one that does not is told, and backs up nothing."""
    [stone] = (folder / "tombstones").iterdir()
    text = stone.read_text(encoding="utf-8")
    stone.unlink()
    back_up(house.vault, folder)
    assert stone.read_text(encoding="utf-8") == text
    stone.unlink()
    with house.vault.database.writer.begin() as connection:
        connection.exec_driver_sql("DELETE FROM tombstone")
    with pytest.raises(Damaged, match="tombstone"):
        back_up(house.vault, folder)


SPOILT: list[Callable[[list[bytes]], list[bytes]]] = [
    lambda lines: lines[:-1],
    lambda lines: lines[:-2],
    lambda lines: [*lines[:-2], lines[-1]],
    lambda lines: [*lines, lines[-1]],
    lambda lines: lines[1:],
    lambda lines: [lines[0].replace(b'"format":1', b'"format":2'), *lines[1:]],
    lambda lines: [*lines[:-1], b'{"no such table":{"id":"x"}}\n', lines[-1]],
    lambda lines: [lines[0], b"not JSON\n", *lines[1:]],
    lambda lines: [lines[0], b'{"person":{"id":7,"handle":[]}}\n', *lines[1:]],
    lambda lines: [lines[0].replace(b'"text"', b'"no such kind"'), *lines[1:]],
]


def test_a_snapshot_that_does_not_add_up_is_damaged(house: House, folder: Path, tmp_path: Path) -> None:
    """Lines cut off, added, of no table or no kind are Damaged even where every digest and signature is right."""
    database, vkey = stores.new_database(tmp_path / "x.db", bytes(32), "", "records"), house.vault.ledger.signer.vkey
    target = backup.Target(database, house.vault.keys._root, vkey, house.vault.blobs)
    for spoil in SPOILT:
        shutil.copytree(folder, copy := tmp_path / "copy")
        rewrite(house.vault, copy, spoil)
        assert backup.check(copy, vkey, silent) == []
        with pytest.raises(Damaged):
            backup.restore(copy, target, silent)
        assert rows_through(database) == []
        shutil.rmtree(copy)
    database.close()


def test_where_there_is_no_backup_none_is_found(tmp_path: Path) -> None:
    """An empty folder and a missing one are NotFound, for every function that reads."""
    for place in (tmp_path, tmp_path / "nowhere"):
        for read_it in (
            lambda at: backup.check(at, None, silent),
            backup.small_files,
            lambda at: backup.snapshot_names(at, None),
        ):
            with pytest.raises(NotFound):
                read_it(place)
