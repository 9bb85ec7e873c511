"""the call-back survey as a kind, work assigned for every kind, extracts of handled cases"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import surveyapp.storage.tables.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OLD = "kind IN ('survey', 'call', 'visit', 'hall', 'interview', 'document', 'panel', 'publication', 'self')"
NEW = (
    "kind IN ('survey', 'callback', 'call', 'visit', 'hall', 'interview', 'document', 'panel', "
    "'publication', 'self')"
)
OLD_WORK = "kind IN ('call', 'visit')"
NEW_WORK = "kind IN ('callback', 'call', 'visit', 'hall', 'document', 'panel', 'publication', 'self')"


def upgrade() -> None:
    _replace("questionnaires", OLD, NEW)
    _replace("records", OLD, NEW)
    _replace("assignments", OLD_WORK, NEW_WORK)
    _length("kind VARCHAR(8)", "kind VARCHAR(16)", 16)
    op.add_column("assignments", sa.Column("case_root_id", sa.String(length=36), nullable=True))
    op.add_column("assignments", sa.Column("known", _json(), nullable=True))
    op.create_table(
        "case_extracts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("facts", _json(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("sample", _json(), nullable=False),
        sa.Column("sample_sha256", sa.String(length=64), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("stored_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("stored_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_case_extracts_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_case_extracts_unit_id")),
        sa.ForeignKeyConstraint(["stored_by"], ["users.id"], name=op.f("fk_case_extracts_stored_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_extracts")),
        sa.UniqueConstraint(
            "round_id", "unit_id", "sha256", name=op.f("uq_case_extracts_round_id_unit_id_sha256")
        ),
    )
    _protect("case_extracts")


def _json() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _replace(table: str, old: str, new: str) -> None:
    """Give a table another CHECK of its kinds. SQLite keeps the table, its rows and triggers as they are:
    a copied table would lose the triggers, and only the text of the CHECK changes."""
    if _is_sqlite():
        _rewrite(table, old, new)
        return
    name = op.f(f"ck_{table}_kind")
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({new})")


def _length(old: str, new: str, length: int) -> None:
    if _is_sqlite():
        _rewrite("assignments", old, new)
    else:
        op.alter_column("assignments", "kind", type_=sa.String(length=length))


def _rewrite(table: str, old: str, new: str) -> None:
    connection = op.get_bind()
    found = connection.scalar(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": table}
    )
    if found is None or old not in found:
        raise RuntimeError(f"{table}: the table is not as the earlier migrations left it")
    version = connection.scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": found.replace(old, new), "name": table},
    )
    op.execute(f"PRAGMA schema_version = {int(version or 0) + 1}")
    op.execute("PRAGMA writable_schema = RESET")


def _protect(table: str) -> None:
    """Refuse UPDATE and DELETE on a table whose rows are written once."""
    if _is_sqlite():
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} rows are written once'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("case_extracts")
    op.execute("DELETE FROM assignments WHERE kind NOT IN ('call', 'visit')")
    op.drop_column("assignments", "known")
    op.drop_column("assignments", "case_root_id")
    _length("kind VARCHAR(16)", "kind VARCHAR(8)", 8)
    _replace("assignments", NEW_WORK, OLD_WORK)
    _replace("records", NEW, OLD)
    _replace("questionnaires", NEW, OLD)
