"""The jobs table: asked for by key, claimed by one worker, found again when the worker died."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import IntegrityError

from surveyapp.storage.database import Session
from surveyapp.storage.tables import JobRow


class AlreadyAsked(Exception):
    """Somebody asked for a job of this key a moment before; nothing was inserted."""


def lock_by_key(session: Session, key: str) -> JobRow | None:
    """The job of a key, locked against others; None when there is none."""
    return session.scalar(select(JobRow).where(JobRow.key == key).with_for_update())


def find_job(session: Session, job_id: int) -> JobRow | None:
    """The job with an id; None when there is none."""
    return session.get(JobRow, job_id)


def add_job(session: Session, kind: str, key: str, arguments: Mapping[str, Any], now: datetime) -> int:
    """Insert a job that is due now; returns its id. Raises AlreadyAsked; the transaction is unusable then."""
    row = JobRow(
        kind=kind,
        key=key,
        arguments=dict(arguments),
        state="new",
        tries=0,
        error="",
        created_at=now,
        due_at=now,
        beat_at=None,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise AlreadyAsked(key) from error
    return row.id


def _is_left(silent_since: datetime) -> ColumnElement[bool]:
    """Running, but without a sign of life since then."""
    return (JobRow.state == "running") & (JobRow.beat_at < silent_since)


def list_due(session: Session, now: datetime, silent_since: datetime) -> list[int]:
    """Ids of jobs that are new and due, or running without a sign of life; oldest first."""
    is_fresh = (JobRow.state == "new") & (JobRow.due_at <= now)
    query = select(JobRow.id).where(or_(is_fresh, _is_left(silent_since)))
    return list(session.scalars(query.order_by(JobRow.id)))


def claim_job(
    session: Session, job_id: int, now: datetime, silent_since: datetime
) -> tuple[str, dict[str, Any]] | None:
    """Take a new or left job and return its kind and arguments; None when there is nothing to take."""
    taken = session.execute(
        update(JobRow)
        .where(JobRow.id == job_id, or_(JobRow.state == "new", _is_left(silent_since)))
        .values(state="running", beat_at=now, tries=JobRow.tries + 1)
        .returning(JobRow.kind, JobRow.arguments)
    ).first()
    return (taken.kind, taken.arguments) if taken else None


def finish_job(session: Session, job_id: int) -> None:
    """Mark a running job as done; one that was asked for again meanwhile stays new."""
    session.execute(update(JobRow).where(JobRow.id == job_id, JobRow.state == "running").values(state="done"))
