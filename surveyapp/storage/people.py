"""Accounts and the roles they hold over subtrees of units."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from surveyapp.storage.database import Session
from surveyapp.storage.tables import UserRoleRow, UserRow


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
