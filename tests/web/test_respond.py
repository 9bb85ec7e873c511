"""The citizen's path over HTTP: no script, no cookie, no account."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from surveyapp.application import create_app
from surveyapp.services import arranging, linking
from surveyapp.services.installation import Platform, StorageUnavailable
from surveyapp.storage.tables import RecordRow
from surveyapp.web.respond.submission_ids import new_submission_id, opened_at
from tests.clock import MORNING, Clock
from tests.data.rounds import Round, citizen_answers


class Fields(HTMLParser):
    """Hidden fields and buttons of a page's answer form."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values.get("type") == "hidden" and values.get("name"):
            self.hidden[str(values["name"])] = values.get("value") or ""


@pytest.fixture
def app(platform: Platform, made: Round) -> Flask:
    return create_app(platform)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


def fields(**changed: str) -> dict[str, str]:
    """Form fields of a complete answer."""
    return {
        f"{section}/{name}": value
        for section, leaves in citizen_answers(**changed).items()
        for name, value in leaves.items()
    }


def send(client: FlaskClient, code: str, page: TestResponse, **changed: str) -> TestResponse:
    """Send a page's form with a complete answer."""
    return client.post(f"/q/{code}", data=Fields(page.text).hidden | fields(**changed))


def count(platform: Platform) -> int:
    with platform.database.reading() as session:
        return session.scalar(select(func.count()).select_from(RecordRow)) or 0


def test_a_citizen_answers_without_script_and_without_cookie(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    page = client.get(f"/q/{made.code}")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    answer = send(client, made.code, page)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith("/r/")
    receipt = client.get(answer.headers["Location"])
    assert receipt.status_code == 200
    assert re.search(r"[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{4}", receipt.text)
    assert "非常满意" not in receipt.text
    assert count(platform) == 1


def test_the_page_says_who_asks_why_and_how_long_answers_are_kept(client: FlaskClient, made: Round) -> None:
    page = client.get(f"/q/{made.code}").text
    for words in ("评估组", "匿名", "2027-06-30", "大厅咨询台", "自愿", "甲厅政务服务大厅", "3 号窗口"):
        assert words in page


def test_opening_a_page_stores_nothing_but_a_later_scan_count(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    for _ in range(3):
        client.get(f"/q/{made.code}").close()
    client.head(f"/q/{made.code}").close()
    assert count(platform) == 0
    assert linking.list_links(platform, made.id)[0].scans == 3


def test_every_fresh_page_has_a_submission_id_of_its_own(client: FlaskClient, made: Round) -> None:
    ids = {Fields(client.get(f"/q/{made.code}").text).hidden["submission_id"] for _ in range(5)}
    assert len(ids) == 5
    assert all(opened_at(one) == MORNING for one in ids)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}-"])
def test_the_code_may_be_typed_in_any_case_and_with_look_alikes(
    client: FlaskClient, made: Round, typed: str
) -> None:
    sloppy = typed.format(made.code).lower().replace("5", "s").replace("2", "z").replace("8", "B")
    assert client.get(f"/q/{sloppy}").status_code == 200
    assert client.get(f"/Q/{sloppy}").status_code == 200


def test_an_unknown_code_and_a_hostile_one_get_a_sentence(client: FlaskClient, made: Round) -> None:
    for code in ("ACDEFGHJ", "x", "../etc", "%00", "'--", "长" * 50):
        page = client.get(f"/q/{code}")
        assert page.status_code == 404, code
        assert "没有" in page.text


def test_a_mistake_gives_the_page_back_with_everything_typed(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    page = client.get(f"/q/{made.code}")
    answer = send(client, made.code, page, overall="", comment="<b>窗口很好</b>")
    assert answer.status_code == 422
    assert answer.text.count("<title>有误：") == 1
    assert 'role="alert"' in answer.text
    assert "有 1 处需要修改" in answer.text
    assert "&lt;b&gt;窗口很好&lt;/b&gt;" in answer.text
    assert re.search(r'value="once?"|value="yes"[^>]*checked', answer.text)
    assert Fields(answer.text).hidden["submission_id"] == Fields(page.text).hidden["submission_id"]
    assert count(platform) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("opinion/overall", "6"),
        ("opinion/overall", "5 4"),
        ("opinion/overall", "__proto__"),
        ("process/times_on_site", "9" * 5000),
        ("opinion/comment", "长" * 1001),
        ("nowhere/at_all", "1"),
        ("__proto__", "1"),
        ("opinion", "1"),
        ("members[99999]/age", "1"),
    ],
)
def test_every_bad_field_is_refused_with_a_sentence_and_nothing_is_stored(
    client: FlaskClient, platform: Platform, made: Round, name: str, value: str
) -> None:
    page = client.get(f"/q/{made.code}")
    data = Fields(page.text).hidden | fields() | {name: value}
    answer = client.post(f"/q/{made.code}", data=data)
    if name == "__proto__":
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert count(platform) == 0


