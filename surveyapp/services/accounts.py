"""Staff accounts: sign-in, server-side sessions, roles with scope. Default deny.

An unknown login and a wrong password cost the same time and give the same answer.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update

from surveyapp.gateways import passwords, totp
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import SessionRow, UnitRow, UserRoleRow, UserRow

SESSION_LIFE = timedelta(hours=12)
MINIMUM_PASSWORD = 12


class UnknownAccount(LookupError):
    """No account or unit of that name."""


class WeakPassword(ValueError):
    """The password is too short."""


@dataclass(frozen=True)
class Actor:
    """Who acts: the roles held, each with the path of the unit subtree it covers."""

    id: int
    login: str
    name: str
    language: str
    roles: tuple[tuple[str, str], ...]

    def has(self, *roles: str) -> bool:
        """Whether any of `roles` is held, wherever."""
        return any(role in roles for role, _ in self.roles)

    def covers(self, path: str, *roles: str) -> bool:
        """Whether one of `roles` (any role when none is named) is held over the unit at `path`."""
        return any(path.startswith(top) for role, top in self.roles if not roles or role in roles)

    def tops(self, *roles: str) -> tuple[str, ...]:
        """Paths of the subtrees over which one of `roles` is held."""
        return tuple(sorted({top for role, top in self.roles if role in roles}))


def create_user(
    platform: Platform,
    login: str,
    name: str,
    password: str | None = None,
    language: str = "zh",
    by: int | None = None,
) -> tuple[int, str]:
    """Create an account and return (id, password); a random password when none is given.

    Raises WeakPassword below 12 characters, ValueError for a login that is taken or malformed.
    """
    login = login.strip().lower()
    if not login or len(login) > 64 or not login.isascii():
        raise ValueError("a login has 1 to 64 ASCII characters")
    password = password or passwords.random_password()
    if len(password) < MINIMUM_PASSWORD:
        raise WeakPassword(f"a password has at least {MINIMUM_PASSWORD} characters")
    hashed = passwords.hash_password(password)
    with platform.database.transaction() as session:
        if session.scalar(select(UserRow.id).where(UserRow.login == login)):
            raise ValueError(f"login {login} is taken")
        row = UserRow(
            login=login,
            name=name,
            password_hash=hashed,
            totp_secret=None,
            totp_last_step=None,
            language=language,
            is_active=True,
            created_at=platform.clock(),
        )
        session.add(row)
        session.flush()
        note_deed(session, platform.clock(), by, "user.create", "user", row.id, login=login)
        return row.id, password


def grant(platform: Platform, login: str, role: str, unit_code: str, by: int | None = None) -> None:
    """Give a role over a unit's subtree; giving it twice changes nothing. Raises UnknownAccount."""
    with platform.database.transaction() as session:
        user = session.scalar(select(UserRow).where(UserRow.login == login))
        unit = session.scalar(select(UnitRow).where(UnitRow.code == unit_code))
        if user is None or unit is None:
            raise UnknownAccount(login if user is None else unit_code)
        held = select(UserRoleRow.id).where(
            UserRoleRow.user_id == user.id, UserRoleRow.role == role, UserRoleRow.unit_id == unit.id
        )
        if session.scalar(held) is None:
            session.add(UserRoleRow(user_id=user.id, role=role, unit_id=unit.id))
            note_deed(session, platform.clock(), by, "user.grant", "user", user.id, role=role, unit=unit_code)


