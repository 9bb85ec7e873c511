"""whether a questionnaire is open, closing or closed belongs to a round"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATES = "state IN ('open', 'closing', 'closed')"


def upgrade() -> None:
    """What was closed everywhere is closed in every round there is."""
    op.create_table(
        "round_questionnaires",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_round_questionnaires_state")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_questionnaires_round_id")),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaires.id"],
            name=op.f("fk_round_questionnaires_questionnaire_id"),
        ),
        sa.PrimaryKeyConstraint("round_id", "questionnaire_id", name=op.f("pk_round_questionnaires")),
    )
    op.execute(
        "INSERT INTO round_questionnaires (round_id, questionnaire_id, state) "
        "SELECT rounds.id, questionnaires.id, questionnaires.state FROM rounds, questionnaires "
        "WHERE questionnaires.state != 'open'"
    )
    op.execute("ALTER TABLE questionnaires DROP COLUMN state")


def downgrade() -> None:
    """One state for all rounds again: closed or closing where it is so in every round."""
    op.execute(
        "ALTER TABLE questionnaires ADD COLUMN state VARCHAR(8) DEFAULT 'open' NOT NULL "
        "CONSTRAINT ck_questionnaires_state CHECK (state IN ('open', 'closing', 'closed'))"
    )
    for state in ("closing", "closed"):
        op.execute(
            f"UPDATE questionnaires SET state = '{state}' WHERE EXISTS (SELECT 1 FROM rounds) AND "
            "NOT EXISTS (SELECT 1 FROM rounds WHERE NOT EXISTS (SELECT 1 FROM round_questionnaires AS held "
            "WHERE held.round_id = rounds.id AND held.questionnaire_id = questionnaires.id "
            f"AND held.state = '{state}'))"
        )
    op.drop_table("round_questionnaires")
