"""The settings in a browser: accessible, fitting phone and desktop, set up by typing and clicking alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from surveyapp.gateways.spreadsheets import Table, write_workbook
from surveyapp.services import accounts, arranging
from surveyapp.services.installation import Platform
from tests.data.rounds import PASSWORD, Round, make_round
from tests.signing_in import sign_in

pytestmark = pytest.mark.usefixtures("cheap_hashes")
LINES = dict(
    zip(
        ("单位编码", "编码", "号码", "号码名称", "公布时间", "来源", "核对日期"),
        ("hall-b", "hall-b-t1", "0431-00000009", "咨询电话", "全天", "办事指南", "2026-11-20"),
        strict=True,
    )
)


@pytest.fixture
def made(platform: Platform) -> Round:
    made = make_round(platform)
    for login in ("evaluator-2", "evaluator-3"):
        accounts.create_user(platform, login, login, PASSWORD)
        accounts.grant(platform, login, "evaluator", arranging.ROOT_UNIT)
    return made


@pytest.fixture
def enter(address: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Signs somebody in: `page = enter('lead', 390)`."""

    def entered(login: str, width: int = 1280) -> Page:
        page = open_page(width)
        sign_in(page, address, login)
        return page

    return entered


def sound(page: Page, axe: Callable[..., list[str]]) -> None:
    """The page is accessible, no wider than its window, and its buttons are tall enough for a finger."""
    assert axe(page) == [], page.url
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    lowest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('main .btn, main select, main .ticks label,"
        " main input:not([type=checkbox]):not([type=radio]):not([type=hidden])')]"
        ".filter(one => one.offsetParent)"
        ".map(one => one.getBoundingClientRect().height), 99)"
    )
    assert lowest >= 44, page.url


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_the_settings_is_accessible_and_fits(
    enter: Callable[..., Page],
    address: str,
    made: Round,
    axe: Callable[..., list[str]],
    width: int,
    language: str,
) -> None:
    around = f"rounds/{made.id}"
    places = ("places", "places/sites", "places/lines", "places/items")
    rounds = ("rounds", "rounds/new", around, f"{around}/calls", f"{around}/visits")
    pages = {
        "admin": ("settings", "accounts", "accounts/2", f"accounts/{made.people['admin'].id}"),
        "lead": ("settings", *places, "questionnaires", "devices", *rounds),
    }
    for login, paths in pages.items():
        page = enter(login, width)
        for path in paths:
            page.goto(f"{address}/desk/{path}?lang={language}")
            sound(page, axe)


def test_an_admin_opens_an_account_and_sees_its_password_once(
    enter: Callable[..., Page], platform: Platform, axe: Callable[..., list[str]]
) -> None:
    page = enter("admin", 390)
    page.get_by_role("link", name="设置").click()
    page.get_by_role("link", name="账号与角色").click()
    page.get_by_label("登录名").fill("new.person")
    page.get_by_label("姓名").fill("评估员")
    page.get_by_label("角色", exact=True).select_option(label="评估员")
    page.get_by_role("button", name="开设账号").click()
    password = page.locator(".password").inner_text()
    sound(page, axe)
    assert accounts.sign_in(platform, "new.person", password)
    page.get_by_role("link", name="已抄下").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("new.person")
    assert password not in page.content()
    page.get_by_role("button", name="停用账号").click()
    expect(page.get_by_role("status")).to_contain_text("已停用")
    assert accounts.sign_in(platform, "new.person", password) is None


def test_a_table_with_a_mistake_is_refused_and_goes_in_once_it_is_mended(
    enter: Callable[..., Page], address: str, axe: Callable[..., list[str]], tmp_path: Path
) -> None:
    page = enter("lead", 390)
    page.goto(f"{address}/desk/places/lines")

    def upload(hours: str) -> None:
        buffer = io.BytesIO()
        row = {**LINES, "公布时间": hours}
        write_workbook(buffer, [Table("公布号码", list(row), [list(row.values())])])
        (tmp_path / "lines.xlsx").write_bytes(buffer.getvalue())
        page.get_by_label("表格文件").set_input_files(tmp_path / "lines.xlsx")
        page.get_by_role("button", name="导入").click()

    upload("全天")
    expect(page.get_by_role("alert")).to_contain_text("第 2 行“公布时间”列")
    sound(page, axe)
    upload("09:00-16:00")
    expect(page.get_by_role("status")).to_have_text("已登记 1 条。")
    expect(page.get_by_role("row", name="hall-b-t1")).to_contain_text("09:00-16:00")


