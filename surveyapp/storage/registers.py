"""Registers as tables to choose from: units, sites, lines and service items of some rounds within a scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
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


def register_rows(session: Session, register: str, round_id: int) -> list[dict[str, str]]:
    """The rows of a register in the whole scope of a round, by name of the column; KeyError for another."""
    rows = list_register(session, register, [round_id], ("/",))
    return [dict(zip(COLUMNS[register], row, strict=True)) for row in rows]


def register_stamp(session: Session, round_id: int) -> tuple[Any, ...]:
    """A mark that differs once a place was added anywhere or the round's units changed."""
    counts = [
        session.execute(select(func.count(), func.max(table.id))).one()
        for table in (UnitRow, SiteRow, PhoneLineRow, ServiceItemRow)
    ]
    scope = select(func.count(), func.sum(RoundUnitRow.unit_id)).where(RoundUnitRow.round_id == round_id)
    return tuple(tuple(row) for row in (*counts, session.execute(scope).one()))
