"""Staff accounts: sign-in, server-side sessions, roles with scope. Default deny.

An unknown login and a wrong password cost the same time and give the same answer.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from surveyapp.gateways import passwords, totp
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage import people, places, sessions

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
    values = {
        "login": login,
        "name": name,
        "password_hash": passwords.hash_password(password),
        "totp_secret": None,
        "totp_last_step": None,
        "language": language,
        "is_active": True,
        "created_at": platform.clock(),
    }
    with platform.database.transaction() as session:
        try:
            user_id = people.add_user(session, **values)
        except people.LoginTaken:
            raise ValueError(f"login {login} is taken") from None
        note_deed(session, platform.clock(), by, "user.create", "user", user_id, login=login)
        return user_id, password


def grant(platform: Platform, login: str, role: str, unit_code: str, by: int | None = None) -> None:
    """Give a role over a unit's subtree; giving it twice changes nothing. Raises UnknownAccount."""
    with platform.database.transaction() as session:
        user = people.find_user(session, login)
        unit = places.find_unit(session, unit_code)
        if user is None or unit is None:
            raise UnknownAccount(login if user is None else unit_code)
        if people.add_role_once(session, user.id, role, unit.id):
            note_deed(session, platform.clock(), by, "user.grant", "user", user.id, role=role, unit=unit_code)


def deactivate(platform: Platform, login: str, by: int | None = None) -> None:
    """Close an account; its sessions end at once. Raises UnknownAccount."""
    now = platform.clock()
    with platform.database.transaction() as session:
        user = people.find_user(session, login)
        if user is None:
            raise UnknownAccount(login)
        user.is_active = False
        sessions.revoke_sessions_of(session, user.id, now)
        note_deed(session, now, by, "user.deactivate", "user", user.id)


def sign_in(platform: Platform, login: str, password: str, code: str = "") -> str | None:
    """A new session token, or None: unknown, wrong, inactive and a missing or reused code look alike."""
    with platform.database.reading() as session:
        user = people.find_user(session, login.strip().lower())
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
        if step is not None and not people.use_totp_step(session, user_id, step):
            return None
        sessions.delete_sessions_expired_before(session, now - timedelta(days=7))
        sessions.add_session(session, _digest(token), user_id, now, now + SESSION_LIFE)
        note_deed(session, now, user_id, "session.open", "user", user_id)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_actor(platform: Platform, token: str) -> Actor | None:
    """Whose session this is; None when unknown, revoked, idle too long, expired or deactivated."""
    now, digest = platform.clock(), _digest(token)
    idle = timedelta(minutes=platform.settings.idle_minutes)
    with platform.database.reading() as session:
        held = sessions.find_sign_in(session, digest)
    if held is None or held.revoked_at or held.expires_at <= now or held.seen_at + idle <= now:
        return None
    if not held.is_active:
        return None
    if now - held.seen_at > timedelta(minutes=1):
        with platform.database.transaction() as session:
            sessions.set_seen(session, digest, now)
    return Actor(held.user_id, held.login, held.name, held.language, held.roles)


def sign_out(platform: Platform, token: str) -> None:
    """Revoke one session; a token that is unknown or revoked already changes nothing."""
    now = platform.clock()
    with platform.database.transaction() as session:
        user_id = sessions.revoke_session(session, _digest(token), now)
        if user_id is not None:
            note_deed(session, now, user_id, "session.close", "user", user_id)


def change_password(platform: Platform, user_id: int, old: str, new: str) -> bool:
    """Set a new password and end all sessions; False when the old one is wrong. Raises WeakPassword."""
    if len(new) < MINIMUM_PASSWORD:
        raise WeakPassword(f"a password has at least {MINIMUM_PASSWORD} characters")
    with platform.database.reading() as session:
        user = people.find_user_by_id(session, user_id)
    if user is None or not passwords.verify_password(user.password_hash, old):
        return False
    hashed, now = passwords.hash_password(new), platform.clock()
    with platform.database.transaction() as session:
        people.set_password(session, user_id, hashed)
        sessions.revoke_sessions_of(session, user_id, now)
        note_deed(session, now, user_id, "user.password", "user", user_id)
    return True


def set_totp(platform: Platform, user_id: int, secret: str | None, code: str) -> bool:
    """Switch the second factor on (secret with a code that proves it) or off (None with a current code)."""
    now = platform.clock()
    with platform.database.transaction() as session:
        user = people.find_user_by_id(session, user_id)
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
