"""what was decided about contradictions between methods, written once"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adjudications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=100), nullable=False),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=False),
        sa.Column("difference", sa.Double(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_adjudications_reason")),
        sa.CheckConstraint("verdict IN ('first', 'second', 'both')", name=op.f("ck_adjudications_verdict")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_adjudications_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_adjudications_unit_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_adjudications_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjudications")),
    )
    op.create_index(
        op.f("ix_adjudications_round_id_unit_id"), "adjudications", ["round_id", "unit_id"], unique=False
    )
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER adjudications_no_{deed.lower()} BEFORE {deed} ON adjudications "
                "BEGIN SELECT RAISE(ABORT, 'adjudications rows are written once'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER adjudications_written_once BEFORE UPDATE OR DELETE ON adjudications "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("adjudications")
