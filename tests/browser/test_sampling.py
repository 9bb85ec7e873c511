"""The sampling plan in a browser: accessible, fitting a phone, made by typing, printed open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from surveyapp.services.installation import Platform
from surveyapp.services.planning import sampling
from tests.data.rounds import Round, fill_round, make_round
from tests.services.test_sampling_plans import fields
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    fill_round(platform, made, calls=8, surveys=4)
    return made


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_a_plan_are_accessible_and_fit_their_window(
    platform: Platform,
    made: Round,
    address: str,
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    width: int,
) -> None:
    page = open_page(width)
    sign_in(page, address, "lead")
    base = f"{address}/desk/rounds/{made.id}/sampling"
    paths = [base, f"{base}/edit"]
    for kept in (False, True):
        for path in [*paths, f"{base}/live"]:
            page.goto(path)
            assert axe(page) == [], (path, kept)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, kept)
        ground = sampling.ground_of(platform, made.id)
        sampling.keep_plan(platform, made.people["lead"], ground, fields(made), "")


def test_a_plan_is_made_on_a_phone_and_its_refusals_are_read_aloud(
    platform: Platform,
    made: Round,
    address: str,
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
) -> None:
    page = open_page(390)
    sign_in(page, address, "lead")
    page.goto(f"{address}/desk/rounds/{made.id}/sampling/edit")
    page.get_by_role("button", name="计算并保存").click()
    expect(page.get_by_role("alert")).to_contain_text("系统不代为选择")
    assert axe(page) == []
    for name, text in fields(made).items():
        field = page.locator(f"[name='{name}']")
        if field.first.get_attribute("type") == "text":
            field.fill(text)
    page.get_by_label("就这些号码").check()
    expect(page.locator("#call_correlation")).to_be_hidden()
    page.get_by_role("button", name="计算并保存").click()
    expect(page.get_by_role("heading", name="抽样与预算")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("第 1 版已保存")
    expect(page.get_by_text("至少 72 次合格才判为“好”")).to_be_visible()


def test_the_leaves_are_printed_open_on_paper(
    platform: Platform, made: Round, address: str, wide_page: Page
) -> None:
    ground = sampling.ground_of(platform, made.id)
    sampling.keep_plan(platform, made.people["lead"], ground, fields(made), "")
    sign_in(wide_page, address, "lead")
    wide_page.goto(f"{address}/desk/rounds/{made.id}/sampling")
    leaves = wide_page.locator(".leaves").first
    expect(leaves).to_be_hidden()
    wide_page.emulate_media(media="print")
    expect(leaves).to_be_visible()
    expect(wide_page.locator("nav.bar")).to_be_hidden()
