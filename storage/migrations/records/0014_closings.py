"""Studies that are closed, who confirmed what, and hand-offs that were recalled and are deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: no study was closed before, and of no hand-off it is known that it was deleted."""
    op.create_table(
        "closing",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("destroyed", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.Column("by_person_id", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"]),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("study_id"),
    )
    op.create_table(
        "confirmation",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("study_id", "person_id"),
    )
    with op.batch_alter_table("handoff") as table:
        table.add_column(sa.Column("recalled", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("confirmed", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Go back; what was destroyed stays so, and that it was stays in the ledger."""
    with op.batch_alter_table("handoff") as table:
        table.drop_column("confirmed")
        table.drop_column("recalled")
    op.drop_table("confirmation")
    op.drop_table("closing")
