"""Questionnaires and their published versions, which never change."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from surveyapp.storage.database import Session
from surveyapp.storage.tables import (
    QuestionnaireFileRow,
    QuestionnaireRow,
    QuestionnaireVersionRow,
    RoundQuestionnaireRow,
)


class VersionTaken(Exception):
    """Somebody published this questionnaire or version a moment before; nothing was inserted."""


def find_questionnaire(session: Session, form_id: str) -> QuestionnaireRow | None:
    """The questionnaire with a form id; None when there is none."""
    return session.scalar(select(QuestionnaireRow).where(QuestionnaireRow.form_id == form_id))


def add_questionnaire(session: Session, form_id: str, kind: str) -> QuestionnaireRow:
    """Insert a questionnaire without versions. Raises VersionTaken; the transaction is unusable then."""
    row = QuestionnaireRow(form_id=form_id, kind=kind)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise VersionTaken(form_id) from error
    return row


def find_version(session: Session, form_id: str, version: str) -> QuestionnaireVersionRow | None:
    """A published version by form id and version; None when there is none."""
    return session.scalar(
        select(QuestionnaireVersionRow)
        .join(QuestionnaireRow, QuestionnaireRow.id == QuestionnaireVersionRow.questionnaire_id)
        .where(QuestionnaireRow.form_id == form_id, QuestionnaireVersionRow.version == version)
    )


def newest_version(session: Session, form_id: str) -> QuestionnaireVersionRow | None:
    """The version of a questionnaire that was published last; None when there is none."""
    return session.scalar(
        select(QuestionnaireVersionRow)
        .join(QuestionnaireRow, QuestionnaireRow.id == QuestionnaireVersionRow.questionnaire_id)
        .where(QuestionnaireRow.form_id == form_id)
        .order_by(QuestionnaireVersionRow.id.desc())
        .limit(1)
    )


def newest_versions(session: Session) -> list[tuple[QuestionnaireRow, QuestionnaireVersionRow]]:
    """Every questionnaire with the version that was published last, by form id."""
    last = select(func.max(QuestionnaireVersionRow.id)).group_by(QuestionnaireVersionRow.questionnaire_id)
    query = (
        select(QuestionnaireRow, QuestionnaireVersionRow)
        .join(QuestionnaireVersionRow, QuestionnaireVersionRow.questionnaire_id == QuestionnaireRow.id)
        .where(QuestionnaireVersionRow.id.in_(last))
        .order_by(QuestionnaireRow.form_id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def find_xform(session: Session, version_id: int) -> str | None:
    """The XForm of a published version; None for an unknown one."""
    return session.scalar(
        select(QuestionnaireVersionRow.xform).where(QuestionnaireVersionRow.id == version_id)
    )


def state_in_round(session: Session, version_id: int, round_id: int) -> str | None:
    """'open', 'closing' or 'closed': a version's questionnaire in a round; None for an unknown version."""
    held, version = RoundQuestionnaireRow, QuestionnaireVersionRow
    return session.scalar(
        select(func.coalesce(held.state, "open"))
        .select_from(version)
        .outerjoin(held, (held.questionnaire_id == version.questionnaire_id) & (held.round_id == round_id))
        .where(version.id == version_id)
    )


def states_in_rounds(session: Session, round_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """The states that are not open without saying so, by questionnaire and round."""
    held = RoundQuestionnaireRow
    rows = session.scalars(select(held).where(held.round_id.in_(round_ids)))
    return {(row.questionnaire_id, row.round_id): row.state for row in rows}


def set_state(session: Session, questionnaire_id: int, round_id: int, state: str) -> str:
    """Give a questionnaire a state in a round; returns the one before. Two at a time wait for each other."""
    session.get(QuestionnaireRow, questionnaire_id, with_for_update=True)
    held = session.get(RoundQuestionnaireRow, (round_id, questionnaire_id), with_for_update=True)
    if held is None:
        session.add(RoundQuestionnaireRow(round_id=round_id, questionnaire_id=questionnaire_id, state=state))
        session.flush()
        return "open"
    before, held.state = held.state, state
    return before


def add_version(session: Session, **values: Any) -> int:
    """Insert a published version and return its id. Raises VersionTaken; the transaction is unusable then."""
    row = QuestionnaireVersionRow(**values)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise VersionTaken(values["version"]) from error
    return row.id


def version_ids(session: Session, questionnaire_id: int) -> list[int]:
    """The published versions of a questionnaire, oldest first."""
    query = select(QuestionnaireVersionRow.id).where(
        QuestionnaireVersionRow.questionnaire_id == questionnaire_id
    )
    return list(session.scalars(query.order_by(QuestionnaireVersionRow.id)))


def add_file(session: Session, version_id: int, name: str, **values: Any) -> None:
    """Name a stored file as one of a version's; it never changes afterwards."""
    session.add(QuestionnaireFileRow(version_id=version_id, name=name, **values))
    session.flush()


def list_files(session: Session, version_id: int) -> list[QuestionnaireFileRow]:
    """The files of a version by name."""
    query = select(QuestionnaireFileRow).where(QuestionnaireFileRow.version_id == version_id)
    return list(session.scalars(query.order_by(QuestionnaireFileRow.name)))


def file_digests(session: Session, version_id: int) -> Mapping[str, str]:
    """SHA-256 by name of the files of a version."""
    return {row.name: row.sha256 for row in list_files(session, version_id)}
