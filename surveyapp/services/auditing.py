"""Write what was done into the audit log, inside the transaction of the deed itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from surveyapp.storage.tables import AuditRow


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
    session.add(
        AuditRow(
            at=at,
            actor_id=actor_id,
            action=action,
            object_kind=object_kind,
            object_id=str(object_id),
            detail=detail,
        )
    )
