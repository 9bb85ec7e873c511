"""runs of the quality checks, their findings, and decisions of two people on records"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
WRITTEN_ONCE = ("quality_runs", "quality_findings", "quality_decisions")


def upgrade() -> None:
    _runs()
    _findings()
    _decisions()
    for table in WRITTEN_ONCE:
        if op.get_bind().dialect.name == "sqlite":
            for deed in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} rows are written once'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )


def _runs() -> None:
    op.create_table(
        "quality_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_quality_runs_round_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_quality_runs_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_runs")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_quality_runs_round_id_number")),
    )


def _findings() -> None:
    op.create_table(
        "quality_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("records", _json(), nullable=False),
        sa.Column("sentence", _json(), nullable=False),
        sa.Column("evidence", _json(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["quality_runs.id"], name=op.f("fk_quality_findings_run_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_quality_findings_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_findings")),
        sa.UniqueConstraint(
            "run_id", "code", "subject", name=op.f("uq_quality_findings_run_id_code_subject")
        ),
    )


def _decisions() -> None:
    op.create_table(
        "quality_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("factor", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('keep', 'down_weight', 'void')", name=op.f("ck_quality_decisions_kind")),
        sa.CheckConstraint(
            "(kind = 'keep' AND factor = 1) OR (kind = 'void' AND factor = 0) "
            "OR (kind = 'down_weight' AND factor > 0 AND factor < 1)",
            name=op.f("ck_quality_decisions_factor"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_quality_decisions_reason")),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> proposed_by",
            name=op.f("ck_quality_decisions_two_people"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_quality_decisions_round_id")),
        sa.ForeignKeyConstraint(
            ["root_id"], ["record_states.root_id"], name=op.f("fk_quality_decisions_root_id")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["quality_findings.id"], name=op.f("fk_quality_decisions_finding_id")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["users.id"], name=op.f("fk_quality_decisions_proposed_by")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["users.id"], name=op.f("fk_quality_decisions_confirmed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_decisions")),
        sa.UniqueConstraint("root_id", "step", name=op.f("uq_quality_decisions_root_id_step")),
    )
    op.create_index(
        op.f("ix_quality_decisions_round_id_root_id"),
        "quality_decisions",
        ["round_id", "root_id"],
        unique=False,
    )


def _json() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def downgrade() -> None:
    for table in reversed(WRITTEN_ONCE):
        op.drop_table(table)
