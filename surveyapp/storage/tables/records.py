"""The evidence: questionnaires and versions, records with their review, attachments, notes, QR links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.evaluation.kinds import KINDS
from surveyapp.evaluation.lifecycle import STATES
from surveyapp.storage.tables.base import Table, one_of

OFFERS = ("open", "closing", "closed")
"""In a round a questionnaire is offered and taken, only taken when it is finished, or neither."""


class QuestionnaireRow(Table):
    """An instrument; its wording lives in its versions."""

    __tablename__ = "questionnaires"
    __table_args__ = (CheckConstraint(one_of("kind", tuple(KINDS)), name="kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))


class RoundQuestionnaireRow(Table):
    """The state of a questionnaire in a round; without a row it is open there."""

    __tablename__ = "round_questionnaires"
    __table_args__ = (CheckConstraint(one_of("state", OFFERS), name="state"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))


class QuestionnaireVersionRow(Table):
    """A published version: immutable (a trigger refuses every change)."""

    __tablename__ = "questionnaire_versions"
    __table_args__ = (UniqueConstraint("questionnaire_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"))
    version: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(Text)
    xform: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    md5: Mapped[str] = mapped_column(String(32))
    measures: Mapped[list[Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class QuestionnaireFileRow(Table):
    """A list or medium published beside a version; as immutable as it (a trigger refuses changes)."""

    __tablename__ = "questionnaire_files"
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(64))


class QrLinkRow(Table):
    """An opaque code for round x site x window; revoked, never deleted."""

    __tablename__ = "qr_links"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"))
    window: Mapped[str] = mapped_column(String(64))
    scans: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None]


class RecordRow(Table):
    """One revision of one record: written once, never updated (a trigger refuses it).

    `submission_id` is made by the client; `body_sha256` tells a repeat from another body under the
    same id. `answers` are nested as in the form. A correction is the next revision of its root.
    """

    __tablename__ = "records"
    __table_args__ = (
        UniqueConstraint("root_id", "revision"),
        CheckConstraint(one_of("kind", tuple(KINDS)), name="kind"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("(revision = 1) = (reason IS NULL)", name="reason"),
        Index(None, "round_id", "kind", "unit_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    root_id: Mapped[str] = mapped_column(String(36))
    revision: Mapped[int]
    submission_id: Mapped[str] = mapped_column(String(36), unique=True)
    body_sha256: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("phone_lines.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("qr_links.id"))
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answers: Mapped[dict[str, Any]]
    extra: Mapped[dict[str, Any]]
    paradata: Mapped[dict[str, Any]]
    flags: Mapped[list[Any]]
    language: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(Text)
    device_started_at: Mapped[datetime | None]
    device_finished_at: Mapped[datetime | None]
    received_at: Mapped[datetime]


class RecordStateRow(Table):
    """Where a record stands now: one row a root. `step` grows with every transition or revision;
    the fold has caught up when `folded_step` equals it."""

    __tablename__ = "record_states"
    __table_args__ = (
        CheckConstraint(one_of("state", tuple(STATES)), name="state"),
        CheckConstraint("folded_step <= step", name="folded_step"),
        CheckConstraint("approver_id IS NULL OR approver_id <> collector_id", name="two_people"),
        CheckConstraint("confirmer_id IS NULL OR confirmer_id <> approver_id", name="three_people"),
        Index(
            "ix_record_states_unfolded",
            "round_id",
            "root_id",
            postgresql_where=text("folded_step < step"),
            sqlite_where=text("folded_step < step"),
        ),
        Index(None, "round_id", "state", "root_id"),
    )
    root_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    step: Mapped[int]
    folded_step: Mapped[int]
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ReviewEventRow(Table):
    """The history of a record's state: who moved it, when, why."""

    __tablename__ = "review_events"
    __table_args__ = (UniqueConstraint("root_id", "step"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    root_id: Mapped[str] = mapped_column(ForeignKey("record_states.root_id"))
    step: Mapped[int]
    revision: Mapped[int]
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class AttachmentRow(Table):
    """A file of a record: the original (hash, restricted) and the re-encoded copy that is shown."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("record_id", "question", "position"), Index(None, "sha256"))
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id"))
    question: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    shown_sha256: Mapped[str] = mapped_column(String(64))
    perceptual_hash: Mapped[str | None] = mapped_column(String(16))
    facts: Mapped[dict[str, Any]]
    stored_at: Mapped[datetime]


class CallbackRow(Table):
    """A telephone number given for a call-back, apart from the answers, sealed, deleted after use."""

    __tablename__ = "callbacks"
    root_id: Mapped[str] = mapped_column(ForeignKey("record_states.root_id"), primary_key=True)
    sealed_number: Mapped[str] = mapped_column(Text)
    consent: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class NoteRow(Table):
    """An interview note being written; it becomes a record when it is submitted."""

    __tablename__ = "interview_notes"
    __table_args__ = (CheckConstraint(one_of("state", ("open", "submitted")), name="state"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    collector_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(200))
    form_of: Mapped[str] = mapped_column(String(16))
    consent: Mapped[dict[str, Any]]
    answers: Mapped[dict[str, Any]]
    answers_rev: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    record_root_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]


class NoteSegmentRow(Table):
    """One revision of one segment of a note; append-only, the highest revision is what is shown."""

    __tablename__ = "note_segments"
    __table_args__ = (
        UniqueConstraint("note_id", "segment_id", "revision"),
        UniqueConstraint("push_id"),
        CheckConstraint(one_of("stance", ("support", "oppose", "unclear")), name="stance"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[str] = mapped_column(ForeignKey("interview_notes.id"))
    segment_id: Mapped[str] = mapped_column(String(36))
    revision: Mapped[int]
    base_revision: Mapped[int]
    push_id: Mapped[str] = mapped_column(String(36))
    sequence: Mapped[int]
    started_at: Mapped[datetime]
    speaker: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    indicators: Mapped[list[Any]]
    stance: Mapped[str] = mapped_column(String(16))
    flags: Mapped[list[Any]]
    is_conflict: Mapped[bool]
    received_at: Mapped[datetime]
