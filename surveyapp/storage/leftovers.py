"""What interrupted work may leave behind: files that no row names, call attempts that nobody closed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, union, update

from surveyapp.storage.database import Session
from surveyapp.storage.tables import (
    AttachmentRow,
    CallAttemptRow,
    CaseExtractRow,
    DraftRow,
    PostedInstanceRow,
    QuestionnaireFileRow,
)


def list_named_files(session: Session) -> set[str]:
    """Digests of all files that a row names: originals, shown copies, lists, devices' XML."""
    attached = union(
        select(AttachmentRow.sha256),
        select(AttachmentRow.shown_sha256),
        select(QuestionnaireFileRow.sha256),
        select(CaseExtractRow.sha256),
    )
    posted = select(PostedInstanceRow.kept_sha256)
    drafts = {digest for files in session.scalars(select(DraftRow.files)) for _name, digest in files}
    return {*session.scalars(attached), *drafts, *(digest for digest in session.scalars(posted) if digest)}


def mark_orphans(session: Session, dialled_before: datetime) -> int:
    """Mark open attempts dialled before an instant as orphans; returns how many."""
    marked = (
        update(CallAttemptRow)
        .where(CallAttemptRow.state == "open", CallAttemptRow.dialled_at < dialled_before)
        .values(state="orphan")
        .returning(CallAttemptRow.id)
    )
    return len(session.scalars(marked).all())
