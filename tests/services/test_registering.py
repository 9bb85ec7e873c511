"""Registering: accounts that nobody can raise or lock out, places that come in whole or not at all."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from surveyapp.cli import main
from surveyapp.config import Settings
from surveyapp.gateways import totp
from surveyapp.gateways.refusal import Refusal
from surveyapp.gateways.spreadsheets import Table, read_sheets, write_workbook
from surveyapp.services import accounts, arranging, registering
from surveyapp.services.accounts import Actor, UnknownAccount
from surveyapp.services.installation import Platform
from surveyapp.services.registering import NewAccount, Opened
from surveyapp.services.registering.hours import hours_of, parse_hours
from surveyapp.storage.tables import (
    AuditRow,
    PhoneLineRow,
    ServiceItemRow,
    SiteRow,
    UnitRow,
    UserRoleRow,
    UserRow,
)
from tests.data import hashes
from tests.data.rounds import PASSWORD, actor_of

LINE = {
    "unit": "hall-a",
    "code": "t-1",
    "number": "0431-12345678",
    "label": "咨询电话",
    "hours": "8:30-11:30，13:30-17:00",
    "source": "办事指南",
    "checked_on": "2026年11月20日",
}


@pytest.fixture(autouse=True)
def _cheap_hashes() -> Iterator[None]:
    with hashes.cheap():
        yield


def person(platform: Platform, login: str, role: str, unit: str = arranging.ROOT_UNIT) -> Actor:
    accounts.create_user(platform, login, login, PASSWORD)
    accounts.grant(platform, login, role, unit)
    return actor_of(platform, login)


@pytest.fixture
def admin(platform: Platform) -> Actor:
    arranging.ensure_root(platform)
    arranging.add_unit(platform, "hall-a", "甲厅")
    arranging.add_unit(platform, "hall-b", "乙厅")
    return person(platform, "admin", "admin")


@pytest.fixture
def lead(platform: Platform, admin: Actor) -> Actor:
    return person(platform, "lead", "lead")


def opened(platform: Platform, actor: Actor, **wanted: str) -> Opened:
    outcome = registering.open_account(
        platform, actor, NewAccount(**{"login": "new", "name": "评估员", **wanted})
    )
    assert isinstance(outcome, Opened), outcome
    return outcome


def refused(outcome: Any, code: str) -> None:
    assert isinstance(outcome, Refusal), outcome
    assert outcome.code == code
    assert all(outcome.sentence[language] for language in ("zh", "en"))


def rows(platform: Platform, table: Any) -> list[Any]:
    with platform.database.reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def deeds(platform: Platform) -> list[str]:
    return [row.action for row in rows(platform, AuditRow)]


def test_a_new_account_signs_in_with_the_password_shown_and_has_its_role(
    platform: Platform, admin: Actor
) -> None:
    made = opened(platform, admin, login=" New ", role="evaluator", unit_code="hall-a")
    token = accounts.sign_in(platform, "new", made.password)
    assert token
    actor = accounts.find_actor(platform, token)
    assert actor and [role for role, _path in actor.roles] == ["evaluator"]
    assert all(
        made.password not in str(vars(row)) for row in [*rows(platform, AuditRow), *rows(platform, UserRow)]
    )
    assert deeds(platform)[-3:] == ["user.create", "user.grant", "session.open"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"login": ""}, "login"),
        ({"login": "甲"}, "login"),
        ({"login": "a b"}, "login"),
        ({"login": "a" * 65}, "login"),
        ({"login": "admin"}, "login-taken"),
        ({"name": " "}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"language": "fr"}, "language"),
        ({"role": "king", "unit_code": "hall-a"}, "role"),
        ({"role": "lead", "unit_code": "nowhere"}, "unit"),
        ({"role": "lead"}, "unit"),
    ],
)
def test_a_bad_account_is_refused_and_nothing_is_stored(
    platform: Platform, admin: Actor, changed: dict[str, str], code: str
) -> None:
    wanted = NewAccount(**{"login": "new", "name": "评估员", **changed})
    refused(registering.open_account(platform, admin, wanted), code)
    assert [row.login for row in rows(platform, UserRow)] == ["admin"]


def test_an_admin_cannot_deactivate_himself_nor_drop_his_last_admin_role(
    platform: Platform, admin: Actor
) -> None:
    (role,) = rows(platform, UserRoleRow)
    refused(registering.close_account(platform, admin, admin.id), "own-account")
    refused(registering.withdraw_role(platform, admin, admin.id, role.id), "own-admin-role")
    refused(registering.give_role(platform, admin, admin.id, "lead", "hall-a"), "own-role")
    refused(registering.new_password(platform, admin, admin.id), "own-password")
    refused(registering.forget_second_factor(platform, admin, admin.id), "own-second-factor")
    assert rows(platform, UserRow)[0].is_active
    assert len(rows(platform, UserRoleRow)) == 1


def test_two_admins_who_withdraw_each_other_leave_one(platform: Platform, admin: Actor) -> None:
    other = person(platform, "admin-2", "admin")
    first, second = rows(platform, UserRoleRow)
    assert registering.withdraw_role(platform, admin, other.id, second.id) is None
    refused(registering.withdraw_role(platform, other, admin.id, first.id), "last-admin")
    refused(registering.close_account(platform, other, admin.id), "last-admin")


def test_a_withdrawn_role_is_gone_at_once_and_twice_is_once(platform: Platform, admin: Actor) -> None:
    made = opened(platform, admin, role="lead", unit_code="hall-a")
    token = accounts.sign_in(platform, "new", made.password)
    role = rows(platform, UserRoleRow)[-1]
    for _ in range(2):
        assert registering.withdraw_role(platform, admin, made.user_id, role.id) is None
    assert token
    actor = accounts.find_actor(platform, token)
    assert actor is not None and actor.roles == ()
    assert deeds(platform).count("user.withdraw") == 1


def test_a_role_of_another_account_is_not_withdrawn_by_its_number(platform: Platform, admin: Actor) -> None:
    made = opened(platform, admin, role="lead", unit_code="hall-a")
    own = rows(platform, UserRoleRow)[0]
    assert registering.withdraw_role(platform, admin, made.user_id, own.id) is None
    assert len(rows(platform, UserRoleRow)) == 2


def test_a_deactivated_account_is_out_at_once_and_can_come_back(platform: Platform, admin: Actor) -> None:
    made = opened(platform, admin)
    token = accounts.sign_in(platform, "new", made.password)
    assert token
    assert registering.close_account(platform, admin, made.user_id) is None
    assert accounts.find_actor(platform, token) is None
    assert accounts.sign_in(platform, "new", made.password) is None
    registering.reopen_account(platform, admin, made.user_id)
    assert accounts.find_actor(platform, token) is None
    assert accounts.sign_in(platform, "new", made.password)
    assert {"user.deactivate", "user.reactivate"} <= set(deeds(platform))


def test_a_reset_password_replaces_the_old_one_and_ends_the_sessions(
    platform: Platform, admin: Actor
) -> None:
    made = opened(platform, admin)
    token = accounts.sign_in(platform, "new", made.password)
    outcome = registering.new_password(platform, admin, made.user_id)
    assert isinstance(outcome, tuple) and token
    assert accounts.find_actor(platform, token) is None
    assert accounts.sign_in(platform, "new", made.password) is None
    assert accounts.sign_in(platform, "new", outcome[1])
    assert all(outcome[1] not in str(row.detail) for row in rows(platform, AuditRow))


def test_ended_sessions_leave_the_password_as_it_is(platform: Platform, admin: Actor) -> None:
    made = opened(platform, admin)
    token = accounts.sign_in(platform, "new", made.password)
    registering.end_sessions(platform, admin, made.user_id)
    assert token and accounts.find_actor(platform, token) is None
    assert accounts.sign_in(platform, "new", made.password)


def test_a_lost_second_factor_is_switched_off(platform: Platform, admin: Actor) -> None:
    made = opened(platform, admin)
    with platform.database.transaction() as session:
        session.get_one(UserRow, made.user_id).totp_secret = totp.new_secret()
    assert accounts.sign_in(platform, "new", made.password) is None
    assert registering.forget_second_factor(platform, admin, made.user_id) is None
    assert accounts.sign_in(platform, "new", made.password)


def test_an_admin_of_one_unit_reaches_no_account_beyond_it(platform: Platform, admin: Actor) -> None:
    small = person(platform, "small", "admin", "hall-a")
    with pytest.raises(UnknownAccount):
        registering.new_password(platform, small, admin.id)
    with pytest.raises(UnknownAccount):
        registering.close_account(platform, small, admin.id)
    wanted = NewAccount("new", "评估员", role="admin", unit_code=arranging.ROOT_UNIT)
    refused(registering.open_account(platform, small, wanted), "unit")
    opened(platform, small, role="evaluator", unit_code="hall-a")


def test_a_line_is_registered_in_plain_form_with_an_audit_line(platform: Platform, lead: Actor) -> None:
    outcome = registering.add_one(platform, lead, "lines", {**LINE, "number": "０４３１－１２３４５６７８"})
    assert outcome.problems == ()
    (line,) = rows(platform, PhoneLineRow)
    assert (line.number, line.hours) == ("0431-12345678", ["08:30-11:30", "13:30-17:00"])
    assert str(line.checked_on) == "2026-11-20"
    assert deeds(platform)[-1] == "place.register"


@pytest.mark.parametrize(
    ("kind", "changed", "column"),
    [
        ("lines", {"hours": "25:00-26:00"}, "hours"),
        ("lines", {"hours": "13:30-17:00、08:30-11:30"}, "hours"),
        ("lines", {"hours": "全天"}, "hours"),
        ("lines", {"number": "call me"}, "number"),
        ("lines", {"checked_on": "2026-11-31"}, "checked_on"),
        ("lines", {"checked_on": "2026-11-25"}, "checked_on"),
        ("lines", {"unit": "nowhere"}, "unit"),
        ("lines", {"site": "hall-b-1"}, "site"),
        ("lines", {"label": ""}, "label"),
        ("lines", {"source": "长" * 301}, "source"),
        ("lines", {"code": "a/b"}, "code"),
        ("sites", {"latitude": "91"}, "latitude"),
        ("sites", {"longitude": "-180.5"}, "longitude"),
        ("sites", {"latitude": "nan"}, "latitude"),
        ("sites", {"latitude": "1e1"}, "latitude"),
        ("sites", {"longitude": ""}, "longitude"),
        ("sites", {"datum": "BD-09"}, "datum"),
        ("items", {"kind": "其他"}, "kind"),
        ("items", {"promised_days": ""}, "promised_days"),
        ("items", {"promised_days": "-1"}, "promised_days"),
        ("items", {"promised_days": "366"}, "promised_days"),
        ("items", {"kind": "即办件"}, "promised_days"),
        ("units", {"code": "hall-a"}, "code"),
        ("units", {"parent": "nowhere"}, "parent"),
    ],
)
def test_a_bad_place_is_refused_at_its_field(
    platform: Platform, lead: Actor, kind: str, changed: dict[str, str], column: str
) -> None:
    arranging.add_site(
        platform, arranging.unit_id_of(platform, "hall-b"), "hall-b-1", "乙厅", "路 1 号", None
    )
    good = {
        "lines": LINE,
        "sites": {
            "unit": "hall-a",
            "code": "s-1",
            "name": "大厅",
            "address": "路 2 号",
            "latitude": "43.9",
            "longitude": "125.3",
        },
        "items": {
            "unit": "hall-a",
            "code": "i-1",
            "name": "事项",
            "kind": "承诺件",
            "promised_days": "5",
        },
        "units": {"code": "u-1", "name": "处室", "parent": "hall-a"},
    }[kind]
    outcome = registering.add_one(platform, lead, kind, {**good, **changed})
    assert [problem.column for problem in outcome.problems] == [column]
    assert outcome.number == 0
    assert registering.add_one(platform, lead, kind, good).problems == ()


def test_units_come_in_from_a_table_whatever_its_order(platform: Platform, lead: Actor) -> None:
    table = "编码,名称,上级编码\nu-3,三,u-2\nu-2,二,u-1\nu-1,一,\n"
    outcome = registering.import_table(platform, lead, "units", table.encode("gb18030"))
    assert (outcome.number, outcome.problems) == (3, ())
    units = {row.code: row for row in rows(platform, UnitRow)}
    assert units["u-3"].path.startswith(units["u-2"].path)
    assert units["u-2"].path.startswith(units["u-1"].path)
    assert units["u-1"].parent_id == units[arranging.ROOT_UNIT].id


def test_one_bad_row_keeps_the_whole_table_out(platform: Platform, lead: Actor) -> None:
    table = (
        "unit,code,name,address,latitude,longitude\n"
        "hall-a,s-1,甲,路 1 号,43.9,125.3\n"
        "hall-x,s-2,乙,路 2 号,,\n"
        "\n"
        "hall-b,s-1,丙,路 3 号,143.9,125.3\n"
    )
    outcome = registering.import_table(platform, lead, "sites", table.encode())
    found = [(problem.row, problem.column) for problem in outcome.problems]
    assert found == [(3, "unit"), (5, "latitude"), (5, "code")]
    assert "第 3 行“单位编码”列" in outcome.problems[0].sentence["zh"]
    assert "Row 5" in outcome.problems[1].sentence["en"]
    assert rows(platform, SiteRow) == []
    assert "place.register" not in deeds(platform)


def test_circles_of_parents_are_found(platform: Platform, lead: Actor) -> None:
    table = "code,name,parent\na,一,b\nb,二,a\nc,三,c\n"
    outcome = registering.import_table(platform, lead, "units", table.encode())
    assert {problem.code for problem in outcome.problems} == {"circle"}
    assert len(rows(platform, UnitRow)) == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "column-missing"),
        ("编码,名称\n".encode(), "empty"),
        ("编码,名称,电话\nu-1,一,2\n".encode(), "unknown-column"),
        ("编码,code,名称\nu-1,u-1,一\n".encode(), "column-twice"),
        (b"\x00\x01\x02\xff\xfe\xfd", "table-encoding"),
        (("编码,名称\n" + "u,一\n" * 5001).encode(), "too-many"),
    ],
)
def test_a_table_that_is_none_is_refused_with_a_sentence(
    platform: Platform, lead: Actor, content: bytes, code: str
) -> None:
    outcome = registering.import_table(platform, lead, "units", content)
    assert code in {problem.code for problem in outcome.problems}
    assert outcome.number == 0


def test_a_lead_of_one_unit_registers_nothing_elsewhere(platform: Platform, admin: Actor) -> None:
    small = person(platform, "small", "lead", "hall-a")
    item = {"unit": "hall-b", "code": "i-1", "name": "事项", "kind": "即办件"}
    assert [p.code for p in registering.add_one(platform, small, "items", item).problems] == ["outside-scope"]
    unit = {"code": "u-1", "name": "处室"}
    assert [p.code for p in registering.add_one(platform, small, "units", unit).problems] == ["outside-scope"]
    assert registering.add_one(platform, small, "units", {**unit, "parent": "hall-a"}).problems == ()
    assert registering.add_one(platform, small, "items", {**item, "unit": "hall-a"}).problems == ()
    with platform.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ServiceItemRow)) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", sorted(registering.KINDS))
def test_the_template_is_a_table_that_the_import_knows(
    platform: Platform, lead: Actor, kind: str, language: str
) -> None:
    for shape in ("csv", "xlsx"):
        content = registering.template_file(registering.KINDS[kind], language, shape)
        sheets = read_sheets(content)
        assert not isinstance(sheets, Refusal)
        assert len(sheets[0].rows[0]) == len(registering.KINDS[kind].columns)
        outcome = registering.import_table(platform, lead, kind, content)
        assert [problem.code for problem in outcome.problems] == ["empty"]


def test_a_workbook_comes_in_like_a_csv_file(platform: Platform, lead: Actor) -> None:
    buffer = io.BytesIO()
    write_workbook(buffer, [Table("号码", list(LINE), [list(LINE.values())])])
    assert registering.import_table(platform, lead, "lines", buffer.getvalue()).number == 1
    again = registering.import_table(platform, lead, "lines", buffer.getvalue())
    assert {problem.column for problem in again.problems} == {"code", "number"}


@given(st.lists(st.integers(0, 24 * 60), min_size=2, max_size=6))
def test_hours_that_are_read_are_in_order_and_known_to_the_schedule(edges: list[int]) -> None:
    def text(minutes: int) -> str:
        return f"{minutes // 60:02}:{minutes % 60:02}"

    spans = [f"{text(a)}-{text(b)}" for a, b in zip(edges[::2], edges[1::2], strict=False)]
    is_good = len(spans) <= 2 and edges[: 2 * len(spans)] == sorted(edges[: 2 * len(spans)])
    is_good = is_good and all(a < b for a, b in zip(edges[::2], edges[1::2], strict=False))
    read = parse_hours("、".join(spans))
    assert (read is not None) == is_good
    if read is not None:
        hours = hours_of(read)
        assert hours and hours.opens <= hours.noon_closes <= hours.noon_opens <= hours.closes


def test_the_command_line_opens_an_account_and_prints_its_password_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    order = ["add-user", "boss", "--name", "负责人", "--role", "lead", "--data", str(tmp_path)]
    done, again = (CliRunner().invoke(main, order) for _ in range(2))
    bad = CliRunner().invoke(main, [*order[:1], "other", *order[2:5], "king", *order[6:]])
    found = re.search(r"^password  (\S+)$", done.output, re.MULTILINE)
    assert done.exit_code == 0 and found
    assert again.exit_code == 1 and "taken" in again.output and "password" not in again.output
    assert bad.exit_code == 1 and "Choose a role: admin" in bad.output
    platform = Platform.open(Settings(data_dir=tmp_path))
    token = accounts.sign_in(platform, "boss", found.group(1))
    actor = accounts.find_actor(platform, token) if token else None
    platform.close()
    assert actor is not None and actor.has("lead")
