"""Set the field out: units, sites, published numbers, service items, rounds, assignments."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import (
    AssignmentRow,
    FrameworkRow,
    PhoneLineRow,
    RoundRow,
    RoundUnitRow,
    ServiceItemRow,
    SiteRow,
    UnitRow,
)

ROOT_UNIT = "all"


class UnknownPlace(LookupError):
    """No unit, site, line or round of that code."""


@dataclass(frozen=True)
class RoundPlan:
    """What a new round needs; dates in local time, the framework by code and version."""

    code: str
    title: str
    framework_id: int
    profile: str
    starts_on: date
    ends_on: date
    retention_until: date
    issuer: str
    contact: str
    is_demonstration: bool = False


def ensure_root(platform: Platform, name: str = "全部单位") -> int:
    """The id of the unit above all others; made when it is missing."""
    with platform.database.transaction() as session:
        found = session.scalar(select(UnitRow.id).where(UnitRow.code == ROOT_UNIT))
        return found or _add_unit(session, ROOT_UNIT, name, None)


def add_unit(platform: Platform, code: str, name: str, parent_code: str = ROOT_UNIT) -> int:
    """Add a unit below another. Raises UnknownPlace when the parent does not exist."""
    with platform.database.transaction() as session:
        parent = session.scalar(select(UnitRow).where(UnitRow.code == parent_code))
        if parent is None:
            raise UnknownPlace(parent_code)
        return _add_unit(session, code, name, parent)


def _add_unit(session: Session, code: str, name: str, parent: UnitRow | None) -> int:
    row = UnitRow(parent_id=parent.id if parent else None, path="", code=code, name=name)
    session.add(row)
    session.flush()
    row.path = f"{parent.path if parent else '/'}{row.id}/"
    return row.id


def unit_id_of(platform: Platform, code: str) -> int:
    """The id of a unit. Raises UnknownPlace."""
    with platform.database.reading() as session:
        found = session.scalar(select(UnitRow.id).where(UnitRow.code == code))
    if found is None:
        raise UnknownPlace(code)
    return found


def add_site(
    platform: Platform,
    unit_id: int,
    code: str,
    name: str,
    address: str,
    position: tuple[float, float] | None,
) -> int:
    """Add a place of service; `position` is (latitude, longitude) in WGS-84 degrees."""
    with platform.database.transaction() as session:
        row = SiteRow(
            unit_id=unit_id,
            code=code,
            name=name,
            address=address,
            latitude=position[0] if position else None,
            longitude=position[1] if position else None,
            datum="WGS-84",
        )
        session.add(row)
        session.flush()
        return row.id


def add_line(
    platform: Platform,
    unit_id: int,
    site_id: int | None,
    code: str,
    number: str,
    label: str,
    source: str,
    checked_on: date,
    hours: Sequence[str],
) -> int:
    """Add a published consulting number with its published hours ('08:30-11:30')."""
    with platform.database.transaction() as session:
        row = PhoneLineRow(
            unit_id=unit_id,
            site_id=site_id,
            code=code,
            number=number,
            label=label,
            source=source,
            checked_on=checked_on,
            hours=list(hours),
        )
        session.add(row)
        session.flush()
        return row.id


def add_item(
    platform: Platform, unit_id: int, code: str, name: str, kind: str, promised_days: int | None
) -> int:
    """Add a service item: `kind` 'immediate' (即办件) or 'promised' (承诺件, with its working days)."""
    with platform.database.transaction() as session:
        row = ServiceItemRow(unit_id=unit_id, code=code, name=name, kind=kind, promised_days=promised_days)
        session.add(row)
        session.flush()
        return row.id


def open_round(platform: Platform, plan: RoundPlan, unit_codes: Sequence[str], by: int | None) -> int:
    """Create a round that is open for field work in the named units. Raises UnknownPlace."""
    now = platform.clock()
    with platform.database.transaction() as session:
        if session.get(FrameworkRow, plan.framework_id) is None:
            raise UnknownPlace(f"framework {plan.framework_id}")
        row = RoundRow(**vars(plan), state="open", hash_key=secrets.token_bytes(32), created_at=now)
        session.add(row)
        session.flush()
        for code in unit_codes:
            unit = session.scalar(select(UnitRow).where(UnitRow.code == code))
            if unit is None:
                raise UnknownPlace(code)
            session.add(RoundUnitRow(round_id=row.id, unit_id=unit.id))
        note_deed(session, now, by, "round.open", "round", row.id, code=plan.code)
        return row.id


def move_round(platform: Platform, round_id: int, state: str, by: int | None) -> None:
    """Move a round to 'open', 'closing' or 'closed'; closing for good destroys its hash key."""
    with platform.database.transaction() as session:
        row = session.get(RoundRow, round_id)
        if row is None:
            raise UnknownPlace(f"round {round_id}")
        note_deed(
            session, platform.clock(), by, "round.move", "round", round_id, before=row.state, after=state
        )
        row.state = state
        if state == "closed":
            row.hash_key = None


def assign(
    platform: Platform,
    round_id: int,
    user_id: int,
    kind: str,
    unit_id: int,
    planned_at: datetime,
    *,
    site_id: int | None = None,
    line_id: int | None = None,
    slot: str | None = None,
    scenario: str = "",
) -> int:
    """Plan one call (with its line and slot) or visit (with its site and scenario) for one person."""
    with platform.database.transaction() as session:
        row = AssignmentRow(
            round_id=round_id,
            user_id=user_id,
            kind=kind,
            unit_id=unit_id,
            site_id=site_id,
            line_id=line_id,
            slot=slot,
            scenario=scenario,
            planned_at=planned_at,
            state="planned",
            locked_until=None,
            locked_by=None,
        )
        session.add(row)
        session.flush()
        return row.id
