"""Records for the review queue and the record page, always inside somebody's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveyapp.storage.queries.scope import within
from surveyapp.storage.tables import (
    AttachmentRow,
    CallAttemptRow,
    ObservationRow,
    PostedInstanceRow,
    RecordRow,
    RecordStateRow,
    ReviewEventRow,
    RoundRow,
    SiteRow,
    UnitRow,
    UserRow,
)

PAGE = 50


@dataclass(frozen=True)
class Queued:
    """One line of the review queue."""

    record: RecordRow
    state: RecordStateRow
    unit: UnitRow
    collector: str | None


@dataclass(frozen=True)
class Detail:
    """Everything the record page shows of one revision."""

    record: RecordRow
    state: RecordStateRow
    unit: UnitRow
    site: SiteRow | None
    around: RoundRow
    collector: str | None
    attachments: list[AttachmentRow]
    events: list[tuple[ReviewEventRow, str | None]]
    revisions: list[int]
    observations: list[ObservationRow]
    attempt: CallAttemptRow | None
    missing: list[str]


def _current() -> Any:
    return (
        select(RecordRow, RecordStateRow, UnitRow, UserRow.name)
        .join(
            RecordStateRow,
            (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision),
        )
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .outerjoin(UserRow, UserRow.id == RecordRow.collector_id)
    )


def review_queue(
    session: Session,
    round_id: int,
    tops: Sequence[str],
    states: Sequence[str],
    kind: str = "",
    unit_id: int = 0,
    after: int = 0,
    flagged: bool = False,
) -> list[Queued]:
    """Up to PAGE current records in `states`, oldest first, after the record id `after` (keyset)."""
    query = _current().where(
        RecordRow.round_id == round_id, RecordStateRow.state.in_(states), within(tops), RecordRow.id > after
    )
    if kind:
        query = query.where(RecordRow.kind == kind)
    if unit_id:
        query = query.where(RecordRow.unit_id == unit_id)
    rows = session.execute(query.order_by(RecordRow.id).limit(PAGE + (500 if flagged else 0)))
    found = [Queued(*row) for row in rows]
    return [item for item in found if item.record.flags][:PAGE] if flagged else found


def queue_counts(session: Session, round_id: int, tops: Sequence[str]) -> dict[str, int]:
    """How many current records stand in each state, inside the scope."""
    query = (
        select(RecordStateRow.state, func.count())
        .join(
            RecordRow,
            (RecordStateRow.root_id == RecordRow.root_id) & (RecordStateRow.revision == RecordRow.revision),
        )
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .where(RecordStateRow.round_id == round_id, within(tops))
        .group_by(RecordStateRow.state)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def find_detail(
    session: Session,
    root_id: str,
    tops: Sequence[str],
    revision: int | None = None,
    author_id: int | None = None,
) -> Detail | None:
    """A record inside the scope, or the author's own wherever; None otherwise."""
    state = session.get(RecordStateRow, root_id)
    if state is None:
        return None
    visible = within(tops) if author_id is None else within(tops) | (RecordRow.collector_id == author_id)
    row = session.execute(
        select(RecordRow, UnitRow, RoundRow, SiteRow, UserRow.name)
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .join(RoundRow, RoundRow.id == RecordRow.round_id)
        .outerjoin(SiteRow, SiteRow.id == RecordRow.site_id)
        .outerjoin(UserRow, UserRow.id == RecordRow.collector_id)
        .where(RecordRow.root_id == root_id, RecordRow.revision == (revision or state.revision), visible)
    ).first()
    if row is None:
        return None
    record, unit, around, site, collector = row
    return Detail(
        record=record,
        state=state,
        unit=unit,
        site=site,
        around=around,
        collector=collector,
        attachments=_attachments(session, record.id),
        missing=_missing(session, record.id),
        events=_events(session, root_id),
        revisions=_revisions(session, root_id),
        observations=_observations(session, root_id),
        attempt=session.scalar(select(CallAttemptRow).where(CallAttemptRow.record_root_id == root_id)),
    )


def _attachments(session: Session, record_id: int) -> list[AttachmentRow]:
    query = select(AttachmentRow).where(AttachmentRow.record_id == record_id)
    return list(session.scalars(query.order_by(AttachmentRow.position)))


def _missing(session: Session, record_id: int) -> list[str]:
    """Names of files that a posted record speaks of and that have not come yet."""
    posted = session.scalar(select(PostedInstanceRow.files).where(PostedInstanceRow.record_id == record_id))
    held = {row.name for row in _attachments(session, record_id)}
    return [name for name, _place in posted or () if name not in held]


def _events(session: Session, root_id: str) -> list[tuple[ReviewEventRow, str | None]]:
    query = (
        select(ReviewEventRow, UserRow.name)
        .outerjoin(UserRow, UserRow.id == ReviewEventRow.actor_id)
        .where(ReviewEventRow.root_id == root_id)
        .order_by(ReviewEventRow.step)
    )
    return [(event, name) for event, name in session.execute(query)]


def _revisions(session: Session, root_id: str) -> list[int]:
    query = select(RecordRow.revision).where(RecordRow.root_id == root_id)
    return list(session.scalars(query.order_by(RecordRow.revision)))


def _observations(session: Session, root_id: str) -> list[ObservationRow]:
    query = select(ObservationRow).where(ObservationRow.root_id == root_id)
    return list(session.scalars(query.order_by(ObservationRow.indicator, ObservationRow.measure)))


def find_attachment(
    session: Session, attachment_id: int, tops: Sequence[str]
) -> tuple[AttachmentRow, RecordRow] | None:
    """An attachment with its record, which lies inside the scope; None otherwise."""
    row = session.execute(
        select(AttachmentRow, RecordRow)
        .join(RecordRow, RecordRow.id == AttachmentRow.record_id)
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .where(AttachmentRow.id == attachment_id, within(tops))
    ).first()
    return (row[0], row[1]) if row else None


def same_files(session: Session, attachment: AttachmentRow) -> list[tuple[str, int]]:
    """(root id, attachment id) of other records that carry the very same file."""
    query = (
        select(RecordRow.root_id, AttachmentRow.id)
        .join(RecordRow, RecordRow.id == AttachmentRow.record_id)
        .where(AttachmentRow.sha256 == attachment.sha256, AttachmentRow.record_id != attachment.record_id)
        .limit(20)
    )
    return [(root, number) for root, number in session.execute(query)]
