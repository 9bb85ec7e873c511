"""What field work reads and writes: assignments, call attempts, lines, and the record an attempt became.

Statements only; who may do what, and when, is decided by the services.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update

from surveyapp.storage.database import Session
from surveyapp.storage.tables import (
    AssignmentRow,
    AuditRow,
    CallAttemptRow,
    PhoneLineRow,
    QuestionnaireRow,
    QuestionnaireVersionRow,
    RecordRow,
    RecordStateRow,
    RoundQuestionnaireRow,
    RoundRow,
    SiteRow,
    UnitRow,
    UserRow,
)

MARKED = ("rang_at", "answered_at", "transfer_at", "ended_at")
FROM_PROVIDER = ("provider_call", "provider_status", "provider_sequence", "provider_hint")


def find_assignment(session: Session, assignment_id: int) -> tuple[AssignmentRow, UnitRow, RoundRow] | None:
    """An assignment with its unit and round; None when there is none."""
    row = session.execute(
        select(AssignmentRow, UnitRow, RoundRow)
        .join(UnitRow, UnitRow.id == AssignmentRow.unit_id)
        .join(RoundRow, RoundRow.id == AssignmentRow.round_id)
        .where(AssignmentRow.id == assignment_id)
    ).first()
    return (row[0], row[1], row[2]) if row else None


def lock_line(session: Session, line_id: int) -> PhoneLineRow:
    """The line; on PostgreSQL nobody else dials it until this transaction ends."""
    query = select(PhoneLineRow).where(PhoneLineRow.id == line_id)
    return session.scalars(query.with_for_update()).one()


def lock_caller(session: Session, user_id: int) -> None:
    """On PostgreSQL, keep the same caller from starting elsewhere until this transaction ends."""
    session.execute(select(UserRow.id).where(UserRow.id == user_id).with_for_update())


def get_line(session: Session, line_id: int) -> PhoneLineRow:
    """The line with this id."""
    return session.scalars(select(PhoneLineRow).where(PhoneLineRow.id == line_id)).one()


def find_site(session: Session, site_id: int | None) -> SiteRow | None:
    """The site with this id; None for none."""
    return session.get(SiteRow, site_id) if site_id is not None else None


def line_holder(session: Session, line_id: int, now: datetime, but: int) -> tuple[str, datetime] | None:
    """Who else holds the line's case now, and until when; None when nobody does."""
    row = session.execute(
        select(UserRow.name, AssignmentRow.locked_until)
        .join(UserRow, UserRow.id == AssignmentRow.locked_by)
        .where(
            AssignmentRow.line_id == line_id, AssignmentRow.locked_until > now, AssignmentRow.locked_by != but
        )
        .order_by(AssignmentRow.locked_until.desc())
    ).first()
    return (row[0], row[1]) if row and row[1] else None


def find_attempt(session: Session, attempt_id: str, *, lock: bool = False) -> CallAttemptRow | None:
    """An attempt, locked against others when it is about to be changed."""
    query = select(CallAttemptRow).where(CallAttemptRow.id == attempt_id)
    return session.scalar(query.with_for_update() if lock else query)


def open_attempt(session: Session, caller_id: int) -> str | None:
    """The id of the caller's attempt that is still open; None when there is none."""
    query = select(CallAttemptRow.id).where(
        CallAttemptRow.caller_id == caller_id, CallAttemptRow.state == "open"
    )
    return session.scalar(query.order_by(CallAttemptRow.dialled_at.desc()).limit(1))


def attempts_on(session: Session, line_id: int, since: datetime) -> list[CallAttemptRow]:
    """The attempts on a line dialled since an instant, oldest first."""
    query = select(CallAttemptRow).where(
        CallAttemptRow.line_id == line_id, CallAttemptRow.dialled_at >= since
    )
    return list(session.scalars(query.order_by(CallAttemptRow.dialled_at, CallAttemptRow.id)))


