"""Withdrawals as they were asked for and ended, how long what is kept, and holds, under which nothing is destroyed."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  # SQLAlchemy reads the annotations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Row


class Withdrawal(Row):
    """What was asked for, by scope and ground, when (`created`), and what became of it; retention's are here too.

    `participant_id` is NULL for what is the whole study's, such as its names.
    `exceptions` names the holds under which what is sealed was kept, `counts` what was destroyed; `position` is that
    of the ledger's entry which says so, NULL until then.
    """

    __tablename__ = "withdrawal"
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    participant_id: Mapped[str | None] = mapped_column(sa.ForeignKey("participant.id"))
    scope: Mapped[str]
    ground: Mapped[str]
    exceptions: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list)
    counts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    position: Mapped[int | None]
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))


class Hold(Row):
    """That nothing of a participant, or of a whole study, may be destroyed: of which kind, why, and until when.

    `kind` is "legal", or "analysed" for what entered an analysis before the withdrawal (helseforskningsloven § 16).
    """

    __tablename__ = "hold"
    __table_args__ = (sa.UniqueConstraint("study_id", "number"),)
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    participant_id: Mapped[str | None] = mapped_column(sa.ForeignKey("participant.id"))
    number: Mapped[int]
    kind: Mapped[str]
    ground: Mapped[str]
    until: Mapped[date | None]
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    lifted: Mapped[datetime | None]
    lifted_by_person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))


class RetentionRule(Row):
    """That a study keeps one kind of retention.toml for other days than said there; NULL is until further notice."""

    __tablename__ = "retention_rule"
    __table_args__ = (sa.UniqueConstraint("study_id", "kind"),)
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    kind: Mapped[str]
    since: Mapped[str]
    days: Mapped[int | None]
    ground: Mapped[str]
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))


class Notice(Row):
    """That somebody was told what will be destroyed: of whom (NULL: the whole study's), of which kind, due when."""

    __tablename__ = "notice"
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    participant_id: Mapped[str | None] = mapped_column(sa.ForeignKey("participant.id"))
    kind: Mapped[str]
    due: Mapped[date]
