"""Field work in a browser: the console by keys, a visit with photo and position, a note offline."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from surveyapp.config import Settings
from surveyapp.services.installation import Platform
from surveyapp.storage.tables import CallAttemptRow, NoteRow, NoteSegmentRow, RecordRow
from tests.clock import Clock
from tests.data.fieldwork import another_line, assigned_call, assigned_visit, begun, open_note, photo
from tests.data.rounds import Round
from tests.signing_in import sign_in

SMALL = 360


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at the real time: pages count on from it."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url=database_url, secret_key="k" * 64)


@pytest.fixture
def enter(address: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Signs somebody in on a small phone and opens a path: `page = enter('evaluator', '/field/')`."""

    def entered(login: str, path: str, width: int = SMALL, **options: Any) -> Page:
        page = open_page(width, **options)
        sign_in(page, address, login, path)
        page.wait_for_load_state()
        return page

    return entered


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def smallest_target(page: Page, selector: str) -> float:
    """The height of the lowest visible control."""
    return float(
        page.evaluate(
            "selector => Math.min(...[...document.querySelectorAll(selector)]"
            ".filter(one => one.offsetParent).map(one => one.getBoundingClientRect().height))",
            selector,
        )
    )


def stored(platform: Platform, table: Any) -> list[Any]:
    with platform.database.reading() as session:
        return list(session.scalars(select(table)))


def test_no_answer_takes_three_keystrokes(
    enter: Callable[..., Page], platform: Platform, made: Round, axe: Callable[..., list[str]]
) -> None:
    assigned_call(platform, made)
    assigned_call(platform, made, line_id=another_line(platform, made))
    page = enter("evaluator", "/field/")
    expect(page.get_by_role("link", name="拨下一个电话")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-start]")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("[data-clock]")).to_be_visible()
    assert fits(page) and axe(page) == []
    assert smallest_target(page, ".outcomes > *, .steps > *") >= 60
    page.keyboard.press("5")
    expect(page.locator(".closed")).to_contain_text("振铃无人接听")
    (attempt,) = stored(platform, CallAttemptRow)
    assert (attempt.state, attempt.outcome) == ("closed", "B1")
    expect(page.locator("[data-next]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-start]")).to_be_visible()


def test_keys_do_nothing_in_a_text_field_or_when_switched_off_and_the_list_shows_them(
    enter: Callable[..., Page], platform: Platform, made: Round
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    page = enter("evaluator", f"/field/attempts/{attempt.id}")
    page.keyboard.press("?")
    expect(page.get_by_text("启用单键快捷键")).to_be_visible()
    page.uncheck("[data-keys-on]")
    page.keyboard.press("5")
    page.reload()
    page.keyboard.press("1")
    page.wait_for_load_state("networkidle")
    assert stored(platform, CallAttemptRow)[0].state == "open"
    page.locator("#keys > summary").click()
    page.check("[data-keys-on]")
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="本方线路故障")).to_be_focused()


def test_the_stopwatch_goes_on_from_the_servers_time_after_a_reload(
    enter: Callable[..., Page], platform: Platform, made: Round, clock: Clock
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    clock.advance(seconds=95)
    page = enter("evaluator", f"/field/attempts/{attempt.id}")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"01:3[5-9]"))
    expect(page.locator("[data-limit]")).to_contain_text("30 秒线已过")


