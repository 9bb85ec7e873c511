"""Write what was done into the audit log, inside the transaction of the deed itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from surveyapp.storage import audit
from surveyapp.storage.database import Session


def note_deed(
    session: Session,
    at: datetime,
    actor_id: int | None,
    action: str,
    object_kind: str,
    object_id: str | int,
    **detail: Any,
) -> None:
    """Add one line to the audit log; it is there exactly when the deed is."""
    audit.add_line(session, at, actor_id, action, object_kind, str(object_id), detail)
