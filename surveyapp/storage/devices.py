"""Devices with their person and rounds, and the instances they posted. Statements only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from surveyapp.storage.database import Session
from surveyapp.storage.tables import (
    DeviceRoundRow,
    DeviceRow,
    PostedInstanceRow,
    RoundRow,
    RoundUnitRow,
    UnitRow,
    UserRoleRow,
    UserRow,
)


@dataclass(frozen=True)
class Held:
    """A device with its person, the roles held now as (role, path of the unit), its rounds, newest first."""

    row: DeviceRow
    user: UserRow
    roles: tuple[tuple[str, str], ...]
    rounds: tuple[RoundRow, ...]


def add_device(session: Session, round_ids: Iterable[int], **values: Any) -> int:
    """Insert a device with the rounds it works in and return its id."""
    row = DeviceRow(**values, seen_at=None, revoked_at=None)
    session.add(row)
    session.flush()
    session.add_all(DeviceRoundRow(device_id=row.id, round_id=round_id) for round_id in round_ids)
    session.flush()
    return row.id


def find_device(session: Session, device_id: int) -> DeviceRow | None:
    """The device with an id; None when there is none."""
    return session.get(DeviceRow, device_id)


def find_held(session: Session, secret_hash: str) -> Held | None:
    """The device under the hash of a secret, revoked or not; None when there is none."""
    found = session.execute(
        select(DeviceRow, UserRow)
        .join(UserRow, UserRow.id == DeviceRow.user_id)
        .where(DeviceRow.secret_hash == secret_hash)
    ).first()
    if found is None:
        return None
    device, user = found
    roles = session.execute(
        select(UserRoleRow.role, UnitRow.path)
        .join(UnitRow, UnitRow.id == UserRoleRow.unit_id)
        .where(UserRoleRow.user_id == user.id)
        .order_by(UserRoleRow.id)
    )
    rounds = session.scalars(
        select(RoundRow)
        .join(DeviceRoundRow, DeviceRoundRow.round_id == RoundRow.id)
        .where(DeviceRoundRow.device_id == device.id)
        .order_by(RoundRow.starts_on.desc(), RoundRow.id.desc())
    )
    return Held(device, user, tuple((role, path) for role, path in roles), tuple(rounds))


def set_seen(session: Session, device_id: int, at: datetime) -> None:
    """Note when a device was heard last."""
    session.execute(update(DeviceRow).where(DeviceRow.id == device_id).values(seen_at=at))


def rounds_of_unit(session: Session, unit_id: int) -> set[int]:
    """The rounds a unit is scored in."""
    return set(session.scalars(select(RoundUnitRow.round_id).where(RoundUnitRow.unit_id == unit_id)))


def add_instance(session: Session, **values: Any) -> None:
    """Insert what a device posted."""
    session.execute(insert(PostedInstanceRow).values(**values))


def find_instance(session: Session, submission_id: str) -> PostedInstanceRow | None:
    """What was posted under a submission id; None when there is none."""
    return session.get(PostedInstanceRow, submission_id)
