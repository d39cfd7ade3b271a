"""The ledger's rows in the database: its head, its leaves page by page, and which entries are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from storage.errors import Damaged
from storage.records import LedgerEntry, LedgerHead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from storage.ledger_leaf import Leaf

Page = list[tuple[int, bytes]]  # (position, leaf)
HEAD = "head"
PAGE = 5000
MOST_IDS = 500  # in one question


def head(session: Session) -> LedgerHead:
    """The head as it is now, whatever the session saw before. Raises Damaged."""
    found = session.get(LedgerHead, HEAD, populate_existing=True)
    if found is None:
        raise Damaged("The ledger has no head. Restore the vault from a backup.")
    return found


def pages(engine: sa.Engine, first: int = 0) -> Iterator[Page]:
    """Every (position, leaf) from `first` on, in order, a few thousand at a time; none is held open in between."""
    query = (
        sa.select(LedgerEntry.position, LedgerEntry.leaf)
        .where(LedgerEntry.position >= sa.bindparam("first"))
        .order_by(LedgerEntry.position)
        .limit(PAGE)
    )
    with engine.connect() as connection:
        while page := _page(connection, query, first):
            yield page
            first = page[-1][0] + 1


def _page(connection: sa.Connection, query: sa.Select[int, bytes], first: int) -> Page:
    result = connection.execute(query, {"first": first})
    driver = connection.dialect.loaded_dbapi
    try:
        rows = result.cursor.fetchall()  # the driver's own: a million wrapped ones cost a second
    except driver.Error as error:
        raise DBAPIError.instance("SELECT", None, error, driver.Error, hide_parameters=True) from None
    result.close()
    return cast("Page", rows)


def leaves(session: Session, first: int, end: int) -> list[bytes]:
    """The leaves from position `first` up to, not including, `end`."""
    query = sa.select(LedgerEntry.leaf).where(LedgerEntry.position >= first, LedgerEntry.position < end)
    return list(session.scalars(query.order_by(LedgerEntry.position)))


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
    rows = [
        {
            "id": leaf.id,
            "position": first + number,
            "leaf": leaf.data,
            "participant_id": leaf.participant,
            "sealed_openings": leaf.sealed_openings,
        }
        for number, leaf in enumerate(new)
    ]
    session.execute(sa.insert(LedgerEntry), rows)
