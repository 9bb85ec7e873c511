"""Lists of handled cases that units handed in. Statements only; the rows never change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from surveyapp.storage.database import Session
from surveyapp.storage.queries.scope import within
from surveyapp.storage.tables import (
    AttachmentRow,
    CaseExtractRow,
    RecordRow,
    RecordStateRow,
    UnitRow,
)

_WITH_UNIT = select(CaseExtractRow, UnitRow).join(UnitRow, UnitRow.id == CaseExtractRow.unit_id)


def add_extract(session: Session, **values: Any) -> int:
    """Insert a list and return its id."""
    row = CaseExtractRow(**values)
    session.add(row)
    session.flush()
    return row.id


def find_same(session: Session, round_id: int, unit_id: int, sha256: str) -> int | None:
    """The id of the same file of the same unit in the same round; None when there is none."""
    query = select(CaseExtractRow.id).where(
        CaseExtractRow.round_id == round_id,
        CaseExtractRow.unit_id == unit_id,
        CaseExtractRow.sha256 == sha256,
    )
    return session.scalar(query)


def find_extract(
    session: Session, extract_id: int, tops: Sequence[str]
) -> tuple[CaseExtractRow, UnitRow] | None:
    """A list with its unit inside the subtrees; None otherwise."""
    row = session.execute(_WITH_UNIT.where(CaseExtractRow.id == extract_id, within(tops))).first()
    return (row[0], row[1]) if row else None


def list_extracts(
    session: Session, round_id: int, tops: Sequence[str]
) -> list[tuple[CaseExtractRow, UnitRow]]:
    """The lists of a round inside the subtrees, newest first."""
    query = _WITH_UNIT.where(CaseExtractRow.round_id == round_id, within(tops))
    return [(row, unit) for row, unit in session.execute(query.order_by(CaseExtractRow.id.desc()))]


def newest_extract(session: Session, round_id: int, unit_id: int) -> tuple[CaseExtractRow, UnitRow] | None:
    """The list of a unit stored last; None when there is none."""
    query = _WITH_UNIT.where(CaseExtractRow.round_id == round_id, CaseExtractRow.unit_id == unit_id)
    row = session.execute(query.order_by(CaseExtractRow.id.desc()).limit(1)).first()
    return (row[0], row[1]) if row else None


def extracts_named(
    session: Session, round_id: int, unit_id: int, digests: Collection[str]
) -> list[tuple[CaseExtractRow, UnitRow]]:
    """The lists of a unit in a round whose file has one of these digests, oldest first."""
    query = _WITH_UNIT.where(
        CaseExtractRow.round_id == round_id,
        CaseExtractRow.unit_id == unit_id,
        CaseExtractRow.sha256.in_(digests),
    )
    return [(row, unit) for row, unit in session.execute(query.order_by(CaseExtractRow.id))]


def current_with_files(
    session: Session, round_id: int, unit_id: int, kind: str
) -> list[tuple[RecordRow, str, tuple[str, ...]]]:
    """The current records of a unit and kind with state and digests of their files, oldest first."""
    query = (
        select(RecordRow, RecordStateRow.state)
        .join(
            RecordStateRow,
            (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision),
        )
        .where(RecordRow.round_id == round_id, RecordRow.unit_id == unit_id, RecordRow.kind == kind)
        .order_by(RecordRow.id)
    )
    found = [(row, state) for row, state in session.execute(query)]
    files: dict[int, list[str]] = {}
    held = select(AttachmentRow.record_id, AttachmentRow.sha256).where(
        AttachmentRow.record_id.in_([row.id for row, _state in found])
    )
    for record_id, digest in session.execute(held):
        files.setdefault(record_id, []).append(digest)
    return [(row, state, tuple(files.get(row.id, ()))) for row, state in found]
