"""What an ethics office asks about a study, and what of it was changed since."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NEW: tuple["sa.Column[Any]", ...] = (
    sa.Column("controller", sa.String(), server_default="", nullable=False),
    sa.Column("legal_basis", sa.String(), server_default="", nullable=False),
    sa.Column("special_categories", sa.JSON(), server_default="[]", nullable=False),
    sa.Column("offence_data", sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column("processors", sa.JSON(), server_default="[]", nullable=False),
    sa.Column("sample", sa.Integer(), nullable=True),
    sa.Column("cohorts", sa.JSON(), server_default="[]", nullable=False),
    sa.Column("changes", sa.JSON(), server_default="[]", nullable=False),
)


def upgrade() -> None:
    """Go forward: of studies made before, nobody wrote these down."""
    for column in NEW:
        op.add_column("study", column.copy())


def downgrade() -> None:
    """Go back; they are dropped, what was changed stays as it was changed."""
    for column in reversed(NEW):
        op.drop_column("study", column.name)