def add_attempt(session: Session, **values: Any) -> CallAttemptRow:
    """Write the row of a new, open attempt."""
    row = CallAttemptRow(
        **dict.fromkeys((*MARKED, *FROM_PROVIDER, "outcome", "closed_at", "record_root_id")),
        state="open",
        note="",
        **values,
    )
    session.add(row)
    session.flush()
    return row


def set_lock(session: Session, assignment_id: int, by: int | None, until: datetime | None) -> None:
    """Lock an assignment's case to a caller, or release it."""
    session.execute(
        update(AssignmentRow)
        .where(AssignmentRow.id == assignment_id)
        .values(locked_by=by, locked_until=until)
    )


def claim_for_provider(session: Session, attempt_id: str, provider: str) -> bool:
    """Reserve the placing of a call; False when it was reserved or placed before."""
    claim = (
        update(CallAttemptRow)
        .where(
            CallAttemptRow.id == attempt_id,
            CallAttemptRow.provider_status.is_(None),
            CallAttemptRow.state == "open",
        )
        .values(provider=provider, provider_status="placing")
    )
    return session.scalar(claim.returning(CallAttemptRow.id)) is not None


def unsent_attempts(session: Session, closed_before: datetime, caller_id: int | None) -> list[CallAttemptRow]:
    """Closed attempts without a record, oldest first, of one caller or of all; at most 500."""
    query = select(CallAttemptRow).where(
        CallAttemptRow.state == "closed",
        CallAttemptRow.record_root_id.is_(None),
        CallAttemptRow.closed_at <= closed_before,
    )
    if caller_id is not None:
        query = query.where(CallAttemptRow.caller_id == caller_id)
    return list(session.scalars(query.order_by(CallAttemptRow.closed_at, CallAttemptRow.id).limit(500)))


def set_record(session: Session, attempt_id: str, root_id: str, outcome: str, closed_at: datetime) -> bool:
    """Tie an attempt to its record; False when that was done before. The record's outcome holds."""
    tie = (
        update(CallAttemptRow)
        .where(CallAttemptRow.id == attempt_id, CallAttemptRow.record_root_id.is_(None))
        .values(record_root_id=root_id, state="closed", outcome=outcome)
    )
    tied = session.scalar(tie.returning(CallAttemptRow.id))
    session.execute(
        update(CallAttemptRow)
        .where(CallAttemptRow.id == attempt_id, CallAttemptRow.closed_at.is_(None))
        .values(closed_at=closed_at)
    )
    return tied is not None


def set_outcome_of_record(session: Session, root_id: str, outcome: str) -> None:
    """Give the attempt behind a record the outcome its author corrected."""
    session.execute(
        update(CallAttemptRow).where(CallAttemptRow.record_root_id == root_id).values(outcome=outcome)
    )


def finish_assignment(session: Session, assignment_id: int, state: str) -> None:
    """Move a planned assignment on; one that is done or cancelled stays so."""
    session.execute(
        update(AssignmentRow)
        .where(AssignmentRow.id == assignment_id, AssignmentRow.state == "planned")
        .values(state=state)
    )


def add_call(session: Session, like: AssignmentRow, planned_at: datetime, scenario: str) -> int:
    """Plan another call of the same person to the same line."""
    row = AssignmentRow(
        round_id=like.round_id,
        user_id=like.user_id,
        kind="call",
        unit_id=like.unit_id,
        site_id=like.site_id,
        line_id=like.line_id,
        slot=like.slot,
        scenario=scenario,
        planned_at=planned_at,
        state="planned",
        locked_until=None,
        locked_by=None,
    )
    session.add(row)
    session.flush()
    return row.id


def planned_work(session: Session, kinds: Sequence[str], user_id: int | None) -> list[tuple[int, str]]:
    """Id and kind of work that is still planned, of one person or of all."""
    query = select(AssignmentRow.id, AssignmentRow.kind).where(
        AssignmentRow.kind.in_(kinds), AssignmentRow.state == "planned"
    )
    if user_id is not None:
        query = query.where(AssignmentRow.user_id == user_id)
    rows = session.execute(query.order_by(AssignmentRow.id).limit(1000))
    return [(row[0], row[1]) for row in rows]


