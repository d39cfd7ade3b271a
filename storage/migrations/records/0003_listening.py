"""Recordings of several parts, what is heard while a recording is transcribed, voices, and how many speak."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RECORDING = sa.table("recording", sa.column("id"), sa.column("facts", sa.JSON))


def upgrade() -> None:
    """Go forward."""
    op.add_column("study", sa.Column("voices", sa.String(), server_default="never", nullable=False))
    op.add_column("study", sa.Column("speakers", sa.Integer(), nullable=True))
    op.execute("UPDATE study SET speakers = 2")
    op.add_column("study", sa.Column("style", sa.String(), server_default="verbatim", nullable=False))
    op.execute("ALTER TABLE recording RENAME COLUMN sealed_filename TO sealed_origin")
    op.add_column("recording", sa.Column("origin_version", sa.Integer(), server_default="1", nullable=False))
    _change_facts(op.get_bind(), _in_parts)
    op.create_table(
        "heard",
        sa.Column("recording_id", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"]),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("recording_id", "fingerprint", "number"),
    )
    op.create_table(
        "voice",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("participant_id", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("sealed_voice", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"]),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("study_id", "participant_id"),
        sa.UniqueConstraint("study_id", "person_id"),
        sa.CheckConstraint("(participant_id IS NULL) <> (person_id IS NULL)", name="voice_of_one"),
    )


def downgrade() -> None:
    """Go back; voices and what was heard are dropped, and so is where recordings of several parts came from."""
    op.drop_table("voice")
    op.drop_table("heard")
    _change_facts(op.get_bind(), _in_one)
    op.execute("UPDATE recording SET sealed_origin = NULL WHERE origin_version > 1")
    op.drop_column("recording", "origin_version")
    op.execute("ALTER TABLE recording RENAME COLUMN sealed_origin TO sealed_filename")
    op.drop_column("study", "style")
    op.drop_column("study", "speakers")
    op.drop_column("study", "voices")


def _change_facts(connection: sa.Connection, change: Any) -> None:  # noqa: ANN401  # a function from facts to facts
    for row in connection.execute(sa.select(RECORDING)).all():
        update = sa.update(RECORDING).where(RECORDING.c.id == row.id)
        connection.execute(update.values(facts=change(row.facts)))


def _in_parts(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as of a recording of one part."""
    return {"duration": facts.get("duration", 0.0), "parts": [facts]}


def _in_one(facts: dict[str, Any]) -> dict[str, Any]:
    """The first part's, which is all there was, or stands for the others; the duration is theirs together."""
    first: dict[str, Any] = facts["parts"][0]
    return first | ({"duration": facts["duration"]} if "duration" in first else {})
