"""A vault in a folder: what is in it, and opening one. Making one is in new_vault.py.

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

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import age, files, migrate
from storage.blobs import Folder
from storage.errors import Damaged, Locked, NotFound
from storage.keys import Keys
from storage.ledger import Ledger
from storage.link import LinkKey
from storage.note import Signer
from storage.sqlcipher import Sqlcipher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.database import Database

FORMAT = 1
ABOUT = "vault.toml"
ID = re.compile(r"[0-9a-f]{32}")
GONE = "A database of the vault is missing or empty. Restore the vault from a backup."


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


def open_vault(folder: Path, passphrase: Callable[[], bytes]) -> Vault:
    """Open the vault in `folder`. Raises NotFound, Locked for a wrong passphrase, Damaged, StorageFailed."""
    with files.usable():
        vault_id = _about(folder)
    secret = passphrase()
    with files.usable():
        return assemble(folder, vault_id, secret, _open_root(folder / "root.age", secret))


def assemble(folder: Path, vault_id: str, secret: bytes, root: age.HybridIdentity) -> Vault:
    """The vault whose root is open; `secret` is the passphrase, which the link key's root has too. Raises Damaged."""
    database = _open_database(folder / "records.db", folder / "records.key.age", root, "records")
    signer = _signer(folder, vault_id, root)

    def unlock_link() -> Database:
        link = folder / "link"
        with files.usable():
            return _open_database(
                link / "names.db", link / "names.key.age", _open_root(link / "root.age", secret), "link"
            )

    blobs = Folder(folder / "blobs")
    return Vault(
        folder, vault_id, database, blobs, Keys(database, root), Ledger(database, signer), LinkKey(unlock_link)
    )


def _about(folder: Path) -> str:
    try:
        about = tomllib.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound("There is no vault here. Make one with `tillit init`, or name one with --vault.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Damaged("vault.toml cannot be read. Restore it from a backup.") from None
    if about.get("format", FORMAT) != FORMAT:
        raise Damaged("This vault has a format this version of Tillit does not know. Upgrade Tillit.")
    if "format" not in about or not ID.fullmatch(str(about.get("id"))):
        raise Damaged("vault.toml does not say which vault this is. Restore it from a backup.")
    return str(about["id"])


def _open_root(path: Path, passphrase: bytes) -> age.HybridIdentity:
    try:
        text = age.decrypt(files.read(path), [age.ScryptIdentity(passphrase)])
    except age.NoMatch:
        raise Locked("The passphrase is wrong, and the vault stays closed. Try again.") from None
    return age.HybridIdentity.from_string(text.decode().strip())


def _open_database(path: Path, key_file: Path, root: age.HybridIdentity, what: str) -> Database:
    if not path.is_file() or not path.stat().st_size:  # SQLCipher takes a file of no bytes for a new database
        raise Damaged(GONE)
    database = Sqlcipher(path, age.decrypt(files.read(key_file), [root]))
    database.check()
    if migrate.current(database) is None:
        raise Damaged(GONE)
    migrate.up(database, what)
    return database


def _signer(folder: Path, vault_id: str, root: age.HybridIdentity) -> Signer:
    seed = age.decrypt(files.read(folder / "ledger.key.age"), [root])
    return Signer(f"tillit/{vault_id}", Ed25519PrivateKey.from_private_bytes(seed))