def visits_at(
    session: Session, round_id: int, user_id: int, site_id: int | None
) -> tuple[list[int], list[int]]:
    """Ids of a person's visits to a site in a round: planned ones and done ones; none for no site."""
    query = select(AssignmentRow.id, AssignmentRow.state).where(
        AssignmentRow.round_id == round_id,
        AssignmentRow.user_id == user_id,
        AssignmentRow.site_id == site_id,
        AssignmentRow.kind == "visit",
    )
    found = list(session.execute(query.order_by(AssignmentRow.id))) if site_id is not None else []
    planned = [one for one, state in found if state == "planned"]
    return planned, [one for one, state in found if state == "done"]


def has_planned(session: Session, round_id: int, unit_id: int, kind: str, user_id: int) -> bool:
    """Whether somebody still has planned work of a kind for a unit in a round."""
    query = select(AssignmentRow.id).where(
        AssignmentRow.round_id == round_id,
        AssignmentRow.unit_id == unit_id,
        AssignmentRow.kind == kind,
        AssignmentRow.user_id == user_id,
        AssignmentRow.state == "planned",
    )
    return session.scalar(query.limit(1)) is not None


def units_to_rate(session: Session, round_id: int, kinds: Collection[str], user_id: int) -> list[int]:
    """Ids of the units for which somebody still has planned work of some kinds in a round."""
    query = select(AssignmentRow.unit_id).where(
        AssignmentRow.round_id == round_id,
        AssignmentRow.kind.in_(kinds),
        AssignmentRow.user_id == user_id,
        AssignmentRow.state == "planned",
    )
    return sorted(set(session.scalars(query)))


def current_records(session: Session, round_id: int, unit_id: int, kind: str) -> list[RecordRow]:
    """The newest revisions of a unit's records of a kind that are neither rejected nor void."""
    query = (
        select(RecordRow)
        .join(
            RecordStateRow,
            (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision),
        )
        .where(
            RecordRow.round_id == round_id,
            RecordRow.unit_id == unit_id,
            RecordRow.kind == kind,
            RecordStateRow.state.not_in(("rejected", "void")),
        )
    )
    return list(session.scalars(query.order_by(RecordRow.id)))


def record_of(session: Session, submission_id: str) -> RecordRow | None:
    """The record stored under a submission id; None when there is none."""
    return session.scalar(select(RecordRow).where(RecordRow.submission_id == submission_id))


def stored_submissions(session: Session, submission_ids: Sequence[str]) -> set[str]:
    """Which of these submission ids are stored."""
    query = select(RecordRow.submission_id).where(RecordRow.submission_id.in_(list(submission_ids)))
    return set(session.scalars(query))


def newest_version(session: Session, kind: str, round_id: int) -> int | None:
    """The id of the newest version of a kind, of a questionnaire that is open in the round if there is one,
    else of a closing one, else of a closed one; None when nothing of the kind is published."""
    held = RoundQuestionnaireRow
    standing = case({"closing": 1, "closed": 2}, value=held.state, else_=0)
    query = (
        select(QuestionnaireVersionRow.id)
        .join(QuestionnaireRow, QuestionnaireRow.id == QuestionnaireVersionRow.questionnaire_id)
        .outerjoin(held, (held.questionnaire_id == QuestionnaireRow.id) & (held.round_id == round_id))
        .where(QuestionnaireRow.kind == kind)
        .order_by(standing, QuestionnaireVersionRow.published_at.desc(), QuestionnaireVersionRow.id.desc())
    )
    return session.scalar(query.limit(1))


def marks_told(session: Session, attempt_id: str) -> list[dict[str, Any]]:
    """What devices said about an attempt's marks, oldest first: [{mark, device_at, late}, ...]."""
    query = select(AuditRow.detail).where(
        AuditRow.object_kind == "attempt",
        AuditRow.object_id == attempt_id,
        AuditRow.action == "attempt.mark",
    )
    return list(session.scalars(query.order_by(AuditRow.id)))
