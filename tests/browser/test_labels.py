# ruff: noqa: E501 -- a questionnaire has one line for each question
"""Labels in the page: Markdown that cannot become markup, pictures and sound, guidance, notes for staff."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import Form, load_form
from tests.browser.form_server import form_application

pytestmark = pytest.mark.browser
LABELS = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | guidance_hint::中文 (zh) | guidance_hint::English (en) | interviewer::中文 (zh) | interviewer::English (en) | media::image::中文 (zh) | media::image::English (en) |
| | integer | times | 来了**几次** | How **often** | 含网上办理 | Online too | 不要提示答案 | Do not prompt | hall.png | hall.png |
| | text | why | 您说来了 ${times} 次，*为什么*？见[指南](https://example.org/guide) <script>alert(1)</script> | Why ${times} | | | | | | |
| | note | list | # 请注意<br>- 第一<br>- 第二 [坏](javascript:alert(1)) | # Mind<br>- one<br>- two | | | | | | |
| settings |
| | form_title::中文 (zh) | form_title::English (en) | form_id | version | default_language |
| | 标签 | Labels | labels | 1 | 中文 (zh) |
"""


@pytest.fixture(scope="module")
def labels() -> Form:
    converted = convert_markdown(LABELS, {"hall.png": b"\x89PNG\r\n\x1a\n"})
    assert converted.problems == ()
    return load_form(converted.xform)


def test_marks_become_elements_and_everything_else_stays_text(
    page: Page, serve: Callable[[Any], str], labels: Form
) -> None:
    page.goto(serve(form_application(labels)))
    expect(page.locator('[data-q="times"] .ask b')).to_have_text("几次")
    why = page.locator('[data-q="why"] .ask')
    expect(why.locator("i")).to_have_text("为什么")
    expect(why.locator("a")).to_have_attribute("href", "https://example.org/guide")
    expect(why.locator("a")).to_have_attribute("rel", "noopener noreferrer")
    expect(why).to_contain_text("<script>alert(1)</script>")
    page.fill('[name="times"]', "3")
    expect(why.locator("[data-output]")).to_have_text("3")
    note = page.locator('[data-q="list"]')
    expect(note.locator("b")).to_have_text("请注意")
    expect(note).to_contain_text("• 第一")
    expect(note.locator("a")).to_have_count(0)


def test_guidance_is_folded_and_pictures_are_shown(
    page: Page, serve: Callable[[Any], str], labels: Form, axe: Callable[..., list[str]]
) -> None:
    page.goto(serve(form_application(labels)))
    expect(page.get_by_text("含网上办理")).to_be_hidden()
    page.get_by_text("填写说明").click()
    expect(page.get_by_text("含网上办理")).to_be_visible()
    expect(page.locator('[data-q="times"] img')).to_have_attribute("src", "/files/1/hall.png")
    assert axe(page) == []


def test_notes_for_the_interviewer_never_reach_citizens(serve: Callable[[Any], str], labels: Form) -> None:
    public, staff = (form_application(labels, staff=one).test_client().get("/").text for one in (False, True))
    assert "不要提示答案" not in public
    assert "不要提示答案" in staff


SOFT = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | soft_constraint | soft_constraint_message::中文 (zh) | soft_constraint_message::English (en) |
| | integer | visits | 来了几次 | How often | . < 10 | 超过 10 次很少见。 | More than 10 is rare. |
| | consent | agree | 我同意回访 | You may call me | | | |
| settings |
| | form_title::中文 (zh) | form_title::English (en) | form_id | version | default_language |
| | 少见 | Rare | rare | 1 | 中文 (zh) |
"""


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_unusual_answer_is_kept_when_a_reason_is_given(
    open_page: Callable[..., Page], serve: Callable[[Any], str], script: bool
) -> None:
    converted = convert_markdown(SOFT)
    assert converted.problems == ()
    records: list[Any] = []
    page = open_page(360, java_script_enabled=script)
    page.goto(serve(form_application(load_form(converted.xform), kept=records)))
    reason = page.locator('[name="_confirm:visits"]')
    expect(reason).to_be_hidden()
    page.fill('[name="visits"]', "44")
    page.get_by_label("我同意回访").check()
    page.locator("[data-submit]").click()
    expect(page.locator("#errors")).to_contain_text("超过 10 次很少见。")
    expect(reason).to_be_visible()
    reason.fill("每天都来")
    page.locator("[data-submit]").click()
    expect(page.locator(".seen").first).to_be_visible()
    assert records[0].confirmed == {"visits": "每天都来"}
    assert records[0].consents[0]["text"] == "我同意回访"
