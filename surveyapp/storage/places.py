"""Units, their sites, published numbers and service items."""

from __future__ import annotations

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


def _insert(session: Session, row: UnitRow | SiteRow | PhoneLineRow | ServiceItemRow) -> None:
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise PlaceRefused(f"{row.__tablename__} {row.code}: {error.orig}") from error
