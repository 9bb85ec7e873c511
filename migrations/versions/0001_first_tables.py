"""the first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import surveyapp.storage.tables.base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


IMMUTABLE = ("questionnaire_versions", "records", "review_events", "score_snapshots", "audit_log")


def _protect(table: str) -> None:
    """Refuse UPDATE and DELETE on a table whose rows are written once."""
    if op.get_bind().dialect.name == "sqlite":
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


def upgrade() -> None:
    op.create_table(
        "frameworks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column(
            "source_rows",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "findings_file",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "decisions",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "profiles",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frameworks")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_frameworks_code_version")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column(
            "arguments",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("beat_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('new', 'running', 'done', 'failed')", name=op.f("ck_jobs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    op.create_index(op.f("ix_jobs_state_due_at"), "jobs", ["state", "due_at"], unique=False)
    op.create_table(
        "questionnaires",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "kind IN ('survey', 'call', 'visit', 'hall', 'interview', 'document', 'panel', 'publication', 'self')",
            name=op.f("ck_questionnaires_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaires")),
        sa.UniqueConstraint("form_id", name=op.f("uq_questionnaires_form_id")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    op.create_index(op.f("ix_units_path"), "units", ["path"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object_kind", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column(
            "detail",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_log_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(
        op.f("ix_audit_log_object_kind_object_id"), "audit_log", ["object_kind", "object_id"], unique=False
    )
    op.create_table(
        "indicators",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("parent_code", sa.String(length=32), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_is_proposed", sa.Boolean(), nullable=False),
        sa.Column("points_stated", sa.Double(), nullable=True),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("is_leaf", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column(
            "methods",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint("scope IN ('base', 'bonus')", name=op.f("ck_indicators_scope")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_indicators_points")),
        sa.ForeignKeyConstraint(["framework_id"], ["frameworks.id"], name=op.f("fk_indicators_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicators")),
        sa.UniqueConstraint("framework_id", "code", name=op.f("uq_indicators_framework_id_code")),
    )
    op.create_table(
        "questionnaire_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("xform", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("md5", sa.String(length=32), nullable=False),
        sa.Column(
            "measures",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("published_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["published_by"], ["users.id"], name=op.f("fk_questionnaire_versions_published_by")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaires.id"],
            name=op.f("fk_questionnaire_versions_questionnaire_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_versions")),
        sa.UniqueConstraint(
            "questionnaire_id", "version", name=op.f("uq_questionnaire_versions_questionnaire_id_version")
        ),
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("retention_until", sa.Date(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("hash_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'open', 'closing', 'closed')", name=op.f("ck_rounds_state")),
        sa.ForeignKeyConstraint(["framework_id"], ["frameworks.id"], name=op.f("fk_rounds_framework_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sa.UniqueConstraint("code", name=op.f("uq_rounds_code")),
    )
    op.create_table(
        "service_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("promised_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('immediate', 'promised')", name=op.f("ck_service_items_kind")),
        sa.CheckConstraint("promised_days >= 0", name=op.f("ck_service_items_promised_days")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_service_items_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_items")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_service_items_unit_id_code")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("seen_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("datum", sa.String(length=16), nullable=False),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_sites_latitude")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_sites_longitude")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_sites_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("code", name=op.f("uq_sites_code")),
    )
    op.create_table(
        "user_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('admin', 'lead', 'reviewer', 'evaluator', 'interviewer', 'expert', 'unit', 'viewer', 'auditor')",
            name=op.f("ck_user_roles_role"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_user_roles_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_roles_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_roles")),
        sa.UniqueConstraint("user_id", "role", "unit_id", name=op.f("uq_user_roles_user_id_role_unit_id")),
    )
    op.create_table(
        "interview_notes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("collector_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("form_of", sa.String(length=16), nullable=False),
        sa.Column(
            "consent",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "answers",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("answers_rev", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("record_root_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('open', 'submitted')", name=op.f("ck_interview_notes_state")),
        sa.ForeignKeyConstraint(["collector_id"], ["users.id"], name=op.f("fk_interview_notes_collector_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_interview_notes_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_interview_notes_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_notes")),
    )
    op.create_table(
        "phone_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column(
            "hours",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_phone_lines_site_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_phone_lines_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_lines")),
        sa.UniqueConstraint("code", name=op.f("uq_phone_lines_code")),
        sa.UniqueConstraint("unit_id", "number", name=op.f("uq_phone_lines_unit_id_number")),
    )
    op.create_table(
        "qr_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("window", sa.String(length=64), nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.Column("created_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_qr_links_created_by")),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"], ["questionnaires.id"], name=op.f("fk_qr_links_questionnaire_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_qr_links_round_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_qr_links_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qr_links")),
        sa.UniqueConstraint("code", name=op.f("uq_qr_links_code")),
    )
    op.create_table(
        "record_states",
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("folded_step", sa.Integer(), nullable=False),
        sa.Column("collector_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("confirmer_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('received', 'on_hold', 'returned', 'corrected', 'approved', 'confirmed', 'rejected', 'void')",
            name=op.f("ck_record_states_state"),
        ),
        sa.CheckConstraint(
            "approver_id IS NULL OR approver_id <> collector_id", name=op.f("ck_record_states_two_people")
        ),
        sa.CheckConstraint(
            "confirmer_id IS NULL OR confirmer_id <> approver_id", name=op.f("ck_record_states_three_people")
        ),
        sa.CheckConstraint("folded_step <= step", name=op.f("ck_record_states_folded_step")),
        sa.ForeignKeyConstraint(["approver_id"], ["users.id"], name=op.f("fk_record_states_approver_id")),
        sa.ForeignKeyConstraint(["collector_id"], ["users.id"], name=op.f("fk_record_states_collector_id")),
        sa.ForeignKeyConstraint(["confirmer_id"], ["users.id"], name=op.f("fk_record_states_confirmer_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_record_states_round_id")),
        sa.PrimaryKeyConstraint("root_id", name=op.f("pk_record_states")),
    )
    op.create_index(
        op.f("ix_record_states_round_id_state_root_id"),
        "record_states",
        ["round_id", "state", "root_id"],
        unique=False,
    )
    op.create_index(
        "ix_record_states_unfolded",
        "record_states",
        ["round_id", "root_id"],
        unique=False,
        postgresql_where=sa.text("folded_step < step"),
        sqlite_where=sa.text("folded_step < step"),
    )
    op.create_table(
        "round_units",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_units_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_round_units_unit_id")),
        sa.PrimaryKeyConstraint("round_id", "unit_id", name=op.f("pk_round_units")),
    )
    op.create_table(
        "cell_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('not_applicable', 'zero')", name=op.f("ck_cell_decisions_kind")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_cell_decisions_reason")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_cell_decisions_decided_by")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_cell_decisions_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_cell_decisions_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cell_decisions")),
        sa.UniqueConstraint(
            "round_id",
            "unit_id",
            "indicator",
            "method",
            name=op.f("uq_cell_decisions_round_id_unit_id_indicator_method"),
        ),
    )
    op.create_table(
        "score_snapshots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=16), nullable=False),
        sa.Column("rule_version", sa.String(length=64), nullable=False),
        sa.Column("code_version", sa.String(length=32), nullable=False),
        sa.Column(
            "inputs",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "result",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("result_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_score_snapshots_created_by")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_score_snapshots_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_score_snapshots_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_snapshots")),
    )
    op.create_index(
        op.f("ix_score_snapshots_round_id_unit_id_profile"),
        "score_snapshots",
        ["round_id", "unit_id", "profile"],
        unique=False,
    )
    op.create_table(
        "tallies",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_tallies_number")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_tallies_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_tallies_unit_id")),
        sa.PrimaryKeyConstraint("round_id", "unit_id", "kind", name=op.f("pk_tallies")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("slot", sa.String(length=1), nullable=True),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("planned_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("locked_until", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.Column("locked_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'call') = (line_id IS NOT NULL)", name=op.f("ck_assignments_call_has_line")
        ),
        sa.CheckConstraint("kind IN ('call', 'visit')", name=op.f("ck_assignments_kind")),
        sa.CheckConstraint("state IN ('planned', 'done', 'cancelled')", name=op.f("ck_assignments_state")),
        sa.ForeignKeyConstraint(["line_id"], ["phone_lines.id"], name=op.f("fk_assignments_line_id")),
        sa.ForeignKeyConstraint(["locked_by"], ["users.id"], name=op.f("fk_assignments_locked_by")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_assignments_round_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_assignments_site_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_assignments_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(
        op.f("ix_assignments_round_id_user_id_kind_state"),
        "assignments",
        ["round_id", "user_id", "kind", "state"],
        unique=False,
    )
    op.create_table(
        "callbacks",
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("sealed_number", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("created_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["root_id"], ["record_states.root_id"], name=op.f("fk_callbacks_root_id")),
        sa.PrimaryKeyConstraint("root_id", name=op.f("pk_callbacks")),
    )
    op.create_table(
        "note_segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.String(length=36), nullable=False),
        sa.Column("segment_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("push_id", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("started_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("speaker", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "indicators",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("stance", sa.String(length=16), nullable=False),
        sa.Column(
            "flags",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("is_conflict", sa.Boolean(), nullable=False),
        sa.Column("received_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stance IN ('support', 'oppose', 'unclear')", name=op.f("ck_note_segments_stance")
        ),
        sa.ForeignKeyConstraint(["note_id"], ["interview_notes.id"], name=op.f("fk_note_segments_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_segments")),
        sa.UniqueConstraint(
            "note_id", "segment_id", "revision", name=op.f("uq_note_segments_note_id_segment_id_revision")
        ),
        sa.UniqueConstraint("push_id", name=op.f("uq_note_segments_push_id")),
    )
    op.create_table(
        "observations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("cluster", sa.String(length=64), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["root_id"], ["record_states.root_id"], name=op.f("fk_observations_root_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_observations_round_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_observations_unit_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["questionnaire_versions.id"], name=op.f("fk_observations_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
        sa.UniqueConstraint("root_id", "measure", name=op.f("uq_observations_root_id_measure")),
    )
    op.create_index(
        op.f("ix_observations_round_id_unit_id_indicator"),
        "observations",
        ["round_id", "unit_id", "indicator"],
        unique=False,
    )
    op.create_table(
        "records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("collector_id", sa.Integer(), nullable=True),
        sa.Column(
            "answers",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "extra",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "paradata",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "flags",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("device_started_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.Column("device_finished_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.Column("received_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('survey', 'call', 'visit', 'hall', 'interview', 'document', 'panel', 'publication', 'self')",
            name=op.f("ck_records_kind"),
        ),
        sa.CheckConstraint("(revision = 1) = (reason IS NULL)", name=op.f("ck_records_reason")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_records_revision")),
        sa.ForeignKeyConstraint(["collector_id"], ["users.id"], name=op.f("fk_records_collector_id")),
        sa.ForeignKeyConstraint(["line_id"], ["phone_lines.id"], name=op.f("fk_records_line_id")),
        sa.ForeignKeyConstraint(["link_id"], ["qr_links.id"], name=op.f("fk_records_link_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_records_round_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_records_site_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_records_unit_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["questionnaire_versions.id"], name=op.f("fk_records_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("receipt", name=op.f("uq_records_receipt")),
        sa.UniqueConstraint("root_id", "revision", name=op.f("uq_records_root_id_revision")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_records_submission_id")),
    )
    op.create_index(
        op.f("ix_records_round_id_kind_unit_id"), "records", ["round_id", "kind", "unit_id"], unique=False
    )
    op.create_table(
        "review_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_review_events_actor_id")),
        sa.ForeignKeyConstraint(
            ["root_id"], ["record_states.root_id"], name=op.f("fk_review_events_root_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_events")),
        sa.UniqueConstraint("root_id", "step", name=op.f("uq_review_events_root_id_step")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("shown_sha256", sa.String(length=64), nullable=False),
        sa.Column("perceptual_hash", sa.String(length=16), nullable=True),
        sa.Column(
            "facts",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("stored_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_attachments_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint(
            "record_id", "question", "position", name=op.f("uq_attachments_record_id_question_position")
        ),
    )
    op.create_index(op.f("ix_attachments_sha256"), "attachments", ["sha256"], unique=False)
    op.create_table(
        "call_attempts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("caller_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=1), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=2), nullable=True),
        sa.Column("planned_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("dialled_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=False),
        sa.Column("device_dialled_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.Column("rang_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.Column("answered_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.Column("transfer_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.Column("ended_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.Column("closed_at", surveyapp.storage.tables.base.Instant(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("provider_call", sa.String(length=64), nullable=True),
        sa.Column("provider_status", sa.String(length=32), nullable=True),
        sa.Column("provider_sequence", sa.Integer(), nullable=True),
        sa.Column("provider_hint", sa.String(length=32), nullable=True),
        sa.Column("record_root_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (outcome IS NOT NULL)", name=op.f("ck_call_attempts_closed_has_outcome")
        ),
        sa.CheckConstraint(
            "outcome IN ('A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8', "
            "'C1', 'C2', 'C3', 'D1')",
            name=op.f("ck_call_attempts_outcome"),
        ),
        sa.CheckConstraint("state IN ('open', 'closed', 'orphan')", name=op.f("ck_call_attempts_state")),
        sa.CheckConstraint(
            "answered_at IS NULL OR answered_at >= dialled_at", name=op.f("ck_call_attempts_answered_order")
        ),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= dialled_at", name=op.f("ck_call_attempts_order")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_call_attempts_assignment_id")
        ),
        sa.ForeignKeyConstraint(["caller_id"], ["users.id"], name=op.f("fk_call_attempts_caller_id")),
        sa.ForeignKeyConstraint(["line_id"], ["phone_lines.id"], name=op.f("fk_call_attempts_line_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_call_attempts_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_attempts")),
        sa.UniqueConstraint("provider_call", name=op.f("uq_call_attempts_provider_call")),
    )
    op.create_index(
        op.f("ix_call_attempts_round_id_line_id"), "call_attempts", ["round_id", "line_id"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% rows are written once', TG_TABLE_NAME; END $$"
        )
    for table in IMMUTABLE:
        _protect(table)


def downgrade() -> None:
    op.drop_index(op.f("ix_call_attempts_round_id_line_id"), table_name="call_attempts")
    op.drop_table("call_attempts")
    op.drop_index(op.f("ix_attachments_sha256"), table_name="attachments")
    op.drop_table("attachments")
    op.drop_table("review_events")
    op.drop_index(op.f("ix_records_round_id_kind_unit_id"), table_name="records")
    op.drop_table("records")
    op.drop_index(op.f("ix_observations_round_id_unit_id_indicator"), table_name="observations")
    op.drop_table("observations")
    op.drop_table("note_segments")
    op.drop_table("callbacks")
    op.drop_index(op.f("ix_assignments_round_id_user_id_kind_state"), table_name="assignments")
    op.drop_table("assignments")
    op.drop_table("tallies")
    op.drop_index(op.f("ix_score_snapshots_round_id_unit_id_profile"), table_name="score_snapshots")
    op.drop_table("cell_decisions")
    op.drop_table("score_snapshots")
    op.drop_table("round_units")
    op.drop_index(
        "ix_record_states_unfolded",
        table_name="record_states",
        postgresql_where=sa.text("folded_step < step"),
        sqlite_where=sa.text("folded_step < step"),
    )
    op.drop_index(op.f("ix_record_states_round_id_state_root_id"), table_name="record_states")
    op.drop_table("record_states")
    op.drop_table("qr_links")
    op.drop_table("phone_lines")
    op.drop_table("interview_notes")
    op.drop_table("user_roles")
    op.drop_table("sites")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_table("service_items")
    op.drop_table("rounds")
    op.drop_table("questionnaire_versions")
    op.drop_table("indicators")
    op.drop_index(op.f("ix_audit_log_object_kind_object_id"), table_name="audit_log")
    op.drop_table("audit_log")
    op.drop_table("users")
    op.drop_index(op.f("ix_units_path"), table_name="units")
    op.drop_table("units")
    op.drop_table("questionnaires")
    op.drop_index(op.f("ix_jobs_state_due_at"), table_name="jobs")
    op.drop_table("jobs")
    op.drop_table("frameworks")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
