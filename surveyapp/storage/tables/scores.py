"""What is derived behind the evidence: observations, tallies, score snapshots, jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.storage.tables.base import Table, one_of

JOB_STATES = ("new", "running", "done", "failed")


class ObservationRow(Table):
    """One value of one measure from one confirmed record."""

    __tablename__ = "observations"
    __table_args__ = (
        UniqueConstraint("root_id", "measure"),
        Index(None, "round_id", "unit_id", "indicator"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    root_id: Mapped[str] = mapped_column(ForeignKey("record_states.root_id"))
    revision: Mapped[int]
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id"))
    indicator: Mapped[str] = mapped_column(String(32))
    method: Mapped[str] = mapped_column(String(32))
    measure: Mapped[str] = mapped_column(String(64))
    value: Mapped[float]
    weight: Mapped[float]
    cluster: Mapped[str] = mapped_column(String(64))
    stratum: Mapped[str] = mapped_column(String(64))


class HoldingRow(Table):
    """How many observations a unit holds in a round, and how often some were taken away.

    Kept where observations are written, in the same transaction: the pair names a state of them, so that
    what was computed from one state is known to hold or not without reading them again.
    """

    __tablename__ = "holdings"
    __table_args__ = (CheckConstraint("held >= 0", name="held"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    held: Mapped[int]
    taken: Mapped[int]


class TallyRow(Table):
    """How many records stand where; kept by the fold, equal to a recount once it has caught up."""

    __tablename__ = "tallies"
    __table_args__ = (CheckConstraint("number >= 0", name="number"),)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int]


class CellDecisionRow(Table):
    """What a unit's missing evidence counts as, by decision: 'not_applicable' or 'zero'."""

    __tablename__ = "cell_decisions"
    __table_args__ = (
        UniqueConstraint("round_id", "unit_id", "indicator", "method"),
        CheckConstraint(one_of("kind", ("not_applicable", "zero")), name="kind"),
        CheckConstraint("reason <> ''", name="reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    indicator: Mapped[str] = mapped_column(String(32))
    method: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime]


class RegistrationRow(Table):
    """A round's rules as they were registered; immutable (a trigger refuses every change)."""

    __tablename__ = "registrations"
    __table_args__ = (UniqueConstraint("round_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class SamplingPlanRow(Table):
    """A version of a round's sampling plan with the numbers it led to; immutable (a trigger refuses it)."""

    __tablename__ = "sampling_plans"
    __table_args__ = (UniqueConstraint("round_id", "number"), CheckConstraint("number >= 1", name="number"))
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class SnapshotRow(Table):
    """A unit's score with everything it came from; immutable (a trigger refuses every change)."""

    __tablename__ = "score_snapshots"
    __table_args__ = (Index(None, "round_id", "unit_id", "profile"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    profile: Mapped[str] = mapped_column(String(16))
    rule_version: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[str] = mapped_column(String(32))
    inputs: Mapped[dict[str, Any]]
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]]
    result_sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class JobRow(Table):
    """Work to be done behind the answers; this table is the truth, the queue only wakes it."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(one_of("state", JOB_STATES), name="state"),
        Index(None, "state", "due_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(100), unique=True)
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime]
    beat_at: Mapped[datetime | None]
    tries: Mapped[int]
    error: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
