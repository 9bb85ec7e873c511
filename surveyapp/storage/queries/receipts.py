"""What a receipt code proves: that a record was received, where, when. Never what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.storage.tables import RecordRow, RoundRow, SiteRow, UnitRow


@dataclass(frozen=True)
class Receipt:
    """One received record."""

    code: str
    received_at: datetime
    round_title: str
    issuer: str
    contact: str
    place: str
    is_demonstration: bool


def find_receipt(session: Session, code: str) -> Receipt | None:
    """The record received under a code; None when there is none."""
    row = session.execute(
        select(RecordRow.receipt, RecordRow.received_at, RoundRow, SiteRow.name, UnitRow.name)
        .join(RoundRow, RoundRow.id == RecordRow.round_id)
        .join(UnitRow, UnitRow.id == RecordRow.unit_id)
        .outerjoin(SiteRow, SiteRow.id == RecordRow.site_id)
        .where(RecordRow.receipt == code)
    ).first()
    if row is None:
        return None
    receipt, received_at, around, site, unit = row
    return Receipt(
        receipt,
        received_at,
        around.title,
        around.issuer,
        around.contact,
        site or unit,
        around.is_demonstration,
    )
