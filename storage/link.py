"""The link key: which real name a surrogate stands for. Its own root, its own database file, apart from the rest.

The records with all their keys say nothing about who somebody is without this database, and this one nothing about
what anybody said. Names, surrogates and seeds are sealed in it under its own key, so that a database which is not
encrypted as a whole says no name either; see storage/sealed.py.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, Session, mapped_column, relationship

from storage.records import UtcDateTime, new_id, now
from storage.sealed import SEALING, Sealed, Sealing, watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database import Database
    from storage.permit import Permit


class LinkRow(DeclarativeBase):
    """Every table of the link-key database; `version` counts how often the row's sealed texts were written."""

    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012  # SQLAlchemy's own idiom

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    created: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int]


watch(LinkRow)


class Name(LinkRow):
    """One person, place or number somebody spoke of, and its surrogate, the same in the whole study.

    `number` counts within the study and kind, `cohort` is the decade of birth a first name suggests, and `interview`
    the id of the recording it belongs to, "" where that is the whole study.
    """

    __tablename__ = "name"
    __table_args__ = (
        sa.UniqueConstraint("study_id", "surrogate_mark"),
        sa.Index("name_number", "study_id", "kind", "number", unique=True),
    )
    surrogate = Sealed("sealed_surrogate", within="study_id", mark="surrogate_mark")
    study_id: Mapped[str]
    kind: Mapped[str]
    sealed_surrogate: Mapped[bytes]
    surrogate_mark: Mapped[bytes]
    gender: Mapped[str | None]
    cohort: Mapped[int | None]
    number: Mapped[int]
    interview: Mapped[str] = mapped_column(default="")
    confirmed: Mapped[bool] = mapped_column(default=False)
    forms: Mapped[list[Form]] = relationship(back_populates="name", lazy="selectin", order_by="Form.id")


class Form(LinkRow):
    """One way the real name was spoken; `given` is when it came into the roster, NULL if it is not there."""

    __tablename__ = "form"
    __table_args__ = (sa.UniqueConstraint("name_id", "form_mark"),)
    form = Sealed("sealed_form", within="name_id", mark="form_mark")
    name_id: Mapped[str] = mapped_column(sa.ForeignKey("name.id"))
    sealed_form: Mapped[bytes]
    form_mark: Mapped[bytes]
    given: Mapped[datetime | None]
    name: Mapped[Name] = relationship(back_populates="forms")


class Seed(LinkRow):
    """The secret that surrogates of one study are drawn with, in hex; `id` is the study's."""

    __tablename__ = "seed"
    seed = Sealed("sealed_seed")
    sealed_seed: Mapped[bytes]


class Naming(LinkRow):
    """What a person decided about a study's names, numbered from 1; `undoes` is the decision it takes back.

    Never changed and never deleted: what is in force follows from all of them, and no name is lost by any.
    """

    __tablename__ = "naming"
    __table_args__ = (sa.UniqueConstraint("study_id", "number"),)
    what = Sealed("sealed_what", within="study_id")
    why = Sealed("sealed_why", within="study_id")
    study_id: Mapped[str]
    number: Mapped[int]
    verb: Mapped[str]
    sealed_what: Mapped[bytes]
    sealed_why: Mapped[bytes]
    undoes: Mapped[int | None]
    by_person_id: Mapped[str]


class StudyNames:
    """The names of one study, in one transaction on the link key; other studies' cannot be reached from here."""

    def __init__(self, session: Session, study: str) -> None:
        self._session = session
        self._study = study

    def all(self) -> list[Name]:
        """Every name, oldest first."""
        query = sa.select(Name).where(Name.study_id == self._study).order_by(Name.created, Name.number, Name.id)
        return list(self._session.scalars(query))

    def add(self, name_id: str, kind: str, surrogate: str, number: int | None = None) -> Name:
        """A new name, yet without forms; its number is the next of its kind unless one is given."""
        name = Name(id=name_id, study_id=self._study, kind=kind, surrogate=surrogate, confirmed=False)
        name.number = self._next(Name.number, Name.kind == kind) if number is None else number
        name.interview = ""
        self._session.add(name)
        return name

    def namings(self) -> list[Naming]:
        """What people decided about the names, oldest first."""
        query = sa.select(Naming).where(Naming.study_id == self._study).order_by(Naming.number)
        return list(self._session.scalars(query))

    def decide(self, verb: str, what: str, why: str, by: str, undoes: int | None = None) -> Naming:
        """Write down what the person `by` decided about the names."""
        row = Naming(study_id=self._study, verb=verb, what=what, why=why, by_person_id=by, undoes=undoes)
        row.number = self._next(Naming.number)
        self._session.add(row)
        return row

    def forget(self, form: Form) -> None:
        """Delete a form, and its name if that has no other: for names that no mention can be of."""
        name = form.name
        name.forms.remove(form)
        self._session.delete(form)
        if not name.forms:
            self._session.delete(name)

    def forget_all(self) -> int:
        """Delete every name of the study, what was decided about them, and its seed; returns how many forms."""
        names, seed = self.all(), self._session.get(Seed, self._study)
        count = sum(len(name.forms) for name in names)
        for row in (
            *(form for name in names for form in name.forms),
            *names,
            *self.namings(),
            *([seed] if seed else []),
        ):
            self._session.delete(row)
        return count

    def seed(self) -> bytes:
        """The study's 32-byte seed, made the first time it is asked for."""
        row = self._session.get(Seed, self._study)
        if row is None:
            row = Seed(id=self._study, seed=secrets.token_hex(32))
            self._session.add(row)
        return bytes.fromhex(row.seed)

    def _next(self, column: InstrumentedAttribute[int], *of: sa.ColumnElement[bool]) -> int:
        """One more than the highest in the study."""
        query = sa.select(sa.func.max(column)).where(column.class_.study_id == self._study, *of)
        return (self._session.scalar(query) or 0) + 1

    def keep(self) -> None:
        """Make what was changed durable. Where that fails the connection is let go: its transaction may be open."""
        try:
            self._session.commit()
        except BaseException:
            self._session.invalidate()
            raise

    def close(self) -> None:
        """Let go; what was not kept is rolled back."""
        self._session.close()


class LinkKey:
    """Opens the link-key database for a Permit that says so, and for nothing else.

    `unlock` gives the open database and its 32-byte key, which seals the names in it.
    """

    def __init__(self, unlock: Callable[[], tuple[Database, bytes]]) -> None:
        self._unlock = unlock
        self._database: tuple[Database, bytes] | None = None
        self._opening = Lock()  # recordings under way at once may be the first to ask

    def names(self, permit: Permit) -> StudyNames:
        """The names of the permit's study, in a transaction that its act ends. Raises Denied, Locked."""
        study = permit.for_link()
        database, key = self._opened()
        return StudyNames(Session(database.writer, expire_on_commit=False, info={SEALING: Sealing(key)}), study)

    def whole(self, permit: Permit) -> Database:
        """The database as it is, names sealed, for its backup. Raises Denied, Locked."""
        permit.for_whole_link()
        return self._opened()[0]

    def scrub(self, permit: Permit) -> None:
        """Leave nothing behind of what was deleted; after the act's commit. Raises Denied, StorageFailed."""
        permit.for_link()
        self._opened()[0].scrub()

    def _opened(self) -> tuple[Database, bytes]:
        with self._opening:
            if self._database is None:
                self._database = self._unlock()
            return self._database

    def close(self) -> None:
        """Let the database and its key go."""
        if self._database is not None:
            self._database[0].close()
            self._database = None
