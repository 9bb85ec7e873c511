"""What the devices page reads: devices with person, place and rounds, and what a new one can be given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.storage.queries.scope import within
from surveyapp.storage.tables import (
    DeviceRoundRow,
    DeviceRow,
    RoundRow,
    SiteRow,
    UnitRow,
    UserRoleRow,
    UserRow,
)


@dataclass(frozen=True)
class Listed:
    """A device with its person, its rounds and the name of its place ('' for none)."""

    row: DeviceRow
    user: UserRow
    rounds: tuple[RoundRow, ...]
    place: str


@dataclass(frozen=True)
class Person:
    """An active account with the paths of the units over which it holds some roles."""

    row: UserRow
    paths: tuple[str, ...]


def list_devices(session: Session) -> list[Listed]:
    """All devices, those in use first, newest first."""
    rounds: dict[int, list[RoundRow]] = {}
    held = select(DeviceRoundRow.device_id, RoundRow).join(RoundRow, RoundRow.id == DeviceRoundRow.round_id)
    for device_id, around in session.execute(held.order_by(RoundRow.id)):
        rounds.setdefault(device_id, []).append(around)
    query = (
        select(DeviceRow, UserRow, UnitRow.name, SiteRow.name)
        .join(UserRow, UserRow.id == DeviceRow.user_id)
        .outerjoin(UnitRow, UnitRow.id == DeviceRow.unit_id)
        .outerjoin(SiteRow, SiteRow.id == DeviceRow.site_id)
        .order_by(DeviceRow.revoked_at.is_not(None), DeviceRow.id.desc())
    )
    return [
        Listed(row, user, tuple(rounds.get(row.id, ())), site or unit or "")
        for row, user, unit, site in session.execute(query)
    ]


def list_people(session: Session, roles: Collection[str]) -> list[Person]:
    """Active accounts that hold one of `roles`, by login."""
    query = (
        select(UserRow, UnitRow.path)
        .join(UserRoleRow, UserRoleRow.user_id == UserRow.id)
        .join(UnitRow, UnitRow.id == UserRoleRow.unit_id)
        .where(UserRow.is_active, UserRoleRow.role.in_(list(roles)))
        .order_by(UserRow.login, UnitRow.path)
    )
    found: dict[int, tuple[UserRow, list[str]]] = {}
    for row, path in session.execute(query):
        found.setdefault(row.id, (row, []))[1].append(path)
    return [Person(row, tuple(paths)) for row, paths in found.values()]


def list_spots(session: Session, tops: Sequence[str]) -> list[tuple[UnitRow, list[SiteRow]]]:
    """The units inside some subtrees with their sites, by code."""
    units = list(session.scalars(select(UnitRow).where(within(tops)).order_by(UnitRow.code)))
    sites: dict[int, list[SiteRow]] = {}
    query = select(SiteRow).join(UnitRow, UnitRow.id == SiteRow.unit_id).where(within(tops))
    for site in session.scalars(query.order_by(SiteRow.code)):
        sites.setdefault(site.unit_id, []).append(site)
    return [(unit, sites.get(unit.id, [])) for unit in units]


def covered(people: Sequence[Person], tops: Sequence[str]) -> list[Person]:
    """Those people whose whole scope lies inside the subtrees."""
    return [one for one in people if all(path.startswith(tuple(tops)) for path in one.paths)]
