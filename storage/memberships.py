"""Roles that were taken back: a row moves here from `membership`, so that what is there is always what holds now."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # SQLAlchemy reads the annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Row


class FormerMembership(Row):
    """A role somebody had, in a study or, where `study_id` is NULL, in the vault: since when, and until when.

    `created` is the end; `by_person_id` is who took it back.
    """

    __tablename__ = "former_membership"
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    study_id: Mapped[str | None] = mapped_column(sa.ForeignKey("study.id"))
    role: Mapped[str]
    since: Mapped[datetime]
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
