"""Whatever call fails during a backup or a restore, a sound backup is left, and doing it again succeeds."""

from __future__ import annotations

import errno
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from storage import backup, blobs, files, stores
from storage.backup import Target, repository
from storage.blobs import Folder
from storage.errors import Damaged, StorageFailed
from storage.sqlcipher import Sqlcipher
from tests.faults.failing import PAIR, Way, at_every_call, at_every_statement
from tests.house_fixtures import House, build
from tests.storage.backups import back_up, interview, shred, silent, source
from tests.storage.opening import Rows, rows_of, rows_through

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULES = [repository, files, blobs]
WAYS = [*PAIR, Way(errno.ENOSPC, persists=False, lasts=True)]  # the last leaves on disk what a kill leaves
KEY = bytes(32)


@dataclass
class Scene:
    """A vault whose backup is a day old: since then one was interviewed, one shredded."""

    house: House
    folder: Path
    source: backup.Source
    before: Rows
    after: Rows
    gone: str

    def tidy(self) -> None:
        """Yesterday's repository again, and nothing restored."""
        for name in ("backup", "restored"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.folder / "yesterday", self.folder / "backup")
        (self.folder / "restored").mkdir()
        shutil.copy(self.folder / "empty.db", self.folder / "restored" / "records.db")

    def back_up(self) -> None:
        """Today's backup."""
        backup.back_up(self.source, self.folder / "backup", silent)

    def is_yesterdays(self) -> bool:
        """Whether the repository's manifest still is: with every file as it says, what it restores is known."""
        return (self.folder / "backup" / "manifest").read_bytes() == (
            self.folder / "yesterday" / "manifest"
        ).read_bytes()

    def restore(self, *, again: bool = False) -> None:
        """What the repository restores to."""
        vault, objects = self.house.vault, Folder(self.folder / "restored" / "blobs")
        with self._database() as database:
            target = Target(database, vault.keys._root, vault.ledger.signer.vkey, objects, again=again)
            backup.restore(self.folder / "backup", target, silent)

    def restored(self, *, again: bool = False) -> Rows:
        """Its rows, with every payload in its place."""
        self.restore(again=again)
        assert len(list(Folder(self.folder / "restored" / "blobs").names())) == 2
        with self._database() as database:
            return rows_through(database)

    @contextmanager
    def _database(self) -> Iterator[Sqlcipher]:
        database = Sqlcipher(self.folder / "restored" / "records.db", KEY)
        try:
            yield database
        finally:
            database.close()

    def is_untouched(self) -> bool:
        """Whether nothing was restored at all."""
        place = self.folder / "restored"
        return (
            not list(Folder(place / "blobs").names())
            and (place / "records.db").read_bytes() == (self.folder / "empty.db").read_bytes()
        )

    def problems(self) -> set[str]:
        """What kinds of problems the repository has."""
        vkey = self.house.vault.ledger.signer.vkey
        return {one.kind for one in backup.check(self.folder / "backup", vkey, silent)}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The vault, its old backup, and an empty database for restoring into; tests leave it as they find it."""
    tmp_path = tmp_path_factory.mktemp("scene")
    house = build(tmp_path / "vault")
    one, _ = interview(house, "P01", b"one"), interview(house, "P02", b"two")
    before = rows_of(house.vault)
    back_up(house.vault, tmp_path / "yesterday")
    interview(house, "P03", b"three")
    shred(house.vault, one.participant)
    stores.new_database(tmp_path / "empty.db", KEY, "", "records").close()
    made = Scene(house, tmp_path, source(house.vault), before, rows_of(house.vault), one.participant.id)
    made.tidy()
    assert made.restored() == before
    made.tidy()
    yield made
    house.vault.close()


def _told(error: BaseException) -> None:
    assert isinstance(error, StorageFailed)
    assert "secret" not in error.sentence


def _after_a_backup(scene: Scene, error: BaseException | None) -> None:
    """It is yesterday's, or today's rows restore; another is whole, and no key of the shredded is left by it."""
    assert scene.problems() <= {"extra"}
    assert (error and scene.is_yesterdays()) or scene.restored() == scene.after
    if error is not None:
        _told(error)
        scene.back_up()
    assert scene.problems() == set()
    assert not list((scene.folder / "backup" / "keys" / scene.gone).glob("*"))
    scene.tidy()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_backup_that_fails_leaves_the_former_or_the_new_one(scene: Scene, way: Way) -> None:
    """Whichever call to the system fails, one of the two restores, and the next backup is whole."""
    assert at_every_call(scene.back_up, lambda error: _after_a_backup(scene, error), MODULES, way) > 40


@pytest.mark.parametrize("way", PAIR, ids=str)
def test_a_backup_whose_database_fails_leaves_the_former(scene: Scene, way: Way) -> None:
    """Whichever statement fails, the repository restores as it was."""
    assert at_every_statement(scene.back_up, lambda error: _after_a_backup(scene, error), way) > 20


def _after_a_restore(scene: Scene, error: BaseException | None) -> None:
    """Nothing was written because something could not be read; or run again over what is there, it gives all."""
    if isinstance(error, Damaged):
        assert scene.is_untouched()
    elif error is not None:
        _told(error)
        assert scene.restored(again=True) == scene.before
    scene.tidy()


@pytest.mark.parametrize("way", PAIR, ids=str)
def test_a_restore_that_fails_can_be_run_again(scene: Scene, way: Way) -> None:
    """Whichever call to the system fails, it says so, and a second run over what is there gives everything."""
    assert at_every_call(scene.restore, lambda error: _after_a_restore(scene, error), MODULES, way) > 20


@pytest.mark.parametrize("way", PAIR, ids=str)
def test_a_restore_whose_database_fails_can_be_run_again(scene: Scene, way: Way) -> None:
    """Whichever statement or commit fails, the same holds."""
    assert at_every_statement(scene.restore, lambda error: _after_a_restore(scene, error), way) > 20
