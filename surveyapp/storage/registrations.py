"""The registered rules of a round: statements only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import distinct, func, select

from surveyapp.storage.database import Session
from surveyapp.storage.tables import QuestionnaireRow, QuestionnaireVersionRow, RecordRow, RegistrationRow


def registrations_of(session: Session, round_id: int) -> list[RegistrationRow]:
    """All registrations of a round, the first one first."""
    query = select(RegistrationRow).where(RegistrationRow.round_id == round_id)
    return list(session.scalars(query.order_by(RegistrationRow.number)))


def add_registration(session: Session, values: dict[str, Any], at: datetime) -> int:
    """Store a registration and return its id."""
    row = RegistrationRow(**values, created_at=at)
    session.add(row)
    session.flush()
    return row.id


def received_before(session: Session, round_id: int, at: datetime) -> int:
    """How many records of a round had come in before a moment."""
    query = select(func.count(distinct(RecordRow.root_id)))
    return session.scalar(query.where(RecordRow.round_id == round_id, RecordRow.received_at < at)) or 0


def version_names(session: Session, version_ids: list[int]) -> dict[str, str]:
    """ "form_id version" -> SHA-256 of the published text, of the given versions."""
    query = (
        select(QuestionnaireRow.form_id, QuestionnaireVersionRow.version, QuestionnaireVersionRow.sha256)
        .join(QuestionnaireVersionRow, QuestionnaireVersionRow.questionnaire_id == QuestionnaireRow.id)
        .where(QuestionnaireVersionRow.id.in_(version_ids))
        .order_by(QuestionnaireRow.form_id)
    )
    return {f"{form_id} {version}": sha256 for form_id, version, sha256 in session.execute(query)}
