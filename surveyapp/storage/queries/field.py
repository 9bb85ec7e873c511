"""What the pages of evaluators and interviewers show: tasks, open attempts, notes, returned records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.storage.queries.scope import within
from surveyapp.storage.tables import (
    AssignmentRow,
    AttachmentRow,
    CallAttemptRow,
    IndicatorRow,
    NoteRow,
    NoteSegmentRow,
    PhoneLineRow,
    RecordRow,
    RecordStateRow,
    ReviewEventRow,
    RoundRow,
    RoundUnitRow,
    SiteRow,
    UnitRow,
)

AHEAD = datetime(9999, 1, 1, tzinfo=UTC)
"""Later than any work is due: what is assigned can be filed at any time before."""
MOST = 200


@dataclass(frozen=True)
class Task:
    """An assignment with its surroundings; `attempts` is how often its line was tried for it."""

    assignment: AssignmentRow
    unit: UnitRow
    around: RoundRow
    site: SiteRow | None
    line: PhoneLineRow | None
    attempts: int = 0


@dataclass(frozen=True)
class Returned:
    """A record that went back to its author, with the reviewer's reason."""

    record: RecordRow
    unit: UnitRow
    reason: str


@dataclass(frozen=True)
class OwnNote:
    """An interview note with its surroundings."""

    note: NoteRow
    unit: UnitRow
    around: RoundRow


def _tasks() -> Any:
    tried = (
        select(func.count())
        .select_from(CallAttemptRow)
        .where(CallAttemptRow.assignment_id == AssignmentRow.id)
        .scalar_subquery()
    )
    return (
        select(AssignmentRow, UnitRow, RoundRow, SiteRow, PhoneLineRow, tried)
        .join(UnitRow, UnitRow.id == AssignmentRow.unit_id)
        .join(RoundRow, RoundRow.id == AssignmentRow.round_id)
        .outerjoin(SiteRow, SiteRow.id == AssignmentRow.site_id)
        .outerjoin(PhoneLineRow, PhoneLineRow.id == AssignmentRow.line_id)
    )


def planned_tasks(
    session: Session, user_id: int, kinds: Sequence[str], until: datetime, tops: Sequence[str]
) -> list[Task]:
    """A person's tasks of some kinds that are planned before `until` and not done, earliest first."""
    query = _tasks().where(
        AssignmentRow.user_id == user_id,
        AssignmentRow.kind.in_(kinds),
        AssignmentRow.state == "planned",
        AssignmentRow.planned_at < until,
        RoundRow.state.in_(("open", "closing")),
        within(tops),
    )
    rows = session.execute(query.order_by(AssignmentRow.planned_at, AssignmentRow.id).limit(MOST))
    return [Task(*row) for row in rows]


def find_task(
    session: Session, assignment_id: int, user_id: int, kinds: Sequence[str], tops: Sequence[str]
) -> Task | None:
    """One of a person's own tasks, whatever its state; None when it is not theirs."""
    query = _tasks().where(
        AssignmentRow.id == assignment_id,
        AssignmentRow.user_id == user_id,
        AssignmentRow.kind.in_(kinds),
        within(tops),
    )
    row = session.execute(query).first()
    return Task(*row) if row else None


def count_dialled(session: Session, user_id: int, since: datetime) -> int:
    """How many attempts a person has made since an instant."""
    query = select(func.count()).select_from(CallAttemptRow)
    return (
        session.scalar(query.where(CallAttemptRow.caller_id == user_id, CallAttemptRow.dialled_at >= since))
        or 0
    )


def find_own_attempt(session: Session, attempt_id: str, user_id: int) -> CallAttemptRow | None:
    """An attempt of this caller; None otherwise."""
    query = select(CallAttemptRow).where(CallAttemptRow.id == attempt_id, CallAttemptRow.caller_id == user_id)
    return session.scalar(query)


def unfinished_attempts(session: Session, user_id: int) -> list[tuple[CallAttemptRow, PhoneLineRow, UnitRow]]:
    """A caller's attempts that are open, orphaned, or closed without a record, oldest first."""
    query = (
        select(CallAttemptRow, PhoneLineRow, UnitRow)
        .join(PhoneLineRow, PhoneLineRow.id == CallAttemptRow.line_id)
        .join(UnitRow, UnitRow.id == PhoneLineRow.unit_id)
        .where(CallAttemptRow.caller_id == user_id)
        .where((CallAttemptRow.state != "closed") | CallAttemptRow.record_root_id.is_(None))
    )
    rows = session.execute(query.order_by(CallAttemptRow.dialled_at, CallAttemptRow.id).limit(MOST))
    return [(attempt, line, unit) for attempt, line, unit in rows]


def line_attempts(session: Session, line_id: int) -> list[CallAttemptRow]:
    """The last twenty attempts on a line, newest first."""
    query = select(CallAttemptRow).where(CallAttemptRow.line_id == line_id)
    return list(session.scalars(query.order_by(CallAttemptRow.dialled_at.desc()).limit(20)))


