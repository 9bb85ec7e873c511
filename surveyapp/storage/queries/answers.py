"""Answers stored under any version of a questionnaire, for counting what a new version concerns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.storage.tables import QuestionnaireRow, QuestionnaireVersionRow, RecordRow, RecordStateRow

_BATCH = 500


def count_records(session: Session, form_id: str) -> int:
    """How many records a questionnaire has under any version."""
    query = (
        select(func.count())
        .select_from(RecordRow)
        .join(QuestionnaireVersionRow, QuestionnaireVersionRow.id == RecordRow.version_id)
        .join(QuestionnaireRow, QuestionnaireRow.id == QuestionnaireVersionRow.questionnaire_id)
        .where(QuestionnaireRow.form_id == form_id, RecordRow.revision == 1)
    )
    return session.scalar(query) or 0


def answers_under(session: Session, form_id: str) -> Iterator[dict[str, Any]]:
    """The answers of the current revision of every record of a questionnaire, a batch at a time."""
    query = (
        select(RecordRow.answers)
        .join(
            RecordStateRow,
            (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision),
        )
        .join(QuestionnaireVersionRow, QuestionnaireVersionRow.id == RecordRow.version_id)
        .join(QuestionnaireRow, QuestionnaireRow.id == QuestionnaireVersionRow.questionnaire_id)
        .where(QuestionnaireRow.form_id == form_id)
        .execution_options(yield_per=_BATCH)
    )
    yield from session.scalars(query)
