"""The audit log: one line a deed, appended in the transaction of the deed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from surveyapp.storage.database import Session
from surveyapp.storage.tables import AuditRow


def add_line(
    session: Session,
    at: datetime,
    actor_id: int | None,
    action: str,
    object_kind: str,
    object_id: str,
    detail: Mapping[str, Any],
) -> None:
    """Append one line."""
    session.add(
        AuditRow(
            at=at,
            actor_id=actor_id,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            detail=dict(detail),
        )
    )
