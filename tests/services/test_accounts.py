"""Accounts: sign-in and its end, the second factor, roles; an unknown login looks like a wrong password."""

from __future__ import annotations

from collections.abc import Iterator

import pyotp
import pytest
from sqlalchemy import event, func, select

from surveyapp.gateways import totp
from surveyapp.services import accounts, arranging
from surveyapp.services.accounts import Actor
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AuditRow, SessionRow, UserRoleRow, UserRow
from tests.clock import Clock
from tests.data import hashes

PASSWORD = "a password for tests only"


@pytest.fixture(autouse=True)
def _cheap_hashes() -> Iterator[None]:
    with hashes.cheap():
        yield


@pytest.fixture
def user_id(platform: Platform) -> int:
    arranging.ensure_root(platform)
    arranging.add_unit(platform, "hall-a", "甲厅")
    found, _password = accounts.create_user(platform, "lead", "负责人", PASSWORD)
    accounts.grant(platform, "lead", "lead", arranging.ROOT_UNIT)
    accounts.grant(platform, "lead", "reviewer", "hall-a")
    return found


def signed_in(platform: Platform, code: str = "") -> str:
    token = accounts.sign_in(platform, "lead", PASSWORD, code)
    assert token is not None
    return token


def deeds(platform: Platform) -> list[str]:
    with platform.database.reading() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def test_a_session_leads_to_its_person_with_all_roles(platform: Platform, user_id: int) -> None:
    root, hall = f"/{arranging.unit_id_of(platform, 'all')}/", arranging.unit_id_of(platform, "hall-a")
    expected = Actor(user_id, "lead", "负责人", "zh", (("lead", root), ("reviewer", f"{root}{hall}/")))
    assert accounts.find_actor(platform, signed_in(platform)) == expected


def test_somebody_without_a_role_can_sign_in_and_covers_nothing(platform: Platform) -> None:
    accounts.create_user(platform, "lead", "负责人", PASSWORD)
    actor = accounts.find_actor(platform, signed_in(platform))
    assert actor is not None
    assert actor.roles == ()


def test_finding_the_person_behind_a_session_costs_one_statement(platform: Platform, user_id: int) -> None:
    token = signed_in(platform)
    sent: list[str] = []
    event.listen(platform.database.engine, "before_cursor_execute", lambda *args: sent.append(str(args[2])))
    assert accounts.find_actor(platform, token) is not None
    assert len([text for text in sent if text != "BEGIN"]) == 1


def test_a_session_in_use_lives_on_and_an_idle_one_ends(
    platform: Platform, clock: Clock, user_id: int
) -> None:
    token = signed_in(platform)
    idle = platform.settings.idle_minutes
    for _ in range(3):
        clock.advance(minutes=idle - 1)
        assert accounts.find_actor(platform, token) is not None
    clock.advance(minutes=idle)
    assert accounts.find_actor(platform, token) is None


def test_a_session_ends_after_its_longest_life_even_in_use(
    platform: Platform, clock: Clock, user_id: int
) -> None:
    token, end = signed_in(platform), clock.now + accounts.SESSION_LIFE
    while clock.advance(minutes=5) < end:
        assert accounts.find_actor(platform, token) is not None
    assert accounts.find_actor(platform, token) is None


def test_sessions_long_expired_are_deleted_at_the_next_sign_in(
    platform: Platform, clock: Clock, user_id: int
) -> None:
    signed_in(platform)
    clock.advance(days=8)
    signed_in(platform)
    with platform.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SessionRow)) == 1


def test_signing_out_ends_one_session_and_is_noted_once(platform: Platform, user_id: int) -> None:
    token, other = signed_in(platform), signed_in(platform)
    accounts.sign_out(platform, token)
    accounts.sign_out(platform, token)
    accounts.sign_out(platform, "no such token")
    assert accounts.find_actor(platform, token) is None
    assert accounts.find_actor(platform, other) is not None
    assert deeds(platform).count("session.close") == 1


def test_closing_an_account_ends_its_sessions_and_bars_the_door(platform: Platform, user_id: int) -> None:
    token = signed_in(platform)
    accounts.deactivate(platform, "lead")
    assert accounts.find_actor(platform, token) is None
    assert accounts.sign_in(platform, "lead", PASSWORD) is None
    with pytest.raises(accounts.UnknownAccount):
        accounts.deactivate(platform, "nobody")


@pytest.mark.parametrize("login", ["nobody", "lead"])
def test_an_unknown_login_and_a_wrong_password_look_alike(
    platform: Platform, user_id: int, login: str
) -> None:
    assert accounts.sign_in(platform, login, "another password") is None


def test_a_changed_password_ends_every_session(platform: Platform, user_id: int) -> None:
    token = signed_in(platform)
    assert not accounts.change_password(platform, user_id, "wrong", "a new password for tests")
    assert accounts.find_actor(platform, token) is not None
    assert accounts.change_password(platform, user_id, PASSWORD, "a new password for tests")
    assert accounts.find_actor(platform, token) is None
    assert accounts.sign_in(platform, "lead", PASSWORD) is None
    assert accounts.sign_in(platform, "lead", "a new password for tests") is not None


def test_a_one_time_code_is_needed_and_opens_one_session(
    platform: Platform, clock: Clock, user_id: int
) -> None:
    secret = totp.new_secret()
    assert not accounts.set_totp(platform, user_id, secret, "000000")
    assert accounts.set_totp(platform, user_id, secret, pyotp.TOTP(secret).at(clock.now))
    assert accounts.sign_in(platform, "lead", PASSWORD) is None
    clock.advance(seconds=90)
    code = pyotp.TOTP(secret).at(clock.now)
    assert accounts.sign_in(platform, "lead", PASSWORD, code) is not None
    assert accounts.sign_in(platform, "lead", PASSWORD, code) is None


def test_a_login_is_given_once_in_any_case_of_its_letters(platform: Platform, user_id: int) -> None:
    with pytest.raises(ValueError, match="taken"):
        accounts.create_user(platform, " LEAD ", "另一人", PASSWORD)
    with platform.database.reading() as session:
        assert session.scalars(select(UserRow.name)).all() == ["负责人"]
    assert deeds(platform).count("user.create") == 1


def test_a_role_given_twice_is_held_and_noted_once(platform: Platform, user_id: int) -> None:
    accounts.grant(platform, "lead", "reviewer", "hall-a")
    with platform.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(UserRoleRow)) == 2
    assert deeds(platform).count("user.grant") == 2


@pytest.mark.parametrize(("login", "unit"), [("nobody", "hall-a"), ("lead", "hall-z")])
def test_a_role_needs_a_known_account_and_unit(
    platform: Platform, user_id: int, login: str, unit: str
) -> None:
    with pytest.raises(accounts.UnknownAccount):
        accounts.grant(platform, login, "lead", unit)
