"""What was decided about contradictions between methods."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from surveyapp.storage.tables.base import Table, one_of

VERDICTS = ("first", "second", "both")


class AdjudicationRow(Table):
    """Which evidence is believed, or why both stand; immutable (a trigger refuses every change).

    `evidence_sha256` is the digest of the records it was decided on: with others the finding is open again.
    `first` and `second` of the verdict are the two methods of `finding` in their order there.
    """

    __tablename__ = "adjudications"
    __table_args__ = (
        CheckConstraint(one_of("verdict", VERDICTS), name="verdict"),
        CheckConstraint("reason <> ''", name="reason"),
        Index(None, "round_id", "unit_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    finding: Mapped[str] = mapped_column(String(100))
    evidence_sha256: Mapped[str] = mapped_column(String(64))
    difference: Mapped[float]
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime]
