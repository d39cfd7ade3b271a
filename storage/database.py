"""What the house asks of a database, whichever it is: one engine that reads, one that writes, one for the jobs.

Two kinds keep it: a SQLCipher file (storage/sqlcipher.py) and a schema of a PostgreSQL server (storage/postgres.py).
The models, the migrations and every transaction are the same in both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import sqlalchemy as sa


class Database(ABC):
    """One open database, which is there: opening never makes one.

    `reader` sees committed rows. `writer` holds one transaction at a time in all processes together, from its begin
    on, so that what is asked inside it stays true until its commit. `jobs` is for the job engine, which opens its
    transactions itself.
    """

    kind: ClassVar[str]
    reader: sa.Engine
    writer: sa.Engine
    jobs: sa.Engine

    @abstractmethod
    def check(self) -> None:
        """Raise Damaged if what is there is not the vault's, StorageFailed if it cannot be got at."""

    @abstractmethod
    def scrub(self, *tables: str) -> None:
        """Leave nothing behind of rows that were changed or deleted in these tables, or in all. Raises StorageFailed.

        To be called after the commit. What a kind cannot reach is said where it is kept.
        """

    @abstractmethod
    def faults(self) -> list[str]:
        """What the database itself finds wrong when all of it is read: a sentence each, none of them with a value."""

    def close(self) -> None:
        """Let every connection go."""
        for engine in (self.reader, self.writer, self.jobs):
            engine.dispose()
