"""What participants agreed to, to which letter, and what shows it, as the records keep it; see policies.consent."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003  # SQLAlchemy reads the annotations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Row


class Letter(Row):
    """An information letter or consent form of a study, whole, as it was handed out; never changed.

    `content` is the file's bytes and `sha256` theirs, 64 hex digits; `language` a code such as "nb".
    """

    __tablename__ = "letter"
    __table_args__ = (sa.UniqueConstraint("study_id", "version", "language"),)
    study_id: Mapped[str] = mapped_column(sa.ForeignKey("study.id"))
    version: Mapped[str]
    language: Mapped[str]
    sha256: Mapped[str]
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    content: Mapped[bytes] = mapped_column(deferred=True)  # read by whoever wants the letter itself


class Consent(Row):
    """What a participant agreed to; the newest row counts. `purposes` are those of policies.actions.

    `letter` is its version in words, `letter_id` the row, NULL in consents from before letters were kept. `evidence`
    is {"recording": id, "start": seconds, "end": seconds}, {"scan": id}, or empty. `embargo` is the first day on which
    more may be done than record and transcribe. `amends` is the id of the consent this one was made from.
    """

    __tablename__ = "consent"
    __table_args__ = (sa.UniqueConstraint("participant_id", "version"),)
    participant_id: Mapped[str] = mapped_column(sa.ForeignKey("participant.id"))
    purposes: Mapped[list[str]]
    given: Mapped[date]
    how: Mapped[str]
    letter: Mapped[str]
    letter_id: Mapped[str | None] = mapped_column(sa.String(32))
    expires: Mapped[date]
    evidence: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    embargo: Mapped[date | None]
    amends: Mapped[str | None] = mapped_column(sa.String(32))
    withdrawn_at: Mapped[datetime | None]
    by_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int]


class Scan(Row):
    """A signed form as it was scanned, `size` bytes, in base64 under the participant's key; gone when that is."""

    __tablename__ = "scan"
    __table_args__ = (sa.UniqueConstraint("consent_id"),)
    participant_id: Mapped[str] = mapped_column(sa.ForeignKey("participant.id"))
    consent_id: Mapped[str] = mapped_column(sa.ForeignKey("consent.id"))
    size: Mapped[int]
    sealed_scan: Mapped[bytes]
