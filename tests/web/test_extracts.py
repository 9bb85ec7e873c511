"""The pages for lists of handled cases: uploaded, refused in words, shown, kept to their readers."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select

from surveyapp.services import extracting
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import AssignmentRow
from tests.data.cases import DAY, csv_of, example, promised
from tests.data.rounds import Round, make_round
from tests.data.work import publish_six
from tests.signing_in import sign_in
from tests.web.clients import signed_in

pytestmark = pytest.mark.usefixtures("made")


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    publish_six(platform)
    return made


def sent(client: FlaskClient, made: Round, content: bytes, **more: str) -> Any:
    data = {"unit": str(made.unit_id), "counted_on": DAY, "seed": "s", **more}
    return client.post("/desk/extracts", data={**data, "table": (io.BytesIO(content), "办件.csv")})


@pytest.mark.parametrize("role", ["lead", "reviewer"])
def test_a_lead_and_a_reviewer_hand_in_a_list_and_see_what_it_counts(
    app: Flask, platform: Platform, made: Round, role: str
) -> None:
    client = signed_in(app, platform, role)
    answer = sent(client, made, example())
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    for said in (
        "399 / 420 = 95.00%",
        "63 / 75 = 84.00%",
        "488 / 492 = 99.19%",
        "依法不予办理",
        "抽样校验值",
    ):
        assert said in page
    assert "甲厅" in client.get("/desk/extracts").text


def test_signs_stops_and_rates_without_doubtful_cases_are_shown(
    app: Flask, platform: Platform, made: Round
) -> None:
    rows = [
        promised("a", "2018-09-03 10:13", "2018-09-13 10:13", stops="补正 2018-09-05~2018-09-07"),
        promised("b", "2018-09-04 10:13", "2018-09-03 10:13"),
    ]
    client = signed_in(app, platform, "lead")
    page = client.get(sent(client, made, csv_of(rows)).headers["Location"]).text
    assert "1 件，3 个工作日" in page and "办结时间早于受理时间" in page
    assert "1 / 2 = 50.00%" in page and "1 / 1 = 100.00%" in page


@pytest.mark.parametrize(
    ("content", "more", "sentence"),
    [
        (b"", {}, "是空的，请按模板填写"),
        (csv_of([promised("a", "x", "2018-09-05")]), {}, "第 2 行“受理时间”列"),
        (example(), {"unit": "999"}, "请选择本轮中您范围内的单位"),
        (example(), {"counted_on": "gestern"}, "统计日请写成 2018-10-31"),
        (example(), {"number": "many"}, "抽取件数应为 1 至 500"),
        (example(), {"seed": "a\nb"}, "都不能有换行"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    app: Flask, platform: Platform, made: Round, content: bytes, more: dict[str, str], sentence: str
) -> None:
    client = signed_in(app, platform, "lead")
    answer = sent(client, made, content, **more)
    assert answer.status_code == 422 and sentence in answer.text
    assert "还没有上传办件数据。" in client.get("/desk/extracts").text


def test_the_filled_in_template_is_taken(app: Flask, platform: Platform) -> None:
    client = signed_in(app, platform, "lead")
    text = client.get("/desk/extracts/template.csv").data.decode("utf-8-sig")
    assert text.startswith("办件编号,办件类型,受理时间,办结时间,办理结果,")
    assert client.get("/desk/extracts/template.xlsx").data.startswith(b"PK")


def test_others_neither_see_nor_hand_in_lists(app: Flask, platform: Platform, made: Round) -> None:
    address = sent(signed_in(app, platform, "lead"), made, example()).headers["Location"]
    for role in ("evaluator", "unit", "viewer", "expert"):
        client = signed_in(app, platform, role)
        assert client.get(address).status_code == 403
        assert sent(client, made, example()).status_code == 403
    assert signed_in(app, platform, "lead").get("/desk/extracts/999").status_code == 404


def planned(platform: Platform) -> list[dict[str, str]]:
    with platform.database.reading() as session:
        return [row.known or {} for row in session.scalars(select(AssignmentRow).order_by(AssignmentRow.id))]


def test_a_lead_assigns_the_drawn_files_once_and_a_fifth_to_the_second_reader(
    app: Flask, platform: Platform, made: Round
) -> None:
    client = signed_in(app, platform, "lead")
    address = sent(client, made, example(), number="12").headers["Location"]
    person = str(made.people["evaluator"].id)
    wish = {"person": person, "coder": "first", "day": "2026-11-30", "time": "17:00"}
    assert client.post(f"{address}/reviews", data=wish).status_code == 303
    first = planned(platform)
    assert len(first) == 12 and {one["coder"] for one in first} == {"first"}
    extract = extracting.newest_extract(platform, made.id, made.unit_id)
    assert extract is not None and [one["case_no"] for one in first] == list(extract.sample)
    again = client.post(f"{address}/reviews", data=wish)
    assert again.status_code == 422 and "都已安排给这一审核人" in again.text
    assert client.post(f"{address}/reviews", data={**wish, "coder": "second"}).status_code == 303
    second = planned(platform)[12:]
    assert len(second) == 3 and {one["case_no"] for one in second} <= set(extract.sample)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"person": "0"}, "请选择可以做这项任务"),
        ({"day": ""}, "请填写日期和时间"),
        ({"coder": "third"}, "请选择"),
    ],
)
def test_what_is_wrong_with_the_plan_of_files_is_said(
    app: Flask, platform: Platform, made: Round, changed: dict[str, str], sentence: str
) -> None:
    client = signed_in(app, platform, "lead")
    address = sent(client, made, example()).headers["Location"]
    wish = {
        "person": str(made.people["evaluator"].id),
        "coder": "first",
        "day": "2026-11-30",
        "time": "17:00",
    }
    answer = client.post(f"{address}/reviews", data=wish | changed)
    assert answer.status_code == 422 and sentence in answer.text
    assert planned(platform) == []
    assert signed_in(app, platform, "reviewer").post(f"{address}/reviews", data=wish).status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_are_accessible_and_fit_their_window(
    app: Flask,
    platform: Platform,
    made: Round,
    serve: Callable[[Any], str],
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    width: int,
    language: str,
) -> None:
    extract = sent(signed_in(app, platform, "lead"), made, example()).headers["Location"]
    address, page = serve(app), open_page(width)
    sign_in(page, address, "lead")
    for path in ("/desk/extracts", extract):
        page.goto(f"{address}{path}?lang={language}")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
