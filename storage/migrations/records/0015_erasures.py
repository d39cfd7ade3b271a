"""Signed notes that some of a participant's artefacts were destroyed, so that no backup undoes it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: of what was destroyed alone before there is no note."""
    op.create_table(
        "erasure",
        sa.Column("participant_id", sa.String(length=32), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"]),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Go back; the notes stay in the folder of tombstones."""
    op.drop_table("erasure")
