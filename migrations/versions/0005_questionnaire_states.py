"""whether a questionnaire is open, closing or closed"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The rule stands at the column itself, so that SQLite keeps the table and can drop both again."""
    op.execute(
        "ALTER TABLE questionnaires ADD COLUMN state VARCHAR(8) DEFAULT 'open' NOT NULL "
        "CONSTRAINT ck_questionnaires_state CHECK (state IN ('open', 'closing', 'closed'))"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE questionnaires DROP COLUMN state")
