"""A citizen answers, an evaluator calls and visits, an interviewer writes; a lead sees the points move and
opens them down to those four records, and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from surveyapp.application import create_app
from surveyapp.gateways.drawing import hall_photo
from surveyapp.services import arranging, folding
from surveyapp.services.installation import Platform
from tests.clock import MORNING
from tests.data.rounds import PASSWORD, Round, make_round

PHONE, DESK = 390, 1280


@pytest.fixture
def database_kind() -> str:
    """One database is enough here: both run the services' tests."""
    return "sqlite"


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    evaluator = made.people["evaluator"].id
    planned = MORNING + timedelta(minutes=5)
    arranging.assign(
        platform,
        made.id,
        evaluator,
        "call",
        made.unit_id,
        planned,
        site_id=made.site_id,
        line_id=made.line_id,
        slot="A",
    )
    arranging.assign(
        platform,
        made.id,
        evaluator,
        "visit",
        made.unit_id,
        planned,
        site_id=made.site_id,
        scenario="普通办事人",
    )
    return made


def signed_in(page: Page, address: str, login: str) -> Page:
    """The page, signed in as somebody."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("账号", exact=True).fill(login)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="退出")).to_be_attached()
    return page


def choose(page: Page, question: str, value: str) -> None:
    """Choose an option of a question by its code."""
    page.locator(f'[name="{question}"][value="{value}"]').check(force=True)


def answer_as_a_citizen(page: Page, address: str, code: str) -> str:
    """Fill the page of a QR link and return the receipt code."""
    page.goto(f"{address}/q/{code}")
    choose(page, "about/age14", "yes")
    choose(page, "process/times_on_site", "1")
    choose(page, "process/done", "done")
    choose(page, "channels/online_used", "no")
    choose(page, "channels/complaint_known", "yes")
    for name, value in (("overall", "4"), ("can_do", "5"), ("once_real", "4"), ("fewer_trips", "4")):
        choose(page, f"opinion/{name}", value)
    page.get_by_role("button", name="提交", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已收到")
    return page.locator("#receipt-code").inner_text().replace("-", "")


def log_a_call(page: Page, address: str) -> None:
    """Dial, ring, answered, hung up, answered by a person: by keys, then the scripted questions."""
    signed_in(page, address, "evaluator")
    page.get_by_role("link", name=re.compile("拨下一个电话")).click()
    page.wait_for_load_state()
    page.keyboard.press("Space")
    expect(page.locator("[data-clock]")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("Space")
    expect(page.locator('[data-marks] button[value="rang"]')).to_contain_text(re.compile(r"\d\d:\d\d"))
    page.keyboard.press("r")
    expect(page.locator('[data-marks] button[value="answered"]')).to_contain_text(re.compile(r"\d\d:\d\d"))
    page.keyboard.press("h")
    expect(page.locator('[data-marks] button[value="ended"]')).to_contain_text(re.compile(r"\d\d:\d\d"))
    page.keyboard.press("1")
    choose(page, "talk/named", "yes")
    choose(page, "talk/answer_1", "2")
    choose(page, "talk/answer_2", "2")
    choose(page, "talk/answer_3", "1")
    page.get_by_role("button", name="提交记录").click()
    expect(page.get_by_text("记录已提交").first).to_be_visible()


def file_a_visit(page: Page, address: str, folder: Path) -> None:
    """Position from the device, two proofs, a photo, a few checks."""
    photo = folder / "hall.jpg"
    photo.write_bytes(hall_photo(1, MORNING, (43.9, 125.3)))
    page.goto(f"{address}/field/")
    page.locator('a[href*="/field/visits/"]').first.click()
    page.wait_for_load_state()
    page.locator("[data-geopoint] button, button[data-geopoint]").first.click()
    expect(page.locator('[name="arrival/position#lat"]')).to_have_value(re.compile(r"43\.9"))
    choose(page, "arrival/hall_state", "open")
    choose(page, "arrival/proofs", "ticket")
    choose(page, "arrival/proofs", "board")
    page.locator('[name="arrival/photo_1"]').set_input_files(str(photo))
    for name in ("fac_queue", "fac_guide", "fac_kiosk", "phone_staffed"):
        choose(page, f"hall/{name}", "yes")
    choose(page, "online/online_depth", "3")
    choose(page, "improvement/spotted", "no")
    page.get_by_role("button", name=re.compile("提交")).last.click()
    expect(page).to_have_url(re.compile("/sent"))


def write_a_note(page: Page, address: str) -> None:
    """A group interview with one tagged segment and a rubric."""
    signed_in(page, address, "interviewer")
    page.locator('a[href*="/field/notes/new"]').first.click()
    page.locator("#title").fill("窗口座谈会")
    page.locator('[name="form_of"][value="group"]').check(force=True)
    page.locator('[name="rank_window"]').fill("4")
    page.locator('[name="told"]').check(force=True)
    page.locator('[name="recording"][value="no"]').check(force=True)
    page.locator("form.new-note button").last.click()
    expect(page.locator("[data-dock]")).to_be_visible()
    page.wait_for_load_state()
    page.locator("#dock-text").fill("咨询电话由窗口轮流值守，午休也有人接。")
    page.get_by_role("button", name="B", exact=True).click()
    expect(page.locator("#segments")).to_contain_text("午休也有人接")
    expect(page.locator("#segments")).not_to_contain_text("待同步")
    expect(page.get_by_text(re.compile("已同步")).first).to_be_visible()
    page.locator("#rubric summary").click()
    choose(page, "practice/rubric_2_2_3", "3")
    choose(page, "mechanism/rubric_1_3_2_2", "4")
    page.locator('#rubric button[value="submit"]').click()
    expect(page.get_by_role("heading", name="记录已收到")).to_be_visible()


def approve_and_confirm(
    open_page: Callable[..., Page], address: str, platform: Platform, made: Round
) -> None:
    """The reviewer approves what waits, the lead confirms all of it, the fold runs."""
    reviewer = signed_in(open_page(DESK), address, "reviewer")
    while True:
        reviewer.goto(f"{address}/desk/review?state=received")
        waiting = reviewer.locator("tbody th a")
        if waiting.count() == 0:
            break
        waiting.first.click()
        reviewer.locator('button[name="to"][value="approved"]').click()
        expect(reviewer.locator(".flash")).to_contain_text("通过")
    lead = signed_in(open_page(DESK), address, "lead")
    lead.goto(f"{address}/desk/review")
    lead.get_by_role("button", name="终审").click()
    expect(lead.locator(".flash")).to_contain_text("已终审 4 条")
    folding.fold_round(platform, made.id)


def test_four_records_move_the_points_and_each_is_reached_from_them(
    open_page: Callable[..., Page],
    serve: Callable[..., str],
    platform: Platform,
    made: Round,
    tmp_path: Path,
    axe: Callable[..., list[str]],
) -> None:
    address = serve(create_app(platform))
    lead = signed_in(open_page(DESK), address, "lead")
    lead.goto(f"{address}/desk/scores/hall-a")
    before = lead.locator("main").inner_text()

    receipt = answer_as_a_citizen(open_page(PHONE), address, made.code)
    evaluator = open_page(
        PHONE, geolocation={"latitude": 43.9, "longitude": 125.3, "accuracy": 20}, permissions=["geolocation"]
    )
    log_a_call(evaluator, address)
    file_a_visit(evaluator, address, tmp_path)
    write_a_note(open_page(PHONE), address)
    approve_and_confirm(open_page, address, platform, made)

    lead.goto(f"{address}/desk/scores/hall-a")
    assert lead.locator("main").inner_text() != before
    expect(lead.locator("main")).to_contain_text("2.2.3")
    assert axe(lead) == []
    reached = records_below(lead, address, ("1.1.2", "2.2.3", "1.3.2.2"))
    assert len(reached) == 4, reached
    for root_id in reached:
        lead.goto(f"{address}/desk/records/{root_id}")
        expect(lead.get_by_role("heading", name="影响的得分")).to_be_visible()
        assert lead.locator('aside a[href*="/desk/scores/hall-a/"]').count() > 0
        assert axe(lead) == []
    assert any(receipt in lead_text(lead, address, root_id) for root_id in reached)


def records_below(lead: Page, address: str, leaves: tuple[str, ...]) -> set[str]:
    """Every record that the lists of these leaves lead to."""
    reached = set()
    for leaf in leaves:
        lead.goto(f"{address}/desk/scores/hall-a/{leaf}")
        lists = [link.get_attribute("href") for link in lead.locator("main a", has_text="条记录").all()]
        assert lists, leaf
        for records in lists:
            lead.goto(f"{address}{records}")
            reached |= {
                str(link.get_attribute("href")).partition("/desk/records/")[2].partition("?")[0]
                for link in lead.locator('a[href*="/desk/records/"]').all()
            }
    return reached


def lead_text(lead: Page, address: str, root_id: str) -> str:
    """What the record page says."""
    lead.goto(f"{address}/desk/records/{root_id}")
    return lead.locator("main").inner_text()
