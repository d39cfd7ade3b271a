"""Digests of payloads, retired keys, tombstones, tiles of the ledger, and openings sealed to their participant."""

import json

import sqlalchemy as sa
from alembic import op

from storage import age

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("participant", sa.Column("attributes_version", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE participant SET attributes_version = 1 WHERE sealed_attributes IS NOT NULL")
    op.add_column("artefact", sa.Column("payload_sha256", sa.String(), nullable=True))
    op.create_table(
        "retired_key",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("sealed_identity", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("recipient"),
    )
    op.create_table(
        "tombstone",
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("participant_id"),
    )
    op.create_table(
        "ledger_tile",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("level", "number"),
    )
    op.add_column("ledger_entry", sa.Column("sealed_openings", sa.LargeBinary(), nullable=True))
    _seal_openings(op.get_bind())
    op.drop_column("ledger_entry", "openings")


def downgrade() -> None:
    """Go back; what opens the ledger's commitments is sealed for the participants alone, and is dropped."""
    op.add_column("ledger_entry", sa.Column("openings", sa.JSON(), server_default="{}", nullable=False))
    op.drop_column("ledger_entry", "sealed_openings")
    op.drop_table("ledger_tile")
    op.drop_table("tombstone")
    op.drop_table("retired_key")
    op.drop_column("artefact", "payload_sha256")
    op.drop_column("participant", "attributes_version")


def _seal_openings(connection: sa.Connection) -> None:
    """To each participant's own recipient, which is public; openings of a participant without a key are dropped."""
    entry = sa.table("ledger_entry", *map(sa.column, ("id", "participant_id", "openings", "sealed_openings")))
    key = sa.table("key", sa.column("owner_id"), sa.column("recipient"))
    query = sa.select(entry.c.id, sa.type_coerce(entry.c.openings, sa.JSON), key.c.recipient).join(
        key, key.c.owner_id == entry.c.participant_id
    )
    for row_id, openings, recipient in connection.execute(query).all():
        if openings:
            sealed = age.encrypt(json.dumps(openings).encode(), [age.HybridRecipient.from_string(recipient)])
            connection.execute(
                sa.update(entry).where(entry.c.id == row_id).values(sealed_openings=sealed),
            )
