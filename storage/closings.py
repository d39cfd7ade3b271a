"""Studies that are closed, and who said that no copy of their own is left, as the records keep it."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # SQLAlchemy reads the annotations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Row


class Closing(Row):
    """That a study is closed, since `created`, and how: "delete", "anonymise" or "archive"; `why` names nobody.

    `before` is what there was, counted by kind, of each participant by id and under "" of the study itself; `since`
    how long the ledger was then. `destroyed`, `kept` and `held` are what became of it, by kind, and `position` is that
    of the ledger's entry which says so, NULL until then. `ended` is when nothing was held any more.
    """

    __tablename__ = "closing"
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"), unique=True)
    how: Mapped[str]
    why: Mapped[str]
    before: Mapped[dict[str, Any]]
    since: Mapped[int]
    destroyed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept: Mapped[dict[str, Any]] = mapped_column(default=dict)
    held: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int | None]
    ended: Mapped[datetime | None]
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))


class Confirmation(Row):
    """That somebody who worked in a closed study has no copy of their own left, as they said it."""

    __tablename__ = "confirmation"
    __table_args__ = (sa.UniqueConstraint("study_id", "person_id"),)
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    said: Mapped[str]
