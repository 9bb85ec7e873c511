"""Work behind the answers. The jobs table is the truth; a queue only says "look at job n".

A job's key makes asking twice one job. A job whose worker died is found by the sweep and run again, so
every handler must be idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from surveyapp.services.installation import Platform
from surveyapp.storage import jobs

log = logging.getLogger("surveyapp")

STALE = timedelta(minutes=5)
TRIES = 5
Handler = Callable[[Platform, Mapping[str, Any]], None]


def ask(platform: Platform, kind: str, key: str, arguments: Mapping[str, Any]) -> int:
    """Have `kind` done soon and return the job's id; a job of that key that waits already serves for both."""
    try:
        return _ask(platform, kind, key, arguments)
    except jobs.AlreadyAsked:  # somebody else asked at the same moment: theirs serves for both
        return _ask(platform, kind, key, arguments)


def _ask(platform: Platform, kind: str, key: str, arguments: Mapping[str, Any]) -> int:
    now = platform.clock()
    with platform.database.transaction() as session:
        row = jobs.lock_by_key(session, key)
        if row is None:
            return jobs.add_job(session, kind, key, arguments, now)
        if row.state != "new":
            row.state, row.tries, row.error, row.due_at = "new", 0, "", now
        row.arguments = dict(arguments)
        return row.id


def due(platform: Platform) -> list[int]:
    """Ids of jobs to look at now: new and due, or running without a sign of life."""
    now = platform.clock()
    with platform.database.reading() as session:
        return jobs.list_due(session, now, now - STALE)


def run(platform: Platform, job_id: int, handlers: Mapping[str, Handler]) -> bool:
    """Claim and do one job; False when another worker has it or there is nothing to do.

    A failure is written into the row and the job is due again later, five times at most.
    """
    now = platform.clock()
    with platform.database.transaction() as session:
        claimed = jobs.claim_job(session, job_id, now, now - STALE)
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
        jobs.finish_job(session, job_id)
    return True


def _failed(platform: Platform, job_id: int, error: str) -> None:
    with platform.database.transaction() as session:
        row = jobs.find_job(session, job_id)
        if row is not None:
            row.error = error[:2000]
            row.state = "failed" if row.tries >= TRIES else "new"
            row.due_at = platform.clock() + timedelta(seconds=2**row.tries)
