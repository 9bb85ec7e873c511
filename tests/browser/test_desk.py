"""Every page of the desk and the door at phone and desktop width: accessible, inside the screen, in both
languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from surveyapp.application import create_app
from surveyapp.services import linking
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import RecordRow
from tests.data.rounds import Round, fill_round, make_round
from tests.signing_in import sign_in

OPEN = ("/", "/sign-in", "/nowhere", "/r/K7Q-4M9-XCDA")
CLOSED = (
    "/desk/",
    "/desk/review",
    "/desk/review?state=confirmed",
    "/desk/framework",
    "/desk/links",
    "/desk/links/1/sheet",
    "/account",
    "/account/second-factor",
)


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    fill_round(platform, made)
    return made


def looked_at(page: Page, axe: Callable[..., list[str]], address: str) -> list[str]:
    """What axe and the width of the page have to say, with the address."""
    page.goto(address)
    found = [f"{address}: {one}" for one in axe(page)]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{address}: reaches beyond the screen")
    return found


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_of_the_desk_are_accessible_and_fit(
    open_page: Callable[..., Page],
    serve: Callable[..., str],
    platform: Platform,
    made: Round,
    axe: Callable[..., list[str]],
    width: int,
    language: str,
) -> None:
    address = serve(create_app(platform))
    stranger = open_page(width)
    found = [one for path in OPEN for one in looked_at(stranger, axe, f"{address}{path}?lang={language}")]
    lead = open_page(width)
    sign_in(lead, address, "lead")
    lead.goto(f"{address}/desk/?lang={language}")
    found += [one for path in CLOSED for one in looked_at(lead, axe, f"{address}{path}")]
    with platform.database.reading() as session:
        kinds = {row.kind: row.root_id for row in session.execute(select(RecordRow.kind, RecordRow.root_id))}
    for root_id in kinds.values():
        found += looked_at(lead, axe, f"{address}/desk/records/{root_id}")
    assert found == []


def test_a_stopped_link_is_accessible(
    open_page: Callable[..., Page],
    serve: Callable[..., str],
    platform: Platform,
    made: Round,
    axe: Callable[..., list[str]],
) -> None:
    link = linking.list_links(platform, made.id)[0]
    linking.revoke_link(platform, link.id, None)
    page = open_page(390)
    assert looked_at(page, axe, f"{serve(create_app(platform))}/q/{link.code}") == []
    expect(page.get_by_role("heading", level=1)).to_contain_text("已停用")


def test_a_table_of_the_desk_can_be_reached_and_scrolled_by_keyboard(
    open_page: Callable[..., Page], serve: Callable[..., str], platform: Platform, made: Round
) -> None:
    address = serve(create_app(platform))
    lead = open_page(390)
    sign_in(lead, address, "lead")
    lead.goto(f"{address}/desk/framework")
    region = lead.get_by_role("region", name="指标树")
    region.focus()
    lead.keyboard.press("ArrowRight")
    expect(region).to_be_focused()
