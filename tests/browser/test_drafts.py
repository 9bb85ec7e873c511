"""Drafts and the paper version in a browser: accessible and fitting a phone and a desktop window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.application import create_app
from surveyapp.services import drafting
from surveyapp.services.installation import Platform
from tests.data import hashes
from tests.data.rounds import PASSWORD, Round, make_round
from tests.web.test_drafts import SOURCE, picture


@pytest.fixture(autouse=True)
def _cheap_hashes() -> Iterator[None]:
    with hashes.cheap():
        yield


@pytest.fixture
def database_kind() -> str:
    """What a browser shows does not depend on the database."""
    return "sqlite"


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    author = made.people["admin"].id
    for source in (SOURCE, SOURCE.replace("select_one", "select_two")):
        assert isinstance(
            drafting.store_draft(platform, source, "survey", author, {"way.png": picture()}), int
        )
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
    page.goto(f"{address}/sign-in")
    page.fill("[name=login]", "lead")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator("nav.bar")).to_be_visible()
    for place in ("", "/drafts/1", "/drafts/2", "/drafts/1/respondent", "/drafts/1/evaluator", "/1/paper"):
        page.goto(f"{address}/desk/questionnaires{place}")
        assert axe(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.goto(f"{address}/desk/questionnaires/drafts/1/respondent")
    expect(page.get_by_text("没办成的原因是什么？")).to_be_hidden()
    page.get_by_label("没办成", exact=True).check()
    expect(page.get_by_text("没办成的原因是什么？")).to_be_visible()
