"""When somebody wrote a form of a name into the study's roster."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("form", sa.Column("given", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Go back; the names stay in the link key, and no roster has them."""
    op.drop_column("form", "given")
