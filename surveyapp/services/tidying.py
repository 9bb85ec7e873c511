"""Clean up behind interrupted work: files without a row, call attempts nobody closed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AttachmentRow, CallAttemptRow


def sweep_files(platform: Platform, age: timedelta) -> list[str]:
    """Delete stored files that no row names and that are older than `age`; returns what was removed."""
    with platform.database.reading() as session:
        known = set(session.scalars(select(AttachmentRow.sha256)))
        known |= set(session.scalars(select(AttachmentRow.shown_sha256)))
    return platform.files.sweep(known, (platform.clock() - age).timestamp())


def missing_files(platform: Platform) -> list[str]:
    """Digests that a row names and the store has not: a damage to report, never to hide."""
    with platform.database.reading() as session:
        named = set(session.scalars(select(AttachmentRow.sha256)))
        named |= set(session.scalars(select(AttachmentRow.shown_sha256)))
    return sorted(digest for digest in named if not platform.files.path(digest).exists())


def orphan_attempts(platform: Platform, age: timedelta) -> int:
    """Mark attempts that were dialled longer than `age` ago and never closed; a person resolves them."""
    with platform.database.transaction() as session:
        marked = session.execute(
            update(CallAttemptRow)
            .where(CallAttemptRow.state == "open", CallAttemptRow.dialled_at < platform.clock() - age)
            .values(state="orphan")
        )
        return marked.rowcount
