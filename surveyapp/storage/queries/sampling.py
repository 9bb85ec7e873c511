"""What a sampling plan is made against: published numbers, quota cells, and the first day of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from surveyapp.storage.database import Session
from surveyapp.storage.tables import PhoneLineRow, QrLinkRow, RecordRow, RoundUnitRow, SiteRow


def count_lines(session: Session, round_id: int) -> dict[int, int]:
    """How many published numbers each unit of a round has, by unit id; units without one are absent."""
    query = (
        select(PhoneLineRow.unit_id, func.count().label("number"))
        .join(RoundUnitRow, RoundUnitRow.unit_id == PhoneLineRow.unit_id)
        .where(RoundUnitRow.round_id == round_id)
        .group_by(PhoneLineRow.unit_id)
    )
    return {row.unit_id: row.number for row in session.execute(query)}


def windows_of(session: Session, round_id: int) -> dict[int, list[str]]:
    """The windows with a link of the round, by unit id, in order: they can be quota cells."""
    query = (
        select(SiteRow.unit_id, QrLinkRow.window)
        .join(SiteRow, SiteRow.id == QrLinkRow.site_id)
        .where(QrLinkRow.round_id == round_id, QrLinkRow.window != "")
        .distinct()
        .order_by(SiteRow.unit_id, QrLinkRow.window)
    )
    found: dict[int, list[str]] = {}
    for unit_id, window in session.execute(query):
        found.setdefault(unit_id, []).append(window)
    return found


def cells_of(session: Session, round_id: int, unit_id: int, kinds: Sequence[str]) -> dict[str, str]:
    """The quota cell of each record of a unit by root id: the window of its link, without blanks."""
    query = (
        select(RecordRow.root_id, QrLinkRow.window)
        .join(QrLinkRow, QrLinkRow.id == RecordRow.link_id)
        .where(RecordRow.round_id == round_id, RecordRow.unit_id == unit_id, RecordRow.kind.in_(kinds))
    )
    return {root_id: "".join(window.split()) for root_id, window in session.execute(query)}


def first_received(session: Session, round_id: int) -> dict[tuple[int, str], datetime]:
    """When the first record of a unit and kind came in, by (unit id, kind)."""
    query = (
        select(RecordRow.unit_id, RecordRow.kind, func.min(RecordRow.received_at))
        .where(RecordRow.round_id == round_id)
        .group_by(RecordRow.unit_id, RecordRow.kind)
    )
    return {(unit_id, kind): at for unit_id, kind, at in session.execute(query)}
