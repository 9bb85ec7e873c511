"""how a draft's workbook was read; trial answers of people without an account, and whose view they filled in"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

READER = "reader IN ('respondent', 'evaluator')"


def upgrade() -> None:
    for name, empty in (("readings", "'[]'"), ("rows", "'{}'")):
        op.add_column(
            "questionnaire_drafts", sa.Column(name, _json(), nullable=False, server_default=sa.text(empty))
        )
    with op.batch_alter_table("draft_tests") as batch:
        batch.alter_column("user_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(
            sa.Column("reader", sa.String(length=16), nullable=False, server_default="respondent")
        )
        batch.create_check_constraint(op.f("ck_draft_tests_reader"), READER)


def _json() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")


def downgrade() -> None:
    op.execute("DELETE FROM draft_tests WHERE user_id IS NULL")
    with op.batch_alter_table("draft_tests") as batch:
        batch.drop_constraint(op.f("ck_draft_tests_reader"), type_="check")
        batch.drop_column("reader")
        batch.alter_column("user_id", existing_type=sa.Integer(), nullable=False)
    op.drop_column("questionnaire_drafts", "rows")
    op.drop_column("questionnaire_drafts", "readings")
