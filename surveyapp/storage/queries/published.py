"""The newest published version of every questionnaire, for pages that look across instruments."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from surveyapp.storage.database import Session
from surveyapp.storage.tables import QuestionnaireRow, QuestionnaireVersionRow


@dataclass(frozen=True)
class PublishedVersion:
    """A version with the rows of its measures sheet."""

    id: int
    form_id: str
    kind: str
    version: str
    measures: list[dict[str, str]]


def newest_versions(session: Session) -> list[PublishedVersion]:
    """The version last published of each questionnaire, in the order of publication."""
    newest = select(func.max(QuestionnaireVersionRow.id)).group_by(QuestionnaireVersionRow.questionnaire_id)
    query = (
        select(
            QuestionnaireVersionRow.id,
            QuestionnaireRow.form_id,
            QuestionnaireRow.kind,
            QuestionnaireVersionRow.version,
            QuestionnaireVersionRow.measures,
        )
        .join(QuestionnaireRow, QuestionnaireRow.id == QuestionnaireVersionRow.questionnaire_id)
        .where(QuestionnaireVersionRow.id.in_(newest))
        .order_by(QuestionnaireVersionRow.id)
    )
    return [
        PublishedVersion(row.id, row.form_id, row.kind, row.version, list(row.measures))
        for row in session.execute(query)
    ]
