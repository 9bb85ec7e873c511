"""The sampling plans of a round, version by version: statements only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from surveyapp.storage.database import Session
from surveyapp.storage.tables import SamplingPlanRow


def sampling_plans_of(session: Session, round_id: int) -> list[SamplingPlanRow]:
    """All versions of a round's sampling plan, the first one first."""
    query = select(SamplingPlanRow).where(SamplingPlanRow.round_id == round_id)
    return list(session.scalars(query.order_by(SamplingPlanRow.number)))


def add_sampling_plan(session: Session, values: dict[str, Any], at: datetime) -> int:
    """Store a version and return its id."""
    row = SamplingPlanRow(**values, created_at=at)
    session.add(row)
    session.flush()
    return row.id
