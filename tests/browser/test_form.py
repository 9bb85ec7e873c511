"""The questionnaire page in Chromium: live logic, drafts, errors, no script, agreement with Python."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import load_form
from tests.browser.form_server import form_application
from tests.forms.examples import hall

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
QUESTIONNAIRES = [
    ROOT / "questionnaires" / "jilin-2018" / f"{name}.md"
    for name in ("citizen", "call", "visit", "interview")
]
NOW = datetime(2018, 11, 5, 1, 30, tzinfo=UTC)


def box(page: Page, path: str) -> Any:
    return page.locator(f'[data-q="{path}"]')


@pytest.fixture
def address(serve: Callable[[Any], str]) -> str:
    return serve(form_application(hall()))


def test_questions_appear_when_earlier_answers_lead_to_them(page: Page, address: str) -> None:
    page.goto(address)
    expect(box(page, "visit/waited")).to_be_hidden()
    page.fill('[name="visit/times"]', "2")
    expect(box(page, "visit/waited")).to_be_visible()
    expect(box(page, "visit/waited").locator("legend")).to_contain_text("共 2 次")
    page.get_by_label("是", exact=True).check()
    expect(box(page, "visit/troubles")).to_be_visible()
    page.get_by_label("其他").check()
    expect(box(page, "visit/story")).to_be_visible()
    page.fill('[name="visit/times"]', "0")
    expect(box(page, "visit/story")).to_be_hidden()


def test_an_exclusive_option_unticks_the_others(page: Page, address: str) -> None:
    page.goto(address)
    page.fill('[name="visit/times"]', "2")
    page.get_by_label("是", exact=True).check()
    page.get_by_label("材料多").check()
    page.get_by_label("都没有").check()
    expect(page.get_by_label("材料多")).not_to_be_checked()
    page.get_by_label("材料多").check()
    expect(page.get_by_label("都没有")).not_to_be_checked()


def test_a_wrong_answer_is_told_beside_the_question_and_untold_when_mended(page: Page, address: str) -> None:
    page.goto(address)
    page.fill('[name="visit/times"]', "99")
    page.keyboard.press("Tab")
    expect(box(page, "visit/times").locator(".msg")).to_contain_text("请填 0 到 50")
    expect(page.locator('[name="visit/times"]')).to_have_attribute("aria-invalid", "true")
    page.fill('[name="visit/times"]', "3")
    page.keyboard.press("Tab")
    expect(box(page, "visit/times").locator(".msg")).to_be_hidden()


def test_a_required_answer_that_is_emptied_is_asked_for_again(page: Page, address: str) -> None:
    page.goto(address)
    page.fill('[name="visit/times"]', "3")
    page.keyboard.press("Tab")
    page.fill('[name="visit/times"]', "")
    page.keyboard.press("Tab")
    expect(box(page, "visit/times").locator(".msg")).to_contain_text("请回答这一题")


def test_a_filter_shows_its_options_and_clears_what_no_longer_fits(page: Page, address: str) -> None:
    page.goto(address)
    page.select_option('[name="city"]', "cc")
    expect(page.get_by_label("南关")).to_be_visible()
    expect(page.get_by_label("船营")).to_be_hidden()
    page.get_by_label("南关").check()
    page.select_option('[name="city"]', "jl")
    expect(page.get_by_label("船营")).to_be_visible()
    assert page.locator('[name="county"]:checked').count() == 0


def test_a_draft_is_kept_restored_and_gone_after_the_receipt(page: Page, address: str) -> None:
    page.goto(address)
    page.fill('[name="visit/times"]', "1")
    page.get_by_label("否", exact=True).check()
    expect(page.locator("p[data-saved]")).to_contain_text("已保存在本机")
    page.reload()
    expect(page.locator("[data-draft-bar]")).to_be_visible()
    expect(page.locator('[name="visit/times"]')).to_have_value("1")
    expect(page.get_by_label("否", exact=True)).to_be_checked()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".seen").first).to_be_visible()
    page.wait_for_load_state()
    assert page.evaluate("localStorage.length") == 0


def test_a_draft_can_be_thrown_away(page: Page, address: str) -> None:
    page.goto(address)
    page.fill('[name="visit/times"]', "1")
    expect(page.locator("p[data-saved]")).to_contain_text("已保存在本机")
    page.reload()
    page.get_by_role("button", name="清空重填").click()
    expect(page.locator('[name="visit/times"]')).to_have_value("")
    expect(page.locator("[data-draft-bar]")).to_be_hidden()


def test_a_storage_that_throws_does_no_harm(page: Page, address: str) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get: function () { throw new Error('no'); }})"
    )
    page.goto(address)
    page.fill('[name="visit/times"]', "1")
    expect(box(page, "visit/waited")).to_be_visible()


def test_the_page_works_without_crypto_and_fetch(page: Page, address: str) -> None:
    page.add_init_script("delete window.fetch; Object.defineProperty(window, 'crypto', {value: undefined})")
    page.goto(address)
    assert len(page.evaluate("SurveyForm.newId()")) == 36
    page.fill('[name="visit/times"]', "1")
    expect(box(page, "visit/waited")).to_be_visible()


def test_a_page_shown_again_from_memory_gets_a_new_submission_id(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert page.locator("[name=submission_id]").input_value() != "first"


def test_mistakes_come_back_with_a_summary_that_leads_to_them(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="提交").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("有 1 处需要修改")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.locator('[name="visit/times"]')).to_be_focused()


def test_without_a_script_every_question_can_be_answered(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(360, java_script_enabled=False)
    page.goto(address)
    expect(box(page, "visit/story")).to_be_visible()
    expect(box(page, "visit/story").locator(".only-if")).to_be_visible()
    page.fill('[name="visit/times"]', "2")
    page.get_by_label("是", exact=True).check()
    page.get_by_label("其他").check()
    page.fill('[name="visit/story"]', "窗口没开")
    page.get_by_label("南关").check()
    page.select_option('[name="city"]', "cc")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".seen").filter(has_text="请说明")).to_contain_text("窗口没开")
    expect(page.locator(".options .on").filter(has_text="其他")).to_be_visible()


def test_the_position_of_the_device_fills_the_question(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(
        390, geolocation={"latitude": 43.88, "longitude": 125.32, "accuracy": 35}, permissions=["geolocation"]
    )
    page.goto(address)
    page.get_by_role("button", name="获取当前位置").click()
    expect(page.locator("[data-located]")).to_contain_text("精度 35 米")
    assert page.locator('[name="place#lat"]').input_value() == "43.880000"


SHIFTS = """window.shifts = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (!entry.hadRecentInput) window.shifts += entry.value;
})).observe({type: 'layout-shift', buffered: true});"""


def test_nothing_jumps_while_the_page_loads(page: Page, serve: Callable[[Any], str]) -> None:
    form = load_form(convert_markdown(QUESTIONNAIRES[0].read_text(encoding="utf-8")).xform)
    page.add_init_script(SHIFTS)
    page.goto(serve(form_application(form)))
    page.wait_for_selector("html.js")
    assert page.evaluate("new Promise(done => requestAnimationFrame(() => done(window.shifts)))") <= 0.02


def test_questions_show_when_the_script_never_comes(page: Page, address: str) -> None:
    page.route("**/form.js", lambda route: route.abort())
    page.goto(address)
    expect(box(page, "visit/waited")).to_be_visible(timeout=8000)


@pytest.mark.parametrize("source", QUESTIONNAIRES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_questionnaire_is_accessible_and_fits_a_narrow_phone(
    source: Path,
    language: str,
    open_page: Callable[..., Page],
    serve: Callable[[Any], str],
    axe: Callable[..., list[str]],
) -> None:
    form = load_form(convert_markdown(source.read_text(encoding="utf-8")).xform)
    page = open_page(360)
    page.goto(serve(form_application(form, language)))
    page.wait_for_selector("html.js")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        "Array.from(document.querySelectorAll('.opt,.q input[type=text],.q select,.q textarea,button'))"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == []
    page.get_by_role("button", name="提交").click()
    page.wait_for_selector("html.js")
    assert axe(page) == []
