"""sampling plans of a round, version by version, written once"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sampling_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", _json(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_sampling_plans_round_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_sampling_plans_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_plans")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_sampling_plans_number")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_sampling_plans_round_id_number")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER sampling_plans_no_{deed.lower()} BEFORE {deed} ON sampling_plans "
                "BEGIN SELECT RAISE(ABORT, 'sampling_plans rows are written once'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER sampling_plans_written_once BEFORE UPDATE OR DELETE ON sampling_plans "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _json() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def downgrade() -> None:
    op.drop_table("sampling_plans")
