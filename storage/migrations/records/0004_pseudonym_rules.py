"""Which rules of policies/pseudonyms.toml replace the names of a study."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: studies made before go on as they were."""
    op.add_column("study", sa.Column("pseudonyms", sa.String(), server_default="names", nullable=False))


def downgrade() -> None:
    """Go back; what the studies had chosen is dropped."""
    op.drop_column("study", "pseudonyms")
