"""Names, surrogates and seeds sealed under the link key's own key; marks keep them apart where the texts did.

SQLite cannot take a column out of a constraint, so the three tables are made anew, in the caller's transaction.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context, op

from storage.errors import Locked
from storage.sealed import Sealing, mark_place, place

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Rows = list[dict[str, Any]]
# Each table's text, and the column of the row it belongs to; the seed's text is bytes before, hex after.
TEXTS = {"name": ("surrogate", "study_id"), "form": ("form", "name_id"), "seed": ("seed", "id")}
MARKED = ("name", "form")


def upgrade() -> None:
    """Go forward."""
    rows = {table: _taken(table, _old(table)) for table in ("form", "seed", "name")}
    for table in ("name", "form", "seed"):
        made = op.create_table(table, *_new(table), *_constraints(table, "_mark"))
        _fill(made, [_sealed(table, row) for row in rows[table]])


def downgrade() -> None:
    """Go back."""
    rows = {table: _taken(table, _new(table)) for table in ("form", "seed", "name")}
    for table in ("name", "form", "seed"):
        made = op.create_table(table, *_old(table), *_constraints(table))
        _fill(made, [_opened(table, row) for row in rows[table]])


def _taken(table: str, columns: list[sa.Column[Any]]) -> Rows:
    """Every row; the table is dropped."""
    described = sa.table(table, *[sa.column(column.name, column.type) for column in columns])
    rows = [dict(row) for row in op.get_bind().execute(sa.select(described)).mappings()]
    op.drop_table(table)
    return rows


def _fill(table: sa.Table, rows: Rows) -> None:
    if rows:
        op.bulk_insert(table, rows)


def _sealing() -> Sealing:
    key = context.config.attributes.get("key")
    if key is None:
        raise Locked("The link key's database cannot be changed without its key. Open it with its passphrase.")
    return Sealing(key)


def _sealed(table: str, row: dict[str, Any]) -> dict[str, Any]:
    text, within = TEXTS[table]
    column, sealing, value = f"sealed_{text}", _sealing(), row.pop(text)
    value = value.hex() if table == "seed" else value
    row |= {"version": 1, column: sealing.seal(place(table, column, row["id"], 1, row[within]), value)}
    if table in MARKED:
        row[f"{text}_mark"] = sealing.mark(mark_place(table, column, row[within]), value)
    return row


def _opened(table: str, row: dict[str, Any]) -> dict[str, Any]:
    text, within = TEXTS[table]
    column = f"sealed_{text}"
    bound = place(table, column, row["id"], row.pop("version"), row[within])
    value = _sealing().unseal(bound, row.pop(column))
    row.pop(f"{text}_mark", None)
    return row | {text: bytes.fromhex(value) if table == "seed" else value}


def _plain(table: str) -> list[sa.Column[Any]]:
    """The columns that are the same before and after."""
    own: dict[str, list[sa.Column[Any]]] = {
        "name": [
            sa.Column("study_id", sa.String(), nullable=False),
            sa.Column("kind", sa.String(), nullable=False),
            sa.Column("gender", sa.String(), nullable=True),
            sa.Column("confirmed", sa.Boolean(), nullable=False),
        ],
        "form": [sa.Column("name_id", sa.String(length=32), nullable=False)],
        "seed": [],
    }
    return [
        *own[table],
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
    ]


def _old(table: str) -> list[sa.Column[Any]]:
    kind: Any = sa.LargeBinary() if table == "seed" else sa.String()
    return [*_plain(table), sa.Column(TEXTS[table][0], kind, nullable=False)]


def _new(table: str) -> list[sa.Column[Any]]:
    text = TEXTS[table][0]
    marks = [sa.Column(f"{text}_mark", sa.LargeBinary(), nullable=False)] if table in MARKED else []
    sealed = sa.Column(f"sealed_{text}", sa.LargeBinary(), nullable=False)
    return [*_plain(table), sa.Column("version", sa.Integer(), nullable=False), sealed, *marks]


def _constraints(table: str, mark: str = "") -> list[sa.Constraint]:
    text, within = TEXTS[table]
    unique = [sa.UniqueConstraint(within, text + mark)] if table in MARKED else []
    foreign = [sa.ForeignKeyConstraint(["name_id"], ["name.id"])] if table == "form" else []
    return [sa.PrimaryKeyConstraint("id"), *unique, *foreign]
