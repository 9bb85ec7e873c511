"""The pages of the quality checks: run, open, propose, confirm; refusals; accessible and inside a window."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select

from surveyapp.application import create_app
from surveyapp.services import folding, screening
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import QualityFindingRow
from tests.data.rounds import PASSWORD, Round, citizen_submission, confirmed, fill_round, make_round
from tests.signing_in import sign_in

AGREED = ("can_do", "once_real", "fewer_trips", "hard_to_follow")


@pytest.fixture
def database_kind() -> str:
    """What a page shows does not depend on the database."""
    return "sqlite"


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    fill_round(platform, made, calls=4, surveys=6)
    for _ in range(2):
        confirmed(platform, made, citizen_submission(made, **dict.fromkeys(AGREED, "5")))
    folding.fold_round(platform, made.id)
    screening.check_round(platform, made.id, None)
    return made


@pytest.fixture
def app(platform: Platform) -> Flask:
    app = create_app(platform)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def signed_in(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    client.post("/sign-in", data={"login": login, "password": PASSWORD})
    return client


def suspect(platform: Platform) -> tuple[int, list[str]]:
    """The id and records of the finding on answers that contradict themselves."""
    with platform.database.reading() as session:
        rows = session.scalars(select(QualityFindingRow).where(QualityFindingRow.code == "record_flag"))
        found = next(row for row in rows if row.subject.endswith("straight_lining"))
        return found.id, list(found.records)


def test_a_reviewer_proposes_and_a_lead_confirms(app: Flask, platform: Platform, made: Round) -> None:
    number, roots = suspect(platform)
    reviewer, lead = signed_in(app, "reviewer"), signed_in(app, "lead")
    wish = {"record": roots, "kind": "void", "reason": "正反两题打同一分"}
    assert reviewer.post(f"/desk/quality/{number}/propose", data=wish).status_code == 303
    assert "建议：不计入" in lead.get(f"/desk/quality/{number}").text
    assert lead.post(f"/desk/quality/{number}/confirm", data={"record": roots}).status_code == 303
    page = lead.get(f"/desk/quality/{number}").text
    assert "建议：" not in page and page.count(">不计入<") >= len(roots)
    assert "按决定" in lead.get("/desk/scores/hall-a").text


def test_the_list_of_units_says_which_have_flagged_records(
    app: Flask, platform: Platform, made: Round
) -> None:
    lead = signed_in(app, "lead")
    page = lead.get("/desk/scores").text
    assert len(re.findall(r"有标记 \d+ 条", page)) == 1  # the other unit has no records
    assert "有标记" not in lead.get("/desk/scores?pending=1").text


def test_a_wrong_wish_is_answered_on_the_page(app: Flask, platform: Platform, made: Round) -> None:
    number, roots = suspect(platform)
    lead = signed_in(app, "lead")
    for data, words in (
        ({"record": roots, "kind": "void"}, "请填写理由"),
        ({"record": roots, "kind": "down_weight", "factor": "2", "reason": "x"}, "大于 0、小于 1"),
        ({"kind": "void", "reason": "x"}, "请选择记录"),
        ({"record": ["elsewhere"], "kind": "void", "reason": "x"}, "请选择记录"),
    ):
        answer = lead.post(f"/desk/quality/{number}/propose", data=data)
        assert answer.status_code == 422 and words in answer.text
    lead.post(f"/desk/quality/{number}/propose", data={"record": roots, "kind": "void", "reason": "x"})
    own = lead.post(f"/desk/quality/{number}/confirm", data={"record": roots})
    assert own.status_code == 422 and "另一位负责人" in own.text


def test_findings_are_filtered_by_instrument_and_by_what_is_open(
    app: Flask, platform: Platform, made: Round
) -> None:
    lead = signed_in(app, "lead")
    number, _roots = suspect(platform)
    assert f"/desk/quality/{number}" in lead.get("/desk/quality?open=1").text
    assert f"/desk/quality/{number}" not in lead.get("/desk/quality?family=call").text
    assert lead.get("/desk/quality/999999").status_code == 404
    assert lead.post("/desk/quality/run").status_code == 303


@pytest.mark.parametrize("width", [390, 1280])
def test_the_quality_pages_are_accessible_and_fit_their_window(
    app: Flask,
    platform: Platform,
    made: Round,
    serve: Callable[[Any], str],
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    width: int,
) -> None:
    address, page = serve(create_app(platform)), open_page(width)
    sign_in(page, address, "lead")
    number, _roots = suspect(platform)
    for path in ("quality", f"quality/{number}", "scores/hall-a"):
        for language in ("zh", "en"):
            page.goto(f"{address}/desk/{path}?lang={language}")
            for details in page.locator("main details:not([open])").all():
                details.locator("summary").click()
            assert axe(page) == [], (path, language)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, language)
