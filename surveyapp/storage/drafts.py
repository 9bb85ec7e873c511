"""Drafts of questionnaires and the answers given to try them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select

from surveyapp.storage.database import Session
from surveyapp.storage.tables import UserRow
from surveyapp.storage.tables.drafts import DRAFT_READERS, DraftRow, DraftTestRow

__all__ = [
    "DRAFT_READERS",
    "DraftRow",
    "Trial",
    "add_draft",
    "add_test",
    "count_tests",
    "delete_draft",
    "delete_tests",
    "find_draft",
    "find_test",
    "list_tests",
]


@dataclass(frozen=True)
class Trial:
    """One filling-in of a draft; `user` is '' for somebody with a test link."""

    id: int
    reader: str
    language: str
    sent_at: datetime
    answers: dict[str, Any]
    user: str


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


def _tests(draft_id: int) -> Select[Any]:
    row = DraftTestRow
    return (
        select(row.id, row.reader, row.language, row.sent_at, row.answers, func.coalesce(UserRow.name, ""))
        .outerjoin(UserRow, UserRow.id == row.user_id)
        .where(row.draft_id == draft_id)
    )


def list_tests(session: Session, draft_id: int) -> list[Trial]:
    """The filling-ins of a draft, newest first."""
    return [Trial(*row) for row in session.execute(_tests(draft_id).order_by(DraftTestRow.id.desc()))]


def find_test(session: Session, draft_id: int, test_id: int) -> Trial | None:
    """One filling-in of a draft; None when the draft has no such one."""
    row = session.execute(_tests(draft_id).where(DraftTestRow.id == test_id)).first()
    return Trial(*row) if row else None


def delete_tests(session: Session, draft_id: int) -> int:
    """Delete every filling-in of a draft; returns how many there were."""
    gone = delete(DraftTestRow).where(DraftTestRow.draft_id == draft_id).returning(DraftTestRow.id)
    return len(session.scalars(gone).all())


def delete_draft(session: Session, draft_id: int) -> None:
    """Delete a draft whose filling-ins are deleted."""
    session.execute(delete(DraftRow).where(DraftRow.id == draft_id))
