"""The score pages in a browser: accessible, usable on a phone, opened by keyboard down to a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.application import create_app
from surveyapp.services import scoring
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, fill_round, make_round
from tests.signing_in import sign_in

UNIT = "/desk/scores/hall-a"
PAGES = (
    "/desk/scores",
    UNIT,
    f"{UNIT}?pending=1&profile=R",
    f"{UNIT}/2.2.3",
    f"{UNIT}/1.1.3",
    f"{UNIT}/2.2.3/tel_223_right30_s",
    f"{UNIT}/snapshots",
    "/desk/snapshots/1",
)


@pytest.fixture
def database_kind() -> str:
    """What a browser shows does not depend on the database."""
    return "sqlite"


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    fill_round(platform, made, calls=8, surveys=4)
    scoring.take_snapshot(platform, made.id, made.unit_id, None, made.people["lead"].id)
    return made


@pytest.fixture
def address(platform: Platform, made: Round, serve: Callable[[Any], str]) -> str:
    return serve(create_app(platform))


@pytest.mark.parametrize("width", [360, 1280])
def test_every_score_page_is_accessible_and_fits_its_window(
    address: str, open_page: Callable[..., Page], axe: Callable[..., list[str]], width: int
) -> None:
    page = open_page(width)
    sign_in(page, address, "lead")
    for path in PAGES:
        page.goto(address + path)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_own_result_of_a_unit_is_accessible(
    address: str, page: Page, axe: Callable[..., list[str]]
) -> None:
    sign_in(page, address, "unit")
    page.goto(f"{address}/unit/")
    expect(page.get_by_role("heading", name="甲厅")).to_be_visible()
    assert axe(page) == []


def test_a_number_opens_down_to_the_record_by_keyboard(address: str, wide_page: Page) -> None:
    sign_in(wide_page, address, "lead")
    wide_page.goto(f"{address}{UNIT}")
    row = wide_page.get_by_role("row", name="2.2.3")
    row.get_by_role("link").first.press("Enter")
    expect(wide_page.get_by_role("heading", level=1)).to_contain_text("2.2.3")
    wide_page.get_by_role("link", name="8 条记录").press("Enter")
    expect(wide_page.get_by_role("heading", name="8 条记录")).to_be_visible()
    wide_page.locator("table.records th a").first.press("Enter")
    expect(wide_page.get_by_role("heading", name="影响的得分")).to_be_visible()
    expect(wide_page.get_by_role("link", name="2.2.3").first).to_be_visible()


def test_on_a_phone_the_table_stays_a_table_for_screen_readers(address: str, page: Page) -> None:
    sign_in(page, address, "lead")
    page.goto(f"{address}{UNIT}")
    expect(page.get_by_role("columnheader", name="得分", exact=True)).to_have_count(1)
    cells = page.get_by_role("row", name="1.1.2").get_by_role("cell")
    assert cells.count() >= 3
    expect(page.get_by_role("img", name="95% 区间").first).to_be_visible()


def test_a_decision_is_taken_and_shown_without_a_script(address: str, open_page: Callable[..., Page]) -> None:
    page = open_page(390, java_script_enabled=False)
    sign_in(page, address, "lead")
    page.goto(f"{address}{UNIT}/1.1.3")
    page.get_by_text("作出决定").click()
    page.select_option("#kind", "not_applicable")
    page.fill("#reason", "本单位没有公布义务")
    page.get_by_role("button", name="记录决定").click()
    expect(page.get_by_text("本单位没有公布义务")).to_be_visible()
    expect(page.get_by_text("决定已记录")).to_be_visible()
