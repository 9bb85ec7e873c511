"""Clean up behind interrupted work: files without a row, call attempts nobody closed."""

from __future__ import annotations

from datetime import timedelta

from surveyapp.services.installation import Platform
from surveyapp.storage import leftovers


def sweep_files(platform: Platform, age: timedelta) -> list[str]:
    """Delete stored files that no row names and that are older than `age`; returns what was removed."""
    with platform.database.reading() as session:
        known = leftovers.list_named_files(session)
    return platform.files.sweep(known, (platform.clock() - age).timestamp())


def missing_files(platform: Platform) -> list[str]:
    """Digests that a row names and the store has not: a damage to report, never to hide."""
    with platform.database.reading() as session:
        named = leftovers.list_named_files(session)
    return sorted(digest for digest in named if not platform.files.path(digest).exists())


def orphan_attempts(platform: Platform, age: timedelta) -> int:
    """Mark attempts that were dialled longer than `age` ago and never closed; a person resolves them."""
    with platform.database.transaction() as session:
        return leftovers.mark_orphans(session, platform.clock() - age)
