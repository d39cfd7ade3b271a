"""The ledger's rows in the database: its head, its leaves page by page, and which entries are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from storage.errors import Damaged
from storage.records import LedgerEntry, LedgerHead, now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from storage.ledger_leaf import Leaf

Page = list[tuple[int, bytes]]  # (position, leaf)
HEAD = "head"
PAGE = 5000
MOST_IDS = 500  # in one question


# Made once, and of tables, not of objects: to put a statement together costs more than to run it.
_ENTRIES, _HEADS = cast("sa.Table", LedgerEntry.__table__), cast("sa.Table", LedgerHead.__table__)
_HEAD = sa.select(_HEADS.c.size, _HEADS.c.frontier, _HEADS.c.checkpoint).where(_HEADS.c.id == HEAD)
_MOVE = sa.update(_HEADS).where(_HEADS.c.id == HEAD, _HEADS.c.size == sa.bindparam("old_size"))
_INSERT = sa.insert(_ENTRIES)
_PAGE = (
    sa.select(_ENTRIES.c.position, _ENTRIES.c.leaf)
    .where(_ENTRIES.c.position >= sa.bindparam("first"))
    .order_by(_ENTRIES.c.position)
    .limit(PAGE)
)
_SPAN = (
    sa.select(_ENTRIES.c.leaf)
    .where(_ENTRIES.c.position >= sa.bindparam("first"), _ENTRIES.c.position < sa.bindparam("end"))
    .order_by(_ENTRIES.c.position)
)


class Head(NamedTuple):
    """How long the ledger is, what is needed to add to it, and the signed checkpoint."""

    size: int
    frontier: bytes
    checkpoint: str


def head(session: Session) -> Head:
    """The head as it is now, whatever the session saw before. Raises Damaged."""
    found = session.execute(_HEAD).one_or_none()
    if found is None:
        raise Damaged("The ledger has no head. Restore the vault from a backup.")
    return Head(*found)


def move_head(session: Session, old_size: int, new: Head) -> bool:
    """Put `new` in the place of the head of `old_size`; false, and nothing happens, if that is not the head."""
    moved = session.execute(_MOVE, {"old_size": old_size, **new._asdict()})
    return moved.rowcount == 1  # type: ignore[attr-defined,no-any-return]  # an UPDATE's result is a CursorResult


def pages(engine: sa.Engine, first: int = 0) -> Iterator[Page]:
    """Every (position, leaf) from `first` on, in order, a few thousand at a time; none is held open in between."""
    with engine.connect() as connection:
        while page := _page(connection, first):
            yield page
            if len(page) < PAGE:
                return
            first = page[-1][0] + 1


def _page(connection: sa.Connection, first: int) -> Page:
    result = connection.execute(_PAGE, {"first": first})
    driver = connection.dialect.loaded_dbapi
    try:
        rows = result.cursor.fetchall()  # the driver's own: a million wrapped ones cost a second
    except driver.Error as error:
        raise DBAPIError.instance("SELECT", None, error, driver.Error, hide_parameters=True) from None
    result.close()
    return cast("Page", rows)


def leaves(session: Session, first: int, end: int) -> list[bytes]:
    """The leaves from position `first` up to, not including, `end`."""
    return list(session.scalars(_SPAN, {"first": first, "end": end}))


def by_id(connection: sa.Connection, ids: Iterable[str]) -> dict[str, bytes]:
    """The leaf of each of these entries that is there."""
    asked, found = list(ids), {}
    for at in range(0, len(asked), MOST_IDS):
        query = sa.select(LedgerEntry.id, LedgerEntry.leaf).where(LedgerEntry.id.in_(asked[at : at + MOST_IDS]))
        found.update({row.id: row.leaf for row in connection.execute(query)})
    return found


def missing(connection: sa.Connection, waiting: list[Leaf]) -> list[Leaf]:
    """Those of some waiting entries that are not in the tree yet, each once."""
    there = by_id(connection, [leaf.id for leaf in waiting])
    return list({leaf.id: leaf for leaf in waiting if leaf.id not in there}.values())


def insert(session: Session, first: int, new: list[Leaf]) -> None:
    """Add the entries from position `first` on."""
    moment = now()
    rows = [
        {
            "id": leaf.id,
            "created": moment,
            "position": first + number,
            "leaf": leaf.data,
            "participant_id": leaf.participant,
            "sealed_openings": leaf.sealed_openings,
        }
        for number, leaf in enumerate(new)
    ]
    session.execute(_INSERT, rows)