def closed_since(
    session: Session, caller_id: int, since: datetime
) -> list[tuple[CallAttemptRow, Mapping[str, Any] | None]]:
    """A caller's closed attempts dialled since an instant, each with the answers of its newest record."""
    query = (
        select(CallAttemptRow, RecordRow.answers)
        .outerjoin(RecordStateRow, RecordStateRow.root_id == CallAttemptRow.record_root_id)
        .outerjoin(
            RecordRow,
            (RecordRow.root_id == RecordStateRow.root_id) & (RecordRow.revision == RecordStateRow.revision),
        )
        .where(
            CallAttemptRow.caller_id == caller_id,
            CallAttemptRow.state == "closed",
            CallAttemptRow.dialled_at >= since,
        )
    )
    rows = session.execute(query.order_by(CallAttemptRow.dialled_at, CallAttemptRow.id).limit(2000))
    return [(attempt, answers) for attempt, answers in rows]


def returned_records(session: Session, user_id: int) -> list[Returned]:
    """A person's own records that were returned to be corrected, oldest first."""
    query = (
        select(RecordRow, UnitRow, ReviewEventRow.reason)
        .join(
            RecordStateRow,
            (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision),
        )
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .join(
            ReviewEventRow,
            (ReviewEventRow.root_id == RecordStateRow.root_id) & (ReviewEventRow.step == RecordStateRow.step),
        )
        .where(RecordStateRow.state == "returned", RecordRow.collector_id == user_id)
    )
    rows = session.execute(query.order_by(RecordRow.id).limit(MOST))
    return [Returned(*row) for row in rows]


def find_returned(session: Session, root_id: str, user_id: int) -> Returned | None:
    """One of a person's own returned records; None otherwise."""
    return next((row for row in returned_records(session, user_id) if row.record.root_id == root_id), None)


def find_own_submission(session: Session, submission_id: str, user_id: int) -> RecordRow | None:
    """A person's own record by its submission id; None otherwise."""
    query = select(RecordRow).where(
        RecordRow.submission_id == submission_id, RecordRow.collector_id == user_id
    )
    return session.scalar(query)


def find_sent(session: Session, receipt: str, user_id: int) -> tuple[RecordRow, UnitRow, int] | None:
    """A person's own record by its receipt, with how many files it has; None otherwise."""
    files = (
        select(func.count())
        .select_from(AttachmentRow)
        .where(AttachmentRow.record_id == RecordRow.id)
        .scalar_subquery()
    )
    row = session.execute(
        select(RecordRow, UnitRow, files)
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .where(RecordRow.receipt == receipt, RecordRow.collector_id == user_id)
    ).first()
    return (row[0], row[1], row[2]) if row else None


def files_of(session: Session, record_id: int) -> list[AttachmentRow]:
    """The files of one revision, in order."""
    query = select(AttachmentRow).where(AttachmentRow.record_id == record_id)
    return list(session.scalars(query.order_by(AttachmentRow.question, AttachmentRow.position)))


def open_notes(session: Session, user_id: int) -> list[tuple[NoteRow, UnitRow, int]]:
    """A person's interview notes that are not submitted, with their number of segments, newest first."""
    segments = (
        select(func.count(NoteSegmentRow.segment_id.distinct()))
        .where(NoteSegmentRow.note_id == NoteRow.id)
        .scalar_subquery()
    )
    query = (
        select(NoteRow, UnitRow, segments)
        .join(UnitRow, UnitRow.id == NoteRow.unit_id)
        .where(NoteRow.collector_id == user_id, NoteRow.state == "open")
    )
    rows = session.execute(query.order_by(NoteRow.created_at.desc(), NoteRow.id).limit(MOST))
    return [(note, unit, number) for note, unit, number in rows]


def open_units(session: Session, tops: Sequence[str]) -> list[tuple[RoundRow, UnitRow]]:
    """Units of open rounds inside the given subtrees, newest round first."""
    query = (
        select(RoundRow, UnitRow)
        .join(RoundUnitRow, RoundUnitRow.round_id == RoundRow.id)
        .join(UnitRow, UnitRow.id == RoundUnitRow.unit_id)
        .where(RoundRow.state.in_(("open", "closing")), within(tops))
    )
    rows = session.execute(query.order_by(RoundRow.id.desc(), UnitRow.code).limit(1000))
    return [(around, unit) for around, unit in rows]


def leaf_indicators(session: Session, round_id: int) -> list[tuple[str, str]]:
    """(code, name) of the leaves of a round's framework, in the order of the table."""
    query = (
        select(IndicatorRow.code, IndicatorRow.name)
        .join(RoundRow, RoundRow.framework_id == IndicatorRow.framework_id)
        .where(RoundRow.id == round_id, IndicatorRow.is_leaf)
    )
    return [(code, name) for code, name in session.execute(query.order_by(IndicatorRow.position))]


def find_own_note(session: Session, note_id: str, user_id: int, tops: Sequence[str]) -> OwnNote | None:
    """A person's own note inside their scope; None otherwise."""
    row = session.execute(
        select(NoteRow, UnitRow, RoundRow)
        .join(UnitRow, UnitRow.id == NoteRow.unit_id)
        .join(RoundRow, RoundRow.id == NoteRow.round_id)
        .where(NoteRow.id == note_id, NoteRow.collector_id == user_id, within(tops))
    ).first()
    return OwnNote(*row) if row else None
