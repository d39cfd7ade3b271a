"""Rows as lines of JSON that any database takes back: each column's kind is stated, never guessed.

    {"artefact": {"id": "…", "created": "2026-01-31T12:00:00+00:00", "header": "<base64>", …}}

Kinds: text, number, flag, json as they are; bytes in base64 (RFC 4648 §4); day and moment in ISO 8601, moments in UTC.
"""

from __future__ import annotations

import base64
import binascii
import json
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from storage.errors import Damaged
from storage.records import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Shape = dict[str, dict[str, str]]  # the kind of every column of every table
PAGE = 500
END = "rows"  # the last line, with how many there were
# The first that a column's type is one of, and the type with which any database is given the value back.
KINDS: dict[str, tuple[type[sa.types.TypeEngine[Any]], sa.types.TypeEngine[Any]]] = {
    "moment": (UtcDateTime, UtcDateTime()),
    "day": (sa.Date, sa.Date()),
    "bytes": (sa.LargeBinary, sa.LargeBinary()),
    "json": (sa.JSON, sa.JSON(none_as_null=True)),
    "flag": (sa.Boolean, sa.Boolean()),
    "number": (sa.Integer, sa.BigInteger()),
    "text": (sa.String, sa.String()),
}
BROKEN = "A file of the backup does not hold the rows it should. Restore from another copy of the backup."


def shape(metadata: sa.MetaData) -> Shape:
    """The tables in an order in which rows can be put back, with the kind of each column."""
    return {
        table.name: {column.name: _kind(column.type) for column in table.columns} for table in metadata.sorted_tables
    }


def tables(described: Shape) -> dict[str, sa.Table]:
    """Tables to put rows back into, as the backup describes them and not as this version's models do."""
    metadata = sa.MetaData()
    try:
        return {
            name: sa.Table(name, metadata, *[sa.Column(column, KINDS[kind][1]) for column, kind in columns.items()])
            for name, columns in described.items()
        }
    except (AttributeError, KeyError):
        raise Damaged(BROKEN) from None


def line(name: str, content: object) -> bytes:
    """One line: an object with one member."""
    return json.dumps({name: content}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def lines(file: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
    """The name and the content of each line. Raises Damaged."""
    for text in file:
        try:
            [(name, content)] = json.loads(text).items()
        except (AttributeError, ValueError):
            raise Damaged(BROKEN) from None
        yield name, content


def encoded(columns: dict[str, str], row: sa.RowMapping) -> dict[str, Any]:
    """A row as JSON has it."""
    return {name: _encode(columns[name], value) for name, value in row.items()}


def decoded(columns: dict[str, str], row: dict[str, Any]) -> dict[str, Any]:
    """A row as a database takes it. Raises Damaged."""
    try:
        return {name: _decode(columns[name], value) for name, value in row.items()}
    except (AttributeError, KeyError, TypeError, ValueError, binascii.Error):
        raise Damaged(BROKEN) from None


@contextmanager
def at_one_moment(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that sees the database as it is now, whatever others write until the body is done."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")  # engines that read begin nothing by themselves; see storage.database
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection
        connection.rollback()


def _kind(column: sa.types.TypeEngine[Any]) -> str:
    return next(kind for kind, (known, _) in KINDS.items() if isinstance(column, known))


def _encode(kind: str, value: Any) -> Any:  # noqa: ANN401  # whatever a column holds
    if value is None:
        return None
    if kind == "bytes":
        return base64.b64encode(value).decode()
    return value.isoformat() if kind in {"day", "moment"} else value


def _decode(kind: str, value: Any) -> Any:  # noqa: ANN401  # as above
    if value is None:
        return None
    if kind == "bytes":
        return base64.b64decode(value, validate=True)
    readers = {"day": date.fromisoformat, "moment": datetime.fromisoformat}
    return readers[kind](value) if kind in readers else value
