# ruff: noqa: E501 -- a questionnaire has one line for each question
"""One question a page, with and without a script, and drafts that meet a newer questionnaire."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import Filling
from surveyapp.forms.form import Form, load_form
from tests.browser.form_server import form_application

pytestmark = pytest.mark.browser
STEPS = """| survey |
| | type | name | label | relevant | required | constraint | constraint_message | appearance |
| | begin_group | a | 甲部分 | | | | | |
| | note | hello | 请先看说明 | | | | | |
| | integer | times | 来了几次 | | yes | . < 10 | 请填 0 到 9 | |
| | select_one yn | waited | 排队了吗 | ${times} > 0 | | | | quick |
| | end_group | | | | | | | |
| | begin_group | b | 同页两题 | | | | | field-list |
| | text | x | 甲题 | | | | | |
| | text | y | 乙题 | | | | | |
| | end_group | | | | | | | |
| | text | last | 最后一题 | | yes | | | |
| choices |
| | list_name | name | label |
| | yn | yes | 是 |
| | yn | no | 否 |
| settings |
| | form_title | form_id | version | style |
| | 逐题 | steps | 1 | pages |
"""
OLDER = """| survey |
| | type | name | label |
| | text | kept | 保留的题 |
| | text | gone | 取消的题 |
| | select_one two | pick | 选一项 |
| choices |
| | list_name | name | label |
| | two | a | 甲项 |
| | two | b | 乙项 |
| settings |
| | form_title | form_id | version |
| | 问卷 | draft | 1 |
"""


def form_of_text(text: str) -> Form:
    converted = convert_markdown(text)
    assert converted.problems == ()
    return load_form(converted.xform)


@pytest.fixture
def records() -> list[Filling]:
    return []


@pytest.fixture
def address(serve: Callable[[Any], str], records: list[Filling]) -> str:
    return serve(form_application(form_of_text(STEPS), kept=records))


def shows(page: Page, *paths: str) -> None:
    for path in paths:
        expect(page.locator(f'[data-q="{path}"]')).to_be_visible()
    expect(page.locator("[data-q]:visible")).to_have_count(len(paths))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_each_question_has_a_page_of_its_own_and_the_way_follows_the_answers(
    open_page: Callable[..., Page], address: str, records: list[Filling], script: bool
) -> None:
    page = open_page(360, java_script_enabled=script)
    page.goto(address)
    shows(page, "a/hello", "a/times")
    following = page.get_by_role("button", name="下一题")
    page.fill('[name="a/times"]', "0")
    following.click()
    shows(page, "b/x", "b/y")
    page.fill('[name="b/y"]', "两题同页")
    page.get_by_role("button", name="上一题").click()
    shows(page, "a/hello", "a/times")
    page.fill('[name="a/times"]', "2")
    following.click()
    shows(page, "a/waited")
    expect(page.locator("[data-told]")).to_contain_text("第 2 页")
    following.click()
    following.click()
    shows(page, "last")
    expect(following).to_be_hidden()
    page.fill('[name="last"]', "好")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".seen").first).to_be_visible()
    assert records[0].answers == {"a": {"times": "2"}, "b": {"y": "两题同页"}, "last": "好"}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_wrong_answer_keeps_its_page_until_it_is_mended(
    open_page: Callable[..., Page], address: str, script: bool
) -> None:
    page = open_page(360, java_script_enabled=script)
    page.goto(address)
    page.fill('[name="a/times"]', "44")
    page.locator('[name="a/times"]').press("Enter")
    shows(page, "a/hello", "a/times")
    expect(page.locator('[data-q="a/times"] .msg')).to_contain_text("请填 0 到 9")
    page.fill('[name="a/times"]', "4")
    page.locator('[name="a/times"]').press("Enter")
    expect(page.locator('[data-q="a/waited"]')).to_be_visible()


def test_a_quick_question_turns_the_page_when_it_is_answered(page: Page, address: str) -> None:
    page.goto(address)
    page.fill('[name="a/times"]', "1")
    page.get_by_role("button", name="下一题").click()
    page.get_by_label("是", exact=True).check()
    expect(page.locator('[data-q="b/x"]')).to_be_visible()
    expect(page.locator('[data-q="a/waited"]')).to_be_hidden()


def test_pages_of_one_question_are_accessible(
    page: Page, address: str, axe: Callable[..., list[str]]
) -> None:
    page.goto(address)
    assert axe(page) == []


def test_numbers_count_only_the_questions_that_apply(page: Page, serve: Callable[[Any], str]) -> None:
    page.goto(
        serve(form_application(form_of_text(STEPS.replace(" | style |", " |").replace("| pages |", "|"))))
    )
    expect(page.locator('[data-q="b/x"] .no')).to_have_text("2.")
    page.fill('[name="a/times"]', "1")
    expect(page.locator('[data-q="b/x"] .no')).to_have_text("3.")


def test_a_draft_meets_a_newer_questionnaire_and_says_what_was_lost(
    open_page: Callable[..., Page], serve: Callable[[Any], str]
) -> None:
    newer = OLDER.replace("| | text | gone | 取消的题 |\n", "").replace("| | two | b | 乙项 |\n", "")
    forms = {"now": form_of_text(OLDER)}
    applications = {"older": form_application(forms["now"]), "newer": form_application(form_of_text(newer))}
    current = {"name": "older"}

    def either(environ: Any, start_response: Any) -> Any:
        return applications[current["name"]](environ, start_response)

    page = open_page(360)
    address = serve(either)
    page.goto(address)
    page.fill('[name="kept"]', "留下")
    page.fill('[name="gone"]', "丢掉")
    page.get_by_label("乙项").check()
    expect(page.locator("p[data-saved]")).to_contain_text("已保存在本机")
    current["name"] = "newer"
    page.reload()
    expect(page.locator('[name="kept"]')).to_have_value("留下")
    lost = page.locator("[data-draft-lost]")
    expect(lost).to_be_visible()
    assert lost.locator("li").all_inner_texts() == ["2. 取消的题：丢掉", "3. 选一项：乙项"]


def test_a_draft_brings_back_added_instances(
    open_page: Callable[..., Page], serve: Callable[[Any], str]
) -> None:
    text = "| survey |\n| | type | name | label |\n| | begin_repeat | r | 组 |\n| | text | t | 题 |\n| | end_repeat | | |\n"
    settings = "| settings |\n| | form_title | form_id | version |\n| | 组 | again | 1 |\n"
    page = open_page(360)
    page.goto(serve(form_application(form_of_text(text + settings))))
    page.get_by_role("button", name="再加一项").click()
    page.fill('[name="r[2]/t"]', "第二")
    expect(page.locator("p[data-saved]")).to_contain_text("已保存在本机")
    page.reload()
    expect(page.locator('[name="r[2]/t"]')).to_have_value("第二")