def test_a_mistyped_field_is_described_by_its_sentence(
    enter: Callable[..., Page], address: str, axe: Callable[..., list[str]]
) -> None:
    page = enter("lead")
    page.goto(f"{address}/desk/places/sites")
    for label, text in (
        ("单位编码", "hall-a"),
        ("编码", "s-9"),
        ("名称", "厅"),
        ("地址", "路"),
        ("经度（可不填）", "1"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("纬度（可不填）").fill("95")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_label("纬度（可不填）")).to_have_accessible_description(
        re.compile("-90 至 90 的十进制度数")
    )
    expect(page.get_by_label("名称", exact=True)).to_have_value("厅")
    sound(page, axe)


def test_a_plan_of_calls_is_drawn_shown_with_its_hash_and_stored(
    enter: Callable[..., Page], address: str, made: Round, axe: Callable[..., list[str]]
) -> None:
    page = enter("lead", 390)
    page.goto(f"{address}/desk/rounds/{made.id}/calls")
    page.get_by_label("甲厅 · 咨询电话").check()
    for box in page.locator("[name=caller]").all():
        box.check()
    page.get_by_label("第一天").fill("2026-11-25")
    page.get_by_label("最后一天").fill("2026-12-31")
    page.get_by_label("每个号码拨打次数").fill("12")
    page.get_by_label("咨询情景").fill("咨询办理身份证需要哪些材料")
    page.get_by_role("button", name="抽取并查看").click()
    expect(page.get_by_role("heading", name="抽出 12 次电话，尚未保存")).to_be_visible()
    sha256 = page.locator("dd.hash").inner_text()
    sound(page, axe)
    page.get_by_role("button", name="保存这份计划").click()
    expect(page.get_by_role("status")).to_contain_text("已安排 12 次电话")
    expect(page.locator("td.hash")).to_have_text(sha256)
    sound(page, axe)


def test_the_rules_of_a_round_are_registered_on_its_page(
    enter: Callable[..., Page], address: str, made: Round, axe: Callable[..., list[str]]
) -> None:
    page = enter("lead", 390)
    page.goto(f"{address}/desk/rounds/{made.id}")
    page.get_by_role("button", name="登记现行规则").click()
    expect(page.get_by_text("第 1 次登记")).to_be_visible()
    assert len(page.locator("#rules .hash").inner_text()) == 64
    sound(page, axe)


def test_a_round_is_closed_only_by_typing_its_code(
    enter: Callable[..., Page], address: str, made: Round, axe: Callable[..., list[str]]
) -> None:
    page = enter("lead")
    page.goto(f"{address}/desk/rounds/{made.id}")
    page.get_by_label("外业已经完成").check()
    page.get_by_role("button", name="进入收尾").click()
    expect(page.locator("form .plain.warn")).to_contain_text("密钥随即销毁")
    page.get_by_label("输入本轮编码").fill("wrong")
    page.get_by_role("button", name="结束本轮").click()
    expect(page.get_by_role("alert")).to_contain_text("请输入本轮编码")
    sound(page, axe)
    page.get_by_label("输入本轮编码").fill("r1")
    page.get_by_role("button", name="结束本轮").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已结束")
    sound(page, axe)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_device_is_issued_by_typing_and_its_code_is_shown_once(
    enter: Callable[..., Page], address: str, made: Round, axe: Callable[..., list[str]], width: int
) -> None:
    page = enter("lead", width)
    page.goto(f"{address}/desk/settings")
    page.get_by_role("link", name="手机和平板").click()
    page.get_by_label("设备名称").fill("甲厅平板 1")
    page.get_by_label("使用人").select_option("evaluator")
    page.get_by_label("所在地点").select_option(f"site:{made.site_id}")
    page.get_by_role("button", name="发放").click()
    code = page.get_by_role("img", name="Collect 的设置二维码")
    expect(code).to_be_visible()
    assert code.evaluate("one => one.naturalWidth") > 0
    sound(page, axe)
    page.get_by_role("link", name="返回设备列表").click()
    sound(page, axe)
    page.get_by_role("button", name="停用设备").click()
    expect(page.get_by_text("已停用", exact=True)).to_be_visible()
