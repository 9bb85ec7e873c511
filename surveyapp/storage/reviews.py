"""Where a record stands, and every step that led there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from surveyapp.storage.database import Session
from surveyapp.storage.tables import RecordRow, RecordStateRow, ReviewEventRow, UnitRow


def lock_state(session: Session, root_id: str) -> RecordStateRow | None:
    """Where a record stands; nobody else moves it until this transaction ends. None when there is none."""
    return session.scalar(select(RecordStateRow).where(RecordStateRow.root_id == root_id).with_for_update())


def get_revision(session: Session, root_id: str, revision: int) -> tuple[RecordRow, str]:
    """One revision of a record and the path of its unit. NoResultFound when there is none."""
    record, path = session.execute(
        select(RecordRow, UnitRow.path)
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .where(RecordRow.root_id == root_id, RecordRow.revision == revision)
    ).one()
    return record, path


def add_event(session: Session, **values: Any) -> None:
    """Append one step to a record's history."""
    session.add(ReviewEventRow(**values))


def list_events(session: Session, root_id: str) -> list[ReviewEventRow]:
    """Every step of a record's life, oldest first."""
    query = select(ReviewEventRow).where(ReviewEventRow.root_id == root_id)
    return list(session.scalars(query.order_by(ReviewEventRow.step)))
