"""Drafts and the paper version in a browser: accessible and fitting a phone and a desktop window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.application import create_app
from surveyapp.services import drafting, halting, trying
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, citizen_submission, make_round, received
from tests.signing_in import sign_in
from tests.web.test_draft_outlook import citizen
from tests.web.test_drafts import SOURCE, picture

pytestmark = pytest.mark.usefixtures("cheap_hashes")
PLACES = (
    "",
    "/drafts/1",
    "/drafts/2",
    "/drafts/3",
    "/drafts/1/respondent",
    "/drafts/1/evaluator",
    "/drafts/1/links",
    "/drafts/1/trials",
    "/drafts/1/trials/1",
    "/drafts/1/paper",
    "/1/paper",
)


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    author = made.people["admin"].id
    recoded = citizen(("| channel | onsite |", "| channel | in_person |"), ("| 2.4.2 |", "| 9.9.9 |"))
    for source in (SOURCE, SOURCE.replace("select_one", "select_two"), recoded):
        assert isinstance(
            drafting.store_draft(platform, source, "survey", author, {"way.png": picture()}), int
        )
    received(platform, citizen_submission(made, channel="onsite"))
    for name, state in (("call", "closing"), ("visit", "closed")):
        assert halting.set_state(platform, made.id, f"jilin2018-{name}", state, None)
    draft = drafting.find_draft(platform, 1)
    assert draft is not None
    for reader in trying.DRAFT_READERS:
        assert trying.try_draft(platform, draft, None, {"done": "yes"}, "zh", {}, reader) == ()
    return made


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_a_draft_are_accessible_and_fit_the_window(
    platform: Platform,
    serve: Callable[[Any], str],
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    width: int,
) -> None:
    app = create_app(platform)
    app.config.update(RATELIMIT_ENABLED=False)
    address, page = serve(app), open_page(width)
    sign_in(page, address, "lead")
    for place in PLACES:
        for language in ("zh", "en"):
            page.goto(f"{address}/desk/questionnaires{place}?lang={language}")
            assert axe(page) == [], page.url
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.goto(f"{address}/desk/questionnaires?lang=zh")
    page.goto(f"{address}/desk/questionnaires/drafts/1/respondent")
    expect(page.get_by_text("没办成的原因是什么？")).to_be_hidden()
    page.get_by_label("没办成", exact=True).check()
    expect(page.get_by_text("没办成的原因是什么？")).to_be_visible()


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without one"])
def test_a_test_link_is_filled_in_on_a_phone_without_an_account(
    platform: Platform,
    serve: Callable[[Any], str],
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    script: bool,
) -> None:
    draft = drafting.find_draft(platform, 1)
    assert draft is not None
    code, _expires_at = trying.test_code(platform, draft, "respondent")
    address, page = serve(create_app(platform)), open_page(390, java_script_enabled=script)
    for language in ("en", "zh"):
        page.goto(f"{address}/t/{code}?lang={language}")
        if script:
            assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("办成了", exact=True).check()
    page.get_by_role("button", name="提交测试").last.click()
    expect(page.get_by_role("status")).to_contain_text("不计入任何结果")
    if script:
        assert axe(page) == []
    assert trying.trials_of(platform, 1) == 3
