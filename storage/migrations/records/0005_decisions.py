"""Decisions of every sort, each with what it says sealed under the participant's key."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Kind = sa.String | sa.DateTime | sa.Integer | sa.LargeBinary
SHARED: dict[str, Kind] = {
    "id": sa.String(),
    "created": sa.DateTime(),
    "recording_id": sa.String(),
    "mention": sa.String(),
    "by_person_id": sa.String(),
    "number": sa.Integer(),
}


def _table(**more: Kind) -> sa.TableClause:
    return sa.table("decision", *(sa.column(name, kind) for name, kind in {**SHARED, **more}.items()))


BEFORE = _table(verdict=sa.String())
AFTER = _table(verb=sa.String(), sealed_payload=sa.LargeBinary())


def upgrade() -> None:
    """Go forward: a verdict on a find stays as it was, and is read by the find's id."""
    rows = _taken_out(BEFORE)
    _create(verb=True)
    _put_back(AFTER, [{"verb": row.pop("verdict"), "sealed_payload": None, **row} for row in rows])


def downgrade() -> None:
    """Go back; only the verdicts from before are kept, for nobody could read what was decided since."""
    rows = [row for row in _taken_out(AFTER) if row["mention"] is not None and row.pop("sealed_payload") is None]
    _create(verb=False)
    _put_back(BEFORE, [{"verdict": row.pop("verb"), **row} for row in rows])


def _taken_out(table: sa.TableClause) -> list[dict[str, object]]:
    """The rows, and the table gone: SQLite cannot let a column be empty that could not."""
    rows = [dict(row) for row in op.get_bind().execute(sa.select(table)).mappings()]
    op.drop_table("decision")
    return rows


def _put_back(table: sa.TableClause, rows: list[dict[str, object]]) -> None:
    if rows:
        op.get_bind().execute(sa.insert(table), rows)


def _create(*, verb: bool) -> None:
    """With or without the columns for decisions of every sort."""
    named = sa.Column("verb" if verb else "verdict", sa.String(), nullable=False)
    sealed = [sa.Column("sealed_payload", sa.LargeBinary(), nullable=True)] if verb else []
    op.create_table(
        "decision",
        sa.Column("recording_id", sa.String(length=32), nullable=False),
        sa.Column("mention", sa.String(), nullable=verb),
        named,
        sa.Column("by_person_id", sa.String(length=32), nullable=verb),
        sa.Column("number", sa.Integer(), nullable=False),
        *sealed,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("recording_id", "number"),
    )
