"""Every value in the vault's databases, decrypted: what an administrator with a database's own key would see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from tests.faults.worker import names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.vault import Vault


def values(vault: Vault) -> Iterator[tuple[str, bytes]]:
    """Each ("table.column", value) of the records and the link key's database, the job engine's tables included."""
    names = names_in(vault)
    with vault.database.jobs.connect() as connection:
        yield from _values(connection)
    yield from _values(names._session.connection())
    names.close()


def _values(connection: sa.Connection) -> Iterator[tuple[str, bytes]]:
    for table in sa.inspect(connection).get_table_names():
        rows = connection.execute(sa.text(f'SELECT * FROM "{table}"')).mappings()  # noqa: S608  # its own table's name
        yield from ((f"{table}.{column}", _bytes(value)) for row in rows for column, value in row.items())


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
