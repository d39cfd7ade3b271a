"""Information letters kept whole, embargo and evidence of a consent, and what it amends."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: consents from before name their letter in words, and nobody kept what it said."""
    op.create_table(
        "letter",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("by_person_id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"]),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("study_id", "version", "language"),
    )
    op.add_column("consent", sa.Column("letter_id", sa.String(length=32), nullable=True))
    op.add_column("consent", sa.Column("evidence", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("consent", sa.Column("embargo", sa.Date(), nullable=True))
    op.add_column("consent", sa.Column("amends", sa.String(length=32), nullable=True))
    op.create_table(
        "scan",
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("consent_id", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed_scan", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("consent_id"),
    )


def downgrade() -> None:
    """Go back; letters and scans are dropped, and a consent is in force from the day it was given."""
    op.drop_table("scan")
    for column in ("amends", "embargo", "evidence", "letter_id"):
        op.drop_column("consent", column)
    op.drop_table("letter")
