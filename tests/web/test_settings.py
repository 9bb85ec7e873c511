"""The settings at the desk, from an empty installation to an open round, by request."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveyapp.application import create_app
from surveyapp.services import accounts, arranging
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import (
    AssignmentRow,
    AuditRow,
    PhoneLineRow,
    QuestionnaireVersionRow,
    RoundRow,
    SiteRow,
    UnitRow,
    UserRow,
)
from tests.data import hashes
from tests.data.rounds import PASSWORD, make_round
from tests.web.clients import signed_in

LINES = (
    "单位编码,大厅编码,编码,号码,号码名称,公布时间,来源,核对日期\n"
    "hall-a,hall-a-1,t-1,0431-11111111,咨询,08:30-11:30、13:30-17:00,办事指南,2026/11/20\n"
    "hall-a,,t-2,0431-22222222,投诉,09:00-16:00,办事指南,2026-11-20\n"
)


@pytest.fixture(autouse=True)
def _cheap_hashes() -> Iterator[None]:
    with hashes.cheap():
        yield


@pytest.fixture
def app(platform: Platform) -> Flask:
    """An installation with one admin, as the first start leaves it."""
    arranging.ensure_root(platform)
    accounts.create_user(platform, "admin", "系统管理员", PASSWORD)
    accounts.grant(platform, "admin", "admin", arranging.ROOT_UNIT)
    app = create_app(platform)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return app


@pytest.fixture
def admin(app: Flask, platform: Platform) -> FlaskClient:
    return signed_in(app, platform, "admin")


@pytest.fixture
def lead(app: Flask, platform: Platform) -> FlaskClient:
    accounts.create_user(platform, "lead", "负责人", PASSWORD)
    accounts.grant(platform, "lead", "lead", arranging.ROOT_UNIT)
    return signed_in(app, platform, "lead")


def rows(platform: Platform, table: type) -> list:  # type: ignore[type-arg]
    with platform.database.reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))  # type: ignore[attr-defined]


def refused(answer: object) -> None:
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert 'role="alert"' in answer.text  # type: ignore[attr-defined]


def add_place(client: FlaskClient, kind: str, **fields: str) -> None:
    answer = client.post(f"/desk/places/{kind}", data=fields)
    assert answer.status_code == 303, answer.text


def upload(client: FlaskClient, address: str, content: str, **fields: str) -> object:
    name = "table" if "places" in address else "file"
    data = {**fields, name: (io.BytesIO(content.encode()), "file.csv")}
    return client.post(address, data=data, content_type="multipart/form-data")


def test_an_empty_installation_is_set_up_in_the_browser_alone(
    app: Flask, admin: FlaskClient, platform: Platform
) -> None:
    """Accounts, places, framework, questionnaires, round, calls, visit: nothing but pages is used."""
    passwords = {}
    people = [("boss", "lead"), *((f"caller-{n}", "evaluator") for n in range(3))]
    for login, role in people:
        data = {"login": login, "name": login, "role": role, "unit": "all", "language": "zh"}
        page = admin.post("/desk/accounts", data=data)
        assert page.status_code == 201
        passwords[login] = re.search(r'class="password"[^>]*>([^<]+)<', page.text).group(1)  # type: ignore[union-attr]
    boss = app.test_client()
    boss.post("/sign-in", data={"login": "boss", "password": passwords["boss"]})
    add_place(boss, "units", code="hall-a", name="甲厅", parent="")
    add_place(boss, "sites", unit="hall-a", code="hall-a-1", name="大厅", address="路 1 号")
    assert upload(boss, "/desk/places/lines/import", LINES).status_code == 303  # type: ignore[attr-defined]
    framework = {"folder": "jilin-2018", "title": "吉林省评估指标体系"}
    assert boss.post("/desk/settings/framework", data=framework).status_code == 303
    for name, kind in (
        ("citizen", "survey"),
        ("call", "call"),
        ("visit", "visit"),
        ("interview", "interview"),
    ):
        data = {"shipped": f"jilin-2018/{name}.md", "kind": kind}
        assert boss.post("/desk/questionnaires", data=data).status_code == 303
    opened = boss.post("/desk/rounds/new", data=new_round())
    assert opened.status_code == 303, opened.text
    around = opened.headers["Location"]
    plan = call_plan(platform)
    shown = boss.post(f"{around}/calls", data=plan)
    sha256 = re.search(r'name="sha256" value="(\w{64})"', shown.text).group(1)  # type: ignore[union-attr]
    seed = re.search(r'name="seed" value="(\w+)"', shown.text).group(1)  # type: ignore[union-attr]
    assert boss.post(f"{around}/calls", data={**plan, "seed": seed, "sha256": sha256}).status_code == 303
    assert sha256 in boss.get(f"{around}/calls").text
    assert boss.post(f"{around}/visits", data=visit(platform)).status_code == 303
    assert [row.kind for row in rows(platform, AssignmentRow)] == ["call"] * 16 + ["visit"]
    link = {"site": "1", "window": "1 号窗口", "form": "jilin2018-citizen"}
    assert boss.post("/desk/links", data=link).status_code == 303
    assert boss.get("/desk/scores").status_code == 200


def new_round(**changed: str) -> dict[str, str]:
    return {
        "code": "r1",
        "title": "第一轮",
        "framework": "1:S",
        "starts_on": "2026-11-24",
        "ends_on": "2026-12-31",
        "retention_until": "2027-06-30",
        "issuer": "评估组",
        "contact": "咨询台",
        "units": "hall-a",
        **changed,
    }


def call_plan(platform: Platform) -> dict[str, object]:
    return {
        "line": [str(row.id) for row in rows(platform, PhoneLineRow)],
        "caller": [str(row.id) for row in rows(platform, UserRow) if row.login.startswith("caller")],
        "first": "2026-11-25",
        "last": "2026-12-31",
        "holidays": "2026-12-01，2026-12-02",
        "calls_per_line": "8",
        "scenario": "咨询",
    }


def visit(platform: Platform) -> dict[str, str]:
    site = rows(platform, SiteRow)[0]
    caller = next(row for row in rows(platform, UserRow) if row.login == "caller-0")
    return {
        "site": str(site.id),
        "evaluator": str(caller.id),
        "day": "2026-11-26",
        "time": "10:30",
        "scenario": "以办事群众身份咨询",
    }


def test_a_password_is_in_the_answer_alone(admin: FlaskClient, platform: Platform) -> None:
    data = {"login": "new", "name": "评估员", "role": "", "language": "zh"}
    page = admin.post("/desk/accounts", data=data)
    password = re.search(r'class="password"[^>]*>([^<]+)<', page.text).group(1)  # type: ignore[union-attr]
    assert accounts.sign_in(platform, "new", password)
    assert "no-store" in page.headers["Cache-Control"]
    assert password not in str(page.headers)
    with admin.session_transaction() as session:
        assert password not in str(dict(session))
    assert password not in admin.get("/desk/accounts").text
    assert password not in str([vars(row) for table in (UserRow, AuditRow) for row in rows(platform, table)])


def test_an_account_is_changed_from_its_page(admin: FlaskClient, platform: Platform) -> None:
    admin.post("/desk/accounts", data={"login": "new", "name": "评估员", "language": "zh"})
    page = "/desk/accounts/2"
    assert admin.post(f"{page}/roles", data={"role": "viewer", "unit": "all"}).status_code == 303
    assert "领导" in admin.get(page).text
    for deed in ("sessions", "close", "reopen", "factor", "roles/2/withdraw"):
        assert admin.post(f"{page}/{deed}").status_code == 303, deed
    assert admin.post(f"{page}/password").status_code == 200
    assert "没有角色" in admin.get(page).text
    actions = {row.action for row in rows(platform, AuditRow) if row.actor_id == 1}
    assert {"user.create", "user.grant", "user.withdraw", "user.deactivate", "user.reactivate"} <= actions
    assert {"user.sessions.end", "user.password.reset"} <= actions


@pytest.mark.parametrize("path", ["1/close", "1/roles", "1/roles/1/withdraw", "1/password", "1/factor"])
def test_an_admin_does_nothing_of_that_to_himself(admin: FlaskClient, path: str) -> None:
    refused(admin.post(f"/desk/accounts/{path}", data={"role": "lead", "unit": "all"}))
    assert admin.get("/desk/accounts").status_code == 200


@pytest.mark.parametrize("number", ["999", "2147483648", "99999999999999999999"])
def test_what_does_not_exist_is_not_found(admin: FlaskClient, lead: FlaskClient, number: str) -> None:
    for path in ("", "/roles", "/password", "/close", "/roles/1/withdraw"):
        ask: Callable[..., object] = admin.get if not path else admin.post
        assert ask(f"/desk/accounts/{number}{path}").status_code == 404  # type: ignore[attr-defined]
    for path in (f"rounds/{number}", f"rounds/{number}/calls", f"questionnaires/{number}/source.md"):
        assert lead.get(f"/desk/{path}").status_code == 404
    assert lead.post(f"/desk/rounds/{number}/move").status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"login": "管理员"},
        {"login": "admin"},
        {"name": ""},
        {"role": "king"},
        {"role": "lead", "unit": "x?"},
    ],
)
def test_a_bad_account_gets_a_sentence_and_keeps_what_was_typed(
    admin: FlaskClient, platform: Platform, changed: dict[str, str]
) -> None:
    data = {"login": "new", "name": "评估员甲岗", "language": "zh", **changed}
    answer = admin.post("/desk/accounts", data=data)
    refused(answer)
    assert f'value="{data["login"]}"' in answer.text
    assert len(rows(platform, UserRow)) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_table_with_mistakes_lists_them_by_row_and_column(
    lead: FlaskClient, platform: Platform, language: str
) -> None:
    add_place(lead, "units", code="hall-a", name="甲厅")
    bad = LINES.replace("09:00-16:00", "全天").replace("hall-a,hall-a-1", "hall-a,")
    answer = upload(lead, f"/desk/places/lines/import?lang={language}", bad)
    refused(answer)
    place = {"zh": "第 3 行“公布时间”列", "en": "Row 3, column “Hours”"}[language]
    assert place in answer.text  # type: ignore[attr-defined]
    assert rows(platform, PhoneLineRow) == []


def test_a_mistake_in_the_form_stands_at_its_field(lead: FlaskClient, platform: Platform) -> None:
    answer = lead.post("/desk/places/units", data={"code": "甲 1", "name": "<b>甲厅</b>", "parent": ""})
    refused(answer)
    assert 'id="wrong-code"' in answer.text and 'aria-describedby="hint-code wrong-code"' in answer.text
    assert "&lt;b&gt;甲厅" in answer.text
    assert len(rows(platform, UnitRow)) == 1


def test_places_are_searched_and_their_template_downloaded(lead: FlaskClient) -> None:
    for code, name in (("hall-a", "甲厅"), ("hall-b", "乙厅")):
        add_place(lead, "units", code=code, name=name)
    found = lead.get("/desk/places?search=乙").text
    assert "hall-b" in found and "hall-a" not in found
    assert "没有符合的登记" in lead.get("/desk/places?search=%25").text
    assert lead.get("/desk/places?search=%25&page=99999999999999999999").status_code == 200
    assert lead.get("/desk/places?search=%00").status_code == 400
    for kind in ("units", "sites", "lines", "items"):
        answer = lead.get(f"/desk/places/{kind}/template.xlsx")
        assert answer.data.startswith(b"PK")
        assert f"{kind}.xlsx" in answer.headers["Content-Disposition"]


def test_a_questionnaire_with_a_problem_is_not_published_and_its_place_is_named(
    lead: FlaskClient, platform: Platform
) -> None:
    source = lead_source(lead, "jilin-2018/call.md", "call")
    version = re.search(r"jilin2018-call \| ([\w.-]+)", source)
    bad = source.replace("select_one", "select_two", 1)
    assert bad != source and version
    upload(lead, "/desk/questionnaires", bad, kind="call")
    answer = lead.get("/desk/questionnaires/drafts/1")
    assert re.search(r"survey 表第 \d+ 行 type 列", answer.text)
    assert len(rows(platform, QuestionnaireVersionRow)) == 1


def lead_source(lead: FlaskClient, shipped: str, kind: str) -> str:
    """The downloaded source of a shipped questionnaire that was just published."""
    assert lead.post("/desk/questionnaires", data={"shipped": shipped, "kind": kind}).status_code == 303
    answer = lead.get("/desk/questionnaires/1/source.md")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    return answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "call"},
        {"kind": "", "shipped": "jilin-2018/call.md"},
        {"kind": "call", "shipped": "../README.md"},
        {"kind": "call", "shipped": "jilin-2018/README.md"},
    ],
)
def test_nothing_is_published_without_a_file_and_a_purpose(
    lead: FlaskClient, platform: Platform, fields: dict[str, str]
) -> None:
    refused(lead.post("/desk/questionnaires", data=fields))
    assert rows(platform, QuestionnaireVersionRow) == []


def test_a_file_that_is_no_text_is_refused(lead: FlaskClient) -> None:
    data = {"kind": "call", "file": (io.BytesIO(b"\xff\xfe\x00"), "x.md")}
    refused(lead.post("/desk/questionnaires", data=data, content_type="multipart/form-data"))


def test_a_bad_round_keeps_what_was_typed_and_says_where(lead: FlaskClient, platform: Platform) -> None:
    data = new_round(starts_on="tomorrow", framework="x:y", units="nowhere")
    answer = lead.post("/desk/rounds/new", data=data)
    refused(answer)
    for field in ("starts_on", "framework", "units"):
        assert f'id="wrong-{field}"' in answer.text
    assert 'value="第一轮"' in answer.text
    assert rows(platform, RoundRow) == []


def test_closing_asks_for_confirmation_and_says_that_the_key_dies(app: Flask, platform: Platform) -> None:
    made = make_round_of(platform)
    lead = signed_in(app, platform, "lead")
    page = f"/desk/rounds/{made}"
    refused(lead.post(f"{page}/move", data={"to": "closing"}))
    assert lead.post(f"{page}/move", data={"to": "closing", "sure": "on"}).status_code == 303
    assert "密钥随即销毁" in lead.get(page).text
    refused(lead.post(f"{page}/move", data={"to": "closed", "code": "wrong"}))
    assert rows(platform, RoundRow)[0].hash_key
    assert lead.post(f"{page}/move", data={"to": "closed", "code": "r1"}).status_code == 303
    assert rows(platform, RoundRow)[0].hash_key is None
    assert "密钥已销毁" in lead.get(page).text


def make_round_of(platform: Platform) -> int:
    """The id of a round made beside the admin of the first start."""
    with platform.database.transaction() as session:
        for row in session.scalars(select(UserRow)):
            row.login = "first-admin"
    return make_round(platform).id


@pytest.mark.parametrize(
    "changed",
    [
        {"first": ""},
        {"last": "2030-01-01"},
        {"holidays": "new year"},
        {"calls_per_line": "many"},
        {"calls_per_line": "99999999999999999999"},
        {"line": "99999999999999999999"},
        {"caller": ""},
    ],
)
def test_a_plan_that_does_not_fit_is_refused_with_a_sentence(
    app: Flask, platform: Platform, changed: dict[str, str]
) -> None:
    made = make_round_of(platform)
    lead = signed_in(app, platform, "lead")
    refused(lead.post(f"/desk/rounds/{made}/calls", data={**call_plan(platform), **changed}))
    refused(lead.post(f"/desk/rounds/{made}/visits", data={"day": "x", "site": "99999999999999999999"}))
    assert rows(platform, AssignmentRow) == []


def test_a_lead_sees_the_round_of_his_own_units_only(app: Flask, platform: Platform) -> None:
    made = make_round_of(platform)
    arranging.add_unit(platform, "hall-c", "丙厅")
    for login, unit in (("part", "hall-a"), ("none", "hall-c")):
        accounts.create_user(platform, login, login, PASSWORD)
        accounts.grant(platform, login, "lead", unit)
    part, none = signed_in(app, platform, "part"), signed_in(app, platform, "none")
    page = part.get(f"/desk/rounds/{made}").text
    assert "甲厅" in page and "乙厅" not in page
    refused(part.post(f"/desk/rounds/{made}/move", data={"to": "closing", "sure": "on"}))
    assert none.get(f"/desk/rounds/{made}").status_code == 404
    assert "测试轮次" not in none.get("/desk/rounds").text
    assert "甲厅" not in none.get("/desk/places").text
