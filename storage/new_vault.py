"""Making a vault: whole or not at all, in a folder that is new or empty.

A vault is one from the moment its vault.toml is there. Until then the file is called vault.toml.part and everything
else lies beside it, in the folder itself: a sibling could not take the place of a mounted disk, or be made where
only the folder is one's own. A folder with the .part and without the file is one whose making was killed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from storage import age, files, roots, stores, tombstones
from storage.errors import AlreadyThere, BadInput
from storage.records import new_id
from storage.roots import WORK_FACTOR, Root
from storage.settings import ABOUT, Settings
from storage.vault import LINK, assemble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.roots import Secrets
    from storage.vault import Vault

SHORTEST_PASSPHRASE = 8
BEGUN = ABOUT + ".part"
STEMS = {"vault", "root", "records", "ledger", "blobs", "link", "inbox", "tombstones"}  # of names while it is made


@contextmanager
def made(
    folder: Path, secrets: Secrets, elsewhere: Settings | None = None, *, work_factor: int = WORK_FACTOR
) -> Iterator[Vault]:
    """Make a vault in `folder`, which must not exist or be empty; the body gives it what it starts with.

    It is a vault from the body's clean end on. After an exception nothing is left, and after a kill the same folder
    can be used again. The passphrase is asked for last. `elsewhere` says which parts are not to be in the folder.
    Raises AlreadyThere, BadInput, StorageFailed.
    """
    with files.usable():
        _check_vacant(folder)
    if len(secrets.passphrase()) < SHORTEST_PASSPHRASE:
        raise BadInput("The passphrase is too short: use at least {n} characters.", n=SHORTEST_PASSPHRASE)
    about = replace(elsewhere or Settings(""), id=new_id())
    with making(folder, lambda: _build(folder, about, secrets, work_factor)) as vault:
        yield vault


@contextmanager
def making(folder: Path, build: Callable[[], Vault]) -> Iterator[Vault]:
    """What `build` puts into the folder is a vault from the body's clean end on, and gone after an exception."""
    with _alone(folder):
        try:
            with files.usable():
                _clear(folder)
                vault = build()
            try:
                yield vault
            finally:
                vault.close()
            with files.usable():
                _finish(folder)
        except BaseException:
            with files.usable():
                _clear(folder)
            raise


def begin(folder: Path, about: Settings) -> None:
    """Everything begins with the name that says a vault is being made here."""
    files.write_in_place(folder / BEGUN, about.to_text().encode())
    (folder / LINK).mkdir(mode=0o700)
    files.make_folder(folder / tombstones.FOLDER)


def _build(folder: Path, about: Settings, secrets: Secrets, work_factor: int) -> Vault:
    """Everything but the name vault.toml; what a killed making left is gone."""
    begin(folder, about)
    root, link_root = Root.generate(), Root.generate()
    roots.write(folder, about.root, root, secrets, "root", work_factor=work_factor)
    roots.write(folder / LINK, about.link_root, link_root, secrets, "link-root", work_factor=work_factor)
    files.write(folder / "ledger.key.age", age.encrypt(os.urandom(32), [root.recipient()]))
    new_records(folder, about, root)
    new_link(folder, about, link_root)
    vault = assemble(folder, about, root, lambda: link_root, secrets)
    with Session(vault.database.writer) as session, session.begin():
        vault.ledger.start(session)
    return vault


def new_records(folder: Path, about: Settings, root: Root) -> None:
    """An empty records database under a new key."""
    place = folder / "records.db", folder / "records.key.age"
    _new_database(*place, about.records.url, root, "records", os.urandom(32))


def new_link(folder: Path, about: Settings, root: Root, key: bytes | None = None) -> None:
    """An empty link-key database under a new key, or under that which the names it is to hold are sealed with."""
    place = folder / LINK / "names.db", folder / LINK / "names.key.age"
    _new_database(*place, about.link.url, root, "link", key or os.urandom(32))


def _new_database(  # noqa: PLR0913, PLR0917  # what a database is made of
    path: Path, key_file: Path, url: str, root: Root, what: str, key: bytes
) -> None:
    files.write(key_file, age.encrypt(key, [root.recipient()]))
    stores.new_database(path, key, url, what).close()


def _finish(folder: Path) -> None:
    """Give the vault the name it is known by, when all else is durable."""
    files.sync(folder / "link")
    files.sync(folder)
    (folder / BEGUN).rename(folder / ABOUT)
    files.sync(folder)
    files.sync(folder.absolute().parent)


def _check_vacant(folder: Path) -> None:
    """Raise AlreadyThere unless the folder is new, empty, or holds what a killed making left and nothing else."""
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    half_made = BEGUN in names and ABOUT not in names and {name.split(".")[0] for name in names} <= STEMS
    if (folder.exists() and not folder.is_dir()) or (names and not half_made):
        raise AlreadyThere("That folder is a vault already, or holds something else. Name a new one for the vault.")


def _clear(folder: Path) -> None:
    """Remove what a vault was being made of; the name that says so goes last, in case this is cut short too."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name == BEGUN):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder, there, private, vacant, and locked against a second making; a new one that stays empty goes."""
    with files.usable():
        new = not folder.exists()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with files.usable():
            _lock(descriptor)
            _check_vacant(folder)
        try:
            yield
        finally:
            if new:
                with suppress(OSError):  # not empty: it has become a vault
                    folder.rmdir()
    finally:
        with suppress(OSError):  # nothing was written through it
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyThere("A vault is being made in that folder right now. Wait for it, or name another.") from None
    except OSError:  # some network file systems lock no folders; it only guards against two at the same moment
        return
