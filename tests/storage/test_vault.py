"""A vault in a folder: made whole or not at all, opened by its passphrase and by nothing else."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pyrage
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.orm import Session

from storage import files, migrate, new_vault, vault
from storage.errors import AlreadyThere, BadInput, Damaged, Denied, Locked, NotFound, StorageFailed
from storage.link import Form
from storage.permit import Permit
from storage.records import Person, new_id
from storage.sqlcipher import Sqlcipher
from tests.house_fixtures import FAST, PASSPHRASE, House, Known, build, reopen

if TYPE_CHECKING:
    from pathlib import Path


def _make(folder: Path, passphrase: bytes = PASSPHRASE) -> None:
    with new_vault.made(folder, Known(passphrase), work_factor=FAST):
        pass


def test_a_vault_opens_with_its_passphrase_and_with_no_other(tmp_path: Path) -> None:
    """The right passphrase opens, a wrong one is Locked, and both leave the vault as it was."""
    folder = tmp_path / "vault"
    _make(folder)
    with pytest.raises(Locked):
        vault.open_vault(folder, Known(b"a wrong passphrase"))
    reopen(folder).close()


def test_a_vault_is_not_made_over_something_else(tmp_path: Path) -> None:
    """A folder with anything in it is refused, and a short passphrase too."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.docx").touch()
    with pytest.raises(AlreadyThere):
        _make(tmp_path / "full")
    with pytest.raises(BadInput, match="too short"):
        _make(tmp_path / "new", b"short")
    assert not (tmp_path / "new").exists()


def test_where_there_is_no_vault_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    """Opening a folder that is no vault names `tillit init`."""
    with pytest.raises(NotFound, match="tillit init"):
        reopen(tmp_path)


@pytest.mark.parametrize("name", ["root.age", "records.key.age", "ledger.key.age", "records.db"])
def test_a_spoilt_file_is_named_as_damage(tmp_path: Path, name: str) -> None:
    """A flipped bit in any file the vault opens with is Damaged (or Locked for the root), never a traceback."""
    build(tmp_path / "vault").vault.close()
    path = tmp_path / "vault" / name
    spoilt = bytearray(path.read_bytes())
    spoilt[len(spoilt) // 2 if name != "records.db" else 40] ^= 1
    path.write_bytes(spoilt)
    with pytest.raises((Damaged, Locked)):
        reopen(tmp_path / "vault")


@pytest.mark.parametrize("name", ["records.db", "root.age", "ledger.key.age"])
def test_a_missing_file_is_damage_and_is_never_made_anew(tmp_path: Path, name: str) -> None:
    """A vault without one of its files, or of its bytes, does not open, and opening puts nothing in its place."""
    build(tmp_path / "vault").vault.close()
    path = tmp_path / "vault" / name
    path.unlink()
    with pytest.raises(Damaged, match="missing"):
        reopen(tmp_path / "vault")
    assert not path.exists()
    path.touch()
    with pytest.raises(Damaged):
        reopen(tmp_path / "vault")
    assert path.stat().st_size == 0


@pytest.mark.parametrize("how", ["missing", "empty"])
def test_a_missing_link_key_is_damage_and_is_never_made_anew(house: House, how: str) -> None:
    """Without its database the link key stays closed; a new empty one would give everybody new surrogates."""
    path = house.vault.folder / "link" / "names.db"
    path.unlink()
    if how == "empty":
        path.touch()
    with pytest.raises(Damaged, match="missing or empty"):
        house.vault.link._unlock()
    assert not path.exists() or path.stat().st_size == 0


def test_a_connection_never_makes_a_database(tmp_path: Path) -> None:
    """SQLite would make the file it does not find."""
    with pytest.raises(StorageFailed):
        Sqlcipher(tmp_path / "gone.db", bytes(32)).check()
    assert not (tmp_path / "gone.db").exists()


def test_a_folder_may_be_called_anything(tmp_path: Path) -> None:
    """Signs that mean something in a URL are only signs in a folder's name."""
    folder = tmp_path / "rus? #1 100%41 &mode=memory"
    build(folder).vault.close()
    assert (folder / "records.db").stat().st_size
    reopen(folder).close()


def test_a_vault_of_a_newer_tillit_is_left_alone(house: House) -> None:
    """A revision this version does not know is told apart from damage one could restore."""
    with house.vault.database.writer.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Damaged, match="Upgrade Tillit"):
        reopen(house.vault.folder)


