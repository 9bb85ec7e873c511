"""Sign-ins: stored under the hash of their token, found with one statement at every request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from surveyapp.storage.database import Session
from surveyapp.storage.tables import SessionRow, UnitRow, UserRoleRow, UserRow

_session, _user = SessionRow.__table__.c, UserRow.__table__.c
_role, _unit = UserRoleRow.__table__.c, UnitRow.__table__.c
_SIGN_IN = (
    select(
        _user.id,
        _user.login,
        _user.name,
        _user.language,
        _user.is_active,
        _session.seen_at,
        _session.expires_at,
        _session.revoked_at,
        _role.role,
        _unit.path,
    )
    .join_from(SessionRow.__table__, UserRow.__table__, _user.id == _session.user_id)
    .outerjoin(UserRoleRow.__table__, _role.user_id == _user.id)
    .outerjoin(UnitRow.__table__, _unit.id == _role.unit_id)
    .where(_session.token_sha256 == bindparam("token_sha256"))
    .order_by(_role.id)
)


@dataclass(frozen=True)
class SignIn:
    """A session with its account and, as (role, path of the unit), the roles held now."""

    user_id: int
    login: str
    name: str
    language: str
    is_active: bool
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    roles: tuple[tuple[str, str], ...]


def find_sign_in(session: Session, token_sha256: str) -> SignIn | None:
    """The session under a token's hash, valid or not; None when there is none."""
    rows = session.connection().execute(_SIGN_IN, {"token_sha256": token_sha256}).all()
    if not rows:
        return None
    roles = tuple((row.role, row.path) for row in rows if row.role is not None)
    return SignIn(*rows[0][:8], roles=roles)


def add_session(
    session: Session, token_sha256: str, user_id: int, created_at: datetime, expires_at: datetime
) -> None:
    """Insert a sign-in."""
    session.add(
        SessionRow(
            token_sha256=token_sha256,
            user_id=user_id,
            created_at=created_at,
            seen_at=created_at,
            expires_at=expires_at,
            revoked_at=None,
        )
    )


def set_seen(session: Session, token_sha256: str, at: datetime) -> None:
    """Note that a session was used."""
    session.execute(update(SessionRow).where(SessionRow.token_sha256 == token_sha256).values(seen_at=at))


def revoke_session(session: Session, token_sha256: str, at: datetime) -> int | None:
    """End one session and return whose it was; None when it is unknown or over already."""
    ended = (
        update(SessionRow)
        .where(SessionRow.token_sha256 == token_sha256, SessionRow.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(SessionRow.user_id)
    )
    return session.scalar(ended)


def revoke_sessions_of(session: Session, user_id: int, at: datetime) -> None:
    """End every session of an account."""
    session.execute(
        update(SessionRow)
        .where(SessionRow.user_id == user_id, SessionRow.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def delete_sessions_expired_before(session: Session, before: datetime) -> None:
    """Delete what expired before an instant."""
    session.execute(delete(SessionRow).where(SessionRow.expires_at < before))
