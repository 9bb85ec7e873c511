"""Which files a record has. Statements only."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import insert, select

from surveyapp.storage.database import Session
from surveyapp.storage.tables import AttachmentRow, RecordRow


def list_held(session: Session, record_id: int) -> list[tuple[str, str, int]]:
    """(name, SHA-256, position) of a record's files."""
    query = select(AttachmentRow.name, AttachmentRow.sha256, AttachmentRow.position)
    rows = session.execute(query.where(AttachmentRow.record_id == record_id))
    return [(name, sha256, position) for name, sha256, position in rows]


def holders(session: Session, round_id: int, unit_id: int, hashes: Collection[str]) -> dict[int, set[str]]:
    """Which of these SHA-256 the records of a unit hold as files, by record id."""
    query = (
        select(AttachmentRow.record_id, AttachmentRow.sha256)
        .join(RecordRow, RecordRow.id == AttachmentRow.record_id)
        .where(RecordRow.round_id == round_id, RecordRow.unit_id == unit_id)
        .where(AttachmentRow.sha256.in_(list(hashes)))
    )
    found: dict[int, set[str]] = {}
    for record_id, sha256 in session.execute(query):
        found.setdefault(record_id, set()).add(sha256)
    return found


def copy_named(session: Session, before_id: int, after_id: int, names: Collection[str]) -> None:
    """Carry the files of these names over to another revision."""
    rows = session.scalars(select(AttachmentRow).where(AttachmentRow.record_id == before_id))
    columns = [column.name for column in AttachmentRow.__table__.columns if column.name != "id"]
    copies = [
        {name: getattr(row, name) for name in columns} | {"record_id": after_id}
        for row in rows
        if row.name in names
    ]
    if copies:
        session.execute(insert(AttachmentRow), copies)