def test_two_values_for_one_choice_are_refused(client: FlaskClient, platform: Platform, made: Round) -> None:
    page = client.get(f"/q/{made.code}")
    data = {**Fields(page.text).hidden, **fields(), "opinion/overall": ["4", "5"]}
    assert client.post(f"/q/{made.code}", data=data).status_code == 422
    assert count(platform) == 0


def test_pressing_submit_twice_gives_one_record_and_one_receipt(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    page = client.get(f"/q/{made.code}")
    first, second = send(client, made.code, page), send(client, made.code, page)
    assert first.headers["Location"] == second.headers["Location"]
    assert count(platform) == 1


def test_going_back_and_sending_something_else_offers_a_new_submission(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    page = client.get(f"/q/{made.code}")
    send(client, made.code, page)
    conflict = send(client, made.code, page, overall="1")
    assert conflict.status_code == 409
    assert "先前的一份已保存" in conflict.text
    again = client.post(f"/q/{made.code}", data=Fields(conflict.text).hidden | fields(overall="1"))
    assert again.status_code == 303
    assert count(platform) == 2


@pytest.mark.parametrize(("button", "expected"), [("big", 'class="big"'), ("contrast", 'class="contrast"')])
def test_large_type_and_contrast_work_by_posting_and_keep_what_was_typed(
    client: FlaskClient, platform: Platform, made: Round, button: str, expected: str
) -> None:
    page = client.get(f"/q/{made.code}")
    data = Fields(page.text).hidden | fields(comment="还没写完") | {"_view": button}
    answer = client.post(f"/q/{made.code}", data=data)
    assert answer.status_code == 200
    assert expected in answer.text
    assert "还没写完" in answer.text
    assert count(platform) == 0


def test_switching_to_english_keeps_answers_and_leaves_no_chinese_in_the_frame(
    client: FlaskClient, made: Round
) -> None:
    page = client.get(f"/q/{made.code}")
    data = Fields(page.text).hidden | fields(comment="half done") | {"_view": "en"}
    answer = client.post(f"/q/{made.code}", data=data)
    assert '<html lang="en"' in answer.text
    assert "half done" in answer.text
    assert "How satisfied" in answer.text or "how satisfied" in answer.text
    sent = client.post(f"/q/{made.code}", data=Fields(answer.text).hidden | fields())
    receipt = client.get(sent.headers["Location"])
    assert "We have received your answers" in receipt.text


def test_under_fourteen_nothing_is_stored_and_a_kind_page_is_shown(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    page = client.get(f"/q/{made.code}")
    data = Fields(page.text).hidden | {"about/age14": "no"}
    answer = client.post(f"/q/{made.code}", data=data)
    assert answer.status_code == 200
    assert "没有保存" in answer.text
    assert count(platform) == 0


def test_a_revoked_link_says_so_but_a_page_that_was_open_is_not_lost(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    page = client.get(f"/q/{made.code}")
    link = linking.list_links(platform, made.id)[0]
    linking.revoke_link(platform, link.id, None)
    stopped = client.get(f"/q/{made.code}")
    assert stopped.status_code == 410
    assert "已停用" in stopped.text
    assert send(client, made.code, page).status_code == 303
    with platform.database.reading() as session:
        assert "revoked_link" in session.scalars(select(RecordRow)).one().flags


def test_a_closed_round_keeps_the_answers_on_the_page(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    page = client.get(f"/q/{made.code}")
    arranging.move_round(platform, made.id, "closed", None)
    answer = send(client, made.code, page, comment="写了很久")
    assert answer.status_code == 409
    assert "写了很久" in answer.text
    assert count(platform) == 0


def test_when_nothing_can_be_stored_the_answers_stay_on_the_page(
    client: FlaskClient, platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get(f"/q/{made.code}")

    def locked(*_arguments: object) -> None:
        raise StorageUnavailable("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr("surveyapp.services.collecting._store", locked)
        answer = send(client, made.code, page, comment="写了很久")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "写了很久" in answer.text
    assert send(client, made.code, page, comment="写了很久").status_code == 303


def test_unknown_and_malformed_receipts_look_alike(client: FlaskClient, made: Round) -> None:
    pages = [client.get(f"/r/{code}") for code in ("K7Q-4M9-XCDA", "x", "K7Q4M9XCD2")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1


def test_no_address_and_no_device_is_stored_with_an_answer(
    client: FlaskClient, platform: Platform, made: Round
) -> None:
    agent = "Mozilla/5.0 MicroMessenger/8.0 probe"
    page = client.get(f"/q/{made.code}", headers={"User-Agent": agent})
    data = Fields(page.text).hidden | fields()
    client.post(f"/q/{made.code}", data=data, headers={"User-Agent": agent})
    with platform.database.reading() as session:
        everything = str(session.execute(text("SELECT * FROM records")).all())
        everything += str(session.execute(text("SELECT * FROM audit_log")).all())
    assert "127.0.0.1" not in everything
    assert "MicroMessenger" not in everything


def test_the_page_says_how_long_it_was_open(
    client: FlaskClient, platform: Platform, made: Round, clock: Clock
) -> None:
    page = client.get(f"/q/{made.code}")
    clock.advance(seconds=95)
    send(client, made.code, page)
    with platform.database.reading() as session:
        assert session.scalars(select(RecordRow)).one().paradata["seconds"] == 95


def test_a_submission_id_of_the_server_is_a_version_seven_uuid() -> None:
    one = new_submission_id(MORNING)
    assert one[14] == "7"
    assert opened_at(one) == MORNING
    assert opened_at("not an id") is None
    assert opened_at("3f2c9a44-0000-4000-8000-000000000000") is None


def test_json_keeps_the_same_contract(client: FlaskClient, platform: Platform, made: Round) -> None:
    body = {"submission_id": new_submission_id(MORNING), "code": made.code, "answers": citizen_answers()}
    first = client.post("/api/submissions", json=body)
    assert first.status_code == 201
    again = client.post("/api/submissions", json=body)
    assert again.status_code == 200
    assert again.get_json()["receipt"] == first.get_json()["receipt"]
    other = {**body, "answers": citizen_answers(overall="1")}
    assert client.post("/api/submissions", json=other).status_code == 409
    wrong = {**body, "submission_id": new_submission_id(MORNING), "answers": citizen_answers(overall="9")}
    refused = client.post("/api/submissions", json=wrong)
    assert refused.status_code == 422
    assert refused.get_json()["problems"][0]["path"] == "opinion/overall"
    assert client.post("/api/submissions", json={**body, "code": "ACDEFGHJ"}).status_code == 404
    assert client.post("/api/submissions", json={**body, "more": 1}).status_code == 400
    assert count(platform) == 1
