"""A vault: what is in its folder, and opening one. Making one is in new_vault.py.

    vault.toml           which vault this is and where its parts are (storage.settings); nothing secret
    root.age             the root identity under a passphrase; the stock `age` command opens it
    records.key.age      the database's key, sealed to the root
    ledger.key.age       the ledger's signing key, sealed to the root
    records.db           SQLCipher
    blobs/               sealed payloads
    ledger.log           the ledger's second home
    inbox/               what was sealed on devices and not taken in yet
    tombstones/          whose keys were destroyed
    link/                the link key: a root, a key and a database of its own

Without the root nothing here opens. The link key has a root of its own and is unlocked only when an act needs it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage import age, files, roots, settings, stores, warden
from storage.errors import Locked
from storage.keys import Keys
from storage.ledger import Ledger
from storage.link import LinkKey
from storage.note import Signer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.database import Database
    from storage.keys import Root
    from storage.objects import Objects
    from storage.roots import Secrets
    from storage.settings import Settings

LINK = "link"


@dataclass(frozen=True)
class Vault:
    """An open vault."""

    folder: Path
    settings: Settings
    database: Database
    blobs: Objects
    keys: Keys
    ledger: Ledger
    link: LinkKey
    link_root: Callable[[], Root]
    fresh: bool = True
    """Whether the root was opened in this process, and not by a warden that had it from before."""

    @property
    def id(self) -> str:
        """The vault's id."""
        return self.settings.id

    def check_root(self) -> None:
        """Raise Locked if the root was rotated since this vault was opened: what is sealed to the old one is lost."""
        try:
            age.decrypt(files.read(self.folder / "records.key.age"), [self.keys.root()])
        except age.NoMatch:
            raise Locked("The vault's root was rotated meanwhile. Nothing was done: do it again.") from None

    def close(self) -> None:
        """Let every connection go."""
        self.database.close()
        self.link.close()


def open_vault(folder: Path, secrets: Secrets, link_secrets: Secrets | None = None, *, fresh: bool = False) -> Vault:
    """Open the vault in `folder`. Raises NotFound, Locked, Damaged, StorageFailed.

    A warden that holds its root (`tillit unlock`) is asked first, unless `fresh`; then its keeper.
    """
    with files.usable():
        about = settings.read(folder)
    warded = None if fresh else _warded(about, "root")
    root = warded or roots.read(folder, about.root, secrets, "root")

    def link_root() -> Root:
        kept = _warded(about, "link-root")
        try:
            return kept or roots.read(folder / LINK, about.link_root, link_secrets or secrets, "link-root")
        except Locked as locked:
            raise Locked(
                "The link key stays closed; it may have a passphrase of its own. {why}", why=locked.sentence
            ) from None

    with files.usable():
        return replace(assemble(folder, about, root, link_root, secrets), fresh=warded is None)


def _warded(about: Settings, name: str) -> Root | None:
    """The root as the warden of this vault has it, if it was unlocked."""
    there = warden.connect(about.id)
    return there.root(name) if there else None


def assemble(folder: Path, about: Settings, root: Root, link_root: Callable[[], Root], secrets: Secrets) -> Vault:
    """The vault whose root is open. Raises Damaged."""
    database, _ = stores.records(folder, about, root)

    def unlock_link() -> tuple[Database, bytes]:
        with files.usable():
            return stores.link(folder, about, link_root())

    ledger = Ledger(database, signer(folder, about, root), stores.ledger_file(folder, about))
    blobs = stores.objects(folder, about, secrets)
    return Vault(folder, about, database, blobs, Keys(database, root), ledger, LinkKey(unlock_link), link_root)


def signer(folder: Path, about: Settings, root: age.Identity) -> Signer:
    """The ledger's name and key."""
    seed = age.decrypt(files.read(folder / "ledger.key.age"), [root])
    return Signer(f"tillit/{about.id}", Ed25519PrivateKey.from_private_bytes(seed))
