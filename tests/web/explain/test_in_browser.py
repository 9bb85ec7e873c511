"""The pages that explain scores in a browser: accessible in both languages, inside a phone's window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from surveyapp.application import create_app
from surveyapp.services.installation import Platform
from tests.data.contradicting import contradict
from tests.data.rounds import Round, fill_round, make_round
from tests.signing_in import sign_in

PAGES = ("methods?unit=hall-a", "differences", "choices", "trial?m1=2", "severity")


@pytest.fixture
def address(platform: Platform, serve: Callable[[Any], str]) -> str:
    made: Round = make_round(platform)
    fill_round(platform, made, calls=6, surveys=4)
    contradict(platform, made)
    return serve(create_app(platform))


@pytest.mark.parametrize("width", [390, 1280])
def test_every_explanation_is_accessible_and_fits_its_window(
    address: str, open_page: Callable[..., Page], axe: Callable[..., list[str]], width: int
) -> None:
    page = open_page(width)
    sign_in(page, address, "lead")
    for name in PAGES:
        for language in ("zh", "en"):
            page.goto(f"{address}/desk/explain/{name}{'&' if '?' in name else '?'}lang={language}")
            for details in page.locator("main details").all():
                details.locator("summary").click()
            assert axe(page) == [], (name, language)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, language)


def test_every_explanation_prints_on_a4_without_its_controls(
    address: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(718)
    sign_in(page, address, "lead")
    page.emulate_media(media="print")
    for name in PAGES:
        page.goto(f"{address}/desk/explain/{name}")
        expect(page.locator("nav.switch").first).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") <= 718, name
        expect(page.locator("p.print-only")).to_contain_text("测试轮次")


def test_a_units_table_begins_on_the_first_printed_sheet(
    address: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(718)
    sign_in(page, address, "lead")
    page.goto(f"{address}/desk/scores/hall-a")
    page.emulate_media(media="print")
    assert page.locator(".card.long").evaluate("card => getComputedStyle(card).breakInside") == "auto"
    assert page.locator(".card:not(.long)").first.evaluate("card => getComputedStyle(card).breakInside") == (
        "avoid"
    )
    sheets = page.pdf(format="A4").count(b"/MediaBox")
    assert sheets <= 4
