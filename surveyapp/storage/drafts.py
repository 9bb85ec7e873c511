"""Drafts of questionnaires and the answers given to try them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from surveyapp.storage.database import Session
from surveyapp.storage.tables.drafts import DraftRow, DraftTestRow

__all__ = ["DraftRow", "add_draft", "add_test", "count_tests", "find_draft"]


def add_draft(session: Session, **values: Any) -> int:
    """Insert a draft that nobody has published and return its id."""
    row = DraftRow(**values, version_id=None, publisher_id=None, published_at=None, note="")
    session.add(row)
    session.flush()
    return row.id


def find_draft(session: Session, draft_id: int, lock: bool = False) -> DraftRow | None:
    """A draft; None when there is none."""
    return session.get(DraftRow, draft_id, with_for_update=lock)


def add_test(session: Session, **values: Any) -> None:
    """Keep one filling-in of a draft."""
    session.add(DraftTestRow(**values))
    session.flush()


def count_tests(session: Session, draft_id: int) -> int:
    """How often a draft was tried."""
    query = select(func.count()).select_from(DraftTestRow).where(DraftTestRow.draft_id == draft_id)
    return session.scalar(query) or 0
