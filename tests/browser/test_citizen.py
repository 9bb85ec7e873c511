"""The citizen's page in a browser: small phones, WeChat, no script, no storage; light and accessible."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from surveyapp.application import create_app
from surveyapp.services.installation import Platform
from tests.data.rounds import Round

WECHAT = (
    "Mozilla/5.0 (Linux; Android 9; V1818A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/86.0.4240.99 XWEB/4317 MMWEBSDK/20220805 Mobile Safari/537.36 MMWEBID/5374 "
    "MicroMessenger/8.0.27.2220(0x28001B59) "
    "WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64"
)
NO_STORAGE = """
for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
"""


@pytest.fixture
def address(platform: Platform, made: Round, serve: Callable[..., str]) -> str:
    return f"{serve(create_app(platform))}/q/{made.code}"


def choose(page: Page, question: str, value: str) -> None:
    """Choose an option by its code."""
    page.locator(f'[name="{question}"][value="{value}"]').check(force=True)


def fill(page: Page) -> None:
    """The questions that must be answered."""
    choose(page, "about/age14", "yes")
    choose(page, "process/done", "done")
    choose(page, "opinion/overall", "4")


def submit(page: Page) -> None:
    """Press the large button."""
    page.locator("[data-submit]").click()


def fits(page: Page) -> bool:
    """Whether nothing reaches beyond the side of the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 360, "height": 640}, "user_agent": WECHAT},
        {"java_script_enabled": False},
        {"java_script_enabled": False, "viewport": {"width": 320, "height": 568}},
    ],
    ids=["wechat-360", "no-script", "no-script-320"],
)
def test_an_answer_gets_a_receipt(
    open_page: Callable[..., Page], address: str, options: dict[str, object]
) -> None:
    page = open_page(360, **options)
    page.goto(address)
    if options.get("java_script_enabled", True):
        assert fits(page)
    fill(page)
    submit(page)
    expect(page.locator("#receipt-code")).to_have_text(re.compile(r"[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{4}"))


def test_storage_that_throws_and_refused_cookies_do_no_harm(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(390)
    page.add_init_script(NO_STORAGE)
    page.goto(address)
    fill(page)
    page.context.clear_cookies()
    submit(page)
    expect(page.locator("#receipt-code")).to_be_visible()


def test_a_mistake_is_announced_focused_and_linked_and_nothing_is_lost(
    open_page: Callable[..., Page], address: str, axe: Callable[..., list[str]]
) -> None:
    page = open_page(390)
    page.goto(address)
    choose(page, "about/age14", "yes")
    choose(page, "process/done", "done")
    page.locator('[name="opinion/comment"]').fill("写了一段话")
    submit(page)
    summary = page.get_by_role("alert").first
    expect(summary).to_contain_text("有 1 处需要修改")
    expect(page).to_have_title(re.compile("^有误："))
    expect(summary).to_be_focused()
    assert page.locator('[name="opinion/comment"]').input_value() == "写了一段话"
    summary.get_by_role("link").first.click()
    expect(page.locator('[name="opinion/overall"]').first).to_be_focused()
    assert axe(page) == []
    choose(page, "opinion/overall", "5")
    submit(page)
    expect(page.locator("#receipt-code")).to_be_visible()


def test_a_draft_survives_a_reload_and_is_gone_after_the_receipt(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(390)
    page.goto(address)
    fill(page)
    page.locator('[name="opinion/comment"]').fill("没写完")
    page.reload()
    expect(page.locator("[data-draft-bar]")).to_be_visible()
    expect(page.locator('[name="opinion/comment"]')).to_have_value("没写完")
    submit(page)
    expect(page.locator("#receipt-code")).to_be_visible()
    page.wait_for_load_state()
    page.goto(address)
    expect(page.locator('[name="opinion/comment"]')).to_have_value("")
    expect(page.locator("[data-draft-bar]")).to_be_hidden()


def test_going_back_on_a_shared_phone_starts_a_submission_of_its_own(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(390)
    page.goto(address)
    fill(page)
    submit(page)
    expect(page.locator("#receipt-code")).to_be_visible()
    first = page.locator("#receipt-code").inner_text()
    page.go_back()
    fill(page)
    choose(page, "opinion/overall", "1")
    submit(page)
    if page.locator("#receipt-code").count() == 0:
        fill(page)
        submit(page)
    expect(page.locator("#receipt-code")).to_be_visible()
    assert page.locator("#receipt-code").inner_text() != first


def test_enter_in_a_text_field_sends_and_does_not_change_the_view(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(390)
    page.goto(address)
    fill(page)
    choose(page, "about/matter", "other")
    page.locator('[name="about/matter_other"]').press("Enter")
    expect(page.locator("#receipt-code")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("view", ["", "&_big=1", "&_contrast=1"])
def test_every_view_is_accessible_and_fits(
    open_page: Callable[..., Page], address: str, axe: Callable[..., list[str]], language: str, view: str
) -> None:
    page = open_page(360)
    page.goto(f"{address}?lang={language}{view}")
    choose(page, "about/age14", "yes")
    assert axe(page) == []
    assert fits(page)


def test_english_pages_hold_no_chinese_but_names(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(390)
    page.goto(f"{address}?lang=en")
    fill(page)
    words = page.locator("main").inner_text() + page.locator("header h1").inner_text()
    names = ("评估组", "甲厅政务服务大厅", "大厅咨询台", "3 号窗口")
    for name in names:
        words = words.replace(name, "")
    assert re.findall(r"[\u4e00-\u9fff]+", words) == []


def test_letters_are_large_and_targets_are_tall(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(360)
    page.goto(address)
    choose(page, "about/age14", "yes")
    script = """() => [...document.querySelectorAll('label.opt, [data-submit]')]
      .filter((e) => e.offsetParent).map((e) => e.getBoundingClientRect().height)"""
    assert min(page.evaluate(script)) >= 56
    sizes = """() => [...document.querySelectorAll('legend, label.opt')]
      .map((e) => parseFloat(getComputedStyle(e).fontSize))"""
    assert min(page.evaluate(sizes)) >= 18
    page.goto(f"{address}?_big=1")
    choose(page, "about/age14", "yes")
    assert min(page.evaluate(sizes)) >= 24


def test_the_first_view_keeps_its_budget(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(360)
    seen: list[Response] = []
    page.on("response", lambda response: seen.append(response))
    page.goto(address)
    expect(page.locator("[data-submit]")).to_be_visible()
    weights = {}
    for response in seen:
        body = response.body()
        zipped = response.headers.get("content-encoding") == "gzip"
        weights[response.url] = len(gzip.compress(body, 6)) if zipped else len(body)
    assert len(weights) <= 5, sorted(weights)
    assert weights[address] <= 14 * 1024
    assert sum(size for url, size in weights.items() if ".js" in url) <= 10 * 1024
    assert sum(weights.values()) <= 40 * 1024
