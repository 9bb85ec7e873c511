"""What the quality checks read of a round: current records, files, links, call attempts, lists of cases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from surveyapp.storage.database import Session
from surveyapp.storage.observations import CURRENT
from surveyapp.storage.tables import (
    AttachmentRow,
    CallAttemptRow,
    CaseExtractRow,
    QrLinkRow,
    RecordRow,
    RecordStateRow,
)

LOOKED_AT = (
    *("id", "root_id", "kind", "version_id", "unit_id", "site_id", "line_id", "link_id", "collector_id"),
    *("answers", "extra", "paradata", "flags", "device_started_at", "device_finished_at", "received_at"),
)
"""What the checks look at of a record."""
LookedAt = Row[Any]
"""A record with these columns alone: a large round of them is read faster than whole ones."""


@dataclass(frozen=True)
class Read:
    """Everything of one round. `windows` are by link, `files` by record id, `lists` the newest by unit."""

    records: Sequence[LookedAt]
    windows: dict[int, str]
    files: dict[int, list[AttachmentRow]]
    attempts: list[CallAttemptRow]
    lists: dict[int, CaseExtractRow]


def read_round(session: Session, round_id: int, states: Collection[str]) -> Read:
    """The newest revisions of the records that stand in one of `states`, and what belongs to them."""
    query = (
        select(*(getattr(RecordRow, name) for name in LOOKED_AT))
        .join(RecordStateRow, CURRENT)
        .where(RecordRow.round_id == round_id, RecordStateRow.state.in_(list(states)))
        .order_by(RecordRow.id)
    )
    files: dict[int, list[AttachmentRow]] = {}
    held = (
        select(AttachmentRow)
        .join(RecordRow, RecordRow.id == AttachmentRow.record_id)
        .where(RecordRow.round_id == round_id)
    )
    for row in session.scalars(held.order_by(AttachmentRow.id)):
        files.setdefault(row.record_id, []).append(row)
    links = select(QrLinkRow.id, QrLinkRow.window).where(QrLinkRow.round_id == round_id)
    attempts = select(CallAttemptRow).where(
        CallAttemptRow.round_id == round_id, CallAttemptRow.record_root_id.is_not(None)
    )
    lists = select(CaseExtractRow).where(CaseExtractRow.round_id == round_id).order_by(CaseExtractRow.id)
    return Read(
        session.execute(query).all(),
        {row[0]: row[1] for row in session.execute(links)},
        files,
        list(session.scalars(attempts.order_by(CallAttemptRow.dialled_at, CallAttemptRow.id))),
        {row.unit_id: row for row in session.scalars(lists)},
    )
