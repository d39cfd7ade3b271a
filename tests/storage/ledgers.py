"""A ledger in a folder of its own, without a vault around it, and what somebody with its disk or its key could do."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from storage import merkle
from storage.ledger import Entry, Ledger
from storage.note import Signer
from storage.records import LedgerEntry, LedgerHead, Row
from storage.sqlcipher import Sqlcipher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.database import Database

KEY = bytes(range(32))
SIGNER = Signer("tillit/test", Ed25519PrivateKey.from_private_bytes(KEY))
TABLES = [Row.metadata.tables[name] for name in ("ledger_entry", "ledger_tile", "ledger_head")]


@dataclass
class Place:
    """Where a ledger is; `open` may be called again and again, as by processes one after the other."""

    folder: Path
    _databases: list[Database] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """The append-only file."""
        return self.folder / "ledger.log"

    def lines(self) -> list[bytes]:
        """The file's lines."""
        return self.file.read_bytes().splitlines() if self.file.exists() else []

    def make(self) -> Ledger:
        """A new ledger without entries."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / "records.db").touch()
        ledger = self.open()
        Row.metadata.create_all(self.database.writer, TABLES)
        with Session(self.database.writer) as session, session.begin():
            ledger.start(session)
        return ledger

    def open(self) -> Ledger:
        """The ledger that is there."""
        self._databases.append(Sqlcipher(self.folder / "records.db", KEY))
        return Ledger(self.database, SIGNER, self.file)

    @property
    def database(self) -> Database:
        """The one opened last."""
        return self._databases[-1]

    def close(self) -> None:
        """Let every connection go."""
        while self._databases:
            self._databases.pop().close()

    def copy(self, folder: Path) -> Place:
        """The same bytes elsewhere; nothing may be open."""
        self.close()
        shutil.copytree(self.folder, folder)
        return Place(folder)


def entry(number: int) -> Entry:
    """One that can be told from the others."""
    return Entry("test", "act", {"n": number})


def fill(database: Database, ledger: Ledger, count: int) -> None:
    """Append many entries at once, and let the file follow."""
    with Session(database.writer) as session, session.begin():
        ledger.append_all(session, map(entry, range(count)))
    ledger.follow()


def numbers(ledger: Ledger) -> list[int]:
    """The numbers of the entries made by `entry`, in the tree's order."""
    return [json.loads(leaf)["n"] for leaf in ledger.leaves()]


def rewrite(database: Database, change: Callable[[list[bytes]], list[bytes]], signer: Signer = SIGNER) -> None:
    """What somebody with the key can do: other leaves under a head that is signed for them."""
    with Session(database.writer) as session, session.begin():
        old = list(session.scalars(sa.select(LedgerEntry.leaf).order_by(LedgerEntry.position)))
        session.execute(sa.delete(LedgerEntry))
        new = change(old)
        if rows := [{"position": at, "leaf": leaf} for at, leaf in enumerate(new)]:
            session.execute(sa.insert(LedgerEntry), rows)
        frontier = merkle.Frontier()
        frontier.extend([merkle.leaf_hash(leaf) for leaf in new])
        head = session.get_one(LedgerHead, "head")
        head.size, head.frontier = frontier.size, frontier.to_bytes()
        head.checkpoint = signer.checkpoint(frontier.size, frontier.root())
