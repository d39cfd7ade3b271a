"""Attributes of a row that are text in memory and sealed bytes in the database, whichever database it is.

    class Name(LinkRow):
        surrogate = Sealed("sealed_surrogate", within="study_id", mark="surrogate_mark")
        study_id: Mapped[str]
        sealed_surrogate: Mapped[bytes]
        surrogate_mark: Mapped[bytes]
        version: Mapped[int]

A sealed text is bound to its table, column, row and version, and to the row it belongs to (`within`). Its mark is an
HMAC, so that a database can keep two equal texts from standing within the same row without knowing either; equal
texts within different rows have different marks. Both are made when a session writes the row and tried when it loads
it: the row's id is known then, as it is not where SQLAlchemy converts the value of a column.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import object_session

from storage import columns
from storage.errors import Damaged, Locked
from storage.records import new_id

if TYPE_CHECKING:
    from sqlalchemy.orm import DeclarativeBase

SEALING = "sealing"  # the name a session's Sealing goes by in `session.info`
UNSEALED = b""  # stands in the column from the moment the text is set until the row is written


class Sealing:
    """What seals and marks the columns of one database: two keys from its 32-byte one (HKDF-SHA-256, RFC 5869)."""

    def __init__(self, key: bytes) -> None:
        self._column = HKDF(hashes.SHA256(), 32, None, b"tillit/v1 link column").derive(key)
        self._mark = HKDF(hashes.SHA256(), 32, None, b"tillit/v1 link mark").derive(key)

    def seal(self, place: str, text: str) -> bytes:
        """`text`, to be opened at `place` alone."""
        return columns.seal(self._column, place, text)

    def unseal(self, place: str, sealed: bytes) -> str:
        """What was sealed for `place`; raises Damaged if it was edited or comes from another."""
        return columns.unseal(self._column, place, sealed)

    def mark(self, place: str, text: str) -> bytes:
        """32 bytes, equal for equal texts at one place (HMAC-SHA-256); `place` holds no NUL."""
        return hmac.digest(self._mark, f"{place}\0{text}".encode(), "sha256")


def place(table: str, column: str, row: str, version: int, within: str) -> str:
    """What a sealed text is bound to."""
    return f"{table}/{column}/{row}/{version}/{within}"


def mark_place(table: str, column: str, within: str) -> str:
    """Where no two texts may be equal."""
    return f"{table}/{column}/{within}"


@dataclass(eq=False)
class Sealed:
    """A text attribute kept in `column`; `within` and `mark` name columns too. Reading it raises Damaged, Locked."""

    column: str
    within: str = "id"
    mark: str | None = None
    _memory: str = field(init=False)

    def __set_name__(self, _kind: type, name: str) -> None:
        self._memory = f"_{name}_in_memory"

    @overload
    def __get__(self, row: None, _kind: type) -> Sealed: ...
    @overload
    def __get__(self, row: object, _kind: type) -> str: ...
    def __get__(self, row: Any, _kind: type) -> Sealed | str:  # any class with the columns named above
        if row is None:
            return self
        sealed = getattr(row, self.column)
        known = row.__dict__.get(self._memory)
        if known is None or known[0] != sealed:  # not opened yet, or rolled back since
            known = row.__dict__[self._memory] = (sealed, self._unseal(row, sealed))
        return str(known[1])

    def __set__(self, row: Any, text: str) -> None:  # noqa: ANN401  # as above
        if getattr(row, self.column) is None or self.__get__(row, type(row)) != text:
            row.__dict__[self._memory] = (UNSEALED, text)
            setattr(row, self.column, UNSEALED)

    def seal(self, row: Any, text: str) -> None:  # noqa: ANN401  # as above
        """Put `text` into the row's columns, for its id and version as they are now."""
        sealing = _sealing(row)
        setattr(row, self.column, sealing.seal(self._place(row), text))
        row.__dict__[self._memory] = (getattr(row, self.column), text)
        if self.mark is not None:
            setattr(row, self.mark, sealing.mark(self._mark_place(row), text))

    def _unseal(self, row: Any, sealed: bytes) -> str:  # noqa: ANN401  # as above
        sealing = _sealing(row)
        text = sealing.unseal(self._place(row), sealed)
        marked = self.mark is None or hmac.compare_digest(
            getattr(row, self.mark), sealing.mark(self._mark_place(row), text)
        )
        if not marked:
            raise Damaged("A sealed field does not have the mark it was given. Restore the link key from a backup.")
        return text

    def _place(self, row: Any) -> str:  # noqa: ANN401  # as above
        return place(row.__tablename__, self.column, row.id, row.version, getattr(row, self.within))

    def _mark_place(self, row: Any) -> str:  # noqa: ANN401  # as above
        return mark_place(row.__tablename__, self.column, getattr(row, self.within))


def watch(base: type[DeclarativeBase]) -> None:
    """Seal and open the rows of every class under `base` as they are written and loaded."""
    sa.event.listen(base, "before_insert", _write, propagate=True)
    sa.event.listen(base, "before_update", _write, propagate=True)
    sa.event.listen(base, "load", _loaded, propagate=True)
    sa.event.listen(base, "refresh", _loaded, propagate=True)


def _write(_mapper: object, _connection: object, row: Any) -> None:  # noqa: ANN401  # as above
    """Seal the row anew, for its next version, if one of its texts was set."""
    sealed = _sealed(row)
    if all(getattr(row, one.column) != UNSEALED for one in sealed):
        return
    texts = [(one, one.__get__(row, type(row))) for one in sealed]
    row.id = row.id or new_id()
    row.version = (row.version or 0) + 1
    for one, text in texts:
        one.seal(row, text)


def _loaded(row: Any, context: Any, *_: object) -> None:  # noqa: ANN401  # as above
    """Open every text now, so that damage is found where a row is loaded and not where it is used."""
    if SEALING in context.session.info:
        for one in _sealed(row):
            one.__get__(row, type(row))


def _sealed(row: object) -> list[Sealed]:
    return [value for value in vars(type(row)).values() if isinstance(value, Sealed)]


def _sealing(row: object) -> Sealing:
    session = object_session(row)
    if session is None or SEALING not in session.info:
        raise Locked("The link key is closed. Open it with its passphrase.")
    found: Sealing = session.info[SEALING]
    return found
