"""The page of a round's sampling plan: made by a lead, shown with plain words, followed in the field."""

from __future__ import annotations

import pytest

from surveyapp.services.installation import Platform
from surveyapp.services.planning import sampling
from surveyapp.storage.tables import FrameworkRow
from surveyapp.web.desk import sampling as pages
from tests.data.rounds import Round, fill_round
from tests.services.test_sampling_plans import fields
from tests.web.clients import Enter


def test_a_lead_makes_a_plan_and_sees_what_it_leads_to(platform: Platform, made: Round, enter: Enter) -> None:
    lead, page = enter("lead"), f"/desk/rounds/{made.id}/sampling"
    assert "抽样与预算" in lead.get(f"/desk/rounds/{made.id}").text
    assert "还没有抽样计划" in lead.get(page).text and "还没有抽样计划" in lead.get(f"{page}/live").text
    assert lead.post(f"{page}/edit", data=fields(made)).status_code == 303
    shown = lead.get(page).text
    (version,) = sampling.versions_of(platform, made.id)
    for words in (
        version.sha256,
        "每个单位打 82 次有效电话，至少 72 次合格",
        "第 11 次不合格",
        "77.1",
        "至少要 5 个号码",
        "3号窗口 174</span>、",
        "总分的标准误预计",
        "下一元钱花在哪",
        "分错等次的机会",
        "总分：分错等次的机会",
        "另一种提前定论：序贯检验",
        "打到第 82 次还没有结论的，不合格不超过 11 次",
        "等次下限（占 100 分）：90%、80%",
        "还算不出总分的误差",
        "本单位没有登记公布的号码",
        "不保证回答真实",
    ):
        assert words in shown, words
    english = lead.get(f"{page}?lang=en").text
    assert "at least 72 successes" in english and "Where the next yuan goes" in english


def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(
    platform: Platform, made: Round, enter: Enter
) -> None:
    lead, page = enter("lead"), f"/desk/rounds/{made.id}/sampling/edit"
    refused = lead.post(page, data=fields(made, call_claim="", interview_n="八个"))
    assert refused.status_code == 422 and sampling.versions_of(platform, made.id) == ()
    assert "有 2 处需要修改" in refused.text and 'value="八个"' in refused.text
    assert "内部访谈“固定数量”：请填 1 至 100000 的整数。" in refused.text
    english = lead.post(
        f"{page}?lang=en", data=fields(made, limits="80 90", **{f"strata_{made.unit_id}": "x"})
    )
    assert "Lower limits of grades: " in english.text and "Strata of 甲厅: " in english.text
    refused = lead.post(f"{page}?lang=zh", data=fields(made, call_claim="", interview_n="八个"))
    assert "系统不代为选择" in refused.text and 'id="wrong-interview_n"' in refused.text
    assert lead.post(page, data={}).status_code == 422
    assert lead.post(page, data=fields(made)).status_code == 303
    silent = lead.post(page, data=fields(made, interview_n="9"))
    assert silent.status_code == 422 and "请写明为什么修改" in silent.text
    assert lead.post(page, data=fields(made, interview_n="9", reason="多访一人")).status_code == 303
    old = lead.get(f"/desk/rounds/{made.id}/sampling?version=1").text
    assert "这是旧版本" in old and "多访一人" in old
    assert lead.get(f"/desk/rounds/{made.id}/sampling?version=3").status_code == 404
    assert lead.get(f"/desk/rounds/{made.id}/sampling?version=x").status_code == 404


def test_the_light_tells_enough_not_yet_and_beyond(
    platform: Platform,
    made: Round,
    enter: Enter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill_round(platform, made, calls=12, surveys=4)
    lead, page = enter("lead"), f"/desk/rounds/{made.id}/sampling"
    assert lead.post(f"{page}/edit", data=fields(made, interview_n="3", hall_n="2")).status_code == 303
    shown = lead.get(f"{page}/live").text
    for words in (
        "够了",
        "还不够",
        "超出计划",
        "已有 12，计划 82",
        "随时可看",
        "只来自固定次数的计划",
        "再做一份内部访谈",
    ):
        assert words in shown, words
    english = lead.get(f"{page}/live?lang=en").text
    assert "Beyond the plan" in english and "12 of 82 planned" in english
    monkeypatch.setattr(pages, "UNITS_A_PAGE", 1)
    first, second = (lead.get(f"{page}/live?lang=zh&page={number}").text for number in (1, 2))
    assert "<h2>甲厅</h2>" in first and "<h2>乙厅</h2>" not in first and "第 1 页，共 2 页" in first
    assert "<h2>乙厅</h2>" in second and "<h2>甲厅</h2>" not in second
    for wrong in ("0", "3"):
        assert lead.get(f"{page}/live?page={wrong}").status_code == 404


def test_only_leads_see_it_and_a_blocked_framework_is_told(
    platform: Platform, made: Round, enter: Enter
) -> None:
    page = f"/desk/rounds/{made.id}/sampling"
    assert enter("reviewer").get(page).status_code == 403
    lead = enter("lead")
    assert lead.get("/desk/rounds/999/sampling").status_code == 404
    with platform.database.transaction() as session:
        session.get_one(FrameworkRow, made.framework_id).decisions = []
    for path in (page, f"{page}/edit", f"{page}/live"):
        assert lead.get(path).status_code == 409, path
    assert lead.post(f"{page}/edit", data=fields(made)).status_code == 409
