"""Registers as tables to choose from: units, sites, lines and service items of some rounds within a scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from surveyapp.storage.database import Session
from surveyapp.storage.queries.scope import within
from surveyapp.storage.tables import PhoneLineRow, RoundUnitRow, ServiceItemRow, SiteRow, UnitRow

COLUMNS = {
    "units": ("name", "label", "parent"),
    "sites": ("name", "label", "unit", "address"),
    "lines": ("name", "label", "number", "unit", "site"),
    "items": ("name", "label", "unit", "kind", "promised_days"),
}


def list_register(
    session: Session, register: str, round_ids: Collection[int], tops: Sequence[str]
) -> list[tuple[str, ...]]:
    """The rows of a register in the order of COLUMNS, by code; blanks are ''."""
    parent = aliased(UnitRow)
    queries: dict[str, Any] = {
        "units": select(UnitRow.code, UnitRow.name, parent.code).outerjoin(
            parent, parent.id == UnitRow.parent_id
        ),
        "sites": select(SiteRow.code, SiteRow.name, UnitRow.code, SiteRow.address).join(
            UnitRow, UnitRow.id == SiteRow.unit_id
        ),
        "lines": select(
            PhoneLineRow.code, PhoneLineRow.label, PhoneLineRow.number, UnitRow.code, SiteRow.code
        )
        .join(UnitRow, UnitRow.id == PhoneLineRow.unit_id)
        .outerjoin(SiteRow, SiteRow.id == PhoneLineRow.site_id),
        "items": select(
            ServiceItemRow.code,
            ServiceItemRow.name,
            UnitRow.code,
            ServiceItemRow.kind,
            ServiceItemRow.promised_days,
        ).join(UnitRow, UnitRow.id == ServiceItemRow.unit_id),
    }
    scored = select(RoundUnitRow.unit_id).where(RoundUnitRow.round_id.in_(list(round_ids)))
    query = queries[register].where(UnitRow.id.in_(scored), within(tops))
    rows = [tuple("" if cell is None else str(cell) for cell in row) for row in session.execute(query)]
    return sorted(rows)
