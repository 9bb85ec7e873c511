"""Publish a questionnaire: convert, check, store once; a published version never changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import load_form
from surveyapp.forms.problem import Problem
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import QuestionnaireRow, QuestionnaireVersionRow


@dataclass(frozen=True)
class Published:
    """The version that is now in force, or the problems that forbid it (then `version_id` is None)."""

    version_id: int | None
    form_id: str
    version: str
    problems: tuple[Problem, ...]


def publish(platform: Platform, source: str, kind: str, by: int | None = None) -> Published:
    """Publish the questionnaire written in `source` (XLSForm as Markdown).

    The same text again is the same version; another text under a published version is refused.
    """
    converted = convert_markdown(source)
    if converted.problems:
        return Published(None, "", "", converted.problems)
    form = load_form(converted.xform)
    digest = hashlib.sha256(source.encode()).hexdigest()
    with platform.database.transaction() as session:
        questionnaire = session.scalar(
            select(QuestionnaireRow).where(QuestionnaireRow.form_id == form.form_id)
        )
        if questionnaire is None:
            questionnaire = QuestionnaireRow(form_id=form.form_id, kind=kind)
            session.add(questionnaire)
            session.flush()
        held = session.scalar(
            select(QuestionnaireVersionRow).where(
                QuestionnaireVersionRow.questionnaire_id == questionnaire.id,
                QuestionnaireVersionRow.version == form.version,
            )
        )
        if held is not None:
            problems = () if held.sha256 == digest else (_taken(form.form_id, form.version),)
            return Published(None if problems else held.id, form.form_id, form.version, problems)
        row = QuestionnaireVersionRow(
            questionnaire_id=questionnaire.id,
            version=form.version,
            source=source,
            xform=converted.xform,
            sha256=digest,
            md5=hashlib.md5(converted.xform.encode(), usedforsecurity=False).hexdigest(),
            measures=[dict(row) for row in converted.measures],
            published_at=platform.clock(),
            published_by=by,
        )
        session.add(row)
        session.flush()
        note_deed(
            session, platform.clock(), by, "questionnaire.publish", "version", row.id, form=form.form_id
        )
        return Published(row.id, form.form_id, form.version, ())


def _taken(form_id: str, version: str) -> Problem:
    return Problem(
        "version-taken",
        "settings/version",
        {
            "zh": f"{form_id} 的版本 {version} 已发布，不能改动；请在 settings 表中改用新的 version。",
            "en": f"{form_id} version {version} is published and cannot change; "
            "give a new version in the settings sheet.",
        },
    )
