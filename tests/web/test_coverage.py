"""The coverage page: holes in words, none once everything is published, both profiles, any window."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from surveyapp.application import create_app
from surveyapp.config import resource
from surveyapp.services import arranging, publishing
from surveyapp.services.covering import coverage
from surveyapp.services.frameworks import load_framework
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, add_people
from tests.signing_in import sign_in
from tests.web.clients import signed_in

FOLDER = resource("questionnaires") / "jilin-2018"
MORE = {
    "callback": "survey",
    "hall": "hall",
    "document": "document",
    "panel": "panel",
    "publication": "publication",
    "self": "self",
}


@pytest.fixture
def app(platform: Platform, made: Round) -> Flask:
    return create_app(platform)


@pytest.fixture
def lead(app: Flask, platform: Platform) -> FlaskClient:
    return signed_in(app, platform, "lead")


@pytest.fixture
def bare(platform: Platform) -> FlaskClient:
    """The lead of an installation that has people and nothing else."""
    arranging.ensure_root(platform)
    add_people(platform, {})
    return signed_in(create_app(platform), platform, "lead")


def publish_more(platform: Platform) -> None:
    for name, kind in MORE.items():
        text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
        assert publishing.publish(platform, text, kind).problems == ()


def row_of(page: str, leaf: str) -> str:
    found = re.search(rf'<tr role="row" id="c-{re.escape(leaf)}">.*?</tr>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_cells_without_a_measure_are_counted_listed_and_named_in_words(lead: FlaskClient) -> None:
    page = lead.get("/desk/coverage").text
    assert "方案 S 要求 75 格，有 25 格缺度量" in page
    assert page.count('class="hole"') == 25
    assert page.count('<span class="tag bad">缺度量</span><p class="lack">') == 25
    assert "1.1.3 × 以事项公布情况为准" in page
    row = row_of(page, "1.1.2")
    assert "政务服务办事体验问卷" in row and "跑一次是现实的" in row
    assert row.count("缺度量") == 1


@pytest.fixture
def published_before_its_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measures are compared with the frameworks at publishing; these came earlier."""
    monkeypatch.setattr(publishing, "misfits", lambda *_: ())


@pytest.mark.usefixtures("published_before_its_framework")
def test_a_hole_says_in_a_sentence_what_is_missing(lead: FlaskClient, platform: Platform) -> None:
    assert "还没有发布可提供证据的问卷（公布情况核查），请先发布。" in row_of(
        lead.get("/desk/coverage").text, "1.1.3"
    )
    text = (FOLDER / "publication.md").read_text(encoding="utf-8")
    wrong = text.replace("| 1.1.3 |", "| 9.9 |")
    assert publishing.publish(platform, wrong, "publication").problems == ()
    row = row_of(lead.get("/desk/coverage").text, "1.1.3")
    assert "与本指标体系不符，请改正度量后发布新版本。" in row
    bare = re.sub(r"^\| \| pb_113.*\n?", "", text, flags=re.MULTILINE)
    bare = re.sub(r"\| (20181105\d\d) \|", "| 2018110599 |", bare)
    assert publishing.publish(platform, bare, "publication").problems == ()
    row = row_of(lead.get("/desk/coverage?lang=en").text, "1.1.3")
    assert "jilin2018-publication 2018110599) has no measure for this cell" in row


def test_every_cell_names_its_questions_its_version_its_measure_and_its_rule(
    lead: FlaskClient, platform: Platform, made: Round
) -> None:
    publish_more(platform)
    row = row_of(lead.get("/desk/coverage").text, "2.2.1")
    for said in (
        "文件梳理记录",
        "即办件即办比率（全数）",
        "其中即办件受理数 <code>instant_accepted</code>",
        "结论 <code>ev_verdict</code>",
        "2.2.1 即办件的即办：谈到的情况属于哪一级？ <code>rubric_2_2_1</code>",
        "均值 ÷ 4",
        "至少 3 份",
    ):
        assert said in row
    slots = row_of(lead.get("/desk/coverage").text, "2.2.3")
    assert '<span class="muted">由系统填写</span> <code>seconds_to_answer</code>' in slots
    for profile in "SR":
        found = coverage(platform, load_framework(platform, made.framework_id), profile)
        for _leaf, cells in found.rows:
            for feed in (feed for cell in cells for feed in cell.feeds):
                for source in feed.sources:
                    assert source.asked, source.measure.key
                    said = [one for one in source.asked if one.text]
                    assert all({"zh", "en"} <= one.text.keys() for one in said)
                assert any(one.text for source in feed.sources for one in source.asked)


