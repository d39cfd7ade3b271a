"""Numbers, cohorts and interviews of names, and what people decide about them; known names are numbered by age."""

from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = sa.table("name", *map(sa.column, ("id", "study_id", "kind", "number", "created")))


def upgrade() -> None:
    """Go forward."""
    op.add_column("name", sa.Column("cohort", sa.Integer(), nullable=True))
    op.add_column("name", sa.Column("number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("name", sa.Column("interview", sa.String(), server_default="", nullable=False))
    _number(op.get_bind())
    op.create_index("name_number", "name", ["study_id", "kind", "number"], unique=True)
    op.create_table(
        "naming",
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("sealed_what", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_why", sa.LargeBinary(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("by_person_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("study_id", "number"),
    )


def downgrade() -> None:
    """Go back; what people decided about names is dropped, and each is again as it was found."""
    op.drop_table("naming")
    op.drop_index("name_number", "name")
    for column in ("interview", "number", "cohort"):
        op.drop_column("name", column)


def _number(connection: sa.Connection) -> None:
    """From 1 within each study and kind, the oldest first."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in connection.execute(sa.select(NAME).order_by(NAME.c.created, NAME.c.id)).all():
        counted[row.study_id, row.kind] += 1
        number = counted[row.study_id, row.kind]
        connection.execute(sa.update(NAME).where(NAME.c.id == row.id).values(number=number))