def deactivate(platform: Platform, login: str, by: int | None = None) -> None:
    """Close an account; its sessions end at once. Raises UnknownAccount."""
    now = platform.clock()
    with platform.database.transaction() as session:
        user = session.scalar(select(UserRow).where(UserRow.login == login))
        if user is None:
            raise UnknownAccount(login)
        user.is_active = False
        session.execute(
            update(SessionRow)
            .where(SessionRow.user_id == user.id, SessionRow.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        note_deed(session, now, by, "user.deactivate", "user", user.id)


def sign_in(platform: Platform, login: str, password: str, code: str = "") -> str | None:
    """A new session token, or None: unknown, wrong, inactive and a missing or reused code look alike."""
    with platform.database.reading() as session:
        user = session.scalar(select(UserRow).where(UserRow.login == login.strip().lower()))
    if not passwords.verify_password(user.password_hash if user else None, password):
        return None
    if user is None or not user.is_active:
        return None
    step = totp.accepted_step(user.totp_secret, code, platform.clock()) if user.totp_secret else None
    if user.totp_secret and step is None:
        return None
    return _open_session(platform, user.id, step)


def _open_session(platform: Platform, user_id: int, step: int | None) -> str | None:
    token, now = secrets.token_urlsafe(32), platform.clock()
    with platform.database.transaction() as session:
        if step is not None:
            fresh = (UserRow.totp_last_step.is_(None)) | (UserRow.totp_last_step < step)
            used = session.execute(
                update(UserRow).where(UserRow.id == user_id, fresh).values(totp_last_step=step)
            )
            if used.rowcount == 0:
                return None
        session.execute(delete(SessionRow).where(SessionRow.expires_at < now - timedelta(days=7)))
        session.add(
            SessionRow(
                token_sha256=_digest(token),
                user_id=user_id,
                created_at=now,
                seen_at=now,
                expires_at=now + SESSION_LIFE,
                revoked_at=None,
            )
        )
        note_deed(session, now, user_id, "session.open", "user", user_id)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_actor(platform: Platform, token: str) -> Actor | None:
    """Whose session this is; None when unknown, revoked, idle too long, expired or deactivated."""
    now = platform.clock()
    idle = timedelta(minutes=platform.settings.idle_minutes)
    with platform.database.reading() as session:
        row = session.get(SessionRow, _digest(token))
        if row is None or row.revoked_at or row.expires_at <= now or row.seen_at + idle <= now:
            return None
        user = session.get(UserRow, row.user_id)
        if user is None or not user.is_active:
            return None
        roles = session.execute(
            select(UserRoleRow.role, UnitRow.path)
            .join(UnitRow, UnitRow.id == UserRoleRow.unit_id)
            .where(UserRoleRow.user_id == user.id)
        )
        actor = Actor(user.id, user.login, user.name, user.language, tuple((r, p) for r, p in roles))
    if now - row.seen_at > timedelta(minutes=1):
        with platform.database.transaction() as session:
            session.execute(
                update(SessionRow).where(SessionRow.token_sha256 == row.token_sha256).values(seen_at=now)
            )
    return actor


def sign_out(platform: Platform, token: str) -> None:
    """Revoke one session; a token that is unknown or revoked already changes nothing."""
    now = platform.clock()
    with platform.database.transaction() as session:
        row = session.get(SessionRow, _digest(token))
        if row is not None and row.revoked_at is None:
            row.revoked_at = now
            note_deed(session, now, row.user_id, "session.close", "user", row.user_id)


def change_password(platform: Platform, user_id: int, old: str, new: str) -> bool:
    """Set a new password and end all sessions; False when the old one is wrong. Raises WeakPassword."""
    if len(new) < MINIMUM_PASSWORD:
        raise WeakPassword(f"a password has at least {MINIMUM_PASSWORD} characters")
    with platform.database.reading() as session:
        user = session.get(UserRow, user_id)
    if user is None or not passwords.verify_password(user.password_hash, old):
        return False
    hashed, now = passwords.hash_password(new), platform.clock()
    with platform.database.transaction() as session:
        session.execute(update(UserRow).where(UserRow.id == user_id).values(password_hash=hashed))
        session.execute(
            update(SessionRow)
            .where(SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        note_deed(session, now, user_id, "user.password", "user", user_id)
    return True


def set_totp(platform: Platform, user_id: int, secret: str | None, code: str) -> bool:
    """Switch the second factor on (secret with a code that proves it) or off (None with a current code)."""
    now = platform.clock()
    with platform.database.transaction() as session:
        user = session.get(UserRow, user_id)
        if user is None:
            return False
        step = totp.accepted_step(secret or user.totp_secret or "", code, now)
        if step is None:
            return False
        user.totp_secret, user.totp_last_step = secret, step
        note_deed(session, now, user_id, "user.totp", "user", user_id, on=secret is not None)
    return True


def new_second_factor(login: str) -> tuple[str, str]:
    """A fresh secret for an authenticator app, and the otpauth address that carries it."""
    secret = totp.new_secret()
    return secret, totp.enrolment_uri(secret, login, "surveyapp")
