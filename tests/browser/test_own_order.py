"""Lists shuffled without a seed: by the record's own id, the same on both sides and for one draft."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.application import create_app
from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import fill
from surveyapp.forms.form import load_form
from surveyapp.services import linking, publishing
from surveyapp.services.installation import Platform
from tests.browser.test_lists import opened
from tests.data.rounds import make_round, new_id
from tests.forms.examples import NOW

OPTIONS = "".join(f"| | l | o{n} | 选项{n} | Option {n} |\n" for n in range(9))
TEXT = f"""| survey |
| | type | name | label::中文 (zh) | label::English (en) | parameters | required |
| | select_one l | first | 第一 | First | randomize=true | |
| | select_one l | second | 第二 | Second | randomize=true | yes |
| | select_one l | plain | 如常 | Plain | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
{OPTIONS}| settings |
| | form_title | form_id | version | default_language |
| | T | shuffled | 1 | 中文 (zh) |
"""
FORM = load_form(convert_markdown(TEXT).xform)
LISTED = [f"o{n}" for n in range(9)]


def orders(record_id: str) -> list[list[str]]:
    filling = fill(FORM, {}, now=NOW, record_id=record_id)
    return [[one.value for one in filling.choices(name)] for name in ("first", "second", "plain")]


def test_every_record_has_an_order_of_its_own_that_stays() -> None:
    ids = [new_id() for _ in range(20)]
    found = {one: orders(one) for one in ids}
    assert len({tuple(first) for first, _second, _plain in found.values()}) > 15
    assert any(first != second for first, second, _plain in found.values())
    for one, (first, second, plain) in found.items():
        assert sorted(first) == sorted(second) == plain == LISTED
        assert orders(one) == orders(one.upper()) == [first, second, plain]


def test_without_an_id_the_list_stays_as_it_is() -> None:
    assert orders("") == orders("zzz") == [LISTED] * 3


@pytest.mark.browser
def test_the_browser_gives_the_same_order(page: Page) -> None:
    opened(page)
    for record_id in (new_id(), "0000000000000000", "FFFFFFFF-ffff", ""):
        logic = {**FORM.browser_json(), "id": record_id}
        found = page.evaluate(
            """logic => { const model = new SurveyForm.Model(logic, {}, () => 0); model.run();
            return ['first', 'second'].map(place => SurveyLists.ordered(model, place)); }""",
            logic,
        )
        assert found == orders(record_id)[:2]


def shown(page: Page, name: str = "first") -> list[str]:
    found = page.locator(f"input[name={name}]").evaluate_all("all => all.map(one => one.value)")
    return [str(one) for one in found]


@pytest.fixture
def address(platform: Platform, serve: Callable[[Any], str]) -> str:
    made = make_round(platform)
    outcome = publishing.publish(platform, TEXT, "survey")
    assert outcome.version_id is not None, outcome.problems
    code = linking.make_link(platform, made.id, made.site_id, "shuffled", "1", None)
    return f"{serve(create_app(platform))}/q/{code}"


@pytest.mark.browser
def test_a_reopened_draft_keeps_its_order_and_another_record_has_another(page: Page, address: str) -> None:
    page.goto(address)
    before = shown(page)
    assert before == orders(page.input_value("[name=submission_id]"))[0]
    page.locator("input[name=plain]").first.check()
    expect(page.locator("[data-saved]").first).not_to_be_empty()
    page.reload()
    expect(page.locator("input[name=plain]").first).to_be_checked()
    assert shown(page) == before
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert").filter(has_text="需要修改")).to_be_visible()
    assert shown(page) == before
    page.locator("input[name=second]").first.check()
    page.get_by_role("button", name="提交").click()
    expect(page).to_have_url(re.compile("/r/"))
    orders_seen = set()
    for _ in range(4):
        page.goto(address)
        page.evaluate("localStorage.clear()")
        orders_seen.add(tuple(shown(page)))
    assert len(orders_seen) > 1


@pytest.mark.browser
def test_without_a_script_the_order_stays_when_the_page_comes_back(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(390, java_script_enabled=False)
    page.goto(address)
    html = page.content()
    before = re.findall(r'name="first"[^>]*value="(o\d)"', html)
    record_id = re.search(r'name="submission_id" value="([^"]+)"', html)
    assert record_id and before == orders(record_id[1])[0]
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert").filter(has_text="需要修改")).to_be_visible()
    assert re.findall(r'name="first"[^>]*value="(o\d)"', page.content()) == before
