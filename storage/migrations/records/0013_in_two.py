"""Requests on studies and the vault, closed ones, and broken glass."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
NULLABLE = ("study_id", "participant_id")


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("request") as table:
        for name in NULLABLE:
            table.alter_column(name, existing_type=sa.String(length=32), nullable=True)
        table.add_column(sa.Column("terms", sa.String(), nullable=True))
        table.add_column(sa.Column("closed_by_person_id", sa.String(length=32), nullable=True))
        table.create_foreign_key("request_closed_by", "person", ["closed_by_person_id"], ["id"])
    op.create_table(
        "break_glass",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("reviewed_by_person_id", sa.String(length=32), nullable=True),
        sa.Column("reviewed", sa.DateTime(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["reviewed_by_person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("study_id", "number"),
    )


def downgrade() -> None:
    """Go back; requests that have no place there, and broken glass, stay in the ledger, by ids."""
    op.drop_table("break_glass")
    op.execute("DELETE FROM request WHERE participant_id IS NULL")
    with op.batch_alter_table("request") as table:
        table.drop_constraint("request_closed_by", type_="foreignkey")
        table.drop_column("closed_by_person_id")
        table.drop_column("terms")
        for name in NULLABLE:
            table.alter_column(name, existing_type=sa.String(length=32), nullable=False)