def test_profile_s_has_no_hole_once_all_instruments_are_published(
    lead: FlaskClient, platform: Platform, made: Round
) -> None:
    publish_more(platform)
    page = lead.get("/desk/coverage").text
    assert "方案 S 要求的 75 格都有度量。" in page
    assert "缺度量" not in page
    row = row_of(page, "1.3.2.2")
    assert "政务大厅暗访记录" in row and "政务大厅实地核查记录" in row
    shared = row_of(page, "2.4.2")
    assert "政务服务办事体验问卷" in shared and "服务对象电话回访" in shared
    assert shared.count("没有被要求再去别处") == 1
    assert "已发布的问卷 10 份" in page
    assert page.count("不计分") == 1
    loaded = load_framework(platform, made.framework_id)
    assert coverage(platform, loaded, "S").missing == coverage(platform, loaded, "R").missing == ()


def test_the_other_profile_asks_for_more_cells_and_takes_their_measures(lead: FlaskClient) -> None:
    strict, wide = lead.get("/desk/coverage").text, lead.get("/desk/coverage?profile=R").text
    assert "方案 R 要求 83 格，有 27 格缺度量" in wide
    assert "到现场不超过一次" in row_of(wide, "1.2.3")
    assert "到现场不超过一次" not in strict
    assert "电话征询" in wide and "电话征询" not in strict
    assert lead.get("/desk/coverage?profile=X").status_code == 404
    assert lead.get("/desk/coverage?round=none").status_code == 404


def test_only_the_newest_version_of_a_questionnaire_counts(lead: FlaskClient, platform: Platform) -> None:
    text = (FOLDER / "citizen.md").read_text(encoding="utf-8")
    without = re.sub(r"^.*qn_242_not_sent_on.*\n?", "", text, flags=re.MULTILINE)
    later = without.replace("2018110501", "2018110502")
    assert publishing.publish(platform, later, "survey").problems == ()
    page = lead.get("/desk/coverage").text
    assert "有 26 格缺度量" in page
    assert "2.4.2 × 服务对象抽查" in page
    assert "2018110502" in page


@pytest.mark.usefixtures("published_before_its_framework")
def test_a_questionnaire_of_another_framework_is_named_and_left_out(
    lead: FlaskClient, platform: Platform
) -> None:
    text = (FOLDER / "publication.md").read_text(encoding="utf-8")
    assert publishing.publish(platform, text.replace("| 1.1.3 |", "| 9.9 |"), "publication").problems == ()
    page = lead.get("/desk/coverage").text
    assert "有 25 格缺度量" in page
    assert "与本指标体系不符，没有计入" in page
    assert "9.9" in page


def test_the_page_is_complete_in_english(lead: FlaskClient) -> None:
    page = lead.get("/desk/coverage?lang=en").text
    assert "Profile S asks for 75 cells; 25 have no measure" in page
    assert "One visit is realistic" in page
    assert "Survey on your experience with public services" in page


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 200), ("auditor", 200), ("reviewer", 403), ("unit", 403)]
)
def test_readers_of_scores_may_see_it_and_nobody_else(
    app: Flask, platform: Platform, role: str, status: int
) -> None:
    assert signed_in(app, platform, role).get("/desk/coverage").status_code == status


def test_the_indicator_page_leads_to_it(lead: FlaskClient) -> None:
    assert 'href="/desk/coverage"' in lead.get("/desk/framework").text


def test_without_a_framework_it_says_what_to_do(bare: FlaskClient) -> None:
    assert "还没有带权重方案的指标体系，请先导入。" in bare.get("/desk/coverage").text


@pytest.mark.browser
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_it_prints_on_landscape_a4_with_every_question_open(
    app: Flask, serve: Callable[[Any], str], open_page: Callable[..., Page]
) -> None:
    address, page = serve(app), open_page(1280)
    sign_in(page, address, "lead")
    page.goto(f"{address}/desk/coverage")
    question = page.locator("#c-1\\.1\\.1").get_by_text("facts_named")
    assert page.locator("details:not([open])").count() > 0
    hidden = page.locator("details:not([open]) code").first
    expect(hidden).to_be_hidden()
    page.emulate_media(media="print")
    expect(hidden).to_be_visible()
    expect(question).to_be_visible()
    assert page.locator("td.hole").first.evaluate("e => getComputedStyle(e).borderTopColor") == (
        "rgb(179, 38, 30)"
    )
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
    assert {(round(float(a)), round(float(b))) for a, b in sheets} == {(842, 595)}
    assert len(sheets) < 25


@pytest.mark.browser
@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_accessible_and_fits_its_window(
    app: Flask,
    platform: Platform,
    serve: Callable[[Any], str],
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    width: int,
    language: str,
) -> None:
    text = (FOLDER / "hall.md").read_text(encoding="utf-8")
    assert publishing.publish(platform, text, "hall").problems == ()
    address, page = serve(app), open_page(width)
    sign_in(page, address, "lead")
    for profile in "SR":
        page.goto(f"{address}/desk/coverage?profile={profile}&lang={language}&questions=all")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    hole = page.locator("td.hole").first
    expect(hole).to_be_visible()
    expect(hole.get_by_text("缺度量" if language == "zh" else "No measure")).to_be_visible()
    page.locator(".holes a").first.press("Enter")
    expect(page.locator("tr:target")).to_be_in_viewport()
