"""What an admin does to accounts: open, give and withdraw roles, close, reopen, renew the password.

Nobody raises himself or locks the last admin out; an account beyond the admin's subtree does not exist here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from surveyapp.gateways import passwords
from surveyapp.gateways.refusal import Refusal
from surveyapp.services import accounts
from surveyapp.services.accounts import Actor, UnknownAccount
from surveyapp.services.auditing import note_deed
from surveyapp.services.installation import Platform
from surveyapp.storage import people, places, sessions
from surveyapp.storage.database import Session
from surveyapp.storage.tables import UserRow
from surveyapp.storage.tables.people import ROLES

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}\Z", re.ASCII)
LANGUAGES = ("zh", "en")
NAME_LENGTH = 100


@dataclass(frozen=True)
class NewAccount:
    """What is asked for; an empty `role` opens an account that may do nothing yet."""

    login: str
    name: str
    language: str = "zh"
    role: str = ""
    unit_code: str = ""


@dataclass(frozen=True)
class Opened:
    """A new account with its password, which is nowhere else."""

    user_id: int
    login: str
    password: str


def open_account(platform: Platform, actor: Actor | None, wanted: NewAccount) -> Opened | Refusal:
    """Open an account with a random password and, when one is named, its first role.

    `actor` None is the operator at the command line, who covers everything.
    """
    login = wanted.login.strip().lower()
    refusal = _account_refusal(login, wanted) or (
        _role_refusal(platform, actor, wanted.role, wanted.unit_code) if wanted.role else None
    )
    if refusal is not None:
        return refusal
    by = actor.id if actor else None
    try:
        user_id, password = accounts.create_user(
            platform, login, wanted.name.strip(), language=wanted.language, by=by
        )
    except ValueError:
        return Refusal.of(
            "login-taken",
            f"登录名 {login} 已被使用，请换一个。",
            f"The login {login} is taken. Choose another one.",
        )
    if wanted.role:
        accounts.grant(platform, login, wanted.role, wanted.unit_code, by)
    return Opened(user_id, login, password)


def _account_refusal(login: str, wanted: NewAccount) -> Refusal | None:
    if not LOGIN.match(login):
        return Refusal.of(
            "login",
            "登录名用 2 至 64 个小写英文字母、数字、点、横线或下划线，以字母或数字开头。",
            "A login has 2 to 64 lower-case letters, digits, dots, dashes or underscores "
            "and begins with a letter or digit.",
        )
    name = wanted.name.strip()
    if not name or len(name) > NAME_LENGTH or not name.isprintable():
        return Refusal.of(
            "name",
            f"请填写姓名或岗位名称，不超过 {NAME_LENGTH} 个字。",
            f"Give a name or post of at most {NAME_LENGTH} characters.",
        )
    if wanted.language not in LANGUAGES:
        return Refusal.of("language", "请选择界面语言。", "Choose the language of the pages.")
    return None


def _role_refusal(platform: Platform, actor: Actor | None, role: str, unit_code: str) -> Refusal | None:
    if role not in ROLES:
        return Refusal.of("role", "请选择角色。", f"Choose a role: {', '.join(ROLES)}.")
    with platform.database.reading() as session:
        unit = places.find_unit(session, unit_code) if unit_code.isprintable() else None
    if unit is None or (actor is not None and not actor.covers(unit.path, "admin")):
        return Refusal.of(
            "unit",
            "请选择角色的范围：没有这个单位，或者它不在您管理的范围内。",
            "Choose the scope of the role: there is no such unit, or it is outside your own scope.",
        )
    return None


def give_role(platform: Platform, actor: Actor, user_id: int, role: str, unit_code: str) -> Refusal | None:
    """Give a role over a unit's subtree; giving it twice changes nothing. Raises UnknownAccount.

    Nobody gives a role to himself: another admin has to see it.
    """
    if user_id == actor.id:
        return Refusal.of(
            "own-role",
            "不能给自己增加角色，请由另一位系统管理员办理。",
            "You cannot give yourself a role; ask another administrator.",
        )
    with platform.database.reading() as session:
        login = _managed(session, actor, user_id).login
    refusal = _role_refusal(platform, actor, role, unit_code)
    if refusal is None:
        accounts.grant(platform, login, role, unit_code, actor.id)
    return refusal


def withdraw_role(platform: Platform, actor: Actor, user_id: int, role_id: int) -> Refusal | None:
    """Take a role away; one that is gone already changes nothing. Raises UnknownAccount."""
    now = platform.clock()
    with platform.database.transaction() as session:
        admins = people.lock_admins(session)
        row = _managed(session, actor, user_id)
        held = next((pair for pair in people.roles_of(session, user_id) if pair[0].id == role_id), None)
        if held is None:
            return None
        role, unit = held
        own = [kept for holder, kept in admins if holder == actor.id and kept != role_id]
        if role.role == "admin" and user_id == actor.id and not own:
            return Refusal.of(
                "own-admin-role",
                "不能撤销自己最后一个系统管理员角色，请由另一位系统管理员办理。",
                "You cannot withdraw your own last administrator role; ask another administrator.",
            )
        if role.role == "admin" and row.is_active and all(kept == role_id for _holder, kept in admins):
            return _last_admin()
        people.remove_role(session, role_id)
        note_deed(session, now, actor.id, "user.withdraw", "user", user_id, role=role.role, unit=unit.code)
    return None


def close_account(platform: Platform, actor: Actor, user_id: int) -> Refusal | None:
    """Deactivate an account and end its sessions; twice is once. Raises UnknownAccount."""
    if user_id == actor.id:
        return Refusal.of(
            "own-account",
            "不能停用自己的账号，请由另一位系统管理员办理。",
            "You cannot deactivate your own account; ask another administrator.",
        )
    now = platform.clock()
    with platform.database.transaction() as session:
        admins = people.lock_admins(session)
        row = _managed(session, actor, user_id)
        if not row.is_active:
            return None
        if admins and all(holder == user_id for holder, _kept in admins):
            return _last_admin()
        row.is_active = False
        sessions.revoke_sessions_of(session, user_id, now)
        note_deed(session, now, actor.id, "user.deactivate", "user", user_id)
    return None


def _last_admin() -> Refusal:
    return Refusal.of(
        "last-admin",
        "这是最后一位系统管理员，请先设置另一位系统管理员。",
        "This is the last administrator. Appoint another one first.",
    )


def reopen_account(platform: Platform, actor: Actor, user_id: int) -> None:
    """Let a deactivated account in again, with its password and roles. Raises UnknownAccount."""
    with platform.database.transaction() as session:
        row = _managed(session, actor, user_id)
        if not row.is_active:
            row.is_active = True
            note_deed(session, platform.clock(), actor.id, "user.reactivate", "user", user_id)


def new_password(platform: Platform, actor: Actor, user_id: int) -> tuple[str, str] | Refusal:
    """(login, new random password); the old one and every session end. Raises UnknownAccount."""
    if user_id == actor.id:
        return Refusal.of(
            "own-password",
            "自己的密码请在“我的账号”里修改。",
            "Change your own password on the page of your account.",
        )
    password, now = passwords.random_password(), platform.clock()
    hashed = passwords.hash_password(password)
    with platform.database.transaction() as session:
        row = _managed(session, actor, user_id)
        people.set_password(session, user_id, hashed)
        sessions.revoke_sessions_of(session, user_id, now)
        note_deed(session, now, actor.id, "user.password.reset", "user", user_id)
        return row.login, password


def end_sessions(platform: Platform, actor: Actor, user_id: int) -> None:
    """End every session of an account, which may sign in again. Raises UnknownAccount."""
    now = platform.clock()
    with platform.database.transaction() as session:
        _managed(session, actor, user_id)
        sessions.revoke_sessions_of(session, user_id, now)
        note_deed(session, now, actor.id, "user.sessions.end", "user", user_id)


def forget_second_factor(platform: Platform, actor: Actor, user_id: int) -> Refusal | None:
    """Switch the second factor off for somebody who lost the telephone. Raises UnknownAccount."""
    if user_id == actor.id:
        return Refusal.of(
            "own-second-factor",
            "自己的动态口令请在“我的账号”里关闭。",
            "Switch your own second factor off on the page of your account.",
        )
    with platform.database.transaction() as session:
        row = _managed(session, actor, user_id)
        if row.totp_secret is not None:
            row.totp_secret = row.totp_last_step = None
            note_deed(session, platform.clock(), actor.id, "user.totp.forget", "user", user_id)
    return None


def _managed(session: Session, actor: Actor, user_id: int) -> UserRow:
    """The account, when every role it holds lies inside the actor's own admin scope."""
    row = people.find_user_by_id(session, user_id)
    if row is None:
        raise UnknownAccount(user_id)
    if not all(actor.covers(unit.path, "admin") for _role, unit in people.roles_of(session, user_id)):
        raise UnknownAccount(user_id)
    return row
