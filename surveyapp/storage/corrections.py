"""Write the next revision of a record, with the files that stay. Statements only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import insert, select

from surveyapp.storage.database import Session
from surveyapp.storage.tables import AttachmentRow, RecordRow, RecordStateRow


def current(session: Session, root_id: str, *, lock: bool = False) -> tuple[RecordRow, RecordStateRow] | None:
    """The newest revision of a record and its state, locked when it is about to move; None for none."""
    query = (
        select(RecordRow, RecordStateRow)
        .join(
            RecordStateRow,
            (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision),
        )
        .where(RecordRow.root_id == root_id)
    )
    row = session.execute(query.with_for_update(of=RecordStateRow) if lock else query).first()
    return (row[0], row[1]) if row else None


def add_revision(session: Session, before: RecordRow, **changed: Any) -> int:
    """Insert the next revision: everything as before but what `changed` says; returns its row id."""
    kept = (
        "root_id kind round_id version_id unit_id site_id line_id link_id collector_id extra paradata "
        "language device_started_at device_finished_at"
    )
    values = {name: getattr(before, name) for name in kept.split(" ")} | changed
    new_id: int = session.execute(insert(RecordRow).values(**values).returning(RecordRow.id)).scalar_one()
    return new_id


def copy_files(session: Session, before_id: int, after_id: int, replaced: Collection[str]) -> None:
    """Carry the files over to the next revision, except those of questions that got new ones."""
    rows = session.scalars(select(AttachmentRow).where(AttachmentRow.record_id == before_id))
    columns = [column.name for column in AttachmentRow.__table__.columns if column.name != "id"]
    copies = [
        {name: getattr(row, name) for name in columns} | {"record_id": after_id}
        for row in rows
        if row.question not in replaced
    ]
    if copies:
        session.execute(insert(AttachmentRow), copies)
