"""Submission ids that remember when their page was opened (UUID version 7, RFC 9562)."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime


def new_submission_id(now: datetime) -> str:
    """A random id whose first 48 bits are `now` in milliseconds."""
    stamp = int(now.timestamp() * 1000) & (1 << 48) - 1
    value = stamp << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def opened_at(submission_id: str) -> datetime | None:
    """When the page with this id was made; None when the id was made by a script (another version)."""
    try:
        value = uuid.UUID(submission_id)
    except ValueError:
        return None
    if value.version != 7:
        return None
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)
