"""The pages of assigned work in a browser: plans, forms and records of the six kinds, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.application import create_app
from surveyapp.services.collecting import Accepted
from surveyapp.services.filing import Work, file_work
from surveyapp.services.installation import Platform
from tests.data.rounds import Round, make_round
from tests.data.work import SIX, assigned, publish_six, rated
from tests.signing_in import sign_in

pytestmark = pytest.mark.browser
PEOPLE = {
    "callback": "interviewer", "hall": "evaluator", "document": "evaluator", "panel": "expert",
    "publication": "evaluator", "self": "unit",
}  # fmt: skip
KNOWN: dict[str, dict[str, str]] = {
    "document": {"subject": "unit"},
    "panel": {"round": "2"},
    "hall": {"observer": "first"},
}


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    publish_six(platform)
    return made


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", SIX)
def test_the_form_is_accessible_and_fits_a_phone_and_a_desk(
    platform: Platform,
    made: Round,
    serve: Callable[[Any], str],
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    kind: str,
    language: str,
) -> None:
    if kind == "panel":
        first = assigned(platform, made, kind, "expert", round="1")
        outcome = file_work(platform, made.people["expert"], first, Work(rated("3")))
        assert isinstance(outcome, Accepted)
    task = assigned(platform, made, kind, PEOPLE[kind], **KNOWN.get(kind, {}))
    address = serve(create_app(platform))
    for width in (390, 1280):
        page = open_page(width)
        sign_in(page, address, PEOPLE[kind])
        page.goto(f"{address}/field/work/{task}?lang={language}")
        expect(page.locator("form[data-visit]")).to_be_visible()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if kind == "panel":
            levels = page.locator(".pairs li").first
            expect(levels).to_contain_text(re.compile("1 (人|people|raters)", re.IGNORECASE))
            box = levels.bounding_box()
            assert box is not None and box["height"] < 150


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_plan_and_the_record_are_accessible_and_say_what_was_planned_in_words(
    platform: Platform,
    made: Round,
    serve: Callable[[Any], str],
    open_page: Callable[..., Page],
    axe: Callable[..., list[str]],
    language: str,
) -> None:
    task = assigned(platform, made, "panel", "expert", round="1")
    outcome = file_work(platform, made.people["expert"], task, Work(rated("3")))
    assert isinstance(outcome, Accepted)
    assigned(platform, made, "document", "evaluator", subject="unit", coder="first")
    address = serve(create_app(platform))
    for width in (390, 1280):
        page = open_page(width)
        sign_in(page, address, "lead")
        for kind in SIX:
            page.goto(f"{address}/desk/rounds/{made.id}/work?kind={kind}&lang={language}")
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if kind == "document":
                words = "单位总体" if language == "zh" else "The whole department"
                expect(page.locator("table.stack .tag").first).to_have_text(words)
            if kind == "panel":
                expect(page.locator("details summary")).to_be_visible()
                expect(page.locator("table.stack")).to_be_hidden()
        page.goto(f"{address}/desk/records/{outcome.root_id}?lang={language}")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