def test_marks_and_outcome_survive_a_dead_spot(
    enter: Callable[..., Page], platform: Platform, made: Round
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    page = enter("evaluator", f"/field/attempts/{attempt.id}")
    page.context.set_offline(True)
    page.keyboard.press("r")
    expect(page.locator("[data-sync]")).to_contain_text("离线")
    page.keyboard.press("4")
    page.context.set_offline(False)
    expect(page.locator(".closed")).to_contain_text("接起即挂断", timeout=15_000)
    (row,) = stored(platform, CallAttemptRow)
    assert row.answered_at is not None and row.outcome == "A4"


def test_an_outcome_is_undone_by_a_key_and_a_conversation_asks_its_questions(
    enter: Callable[..., Page], platform: Platform, made: Round, axe: Callable[..., list[str]]
) -> None:
    attempt = begun(platform, made, assigned_call(platform, made))
    page = enter("evaluator", f"/field/attempts/{attempt.id}")
    page.keyboard.press("6")
    expect(page.locator(".closed")).to_contain_text("占线")
    page.keyboard.press("u")
    expect(page.locator("[data-outcomes]")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("[data-marks] button[value=answered]")).to_be_disabled()
    page.keyboard.press("1")
    expect(page.get_by_text("接听者是否报出单位名称")).to_be_visible()
    assert fits(page) and axe(page) == []
    page.check("input[name='talk/named'][value=yes]")
    page.click("button[data-submit]")
    expect(page.locator(".closed")).to_contain_text("记录已提交")
    (record,) = stored(platform, RecordRow)
    assert record.answers["call"]["outcome"] == "A1" and "seconds_to_answer" in record.answers


def test_the_number_is_shown_by_a_key(enter: Callable[..., Page], platform: Platform, made: Round) -> None:
    page = enter("evaluator", f"/field/calls/{assigned_call(platform, made)}")
    expect(page.locator("[data-number]")).to_have_text("0431-****0001")
    page.keyboard.press("F2")
    expect(page.locator("[data-number]")).to_have_text("0431-00000001")


def test_a_visit_is_filed_with_position_and_photos(
    enter: Callable[..., Page], platform: Platform, made: Round, axe: Callable[..., list[str]], tmp_path: Path
) -> None:
    pictures = [tmp_path / "image.jpg", tmp_path / "again.jpg"]
    for picture, shade in zip(pictures, (40, 90), strict=True):
        picture.write_bytes(photo(shade))
    page = enter(
        "evaluator",
        f"/field/visits/{assigned_visit(platform, made)}",
        geolocation={"latitude": 43.9004, "longitude": 125.3002, "accuracy": 25},
        permissions=["geolocation"],
    )
    page.click("[data-locate]")
    expect(page.get_by_text("已取得位置，精度 25 米")).to_be_visible()
    expect(page.locator("#source_reason")).to_be_hidden()
    page.check("input[name='arrival/hall_state'][value=open]")
    page.check("input[name='arrival/proofs'][value=ticket]")
    page.set_input_files("input[name='arrival/photo_1']", pictures)
    expect(page.get_by_text("已选 2 个")).to_be_visible()
    assert fits(page) and axe(page) == []
    assert smallest_target(page, ".opt, .btn:not(.out-of-sight)") >= 44
    page.click("button.primary[data-submit]")
    expect(page.locator("[data-errors]")).to_contain_text("请至少选两种")
    expect(page.get_by_text("文件没有保存，请重新选择文件再提交")).to_be_visible()
    expect(page.locator(".q:has([name='arrival/photo_1'])")).to_contain_text("文件没有保存，请重新选择。")
    expect(page.get_by_text("已有文件")).to_have_count(0)
    expect(page.locator("input[name='arrival/hall_state'][value=open]")).to_be_checked()
    page.check("input[name='arrival/proofs'][value=board]")
    page.check("input[name='improvement/spotted'][value=no]")
    page.set_input_files("input[name='arrival/photo_1']", pictures)
    page.click("button.primary[data-submit]")
    expect(page.get_by_text("记录已收到")).to_be_visible()
    (record,) = stored(platform, RecordRow)
    assert record.extra["position_source"] == "device" and record.extra["distance_m"] < 60
    assert record.flags == []
    assert axe(page) == []


def test_a_visit_keeps_its_draft_on_the_device_until_it_is_filed(
    enter: Callable[..., Page], platform: Platform, made: Round
) -> None:
    page = enter("evaluator", f"/field/visits/{assigned_visit(platform, made)}")
    page.check("input[name='arrival/hall_state'][value=closed]")
    expect(page.locator("p[data-saved]")).not_to_be_empty()
    page.reload()
    expect(page.locator("input[name='arrival/hall_state'][value=closed]")).to_be_checked()
    expect(page.locator("[data-draft-bar]")).to_be_visible()


def test_a_position_typed_by_hand_asks_why(
    enter: Callable[..., Page], platform: Platform, made: Round
) -> None:
    page = enter("evaluator", f"/field/visits/{assigned_visit(platform, made)}")
    page.locator("[data-part=lat]").press_sequentially("43.9")
    page.keyboard.press("Tab")
    expect(page.locator("#source_reason")).to_be_visible()


def tag(page: Page, code: str) -> None:
    page.click("[data-tagging]")
    page.fill("#dock-search", code)
    page.keyboard.press("Enter")
    page.click("[data-tagging]")


def test_a_note_is_written_through_a_dead_spot_and_synced_once(
    enter: Callable[..., Page], platform: Platform, made: Round, axe: Callable[..., list[str]]
) -> None:
    note_id = open_note(platform, made)
    page = enter("interviewer", f"/field/notes/{note_id}")
    sync = page.locator("[data-sync]")
    page.click("[data-speaker=A]")
    page.fill("#dock-text", "窗口按新清单一次告知。")
    tag(page, "2.2.4")
    page.click("[data-flag=quote]")
    expect(sync).to_contain_text("已同步")
    page.context.set_offline(True)
    page.click("[data-speaker=B]")
    page.fill("#dock-text", "系统对接还有两个没打通。")
    expect(sync).to_contain_text("离线：1 条待同步", timeout=15_000)
    assert fits(page) and axe(page) == []
    assert smallest_target(page, ".dock button, .dock select, [data-sync]") >= 44
    page.context.set_offline(False)
    expect(sync).to_contain_text("已同步", timeout=20_000)
    rows = {row.text: row for row in stored(platform, NoteSegmentRow)}
    first = rows["窗口按新清单一次告知。"]
    latest = max(
        (row for row in rows.values() if row.segment_id == first.segment_id), key=lambda row: row.revision
    )
    assert (latest.speaker, latest.indicators, latest.flags) == ("A", ["2.2.4"], ["quote"])
    assert rows["系统对接还有两个没打通。"].speaker == "B"
    expect(page.locator("[data-untagged]")).to_have_text("待归类 1 条")


def test_typing_without_choosing_a_speaker_loses_no_letter(
    enter: Callable[..., Page], platform: Platform, made: Round
) -> None:
    page = enter("interviewer", f"/field/notes/{open_note(platform, made)}")
    page.locator("#dock-text").press_sequentially("abc")
    expect(page.locator("[data-sync]")).to_contain_text("已同步")
    row = stored(platform, NoteSegmentRow)[-1]
    assert (row.text, row.speaker) == ("abc", "A")


def test_indicators_used_last_are_offered_first(
    enter: Callable[..., Page], platform: Platform, made: Round
) -> None:
    page = enter("interviewer", f"/field/notes/{open_note(platform, made)}")
    page.click("[data-speaker=A]")
    page.fill("#dock-text", "甲")
    for code in ("2.4.1", "电话咨询"):
        tag(page, code)
    page.click("[data-speaker=B]")
    page.fill("#dock-text", "乙")
    page.click("[data-tagging]")
    page.fill("#dock-search", "")
    first = page.locator("[data-found] .chip")
    expect(first.nth(0)).to_contain_text("2.2.3")
    expect(first.nth(1)).to_contain_text("2.4.1")


def test_a_segment_the_server_refuses_says_why_and_does_not_hold_up_the_others(
    enter: Callable[..., Page], platform: Platform, made: Round
) -> None:
    page = enter("interviewer", f"/field/notes/{open_note(platform, made)}")

    def spoil(route: Route) -> None:
        sent = route.request.post_data or ""
        route.continue_(post_data=sent.replace('"stance":"oppose"', '"stance":"nonsense"'))

    page.route("**/segments", spoil)
    page.click("[data-speaker=A]")
    page.fill("#dock-text", "坏的")
    page.select_option("[data-stance]", "oppose")
    page.click("[data-speaker=B]")
    page.fill("#dock-text", "好的")
    expect(page.locator("[data-refused]")).to_contain_text("没有这种立场", timeout=15_000)
    expect(page.locator("[data-sync]")).to_contain_text("同步失败")
    assert "好的" in [row.text for row in stored(platform, NoteSegmentRow)]


def test_what_was_not_synced_is_there_after_a_reload(
    enter: Callable[..., Page], platform: Platform, made: Round
) -> None:
    page = enter("interviewer", f"/field/notes/{open_note(platform, made)}")

    def down(route: Route) -> None:
        route.abort()

    page.route("**/segments", down)
    page.click("[data-speaker=C]")
    page.fill("#dock-text", "这一段还没有发出去。")
    expect(page.locator("[data-sync]")).to_contain_text("同步失败", timeout=15_000)
    page.reload()
    expect(page.locator("[data-segments]")).to_contain_text("这一段还没有发出去。")
    page.unroute("**/segments", down)
    page.click("[data-sync]")
    expect(page.locator("[data-sync]")).to_contain_text("已同步")
    assert [row.text for row in stored(platform, NoteSegmentRow)] == ["这一段还没有发出去。"]


def test_typing_goes_on_when_the_sign_in_has_expired(
    enter: Callable[..., Page], platform: Platform, made: Round, clock: Clock, address: str
) -> None:
    page = enter("interviewer", f"/field/notes/{open_note(platform, made)}")
    clock.advance(hours=13)
    page.click("[data-speaker=A]")
    page.fill("#dock-text", "登录过期以后写的。")
    expect(page.locator("[data-sync]")).to_contain_text("登录已过期", timeout=15_000)
    page.fill("#dock-text", "登录过期以后写的，接着写。")
    again = page.context.new_page()
    sign_in(again, address, "interviewer", "/field/")
    page.bring_to_front()
    page.click("[data-sync]")
    expect(page.locator("[data-sync]")).to_contain_text("已同步", timeout=20_000)
    assert "登录过期以后写的，接着写。" in {row.text for row in stored(platform, NoteSegmentRow)}


def test_two_devices_that_edit_one_segment_are_asked_to_choose(
    enter: Callable[..., Page], platform: Platform, made: Round
) -> None:
    address = f"/field/notes/{open_note(platform, made)}"
    first = enter("interviewer", address)
    first.click("[data-speaker=A]")
    first.fill("#dock-text", "原来的话。")
    expect(first.locator("[data-sync]")).to_contain_text("已同步")
    second = enter("interviewer", address)
    for page, text in ((first, "这边改的。"), (second, "那边改的。")):
        page.locator("[data-segments] .btn").first.click()
        page.fill("#dock-text", text)
        expect(page.locator("[data-sync]")).to_contain_text("已同步")
    expect(second.get_by_text("两处写法不同")).to_be_visible()
    second.get_by_role("button", name="用这一种：这边改的。").click()
    expect(second.locator("[data-sync]")).to_contain_text("已同步")
    first.reload()
    expect(first.locator(".said")).to_have_text(["这边改的。"])
    expect(first.locator("li.conflict")).to_have_count(0)


def test_the_rubric_saves_itself_and_the_note_is_submitted(
    enter: Callable[..., Page], platform: Platform, made: Round, axe: Callable[..., list[str]]
) -> None:
    note_id = open_note(platform, made)
    page = enter("interviewer", f"/field/notes/{note_id}")
    page.click("[data-speaker=A]")
    page.fill("#dock-text", "值班安排了，午休时间轮流接电话，来电都有登记，漏接的当天回拨。")
    page.click(".rubric > summary")
    page.check("input[name='practice/rubric_2_2_3'][value='4']")
    expect(page.locator("[data-answers-state]")).to_contain_text("评级已同步")
    assert stored(platform, NoteRow)[0].answers["practice"]["rubric_2_2_3"] == "4"
    assert fits(page) and axe(page) == []
    expect(page.locator("[data-sync]")).to_contain_text("已同步")
    page.click("button[value=submit]")
    expect(page.get_by_text("记录已收到")).to_be_visible()
    (record,) = stored(platform, RecordRow)
    assert record.kind == "interview" and len(record.extra["segments"]) == 1


def test_a_device_without_storage_still_writes_a_note(
    enter: Callable[..., Page], platform: Platform, made: Round
) -> None:
    page = enter("interviewer", "/field/")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no storage'); } });"
    )
    note_id = open_note(platform, made)
    page.goto(page.url.replace("/field/", f"/field/notes/{note_id}"))
    page.click("[data-speaker=A]")
    page.fill("#dock-text", "没有本机存储也能记。")
    expect(page.locator("[data-sync]")).to_contain_text("已同步")
    assert [row.text for row in stored(platform, NoteSegmentRow)] == ["没有本机存储也能记。"]


@pytest.mark.parametrize("login", ["evaluator", "interviewer"])
def test_the_landing_page_is_usable_on_a_small_phone(
    enter: Callable[..., Page], platform: Platform, made: Round, axe: Callable[..., list[str]], login: str
) -> None:
    assigned_call(platform, made)
    assigned_visit(platform, made)
    begun(platform, made, assigned_call(platform, made, line_id=another_line(platform, made)))
    page = enter(login, "/field/")
    assert fits(page) and axe(page) == []
    assert smallest_target(page, "main a, main button") >= 44
