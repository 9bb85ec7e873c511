"""A list of handled cases is handed in, begins a document review, is confirmed and scored; from the points
one comes back to the list and its hash, and from the list to the points."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from surveyapp.application import create_app
from surveyapp.services import folding
from surveyapp.services.installation import Platform
from surveyapp.services.scoring import unit_score
from tests.data.cases import DAY, csv_of, example, promised
from tests.data.rounds import Round, confirmed, interview_submission, make_round
from tests.data.work import publish_six
from tests.journeys.test_four_records import DESK, PHONE, choose, signed_in


@pytest.fixture
def database_kind() -> str:
    """One database is enough here: both run the services' tests."""
    return "sqlite"


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    publish_six(platform)
    return made


def upload(page: Page, address: str, file: Path) -> None:
    page.goto(f"{address}/desk/extracts")
    page.get_by_label("单位", exact=True).select_option(label="甲厅（hall-a）")
    page.get_by_label("表格文件").set_input_files(str(file))
    page.get_by_label("统计日（可不填）").fill(DAY)
    page.get_by_label("抽取用的种子（可不填）").fill("lottery-42")
    page.get_by_role("button", name="上传并计算").click()


def plan_review(page: Page, address: str, made: Round) -> None:
    page.goto(f"{address}/desk/rounds/{made.id}/work?kind=document")
    page.locator('select[name="place"]').select_option(str(made.unit_id))
    page.locator('select[name="person"]').select_option(str(made.people["evaluator"].id))
    page.locator('[name="day"]').fill("2026-11-30")
    page.locator('[name="time"]').fill("17:00")
    page.locator('[name="known_subject"]').select_option("unit")
    page.locator('[name="known_coder"]').select_option("first")
    page.locator("main form button.primary").last.click()
    expect(page.locator(".flash")).to_contain_text("任务已安排")


def file_review(page: Page, address: str, axe: Callable[..., list[str]]) -> None:
    page.goto(f"{address}/field/")
    page.get_by_role("link", name="文件梳理").first.click()
    page.wait_for_load_state()
    expect(page.locator('[name="extract/instant_same_day"]')).to_have_value("399")
    page.get_by_text("抽到的办件档案").click()
    expect(page.get_by_text("lottery-42")).to_be_visible()
    assert axe(page) == []
    page.locator('[name="dossier/period_from"]').fill("2018-01-01")
    page.locator('[name="dossier/period_to"]').fill(DAY)
    choose(page, "proofs/evidence[1]/ev_verdict", "proved")
    page.get_by_role("button", name="提交", exact=True).last.click()
    page.wait_for_url("**/sent**")


def approve_and_confirm(open_page: Callable[..., Page], address: str) -> None:
    reviewer = signed_in(open_page(DESK), address, "reviewer")
    reviewer.goto(f"{address}/desk/review?state=received&kind=document")
    reviewer.locator("tbody th a").first.click()
    expect(reviewer.get_by_text("各项计数与办件数据一致。")).to_be_visible()
    reviewer.locator('button[name="to"][value="approved"]').click()
    expect(reviewer.locator(".flash")).to_contain_text("通过")
    lead = signed_in(open_page(DESK), address, "lead")
    lead.goto(f"{address}/desk/review")
    lead.get_by_role("button", name="终审").click()
    expect(lead.locator(".flash")).to_contain_text("已终审 1 条")


def test_a_list_of_cases_reaches_the_points_and_they_lead_back_to_it(
    open_page: Callable[..., Page],
    serve: Callable[..., str],
    platform: Platform,
    made: Round,
    tmp_path: Path,
    axe: Callable[..., list[str]],
) -> None:
    address = serve(create_app(platform))
    for level in ("3", "4", "3"):
        confirmed(platform, made, interview_submission(made, platform, level=level))
    wrong, right = tmp_path / "wrong.csv", tmp_path / "cases.csv"
    wrong.write_bytes(csv_of([promised("a", "2018-09-03", "2018-13-05")]))
    right.write_bytes(example())

    lead = signed_in(open_page(DESK), address, "lead")
    upload(lead, address, wrong)
    expect(lead.get_by_role("alert")).to_contain_text("第 2 行“办结时间”列：没有这个日期或时刻")
    upload(lead, address, right)
    expect(lead.locator("main")).to_contain_text("399 / 420 = 95.00%")
    expect(lead.locator("main")).to_contain_text("63 / 75 = 84.00%")
    expect(lead.locator("main")).to_contain_text("488 / 492 = 99.19%")
    assert axe(lead) == []
    extract = lead.url
    plan_review(lead, address, made)
    file_review(signed_in(open_page(PHONE), address, "evaluator"), address, axe)
    approve_and_confirm(open_page, address)
    folding.fold_round(platform, made.id)

    assert_scored(platform, made)
    lead_back(lead, address, extract, hashlib.sha256(example()).hexdigest())


def assert_scored(platform: Platform, made: Round) -> None:
    """The cells of document review hold the list's rates, and 2.2.1 its points."""
    score = unit_score(platform, made.id, made.unit_id)
    cells = {leaf: score.leaf(leaf).cells for leaf in ("2.2.1", "2.2.2", "2.2.6")}
    found = {
        leaf: next(cell.achievement for cell in some if cell.method == "文件梳理")
        for leaf, some in cells.items()
    }
    assert found == pytest.approx({"2.2.1": 0.95, "2.2.2": 63 / 75, "2.2.6": 488 / 492})
    # interviews 3, 4, 3 of 4 give .8333; the hall is not there: (.95 + .8333) / 2 × 4 points
    assert score.leaf("2.2.1").points == pytest.approx(4 * (0.95 + 10 / 12) / 2)


def lead_back(lead: Page, address: str, extract: str, digest: str) -> None:
    """From the points of 2.2.1 to the record, the list and its hash, and on to the points of 2.2.6."""
    lead.goto(f"{address}/desk/scores/hall-a/2.2.1")
    expect(lead.locator("main")).to_contain_text("即办件即办比率（全数）")
    link = lead.locator('main a[href*="jilin"], main a[href*="doc_221_instant"]').first
    link.click()
    lead.locator('a[href*="/desk/records/"]').first.click()
    lead.get_by_role("link", name="cases.csv").click()
    assert lead.url == extract
    expect(lead.locator("main")).to_contain_text(digest)
    lead.get_by_role("link", name="文件梳理记录").click()
    expect(lead.get_by_role("heading", name="影响的得分")).to_be_visible()
    lead.locator('aside a[href$="/2.2.6?round=r1"]').click()
    expect(lead.locator("h1")).to_contain_text("2.2.6")
