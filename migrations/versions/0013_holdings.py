"""how many observations a unit holds in a round, and how often some were taken away"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holdings",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("held >= 0", name=op.f("ck_holdings_held")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_holdings_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_holdings_unit_id")),
        sa.PrimaryKeyConstraint("round_id", "unit_id", name=op.f("pk_holdings")),
    )
    op.execute(
        "INSERT INTO holdings (round_id, unit_id, held, taken) "
        "SELECT round_id, unit_id, COUNT(*), 0 FROM observations GROUP BY round_id, unit_id"
    )


def downgrade() -> None:
    op.drop_table("holdings")
