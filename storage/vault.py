"""A vault in a folder: what is in it, making one, opening one.

    vault.toml           format and id; nothing secret
    root.age             the root identity under a passphrase; the stock `age` command opens it
    records.key.age      the database's key, sealed to the root
    ledger.key.age       the ledger's signing key, sealed to the root
    records.db           SQLCipher
    blobs/               sealed payloads
    link/                the link key: a root, a key and a database of its own

Without the passphrase nothing here opens. The link key has a passphrase file of its own and is unlocked only when an
act needs it.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from storage import age, migrate
from storage.blobs import Folder
from storage.database import Database
from storage.errors import AlreadyThere, BadInput, Damaged, Locked, NotFound
from storage.keys import Keys
from storage.ledger import Ledger
from storage.link import LinkKey
from storage.note import Signer
from storage.records import new_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMAT = 1
WORK_FACTOR = 18  # scrypt N = 2^18, about a second: the cost of each guess at the passphrase
SHORTEST_PASSPHRASE = 8


@dataclass(frozen=True)
class Vault:
    """An open vault."""

    folder: Path
    id: str
    database: Database
    blobs: Folder
    keys: Keys
    ledger: Ledger
    link: LinkKey

    def close(self) -> None:
        """Let every connection go."""
        self.database.close()
        self.link.close()


def create(folder: Path, passphrase: bytes, *, work_factor: int = WORK_FACTOR) -> None:
    """Make an empty vault in `folder`, which must not exist or be empty. Raises AlreadyThere, BadInput."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise BadInput("The passphrase is too short: use at least {n} characters.", n=SHORTEST_PASSPHRASE)
    _empty_folder(folder)
    _empty_folder(folder / "link")
    vault_id = new_id()
    root = _new_root(folder / "root.age", passphrase, work_factor)
    link_root = _new_root(folder / "link" / "root.age", passphrase, work_factor)
    _write(folder / "records.key.age", age.encrypt(os.urandom(32), [root.recipient()]))
    _write(folder / "ledger.key.age", age.encrypt(os.urandom(32), [root.recipient()]))
    _write(folder / "link" / "names.key.age", age.encrypt(os.urandom(32), [link_root.recipient()]))
    Folder(folder / "blobs")
    _first_rows(folder, vault_id, root, link_root)
    _write(folder / "vault.toml", f'format = {FORMAT}\nid = "{vault_id}"\n'.encode())  # last: a half-made one is none


def open_vault(folder: Path, passphrase: Callable[[], bytes]) -> Vault:
    """Open the vault in `folder`. Raises NotFound, Locked for a wrong passphrase, Damaged."""
    vault_id = _about(folder)
    secret = passphrase()
    root = _open_root(folder / "root.age", secret)
    database = _open_database(folder / "records.db", folder / "records.key.age", root)
    migrate.up(database, "records")
    signer = _signer(folder, vault_id, root)

    def unlock_link() -> Database:
        link_root = _open_root(folder / "link" / "root.age", secret)
        names = _open_database(folder / "link" / "names.db", folder / "link" / "names.key.age", link_root)
        migrate.up(names, "link")
        return names

    blobs = Folder(folder / "blobs")
    return Vault(
        folder, vault_id, database, blobs, Keys(database, root), Ledger(database, signer), LinkKey(unlock_link)
    )


def _first_rows(folder: Path, vault_id: str, root: age.HybridIdentity, link_root: age.HybridIdentity) -> None:
    database = _open_database(folder / "records.db", folder / "records.key.age", root)
    migrate.up(database, "records")
    with Session(database.writer) as session, session.begin():
        Ledger(database, _signer(folder, vault_id, root)).start(session)
    database.close()
    names = _open_database(folder / "link" / "names.db", folder / "link" / "names.key.age", link_root)
    migrate.up(names, "link")
    names.close()


def _about(folder: Path) -> str:
    try:
        about = tomllib.loads((folder / "vault.toml").read_text())
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound("There is no vault here. Make one with `tillit init`, or name one with --vault.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Damaged("vault.toml cannot be read. Restore it from a backup.") from None
    if about.get("format") != FORMAT:
        raise Damaged("This vault has a format this version of Tillit does not know. Upgrade Tillit.")
    return str(about["id"])


def _empty_folder(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyThere("That folder is not empty. Name a new one for the vault.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _new_root(path: Path, passphrase: bytes, work_factor: int) -> age.HybridIdentity:
    root = age.HybridIdentity.generate()
    _write(path, age.encrypt(f"{root}\n".encode(), [age.ScryptRecipient(passphrase, work_factor)]))
    return root


def _open_root(path: Path, passphrase: bytes) -> age.HybridIdentity:
    try:
        text = age.decrypt(_read(path), [age.ScryptIdentity(passphrase)])
    except age.NoMatch:
        raise Locked("The passphrase is wrong, and the vault stays closed. Try again.") from None
    return age.HybridIdentity.from_string(text.decode().strip())


def _open_database(path: Path, key_file: Path, root: age.HybridIdentity) -> Database:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its -wal and -shm the mode of the file
    database = Database(path, age.decrypt(_read(key_file), [root]))
    database.check()
    return database


def _signer(folder: Path, vault_id: str, root: age.HybridIdentity) -> Signer:
    seed = age.decrypt(_read(folder / "ledger.key.age"), [root])
    return Signer(f"tillit/{vault_id}", Ed25519PrivateKey.from_private_bytes(seed))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Damaged("A key file of the vault is missing or unreadable. Restore the vault from a backup.") from None


def _write(path: Path, data: bytes) -> None:
    """Make `path` whole or not at all, durable, readable by its owner only."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
