"""Set the field out: units, sites, published numbers, service items, rounds, assignments."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage import frameworks, places, rounds
from surveyapp.storage.places import PlaceRefused
from surveyapp.storage.rounds import RoundRefused

__all__ = [
    "ROOT_UNIT",
    "PlaceRefused",
    "RoundPlan",
    "RoundRefused",
    "UnknownPlace",
    "add_item",
    "add_line",
    "add_site",
    "add_unit",
    "assign",
    "ensure_root",
    "move_round",
    "open_round",
    "unit_id_of",
]

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
        found = places.find_unit(session, ROOT_UNIT)
        return found.id if found else places.add_unit(session, ROOT_UNIT, name, None)


def add_unit(platform: Platform, code: str, name: str, parent_code: str = ROOT_UNIT) -> int:
    """Add a unit below another. Raises UnknownPlace when the parent does not exist."""
    with platform.database.transaction() as session:
        parent = places.find_unit(session, parent_code)
        if parent is None:
            raise UnknownPlace(parent_code)
        return places.add_unit(session, code, name, parent)


def unit_id_of(platform: Platform, code: str) -> int:
    """The id of a unit. Raises UnknownPlace."""
    with platform.database.reading() as session:
        found = places.find_unit(session, code)
    if found is None:
        raise UnknownPlace(code)
    return found.id


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
        return places.add_site(
            session,
            unit_id=unit_id,
            code=code,
            name=name,
            address=address,
            latitude=position[0] if position else None,
            longitude=position[1] if position else None,
            datum="WGS-84",
        )


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
        return places.add_line(
            session,
            unit_id=unit_id,
            site_id=site_id,
            code=code,
            number=number,
            label=label,
            source=source,
            checked_on=checked_on,
            hours=list(hours),
        )


def add_item(
    platform: Platform, unit_id: int, code: str, name: str, kind: str, promised_days: int | None
) -> int:
    """Add a service item: `kind` 'immediate' (即办件) or 'promised' (承诺件, with its working days)."""
    with platform.database.transaction() as session:
        return places.add_item(
            session, unit_id=unit_id, code=code, name=name, kind=kind, promised_days=promised_days
        )


def open_round(platform: Platform, plan: RoundPlan, unit_codes: Sequence[str], by: int | None) -> int:
    """Create a round that is open for field work in the named units. Raises UnknownPlace."""
    now = platform.clock()
    with platform.database.transaction() as session:
        if frameworks.find_framework(session, plan.framework_id) is None:
            raise UnknownPlace(f"framework {plan.framework_id}")
        unit_ids = []
        for code in unit_codes:
            unit = places.find_unit(session, code)
            if unit is None:
                raise UnknownPlace(code)
            unit_ids.append(unit.id)
        round_id = rounds.add_round(
            session, unit_ids, **vars(plan), state="open", hash_key=secrets.token_bytes(32), created_at=now
        )
        note_deed(session, now, by, "round.open", "round", round_id, code=plan.code)
        return round_id


def move_round(platform: Platform, round_id: int, state: str, by: int | None) -> None:
    """Move a round to 'open', 'closing' or 'closed'; closing for good destroys its hash key."""
    with platform.database.transaction() as session:
        row = rounds.find_round(session, round_id)
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
    known: Mapping[str, str] | None = None,
) -> int:
    """Plan one call (with its line and slot) or other work (with its site and scenario) for one person.

    `known`: the answers that the form begins with.
    """
    with platform.database.transaction() as session:
        return rounds.add_assignment(
            session,
            round_id=round_id,
            user_id=user_id,
            kind=kind,
            unit_id=unit_id,
            site_id=site_id,
            line_id=line_id,
            slot=slot,
            scenario=scenario,
            planned_at=planned_at,
            **({"known": dict(known)} if known else {}),
        )
