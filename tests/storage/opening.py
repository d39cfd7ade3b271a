"""For tests of forgetting: tries every key there is on every sealed value there is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from storage import age, columns
from storage.backup import rows
from storage.errors import Damaged
from storage.records import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.database import Database
    from storage.vault import Vault

Rows = list[tuple[str, dict[str, Any]]]


def rows_of(vault: Vault) -> Rows:
    """Every row of the records."""
    return rows_through(vault.database)


def rows_through(database: Database) -> Rows:
    """The same, of a database that is no vault's yet."""
    with database.reader.connect() as connection:
        return [
            (table.name, dict(row))
            for table in Row.metadata.sorted_tables
            for row in connection.execute(sa.select(table).order_by(table.c.id)).mappings()
        ]


def rows_in(folder: Path, root: age.Identity) -> Rows:
    """Every row in every sealed file of a repository, whether its manifest names it or not."""
    shape = rows.shape(Row.metadata)
    paths = [*sorted((folder / "snapshots").rglob("*.age")), *sorted((folder / "keys").rglob("*.age"))]
    lines = [line for path in paths for line in rows.lines(io.BytesIO(age.decrypt(path.read_bytes(), [root])))]
    return [(name, rows.decoded(shape[name], row)) for name, row in lines if name in shape]


def every_key(held: Rows, root: age.Identity) -> list[age.Identity]:
    """The root, and every identity in the rows that opens with it or with one that does."""
    keys: dict[bytes, age.Identity] = {b"": root}
    sealed = {row["sealed_identity"] for name, row in held if name in {"key", "retired_key"}}
    while found := {one: key for one in sealed - keys.keys() if (key := _identity(one, list(keys.values())))}:
        keys |= found
    return list(keys.values())


def theirs(vault: Vault, participant: str) -> set[str]:
    """The participant's id and those of all rows that are about them."""
    about = {row["id"] for _, row in rows_of(vault) if participant in {row.get("participant_id"), row.get("owner_id")}}
    return {participant, *about}


def opens(held: Rows, keys: list[age.Identity], ids: set[str]) -> set[str]:
    """The "table.column" of every sealed value in the rows of these ids that one of the keys opens."""
    return {f"{name}.{column}" for name, row in held if row["id"] in ids for column in _opened(name, row, keys)}


def _opened(name: str, row: dict[str, Any], keys: list[age.Identity]) -> Iterator[str]:
    for column, value in row.items():
        if (
            isinstance(value, bytes)
            and value
            and (_header(value, keys) or _column(value, keys, _place(name, column, row)))
        ):
            yield column


def _place(name: str, column: str, row: dict[str, Any]) -> str:
    if name == "artefact":
        return f"artefact/{row.get('kind')}/{row['id']}/{row.get('version')}"
    if name == "voice":
        return f"voice/{column}/{row['id']}/1/{row['study_id']}/{row['participant_id'] or row['person_id']}"
    if name == "heard":
        return f"heard/{column}/{row['id']}/1/{row['recording_id']}/{row['fingerprint']}/{row['number']}"
    version = row.get("attributes_version", row.get("origin_version", 1))
    return f"{name}/{column}/{row['id']}/{version}"


def _identity(sealed: bytes, keys: list[age.Identity]) -> age.Identity | None:
    try:
        return age.HybridIdentity.from_string(age.decrypt(sealed, keys).decode())
    except age.AgeError:
        return None


def _header(value: bytes, keys: list[age.Identity]) -> bool:
    try:
        return bool(age.open_header(age.read_header(io.BytesIO(value)), keys))
    except age.AgeError:
        return False


def _column(value: bytes, keys: list[age.Identity], place: str) -> bool:
    return any(_unseals(key, place, value) for key in keys if isinstance(key, age.HybridIdentity))


def _unseals(key: age.HybridIdentity, place: str, value: bytes) -> bool:
    try:
        return bool(columns.unseal(columns.key_of(key), place, value))
    except Damaged:
        return False
