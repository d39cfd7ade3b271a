"""What one person asks for and another has to approve, as the records keep it; see policies.second_person."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # SQLAlchemy reads the annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Row


class Request(Row):
    """An act that takes two: good once, for whoever asked, after another's approval and until `expires`.

    `action` is for `resource` ("Recording/<id>") and no other; `digest` is of these two and of what else was asked.
    That is in `sealed_payload` under the participant's key, NULL once it is destroyed; or, where the act is on a study
    or, `study_id` NULL, on the vault, in `terms`: codes and numbers, and why in words that name nobody. Who closed it
    refused it, or, if it is who asked, took it back.
    """

    __tablename__ = "request"
    __table_args__ = (sa.UniqueConstraint("study_id", "number"),)
    study_id: Mapped[str | None] = mapped_column(sa.ForeignKey("study.id"))
    participant_id: Mapped[str | None] = mapped_column(sa.ForeignKey("participant.id"))
    number: Mapped[int]
    action: Mapped[str]
    resource: Mapped[str]
    digest: Mapped[str]
    sealed_payload: Mapped[bytes | None]
    terms: Mapped[str | None]
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    approved_by_person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    closed_by_person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    expires: Mapped[datetime]
    used: Mapped[datetime | None]
