"""Units, their sites, published numbers and service items."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from surveyapp.storage.database import Session
from surveyapp.storage.tables import PhoneLineRow, ServiceItemRow, SiteRow, UnitRow


class PlaceRefused(Exception):
    """A code or number is taken, a value out of range, or the unit unknown; nothing was inserted."""


def find_unit(session: Session, code: str) -> UnitRow | None:
    """The unit with a code; None when there is none."""
    return session.scalar(select(UnitRow).where(UnitRow.code == code))


def find_unit_by_id(session: Session, unit_id: int) -> UnitRow | None:
    """The unit with an id; None when there is none."""
    return session.get(UnitRow, unit_id)


def find_site(session: Session, site_id: int) -> SiteRow | None:
    """The site with an id; None when there is none."""
    return session.get(SiteRow, site_id)


def add_unit(session: Session, code: str, name: str, parent: UnitRow | None) -> int:
    """Insert a unit below another (None: at the top) and return its id. Raises PlaceRefused."""
    row = UnitRow(parent_id=parent.id if parent else None, path="", code=code, name=name)
    _insert(session, row)
    row.path = f"{parent.path if parent else '/'}{row.id}/"
    return row.id


def add_site(session: Session, **values: Any) -> int:
    """Insert a site and return its id. Raises PlaceRefused."""
    row = SiteRow(**values)
    _insert(session, row)
    return row.id


def add_line(session: Session, **values: Any) -> int:
    """Insert a published number and return its id. Raises PlaceRefused."""
    row = PhoneLineRow(**values)
    _insert(session, row)
    return row.id


def add_item(session: Session, **values: Any) -> int:
    """Insert a service item and return its id. Raises PlaceRefused."""
    row = ServiceItemRow(**values)
    _insert(session, row)
    return row.id


@dataclass(frozen=True)
class Known:
    """Every code that is taken: units (code: id, path), sites (code: id, unit), lines, numbers, items."""

    units: Mapping[str, tuple[int, str]]
    sites: Mapping[str, tuple[int, int]]
    lines: frozenset[str]
    numbers: frozenset[tuple[int, str]]
    items: frozenset[tuple[int, str]]


def load_known(session: Session) -> Known:
    """The codes of all places there are."""
    lines = session.execute(select(PhoneLineRow.code, PhoneLineRow.unit_id, PhoneLineRow.number)).all()
    return Known(
        {
            row.code: (row.id, row.path)
            for row in session.execute(select(UnitRow.code, UnitRow.id, UnitRow.path))
        },
        {
            row.code: (row.id, row.unit_id)
            for row in session.execute(select(SiteRow.code, SiteRow.id, SiteRow.unit_id))
        },
        frozenset(row.code for row in lines),
        frozenset((row.unit_id, row.number) for row in lines),
        frozenset(
            (row.unit_id, row.code)
            for row in session.execute(select(ServiceItemRow.unit_id, ServiceItemRow.code))
        ),
    )


def lines_with_units(session: Session, line_ids: Collection[int]) -> list[tuple[PhoneLineRow, UnitRow]]:
    """Some lines with their units, by code of the line."""
    query = select(PhoneLineRow, UnitRow).join(UnitRow, UnitRow.id == PhoneLineRow.unit_id)
    rows = session.execute(query.where(PhoneLineRow.id.in_(line_ids)).order_by(PhoneLineRow.code))
    return [(line, unit) for line, unit in rows]


def site_with_unit(session: Session, site_id: int) -> tuple[SiteRow, UnitRow] | None:
    """A site with its unit; None when there is none."""
    query = select(SiteRow, UnitRow).join(UnitRow, UnitRow.id == SiteRow.unit_id)
    row = session.execute(query.where(SiteRow.id == site_id)).first()
    return (row[0], row[1]) if row else None


def find_site_by_code(session: Session, code: str) -> tuple[SiteRow, UnitRow] | None:
    """A site with its unit by the site's code; None when there is none."""
    query = select(SiteRow, UnitRow).join(UnitRow, UnitRow.id == SiteRow.unit_id)
    row = session.execute(query.where(SiteRow.code == code)).first()
    return (row[0], row[1]) if row else None


def find_line_by_code(session: Session, code: str) -> tuple[PhoneLineRow, UnitRow, str | None] | None:
    """A line with its unit and the code of its site by the line's code; None when there is none."""
    query = (
        select(PhoneLineRow, UnitRow, SiteRow.code)
        .join(UnitRow, UnitRow.id == PhoneLineRow.unit_id)
        .outerjoin(SiteRow, SiteRow.id == PhoneLineRow.site_id)
    )
    row = session.execute(query.where(PhoneLineRow.code == code)).first()
    return (row[0], row[1], row[2]) if row else None


def _insert(session: Session, row: UnitRow | SiteRow | PhoneLineRow | ServiceItemRow) -> None:
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise PlaceRefused(f"{row.__tablename__} {row.code}: {error.orig}") from error
