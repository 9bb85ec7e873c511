"""Work behind the answers. The jobs table is the truth; a queue only says "look at job n".

A job's key makes asking twice one job. A job whose worker died is found by the sweep and run again, so
every handler must be idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update

from surveyapp.services.installation import Platform
from surveyapp.storage.tables import JobRow

log = logging.getLogger("surveyapp")

STALE = timedelta(minutes=5)
TRIES = 5
Handler = Callable[[Platform, Mapping[str, Any]], None]


def ask(platform: Platform, kind: str, key: str, arguments: Mapping[str, Any]) -> int:
    """Have `kind` done soon and return the job's id; a job of that key that waits already serves for both."""
    now = platform.clock()
    with platform.database.transaction() as session:
        row = session.scalar(select(JobRow).where(JobRow.key == key).with_for_update())
        if row is None:
            row = JobRow(kind=kind, key=key, state="new", tries=0, error="", created_at=now, due_at=now)
            row.beat_at = None
            session.add(row)
        elif row.state != "new":
            row.state, row.tries, row.error, row.due_at = "new", 0, "", now
        row.arguments = dict(arguments)
        session.flush()
        return row.id


def due(platform: Platform) -> list[int]:
    """Ids of jobs to look at now: new and due, or running without a sign of life."""
    now = platform.clock()
    stale = (JobRow.state == "running") & (JobRow.beat_at < now - STALE)
    fresh = (JobRow.state == "new") & (JobRow.due_at <= now)
    with platform.database.reading() as session:
        return list(session.scalars(select(JobRow.id).where(or_(fresh, stale)).order_by(JobRow.id)))


def run(platform: Platform, job_id: int, handlers: Mapping[str, Handler]) -> bool:
    """Claim and do one job; False when another worker has it or there is nothing to do.

    A failure is written into the row and the job is due again later, five times at most.
    """
    claimed = _claim(platform, job_id)
    if claimed is None:
        return False
    kind, arguments = claimed
    try:
        handlers[kind](platform, arguments)
    except Exception as error:
        log.exception("job %s (%s) failed", job_id, kind)
        _failed(platform, job_id, f"{type(error).__name__}: {error}")
        return True
    with platform.database.transaction() as session:
        session.execute(
            update(JobRow).where(JobRow.id == job_id, JobRow.state == "running").values(state="done")
        )
    return True


def _claim(platform: Platform, job_id: int) -> tuple[str, dict[str, Any]] | None:
    now = platform.clock()
    free = or_(JobRow.state == "new", (JobRow.state == "running") & (JobRow.beat_at < now - STALE))
    with platform.database.transaction() as session:
        taken = session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, free)
            .values(state="running", beat_at=now, tries=JobRow.tries + 1)
            .returning(JobRow.kind, JobRow.arguments)
        ).first()
    return (taken.kind, taken.arguments) if taken else None


def _failed(platform: Platform, job_id: int, error: str) -> None:
    with platform.database.transaction() as session:
        row = session.get(JobRow, job_id)
        if row is not None:
            row.error = error[:2000]
            row.state = "failed" if row.tries >= TRIES else "new"
            row.due_at = platform.clock() + timedelta(seconds=2**row.tries)