@pytest.mark.parametrize("about", ["format = 1", 'format = 1\nid = "a b"', "format = 1\nid = 7", "", 'id = "x"'])
def test_a_vault_that_does_not_say_which_it_is_is_damaged(house: House, about: str) -> None:
    """vault.toml without a format or an id a vault can have is Damaged, never a traceback."""
    (house.vault.folder / "vault.toml").write_text(about)
    with pytest.raises(Damaged, match=r"vault\.toml"):
        reopen(house.vault.folder)


@pytest.mark.parametrize("name", ["vault.toml", "root.age"])
def test_a_file_the_system_does_not_give_is_no_damage(house: House, name: str) -> None:
    """What cannot be read is StorageFailed with the system's code: rights and disks can be mended."""
    (house.vault.folder / name).unlink()
    (house.vault.folder / name).mkdir()
    with pytest.raises(StorageFailed, match="EISDIR"):
        reopen(house.vault.folder)


def test_files_are_private(house: House) -> None:
    """Folders are 0700 and files 0600, so that another user of the machine sees nothing."""
    for path in house.vault.folder.rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path.name


def test_the_root_opens_without_tillit(tmp_path: Path) -> None:
    """The root file is an age file under a passphrase: another implementation of age opens it."""
    _make(tmp_path / "vault")
    sealed = (tmp_path / "vault" / "root.age").read_bytes()
    text = pyrage.passphrase.decrypt(sealed, PASSPHRASE.decode()).decode()
    assert text.startswith("AGE-SECRET-KEY-PQ-1")


@pytest.mark.parametrize("what", ["records", "link"])
def test_migrations_make_exactly_what_the_models_say(tmp_path: Path, what: str) -> None:
    """After every migration the database and the models do not differ, and the way down leaves nothing."""
    files.write(tmp_path / "x.db", b"")
    database = Sqlcipher(tmp_path / "x.db", bytes(32))
    migrate.up(database, what)
    with database.reader.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), migrate.METADATA[what]) == []
    migrate.down(database, what)
    with database.reader.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    database.close()


def test_a_database_under_another_key_is_damaged(tmp_path: Path) -> None:
    """A key that does not fit is told apart from an empty database."""
    files.write(tmp_path / "x.db", b"")
    database = Sqlcipher(tmp_path / "x.db", bytes(32))
    migrate.up(database, "records")
    database.close()
    with pytest.raises(Damaged):
        Sqlcipher(tmp_path / "x.db", bytes(31) + b"\1").check()


def test_two_writers_queue_up(tmp_path: Path) -> None:
    """A second process's connection waits for the first's transaction instead of failing in its middle."""
    first = build(tmp_path / "vault").vault
    second = reopen(tmp_path / "vault")
    with Session(first.database.writer) as session, session.begin():
        session.add(Person(id=new_id(), handle="one"))
    with Session(second.database.writer) as session, session.begin():
        session.add(Person(id=new_id(), handle="two"))
        names = set(session.scalars(sa.select(Person.handle)))
    assert {"one", "two"} <= names
    first.close()
    second.close()


def test_the_link_key_is_apart_and_closed_without_a_permit_for_it(house: House) -> None:
    """Real forms go to a database of their own, for a permit that says so; nothing of them is in the other one."""
    with pytest.raises(Denied):
        house.vault.link.names(Permit("act", house.study.id))
    _learn(house, house.study.id)
    names = house.vault.link.names(Permit("act", house.study.id, link=True))
    assert [form.form for name in names.all() for form in name.forms] == ["Marit"]
    names.close()
    with house.vault.database.reader.connect() as connection:
        assert "form" not in sa.inspect(connection).get_table_names()


def test_one_studys_permit_shows_no_other_studys_names(house: House) -> None:
    """A permit for another study opens the same file and finds nothing of this one in it."""
    _learn(house, house.study.id)
    other = house.vault.link.names(Permit("act", "another study", link=True))
    assert other.all() == []
    other.close()


def test_what_is_not_kept_is_not_in_the_link_key(house: House) -> None:
    """A transaction that its act did not keep leaves no name behind."""
    names = house.vault.link.names(Permit("act", house.study.id, link=True))
    names.add("n2", "PER", "Berit").forms.append(Form(form="Solveig"))
    names.close()
    again = house.vault.link.names(Permit("act", house.study.id, link=True))
    assert again.all() == []
    again.close()


def _learn(house: House, study: str) -> None:
    names = house.vault.link.names(Permit("act", study, link=True))
    names.add("n1", "PER", "Ane").forms.append(Form(form="Marit"))
    names.keep()
    names.close()
