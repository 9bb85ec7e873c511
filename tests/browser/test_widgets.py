"""Every type and appearance of the page in Chromium: by hand, by keyboard, with and without a script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.forms.filling import Filling
from tests.browser.form_server import form_application
from tests.forms.widgets import widgets

pytestmark = pytest.mark.browser


@pytest.fixture
def records() -> list[Filling]:
    return []


@pytest.fixture
def address(serve: Callable[[Any], str], records: list[Filling]) -> str:
    return serve(form_application(widgets(), kept=records))


def box(page: Page, path: str) -> Any:
    return page.locator(f'[data-q="{path}"]')


def send(page: Page) -> None:
    page.locator("[data-submit]").click()
    expect(page.locator(".seen").first).to_be_visible()


def test_an_instance_is_added_and_removed_on_the_page_and_answers_move_up(
    page: Page, address: str, records: list[Filling]
) -> None:
    page.goto(address)
    page.fill('[name="numbers/people"]', "0")
    page.fill('[name="windows[1]/window"]', "一号")
    add = page.get_by_role("button", name="再加一项")
    add.click()
    page.fill('[name="windows[2]/window"]', "二号")
    box(page, "windows[2]/busy").get_by_label("是", exact=True).check()
    expect(box(page, "windows[2]/minutes")).to_be_visible()
    expect(box(page, "windows[1]/minutes")).to_be_hidden()
    expect(box(page, "windows[2]/minutes").locator("[data-output]")).to_have_text("二号")
    add.click()
    page.fill('[name="windows[3]/window"]', "三号")
    page.get_by_role("button", name="删除这一项").nth(1).click()
    expect(page.locator('[name="windows[3]/window"]')).to_have_count(0)
    expect(page.locator('[name="windows[2]/window"]')).to_have_value("三号")
    expect(page.locator('[data-g="windows[2]"] h3')).to_contain_text("第 2 项")
    ids = page.evaluate("Array.from(document.querySelectorAll('[id]')).map(one => one.id)")
    assert len(ids) == len(set(ids))
    send(page)
    assert records[0].answers["windows"] == [{"window": "一号"}, {"window": "三号"}]


def test_a_counted_repeat_follows_its_count_at_once(page: Page, address: str, records: list[Filling]) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="来人")).to_be_hidden()
    box(page, "numbers/people").get_by_role("button", name="加 1").click()
    box(page, "numbers/people").get_by_role("button", name="加 1").click()
    expect(page.locator('[name="numbers/people"]')).to_have_value("2")
    expect(box(page, "numbers/shown").locator(".answer")).to_have_text("4 人")
    page.fill('[name="persons[2]/role"]', "乙")
    page.fill('[name="numbers/people"]', "3")
    expect(page.locator('[name="persons[3]/role"]')).to_be_visible()
    expect(page.locator('[name="persons[2]/role"]')).to_have_value("乙")
    page.fill('[name="numbers/people"]', "2")
    expect(page.locator('[name="persons[3]/role"]')).to_have_count(0)
    send(page)
    assert [one.get("role") for one in records[0].answers["persons"]] == [None, "乙"]


def test_options_are_ranked_by_buttons_and_the_order_is_said(
    page: Page, address: str, records: list[Filling]
) -> None:
    page.goto(address)
    page.fill('[name="numbers/people"]', "0")
    ranking = box(page, "choices/order")
    ranking.get_by_role("button", name="下移 苹果").focus()
    page.keyboard.press("Enter")
    expect(ranking.locator("[data-rank-told]")).to_have_text("苹果：第 2 位")
    ranking.get_by_role("button", name="上移 李子").click()
    send(page)
    assert records[0].value("choices/order") == "pear plum apple"


def test_a_ranking_that_was_not_touched_is_no_answer(
    page: Page, address: str, records: list[Filling]
) -> None:
    page.goto(address)
    page.fill('[name="numbers/people"]', "0")
    send(page)
    assert records[0].value("choices/order") == ""


def test_dates_times_and_points_reach_the_record_in_their_form(
    page: Page, address: str, records: list[Filling]
) -> None:
    page.goto(address)
    page.fill('[name="numbers/people"]', "0")
    page.fill('[name="times/month"]', "2018-11")
    page.fill('[name="times/year"]', "2018")
    page.fill('[name="times/hour"]', "09:30")
    page.fill('[name="times/moment"]', "2018-11-05T09:30")
    page.fill('[name="places/trace"]', "43.88 125.32\n43.89 125.33\n")
    page.fill('[name="places/shape"]', "43 125\n43 126\n44 126\n43 125")
    page.select_option('[name="numbers/pick"]', "35")
    send(page)
    found = records[0]
    assert found.value("times/month") == "2018-11-01"
    assert found.value("times/year") == "2018-01-01"
    assert found.value("times/hour") == "09:30:00.000+08:00"
    assert found.value("times/moment").startswith("2018-11-05T09:30:00")
    assert found.value("places/trace").count(";") == 1
    assert found.value("places/shape").count(";") == 3
    assert found.value("numbers/pick") == "35"


def test_a_signature_is_drawn_into_a_file(page: Page, address: str, records: list[Filling]) -> None:
    page.goto(address)
    page.fill('[name="numbers/people"]', "0")
    pad = box(page, "files/sign").locator("canvas")
    pad.scroll_into_view_if_needed()
    frame = pad.bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + 20, frame["y"] + 20)
    page.mouse.down()
    page.mouse.move(frame["x"] + 120, frame["y"] + 90, steps=4)
    page.mouse.up()
    chosen = "document.querySelector('[name=\"files/sign\"]').files[0]"
    expect(box(page, "files/sign").locator("input")).to_have_value("C:\\fakepath\\drawing.png")
    assert page.evaluate(f"{chosen}.size") > 100
    box(page, "files/sign").get_by_role("button", name="清除重画").click()
    expect(box(page, "files/sign").locator("input")).to_have_value("")


def test_an_option_is_found_by_typing_and_thousands_are_set_apart(page: Page, address: str) -> None:
    page.goto(address)
    box(page, "choices/find").get_by_label("输入文字查找选项").fill("李")
    expect(box(page, "choices/find").get_by_label("苹果")).to_be_hidden()
    expect(box(page, "choices/find").get_by_label("李子")).to_be_visible()
    page.fill('[name="numbers/money"]', "1234567")
    expect(box(page, "numbers/money").locator(".hint")).to_have_text("1,234,567")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_widgets_are_accessible_and_do_not_scroll_sideways(
    open_page: Callable[..., Page], serve: Callable[[Any], str], axe: Callable[..., list[str]], language: str
) -> None:
    page = open_page(360)
    page.goto(serve(form_application(widgets(), language)))
    page.fill('[name="numbers/people"]', "1")
    page.keyboard.press("Tab")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_a_script_the_buttons_bring_the_page_back_with_everything_typed(
    open_page: Callable[..., Page], address: str, records: list[Filling]
) -> None:
    page = open_page(360, java_script_enabled=False)
    page.goto(address)
    page.fill('[name="numbers/people"]', "2")
    page.fill('[name="windows[1]/window"]', "一号")
    page.get_by_role("button", name="再加一项").click()
    page.fill('[name="windows[2]/window"]', "二号")
    page.locator('[data-q="windows[2]/busy"]').get_by_label("是", exact=True).check()
    page.get_by_role("button", name="按已填的回答更新题目").click()
    expect(page.locator('[name="persons[2]/role"]')).to_be_visible()
    expect(page.locator('[name="windows[1]/minutes"]')).to_be_hidden()
    page.fill('[name="windows[2]/minutes"]', "12")
    page.get_by_role("button", name="删除这一项").first.click()
    expect(page.locator('[name="windows[1]/window"]')).to_have_value("二号")
    places = page.locator('[data-q="choices/order"] select')
    for place, value in enumerate(("2", "1", "3")):
        places.nth(place).select_option(value)
    page.locator("[data-submit]").click()
    assert records[0].answers["windows"] == [{"window": "二号", "busy": "yes", "minutes": "12"}]
    assert records[0].value("choices/order") == "pear apple plum"


def test_two_options_at_one_place_of_a_ranking_are_told(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(360, java_script_enabled=False)
    page.goto(address)
    page.fill('[name="numbers/people"]', "0")
    for place in (0, 1):
        page.locator('[data-q="choices/order"] select').nth(place).select_option("1")
    page.locator("[data-submit]").click()
    expect(page.locator("#errors")).to_contain_text("每个位次只能给一个选项")
