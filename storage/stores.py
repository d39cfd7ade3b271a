"""Which database and which objects a vault has: in its folder, or where its settings say. The models are the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from storage import age, files, migrate
from storage.blobs import Folder
from storage.errors import Damaged
from storage.sqlcipher import Sqlcipher

if TYPE_CHECKING:
    from storage.database import Database
    from storage.objects import Objects
    from storage.roots import Secrets
    from storage.settings import Settings

GONE = "A database of the vault is missing or empty. Restore the vault from a backup."
S3_CREDENTIAL = "tillit-s3"


def records(folder: Path, about: Settings, root: age.Identity) -> tuple[Database, bytes]:
    """The records database, brought to the newest shape, and its key. Raises Damaged, StorageFailed."""
    return _opened(folder / "records.db", folder / "records.key.age", about.records.url, root, "records")


def link(folder: Path, about: Settings, root: age.Identity) -> tuple[Database, bytes]:
    """The link key's database and its key. Raises Damaged, StorageFailed."""
    place = folder / "link"
    return _opened(place / "names.db", place / "names.key.age", about.link.url, root, "link")


def objects(folder: Path, about: Settings, secrets: Secrets) -> Objects:
    """Where sealed payloads are. Raises BadInput, StorageFailed."""
    if not about.objects.url:
        return Folder(folder / "blobs")
    from storage.s3 import Bucket  # noqa: PLC0415  # a library most vaults have no use for

    given = (secrets.credential(S3_CREDENTIAL) or b"").decode("ascii", "replace").split()
    credentials = dict(zip(("access_key_id", "secret_access_key"), given, strict=False)) or None
    return Bucket(about.objects.url, about.objects.endpoint, about.objects.region, credentials)


def ledger_file(folder: Path, about: Settings) -> Path:
    """Where the ledger's second home is."""
    return Path(about.ledger) if about.ledger else folder / "ledger.log"


def _opened(path: Path, key_file: Path, url: str, root: age.Identity, what: str) -> tuple[Database, bytes]:
    if not url and (not path.is_file() or not path.stat().st_size):  # no bytes: SQLCipher would take it for a new one
        raise Damaged(GONE)
    key = age.decrypt(files.read(key_file), [root])
    database = _database(path, key, url, what)
    database.check()
    if migrate.current(database) is None:
        raise Damaged(GONE)
    migrate.up(database, what, key=key)
    return database, key


def _database(path: Path, key: bytes, url: str, what: str) -> Database:
    if not url:
        return Sqlcipher(path, key)
    from storage.postgres import Postgres  # noqa: PLC0415  # as above

    return Postgres(url, what)


def new_database(path: Path, key: bytes, url: str, what: str) -> Database:
    """An empty database, brought to the newest shape. Raises AlreadyThere, BadInput, StorageFailed."""
    if url:
        from storage.postgres import Postgres  # noqa: PLC0415  # as above

        Postgres.create(url, what)
    else:
        files.write_in_place(path, b"")  # SQLite gives its -wal and -shm the mode of the file
    database = _database(path, key, url, what)
    migrate.up(database, what, key=key)
    return database
