"""A questionnaire that takes too much work neither freezes the page nor the server, and the page says so."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.forms.building import MOST_NODES
from surveyapp.forms.filling import fill
from tests.browser.form_server import form_application
from tests.browser.test_equality import said_by_browser, with_scripts
from tests.forms.examples import NOW, form_of

pytestmark = pytest.mark.browser
# 62,500 steps each once the text has 2,000 signs: 32 of them are a record's whole work.
HEAVY = form_of(
    "text | t | T | | | | |\n"
    + "".join(f"calculate | c{n} | | | | | translate(${{t}}, ${{t}}, '{n}') |\n" for n in range(60))
    + "integer | last | Last | string-length(${t}) > 1 | | | |"
)
LONG = "ab" * 1_000


def test_server_and_browser_stop_a_record_at_the_same_question(page: Page) -> None:
    with_scripts(page)
    [[values, relevant, _problems]] = said_by_browser(page, HEAVY, [{"t": LONG}], NOW)
    filling = fill(HEAVY, {"t": LONG}, now=NOW)
    ours = {f"c{n}": filling.value(f"c{n}") for n in range(60)}
    assert {name: values[name] for name in ours} == ours
    assert ours["c0"] and not ours["c59"]
    assert filling.environment.stopped and relevant["last"] is filling.relevant("last") is False


NESTED = form_of(
    "integer | n | N | | | | |\nbegin_repeat | r | R | | | | | ${n}\nbegin_repeat | s | S | | | | | ${n}\n"
    "text | a | A | | | | |\nend_repeat | | | | | | |\nend_repeat | | | | | | |"
)


def test_repeats_in_repeats_stop_at_the_same_instance_and_the_record_says_so(page: Page) -> None:
    filling = fill(NESTED, {"n": "1000"}, now=NOW)
    assert [one.code for one in filling.problems] == ["nodes_many"]
    assert len(filling.built.at) <= MOST_NODES + 2
    with_scripts(page)
    [[values, _relevant, _problems]] = said_by_browser(page, NESTED, [{"n": "1000"}], NOW)
    assert len(values) <= MOST_NODES + 2
    few = fill(NESTED, {"n": "90"}, now=NOW)
    assert few.problems == () and few.built.node("r[90]/s[90]/a") is not None


def test_the_page_says_that_a_condition_was_stopped_and_goes_on(
    page: Page, serve: Callable[[Any], str], axe: Callable[..., list[str]]
) -> None:
    page.goto(serve(form_application(HEAVY)))
    told = page.get_by_role("alert").filter(has_text="计算量过大")
    expect(told).to_be_hidden()
    page.fill("[name=t]", LONG)
    expect(told).to_be_visible()
    assert axe(page) == []
    page.fill("[name=t]", "ab")
    expect(told).to_be_hidden()
    expect(page.locator("[name=last]")).to_be_visible()


def test_the_page_says_it_without_a_script_too(
    open_page: Callable[..., Page], serve: Callable[[Any], str]
) -> None:
    page = open_page(390, java_script_enabled=False)
    page.goto(serve(form_application(HEAVY)))
    page.fill("[name=t]", LONG)
    page.get_by_role("button", name=re.compile("更新题目")).click()
    expect(page.get_by_role("alert").filter(has_text="计算量过大")).to_be_visible()
    expect(page.locator("[name=t]")).to_have_value(LONG)
