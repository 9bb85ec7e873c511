"""Decisions about contradictions between methods: statements only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from surveyapp.storage.database import Session
from surveyapp.storage.tables import AdjudicationRow, UserRow


def adjudications_of(session: Session, round_id: int, unit_id: int) -> list[tuple[AdjudicationRow, str]]:
    """All decisions about a unit's contradictions with the name of who took them, the oldest first."""
    query = (
        select(AdjudicationRow, UserRow.name)
        .join(UserRow, UserRow.id == AdjudicationRow.decided_by)
        .where(AdjudicationRow.round_id == round_id, AdjudicationRow.unit_id == unit_id)
        .order_by(AdjudicationRow.id)
    )
    return [(row, name) for row, name in session.execute(query)]


def add_adjudication(session: Session, values: dict[str, Any], at: datetime) -> int:
    """Store a decision and return its id."""
    row = AdjudicationRow(**values, decided_at=at)
    session.add(row)
    session.flush()
    return row.id
