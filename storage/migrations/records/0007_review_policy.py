"""Why a study's finds need not all be decided before a release: who said so, when and in what words."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: of studies made before, nobody wrote down why."""
    op.add_column("study", sa.Column("review_policy", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Go back; the reasons are dropped, what holds stays."""
    op.drop_column("study", "review_policy")
