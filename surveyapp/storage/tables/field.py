"""Field work: planned calls and visits, and one row per call attempt, written before dialling."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.evaluation.kinds import ASSIGNED
from surveyapp.evaluation.outcomes import OUTCOMES
from surveyapp.storage.tables.base import Table, one_of

ATTEMPT_STATES = ("open", "closed", "orphan")


class AssignmentRow(Table):
    """Work planned for one person; a call's case is locked to its caller for a while.

    `known` are answers, by question name, that the form begins with. `case_root_id` is the record whose
    author left a number for a call-back.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint(one_of("kind", ASSIGNED), name="kind"),
        CheckConstraint("(kind = 'call') = (line_id IS NOT NULL)", name="call_has_line"),
        CheckConstraint(one_of("state", ("planned", "done", "cancelled")), name="state"),
        Index(None, "round_id", "user_id", "kind", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(16))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("phone_lines.id"))
    slot: Mapped[str | None] = mapped_column(String(1))
    scenario: Mapped[str] = mapped_column(Text)
    planned_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    locked_until: Mapped[datetime | None]
    locked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    case_root_id: Mapped[str | None] = mapped_column(String(36))
    known: Mapped[dict[str, Any] | None]


class CaseExtractRow(Table):
    """A list of handled cases of a unit as it was handed in: the counts it gives and the drawn sample.

    The file lies in the store under its hash; the row is immutable (a trigger refuses every change).
    """

    __tablename__ = "case_extracts"
    __table_args__ = (UniqueConstraint("round_id", "unit_id", "sha256"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    cases: Mapped[int]
    facts: Mapped[dict[str, Any]]
    seed: Mapped[str] = mapped_column(String(64))
    sample: Mapped[list[Any]]
    sample_sha256: Mapped[str] = mapped_column(String(64))
    counted_on: Mapped[date]
    stored_at: Mapped[datetime]
    stored_by: Mapped[int] = mapped_column(ForeignKey("users.id"))


class CallAttemptRow(Table):
    """One attempt. Instants, not durations, so that waiting can be scored again.

    The outcome is a person's; what the telephone provider reports stays beside it as a hint.
    """

    __tablename__ = "call_attempts"
    __table_args__ = (
        CheckConstraint(one_of("state", ATTEMPT_STATES), name="state"),
        CheckConstraint(one_of("outcome", tuple(OUTCOMES)), name="outcome"),
        CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="closed_has_outcome"),
        CheckConstraint("ended_at IS NULL OR ended_at >= dialled_at", name="order"),
        CheckConstraint("answered_at IS NULL OR answered_at >= dialled_at", name="answered_order"),
        Index(None, "round_id", "line_id"),
    )
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("phone_lines.id"))
    caller_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    slot: Mapped[str] = mapped_column(String(1))
    state: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(2))
    planned_at: Mapped[datetime]
    dialled_at: Mapped[datetime]
    device_dialled_at: Mapped[datetime | None]
    rang_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    transfer_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(String(16))
    provider_call: Mapped[str | None] = mapped_column(String(64), unique=True)
    provider_status: Mapped[str | None] = mapped_column(String(32))
    provider_sequence: Mapped[int | None]
    provider_hint: Mapped[str | None] = mapped_column(String(32))
    record_root_id: Mapped[str | None] = mapped_column(String(36))
