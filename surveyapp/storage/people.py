"""Accounts and the roles they hold over subtrees of units."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from surveyapp.storage.database import Session
from surveyapp.storage.tables import UnitRow, UserRoleRow, UserRow


class LoginTaken(Exception):
    """An account with this login is there already; nothing was inserted."""


class RoleRefused(Exception):
    """No such role, or somebody gave it at the same moment; nothing was inserted."""


def has_users(session: Session) -> bool:
    """Whether there is any account."""
    return session.scalar(select(UserRow.id).limit(1)) is not None


def find_user(session: Session, login: str) -> UserRow | None:
    """The account with a login; None when there is none."""
    return session.scalar(select(UserRow).where(UserRow.login == login))


def find_user_by_id(session: Session, user_id: int) -> UserRow | None:
    """The account with an id; None when there is none."""
    return session.get(UserRow, user_id)


def add_user(session: Session, **values: Any) -> int:
    """Insert an account and return its id. Raises LoginTaken; the transaction is unusable then."""
    row = UserRow(**values)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise LoginTaken(values["login"]) from error
    return row.id


def set_password(session: Session, user_id: int, password_hash: str) -> None:
    """Replace the hash of a password."""
    session.execute(update(UserRow).where(UserRow.id == user_id).values(password_hash=password_hash))


def use_totp_step(session: Session, user_id: int, step: int) -> bool:
    """Note the step of a one-time code as used; False when it, or a later one, was used before."""
    is_fresh = UserRow.totp_last_step.is_(None) | (UserRow.totp_last_step < step)
    used = (
        update(UserRow)
        .where(UserRow.id == user_id, is_fresh)
        .values(totp_last_step=step)
        .returning(UserRow.id)
    )
    return session.scalar(used) is not None


def add_role_once(session: Session, user_id: int, role: str, unit_id: int) -> bool:
    """Give a role over a unit's subtree; False when it is held already. Raises RoleRefused."""
    held = select(UserRoleRow.id).where(
        UserRoleRow.user_id == user_id, UserRoleRow.role == role, UserRoleRow.unit_id == unit_id
    )
    if session.scalar(held) is not None:
        return False
    session.add(UserRoleRow(user_id=user_id, role=role, unit_id=unit_id))
    try:
        session.flush()
    except IntegrityError as error:
        raise RoleRefused(role) from error
    return True


def roles_of(session: Session, user_id: int) -> list[tuple[UserRoleRow, UnitRow]]:
    """The roles an account holds, each with the unit at the top of its subtree."""
    query = select(UserRoleRow, UnitRow).join(UnitRow, UnitRow.id == UserRoleRow.unit_id)
    rows = session.execute(query.where(UserRoleRow.user_id == user_id).order_by(UserRoleRow.id))
    return [(role, unit) for role, unit in rows]


def remove_role(session: Session, role_id: int) -> None:
    """Take one role away."""
    session.execute(delete(UserRoleRow).where(UserRoleRow.id == role_id))


def lock_admins(session: Session) -> list[tuple[int, int]]:
    """(account, role row) of every admin role of an active account, locked until the transaction ends."""
    query = (
        select(UserRow.id, UserRoleRow.id)
        .join(UserRoleRow, UserRoleRow.user_id == UserRow.id)
        .where(UserRoleRow.role == "admin", UserRow.is_active)
        .order_by(UserRoleRow.id)
        .with_for_update()
    )
    return [(user_id, role_id) for user_id, role_id in session.execute(query)]


def active_people(session: Session, user_ids: Collection[int]) -> dict[int, UserRow]:
    """The active accounts among some ids, by id."""
    query = select(UserRow).where(UserRow.id.in_(user_ids), UserRow.is_active)
    return {row.id: row for row in session.scalars(query)}


def names_of(session: Session, user_ids: Collection[int]) -> dict[int, str]:
    """The names of people by their ids; ids that do not exist are missing."""
    query = select(UserRow.id, UserRow.name).where(UserRow.id.in_(list(user_ids)))
    return {row.id: row.name for row in session.execute(query)}
