"""What exports read, row by row: records in every revision, call attempts. Never a whole list in memory.

Always inside somebody's scope, as it stands when the export is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Executable, select, true

from surveyapp.storage.database import Session
from surveyapp.storage.queries.scope import within
from surveyapp.storage.tables import (
    CallAttemptRow,
    PhoneLineRow,
    QrLinkRow,
    QuestionnaireRow,
    QuestionnaireVersionRow,
    RecordRow,
    RecordStateRow,
    SiteRow,
    UnitRow,
    UserRow,
)

ROWS = 500
"""Rows fetched at a time."""

ATTEMPT_COLUMNS = tuple(column.key for column in CallAttemptRow.__table__.columns)


@dataclass(frozen=True)
class VersionRead:
    """A version of a questionnaire with records in the export."""

    version_id: int
    form_id: str
    version: str


@dataclass(frozen=True)
class ExportedRecord:
    """One revision of a record with the words for its keys."""

    record: RecordRow
    newest: int
    state: str
    form_id: str
    version: str
    unit_code: str
    unit_name: str
    site_code: str | None
    line_code: str | None
    window: str | None
    collector: str | None


@dataclass(frozen=True)
class ExportedAttempt:
    """One call attempt with the words for its keys; the number is whole here and masked on the way out."""

    attempt: CallAttemptRow
    unit_code: str
    line_code: str
    number: str
    caller: str


@dataclass(frozen=True)
class Blind:
    """Records of some kinds and units that a reader is not shown, unless the reader collected them."""

    kinds: Sequence[str] = ()
    unit_ids: Sequence[int] = ()
    reader_id: int = 0

    def shown(self) -> ColumnElement[bool]:
        """The condition on records that are shown."""
        hidden = RecordRow.kind.in_(self.kinds) & RecordRow.unit_id.in_(self.unit_ids)
        return ~hidden | (RecordRow.collector_id == self.reader_id) if self.unit_ids else true()


EVERYTHING = Blind()
"""Nothing is kept from the reader."""


def versions_read(session: Session, round_id: int, tops: Sequence[str]) -> list[VersionRead]:
    """The versions that records inside the scope were taken with, by questionnaire, oldest first."""
    used = (
        select(RecordRow.version_id)
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .where(RecordRow.round_id == round_id, within(tops))
        .distinct()
    )
    query = (
        select(QuestionnaireVersionRow.id, QuestionnaireRow.form_id, QuestionnaireVersionRow.version)
        .join(QuestionnaireRow, QuestionnaireRow.id == QuestionnaireVersionRow.questionnaire_id)
        .where(QuestionnaireVersionRow.id.in_(used))
        .order_by(QuestionnaireRow.id, QuestionnaireVersionRow.id)
    )
    return [VersionRead(*row) for row in session.execute(query)]


def answers_read(
    session: Session, round_id: int, tops: Sequence[str], version_ids: Sequence[int], blind: Blind
) -> Iterator[dict[str, Any]]:
    """The answers alone of every revision taken with one of the versions."""
    query = (
        select(RecordRow.answers)
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .where(RecordRow.round_id == round_id, within(tops), RecordRow.version_id.in_(version_ids))
        .where(blind.shown())
    )
    for row in _streamed(session, query):
        yield row[0]


def records_read(
    session: Session, round_id: int, tops: Sequence[str], version_ids: Sequence[int], blind: Blind
) -> Iterator[ExportedRecord]:
    """Every shown revision of every record taken with one of the versions, in the order of receipt."""
    query = (
        select(
            RecordRow,
            RecordStateRow.revision,
            RecordStateRow.state,
            QuestionnaireRow.form_id,
            QuestionnaireVersionRow.version,
            UnitRow.code,
            UnitRow.name,
            SiteRow.code,
            PhoneLineRow.code,
            QrLinkRow.window,
            UserRow.login,
        )
        .join(RecordStateRow, RecordStateRow.root_id == RecordRow.root_id)
        .join(QuestionnaireVersionRow, QuestionnaireVersionRow.id == RecordRow.version_id)
        .join(QuestionnaireRow, QuestionnaireRow.id == QuestionnaireVersionRow.questionnaire_id)
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .outerjoin(SiteRow, SiteRow.id == RecordRow.site_id)
        .outerjoin(PhoneLineRow, PhoneLineRow.id == RecordRow.line_id)
        .outerjoin(QrLinkRow, QrLinkRow.id == RecordRow.link_id)
        .outerjoin(UserRow, UserRow.id == RecordRow.collector_id)
        .where(RecordRow.round_id == round_id, within(tops), RecordRow.version_id.in_(version_ids))
        .where(blind.shown())
        .order_by(RecordRow.id)
    )
    for row in _streamed(session, query):
        yield ExportedRecord(*row)


def attempts_read(session: Session, round_id: int, tops: Sequence[str]) -> Iterator[ExportedAttempt]:
    """Every call attempt of the round inside the scope, in the order of dialling."""
    query = (
        select(CallAttemptRow, UnitRow.code, PhoneLineRow.code, PhoneLineRow.number, UserRow.login)
        .join(PhoneLineRow, PhoneLineRow.id == CallAttemptRow.line_id)
        .join(UnitRow, UnitRow.id == PhoneLineRow.unit_id)
        .join(UserRow, UserRow.id == CallAttemptRow.caller_id)
        .where(CallAttemptRow.round_id == round_id, within(tops))
        .order_by(CallAttemptRow.dialled_at, CallAttemptRow.id)
    )
    for row in _streamed(session, query):
        yield ExportedAttempt(*row)


def _streamed(session: Session, query: Executable) -> Iterator[Any]:
    """The rows as they come; the cursor is closed with the iterator, also when nobody reads to the end."""
    with session.execute(query, execution_options={"yield_per": ROWS}) as result:
        yield from result
