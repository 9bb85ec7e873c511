"""Runs of the quality checks with what they found, and the decisions of two people on records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.evaluation.quality import KINDS_OF_DECISION
from surveyapp.storage.tables.base import Table, one_of

FACTORS = (
    "(kind = 'keep' AND factor = 1) OR (kind = 'void' AND factor = 0) "
    "OR (kind = 'down_weight' AND factor > 0 AND factor < 1)"
)


class QualityRunRow(Table):
    """One run of the checks over a round; immutable. The newest one is what is shown."""

    __tablename__ = "quality_runs"
    __table_args__ = (UniqueConstraint("round_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    number: Mapped[int]
    records: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class QualityFindingRow(Table):
    """One finding of a run; immutable. `records` are root ids, `evidence` numbers and thresholds."""

    __tablename__ = "quality_findings"
    __table_args__ = (UniqueConstraint("run_id", "code", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("quality_runs.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    code: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(200))
    records: Mapped[list[Any]]
    sentence: Mapped[dict[str, Any]]
    evidence: Mapped[dict[str, Any]]


class QualityDecisionRow(Table):
    """One step of the decision on a record, numbered per record; append-only (a trigger refuses changes).

    Proposed by one person (`confirmed_by` empty), then confirmed by another in a step of its own; the last
    confirmed step is in force. `finding_id` is the finding it was decided on, if any.
    """

    __tablename__ = "quality_decisions"
    __table_args__ = (
        UniqueConstraint("root_id", "step"),
        CheckConstraint(one_of("kind", tuple(KINDS_OF_DECISION)), name="kind"),
        CheckConstraint(FACTORS, name="factor"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="two_people"),
        Index(None, "round_id", "root_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    root_id: Mapped[str] = mapped_column(ForeignKey("record_states.root_id"))
    step: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    factor: Mapped[float]
    reason: Mapped[str] = mapped_column(Text)
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("quality_findings.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
