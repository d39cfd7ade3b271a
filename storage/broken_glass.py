"""That somebody broke the glass of a study, as the records keep it; see policies.break_glass."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # SQLAlchemy reads the annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Row


class BrokenGlass(Row):
    """One person's reading of a study without the role for it, from `created` to `until`; `why` names nobody.

    `verdict` is "justified" or "not justified", NULL until another has reviewed it, and `said` what they wrote.
    """

    __tablename__ = "break_glass"
    __table_args__ = (sa.UniqueConstraint("study_id", "number"),)
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    number: Mapped[int]
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    why: Mapped[str]
    until: Mapped[datetime]
    reviewed_by_person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    reviewed: Mapped[datetime | None]
    verdict: Mapped[str | None]
    said: Mapped[str | None]
