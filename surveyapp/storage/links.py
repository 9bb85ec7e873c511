"""QR links with everything their pages say about who asks and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, update

from surveyapp.storage.database import Session
from surveyapp.storage.tables import (
    QrLinkRow,
    QuestionnaireVersionRow,
    RecordRow,
    RoundQuestionnaireRow,
    RoundRow,
    SiteRow,
)


@dataclass(frozen=True)
class Link:
    """A QR link with everything its page has to say about who asks and where."""

    id: int
    code: str
    window: str
    scans: int
    created_at: datetime
    revoked_at: datetime | None
    round_id: int
    round_title: str
    round_state: str
    issuer: str
    contact: str
    retention_until: date
    is_demonstration: bool
    site_id: int
    site_name: str
    unit_id: int
    version_id: int
    form_state: str
    answers: int = 0


_NEWEST = (
    select(func.max(QuestionnaireVersionRow.id))
    .where(QuestionnaireVersionRow.questionnaire_id == QrLinkRow.questionnaire_id)
    .scalar_subquery()
)
_ANSWERS = (
    select(func.count(RecordRow.id))
    .where(RecordRow.link_id == QrLinkRow.id, RecordRow.revision == 1)
    .scalar_subquery()
)


def _links(answers: Any) -> Select[Any]:
    """Links with their round and site; columns in the order of `Link`."""
    columns = (
        *(QrLinkRow.id, QrLinkRow.code, QrLinkRow.window, QrLinkRow.scans),
        *(QrLinkRow.created_at, QrLinkRow.revoked_at),
        *(RoundRow.id, RoundRow.title, RoundRow.state, RoundRow.issuer, RoundRow.contact),
        *(RoundRow.retention_until, RoundRow.is_demonstration),
        *(SiteRow.id, SiteRow.name, SiteRow.unit_id),
        *(_NEWEST, func.coalesce(RoundQuestionnaireRow.state, "open"), answers),
    )
    return (
        select(*columns)
        .join_from(QrLinkRow, RoundRow, RoundRow.id == QrLinkRow.round_id)
        .join(SiteRow, SiteRow.id == QrLinkRow.site_id)
        .outerjoin(
            RoundQuestionnaireRow,
            (RoundQuestionnaireRow.questionnaire_id == QrLinkRow.questionnaire_id)
            & (RoundQuestionnaireRow.round_id == QrLinkRow.round_id),
        )
        .order_by(QrLinkRow.id)
    )


def find_link_by_code(session: Session, code: str) -> Link | None:
    """The link with a code, its answers not counted; None when there is none."""
    row = session.execute(_links(literal(0)).where(QrLinkRow.code == code)).first()
    return Link(*row) if row else None


def list_links(session: Session, round_id: int) -> list[Link]:
    """All links of a round, oldest first, with their answers counted."""
    rows = session.execute(_links(_ANSWERS).where(QrLinkRow.round_id == round_id))
    return [Link(*row) for row in rows]


def is_code_taken(session: Session, code: str) -> bool:
    """Whether a link with this code exists."""
    return session.scalar(select(QrLinkRow.id).where(QrLinkRow.code == code)) is not None


def add_link(session: Session, **values: Any) -> int:
    """Insert a link that nobody has scanned and return its id."""
    row = QrLinkRow(**values, scans=0, revoked_at=None)
    session.add(row)
    session.flush()
    return row.id


def find_link_row(session: Session, link_id: int) -> QrLinkRow | None:
    """The row of a link, to be changed; None when there is none."""
    return session.get(QrLinkRow, link_id)


def add_scans(session: Session, numbers: Mapping[int, int]) -> None:
    """Add to the scans of links, by link id; in the order of the ids, so that two writers never deadlock."""
    for link_id, number in sorted(numbers.items()):
        session.execute(
            update(QrLinkRow).where(QrLinkRow.id == link_id).values(scans=QrLinkRow.scans + number)
        )
