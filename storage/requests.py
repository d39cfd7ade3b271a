"""What one person asks for and another has to approve, as the records keep it; see policies.second_person."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  # SQLAlchemy reads the annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Row


class Request(Row):
    """An act that takes two: good once, for whoever asked, after another's approval and until `expires`.

    `action` is for `resource` ("Recording/<id>") and no other; `digest` is of these two and of what else was asked,
    which is in `sealed_payload` under the participant's key, and NULL once that is destroyed.
    """

    __tablename__ = "request"
    __table_args__ = (sa.UniqueConstraint("study_id", "number"),)
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    participant_id: Mapped[str] = mapped_column(sa.ForeignKey("participant.id"))
    number: Mapped[int]
    action: Mapped[str]
    resource: Mapped[str]
    digest: Mapped[str]
    sealed_payload: Mapped[bytes | None]
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    approved_by_person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    expires: Mapped[datetime]
    used: Mapped[datetime | None]
