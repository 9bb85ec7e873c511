"""The score pages: from a unit's points down to records and back, decisions, snapshots, scope."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from surveyapp.evaluation.scoring import UnitScore
from surveyapp.services import accounts, arranging, scoring
from surveyapp.services.folding import fold_round
from surveyapp.services.installation import Platform
from surveyapp.services.scoring import snapshots
from surveyapp.storage.tables import FrameworkRow, RecordRow, SnapshotRow
from tests.data import hashes
from tests.data.rounds import (
    PASSWORD,
    Round,
    actor_of,
    call_submission,
    confirmed,
    fill_round,
    interview_submission,
    received,
    visit_submission,
)
from tests.web.clients import Enter

UNIT = "/desk/scores/hall-a"
MEASURE = f"{UNIT}/2.2.3/tel_223_right30_s"


def links(page: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page)]


def test_a_score_opens_down_to_a_record_and_leads_back(platform: Platform, made: Round, enter: Enter) -> None:
    roots = fill_round(platform, made, calls=8, surveys=3)
    lead = enter("lead")
    page = lead.get("/desk/scores").text
    assert "甲厅" in page and "乙厅" in page
    unit = next(link for link in links(page) if link.startswith(f"{UNIT}?"))
    leaf = next(link for link in links(lead.get(unit).text) if f"{UNIT}/2.2.3?" in link)
    measure = next(link for link in links(lead.get(leaf).text) if "tel_223_right30_s" in link)
    found = [link for link in links(lead.get(measure).text) if link.startswith("/desk/records/")]
    assert sorted(link.rpartition("/")[2] for link in found) == sorted(roots[:8])
    record = lead.get(found[0]).text
    assert any(f"{UNIT}/2.2.3" in link for link in links(record))


def test_a_record_says_what_the_score_would_be_without_it_and_a_list_shows_its_hash(
    platform: Platform, made: Round, enter: Enter
) -> None:
    root_id = fill_round(platform, made)[0]
    page = enter("lead").get(f"/desk/records/{root_id}").text
    assert "没有这条记录时" in page and "只去掉这一条" in page
    assert "没有这条记录时" not in enter("reviewer").get(f"/desk/records/{root_id}").text
    with platform.database.reading() as session:
        digest = session.scalars(select(RecordRow.body_sha256).where(RecordRow.root_id == root_id)).one()
    listed = enter("lead").get("/desk/scores/hall-a/2.2.3/tel_223_right30_s?round=r1").text
    assert f'title="{digest}"' in listed


def test_every_link_of_the_score_pages_leads_somewhere(platform: Platform, made: Round, enter: Enter) -> None:
    fill_round(platform, made, calls=6, surveys=3)
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, None, made.people["lead"].id)
    lead = enter("lead")
    seen: set[str] = set()
    for start in (
        f"{UNIT}?pending=1",
        f"{UNIT}/2.2.3",
        MEASURE,
        f"{UNIT}/snapshots",
        f"/desk/snapshots/{taken}",
    ):
        page = lead.get(start)
        assert page.status_code == 200
        seen |= {link for link in links(page.text) if link.startswith("/desk/")}
    assert len(seen) > 40
    assert [link for link in sorted(seen) if lead.get(link).status_code != 200] == []


def test_the_unit_page_says_points_bounds_coverage_and_what_is_missing(
    platform: Platform, made: Round, enter: Enter
) -> None:
    fill_round(platform, made, calls=8, surveys=3)
    page = enter("lead").get(UNIT).text
    found = scoring.unit_score(platform, made.id, made.unit_id)
    assert f"{found.base.bound_low:.1f}–{found.base.bound_high:.1f}" in page
    assert "10 项未评" in page
    assert "缺：文件梳理、专家论证" in page
    assert "失分最多的是" in page
    assert "加分" in page and "/ 10" in page
    assert 'role="img" aria-label="3.57，95% 区间' in page


def test_the_profile_can_be_switched_and_a_wrong_one_is_not_found(
    platform: Platform, made: Round, enter: Enter
) -> None:
    fill_round(platform, made, calls=4, surveys=3)
    lead = enter("lead")
    assert "电话征询" not in lead.get(f"{UNIT}/2.2.3").text
    assert "电话征询" in lead.get(f"{UNIT}/2.2.3?profile=R").text
    assert lead.get(f"{UNIT}?profile=X").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/desk/scores/hall-z",
        f"{UNIT}/9.9",
        f"{UNIT}/2.2",
        f"{UNIT}/2.2.3/nothing",
        f"{UNIT}?round=r9",
        "/desk/snapshots/999",
        f"{MEASURE}?rate=R_right&within=16",
        f"{MEASURE}?outcome=Z9",
    ],
)
def test_a_wrong_address_is_a_page_that_says_so(
    platform: Platform, made: Round, enter: Enter, address: str
) -> None:
    confirmed(platform, made, call_submission(made))
    fold_round(platform, made.id)
    response = enter("lead").get(address)
    assert response.status_code == 404
    assert "没有找到这个页面" in response.text


def test_odd_arguments_do_no_harm(platform: Platform, made: Round, enter: Enter) -> None:
    confirmed(platform, made, call_submission(made))
    fold_round(platform, made.id)
    lead = enter("lead")
    for query in ("start=-5", "start=x", "start=99999", "within=x&rate=", "pending=maybe"):
        assert lead.get(f"{MEASURE}?{query}").status_code == 200, query


def test_a_preview_is_marked_and_counts_what_waits(platform: Platform, made: Round, enter: Enter) -> None:
    confirmed(platform, made, call_submission(made))
    received(platform, call_submission(made, "B1"))
    fold_round(platform, made.id)
    lead = enter("lead")
    assert "预览</b>" not in lead.get(MEASURE).text
    page = lead.get(f"{MEASURE}?pending=1").text
    assert "预览</b>" in page
    assert "2 条记录" in page
    assert "保存快照" not in lead.get(f"{UNIT}?pending=1").text


def test_records_behind_an_outcome_or_a_rate_are_listed(
    platform: Platform, made: Round, enter: Enter
) -> None:
    quick = confirmed(platform, made, call_submission(made, "A1", "10"))
    slow = confirmed(platform, made, call_submission(made, "A1", "25"))
    silent = confirmed(platform, made, call_submission(made, "B1"))
    fold_round(platform, made.id)
    lead = enter("lead")

    def listed(query: str) -> set[str]:
        page = lead.get(f"{MEASURE}?{query}").text
        return {link.rpartition("/")[2] for link in links(page) if link.startswith("/desk/records/")}

    assert listed("") == {quick, slow, silent}
    assert listed("outcome=B1") == {silent}
    assert listed("rate=R_right&within=15") == {quick}
    assert listed("rate=R_right&within=30") == {quick, slow}


def test_long_lists_come_in_pages(
    platform: Platform, made: Round, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = [confirmed(platform, made, call_submission(made)) for _ in range(5)]
    fold_round(platform, made.id)
    monkeypatch.setattr("surveyapp.web.desk.scores.PAGE", 2)
    lead, address, found = enter("lead"), MEASURE, []
    for _ in range(3):
        page = lead.get(address).text
        found += [link.rpartition("/")[2] for link in links(page) if link.startswith("/desk/records/")]
        address = next((link for link in links(page) if f"start={len(found)}" in link), "")
    assert found == sorted(roots)
    assert address == ""


def test_an_undecided_error_shows_its_sentence_and_the_way_to_the_decision(
    platform: Platform, made: Round, enter: Enter
) -> None:
    with platform.database.transaction() as session:
        session.get_one(FrameworkRow, made.framework_id).decisions = []
    lead = enter("lead")
    for address in ("/desk/scores", UNIT, f"{UNIT}/2.2.3", MEASURE):
        response = lead.get(address)
        assert response.status_code == 409
        assert "E-SUM" in response.text
        assert any(link.startswith("/desk/framework") for link in links(response.text))
    assert lead.post(f"{UNIT}/snapshots").status_code == 409


def test_a_decision_about_missing_evidence_needs_a_reason(
    platform: Platform, made: Round, enter: Enter
) -> None:
    lead, address = enter("lead"), f"{UNIT}/2.2.2/decisions"
    refused = lead.post(address, data={"method": "", "kind": "not_applicable", "reason": " "})
    assert refused.status_code == 422
    assert "请填写理由" in refused.text
    done = lead.post(address, data={"method": "", "kind": "not_applicable", "reason": "没有承诺件"})
    assert done.status_code == 303
    page = lead.get(done.location).text
    assert "没有承诺件" in page and "lead 甲" in page
    assert "适用分值 96" in lead.get(UNIT).text
    for role in ("auditor", "viewer", "reviewer", "unit"):
        assert enter(role).post(address, data={"kind": "zero", "reason": "x"}).status_code == 403


def test_a_reason_is_shown_as_text_and_never_as_markup(platform: Platform, made: Round, enter: Enter) -> None:
    lead = enter("lead")
    lead.post(
        f"{UNIT}/2.2.2/decisions", data={"kind": "not_applicable", "reason": "<script>alert(1)</script>"}
    )
    page = lead.get(f"{UNIT}/2.2.2").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_snapshot_shows_what_it_rests_on_and_recomputes(
    platform: Platform, made: Round, enter: Enter
) -> None:
    roots = fill_round(platform, made, calls=4, surveys=2)
    lead = enter("lead")
    taken = lead.post(f"{UNIT}/snapshots", data={"profile": "R"})
    assert taken.status_code == 303
    page = lead.get(taken.location).text
    assert "jilin-2018@1/R-2018.3/2018.5" in page
    assert f"{len(roots)} 条记录" in page
    assert len(re.findall(r"\b[0-9a-f]{64}\b", page)) == 3
    assert "登记的规则" in page
    assert "每一位数字都相同" in lead.post(f"{taken.location}/recompute").text
    assert taken.location in links(lead.get(f"{UNIT}/snapshots").text)


def test_a_snapshot_of_an_earlier_arithmetic_may_differ_in_its_last_digits_only(
    platform: Platform, made: Round, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    lead = enter("lead")
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, None, None)
    real = snapshots.computed

    def moved(by: float) -> Callable[..., UnitScore]:
        def compute(*given: Any) -> UnitScore:
            score = real(*given)
            base = dataclasses.replace(score.base, bound_high=score.base.bound_high + by)
            return dataclasses.replace(score, base=base)

        return compute

    monkeypatch.setattr(snapshots, "computed", moved(1e-12))
    page = lead.post(f"/desk/snapshots/{taken}/recompute").text
    assert "只是末位舍入不同" in page and "至多相差 1e-12" in page
    monkeypatch.setattr(snapshots, "computed", moved(1e-6))
    assert "结果与快照不同" in lead.post(f"/desk/snapshots/{taken}/recompute").text


def test_viewers_see_scores_and_no_records(platform: Platform, made: Round, enter: Enter) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, None, None)
    viewer = enter("viewer")
    for address in (UNIT, f"{UNIT}/2.2.3", f"/desk/snapshots/{taken}"):
        page = viewer.get(address)
        assert page.status_code == 200
        assert "/desk/records/" not in page.text
        assert "tel_223_right30_s?" not in page.text
    assert viewer.get(MEASURE).status_code == 403
    assert viewer.post(f"/desk/snapshots/{taken}/recompute").status_code == 403


def test_nobody_sees_the_scores_of_another_scope(platform: Platform, made: Round, enter: Enter) -> None:
    fill_round(platform, made, calls=2, surveys=2)
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, None, None)
    with hashes.cheap():
        accounts.create_user(platform, "lead-b", "乙厅负责人", PASSWORD)
        accounts.grant(platform, "lead-b", "lead", "hall-b")
    other = enter("lead-b")
    assert "甲厅" not in other.get("/desk/scores").text
    for address in (UNIT, f"{UNIT}/2.2.3", MEASURE, f"{UNIT}/snapshots", f"/desk/snapshots/{taken}"):
        assert other.get(address).status_code == 404, address
    for address in (f"{UNIT}/snapshots", f"{UNIT}/2.2.2/decisions", f"/desk/snapshots/{taken}/recompute"):
        assert other.post(address, data={"kind": "zero", "reason": "x"}).status_code == 404, address


def test_a_viewer_who_audits_another_unit_opens_no_records_here(
    platform: Platform, made: Round, enter: Enter
) -> None:
    fill_round(platform, made, calls=2, surveys=2)
    accounts.grant(platform, "viewer", "auditor", "hall-b")
    viewer = enter("viewer")
    assert viewer.get(UNIT).status_code == 200
    assert viewer.get(MEASURE).status_code == 404
    assert "tel_223_right30_s?" not in viewer.get(f"{UNIT}/2.2.3").text


def test_a_unit_sees_its_newest_snapshot_and_nothing_else(
    platform: Platform, made: Round, enter: Enter
) -> None:
    roots = fill_round(platform, made, calls=4, surveys=2)
    unit = enter("unit")
    assert "还没有可以查看的结果" in unit.get("/unit/").text
    scoring.decide_cell(
        platform, made.id, made.unit_id, "1.1.3", "", "zero", "内部理由", made.people["lead"].id
    )
    scoring.take_snapshot(platform, made.id, made.other_unit_id, None, None)
    scoring.take_snapshot(platform, made.id, made.unit_id, None, None)
    confirmed(platform, made, visit_submission(made, instant_done="0"))
    newest = scoring.take_snapshot(platform, made.id, made.unit_id, None, None)
    page = unit.get("/unit/").text
    with platform.database.reading() as session:
        assert session.get_one(SnapshotRow, newest).result_sha256 in page
    assert scoring.recompute(platform, newest).is_equal
    assert "2026-11-24 09:00" in page
    assert "甲厅" in page and "乙厅" not in page
    assert "内部理由" not in page
    assert not any(root in page or root[:8] in page for root in roots)
    assert unit.get(UNIT).status_code == 403


def test_units_that_cannot_be_told_apart_are_said_so_and_share_their_ranks(
    platform: Platform, made: Round, enter: Enter
) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    for level in "344":
        confirmed(platform, made, interview_submission(made, platform, level, unit_id=made.other_unit_id))
    for done in ("7", "9", "10"):
        confirmed(platform, made, visit_submission(made, unit_id=made.other_unit_id, instant_done=done))
    fold_round(platform, made.id)
    page = enter("lead").get("/desk/scores").text
    assert "不能区分" in page
    assert "不能断定谁更高" in page
    assert page.count("第 1 至 2 名") >= 2 and "第 1 名" not in page


def test_a_change_that_waits_for_the_fold_is_said(platform: Platform, made: Round, enter: Enter) -> None:
    roots = [confirmed(platform, made, call_submission(made)) for _ in range(2)]
    page = enter("lead").get(UNIT).text
    assert f"另有 {len(roots)} 条记录刚刚变动" in page
    fold_round(platform, made.id)
    received(platform, call_submission(made))
    assert "刚刚变动" not in enter("lead").get(UNIT).text


def test_the_english_pages_speak_english(platform: Platform, made: Round, enter: Enter) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    lead = enter("lead")
    lead.get(f"{UNIT}?lang=en")
    for address in ("/desk/scores", UNIT, f"{UNIT}/2.2.3", MEASURE):
        page = re.sub(
            r'<([a-z]+)[^>]*lang="zh-CN"[^>]*>.*?</\1>', "", lead.get(address).text, flags=re.DOTALL
        )
        words = set(re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]+>", "", page)))
        assert words <= {"甲厅", "乙厅", "测试轮次", "甲"}, (address, words)


def test_rounds_of_other_units_do_not_mix(platform: Platform, made: Round, enter: Enter) -> None:
    fill_round(platform, made, calls=2, surveys=2)
    plan = arranging.RoundPlan(
        "r2", "第二轮", made.framework_id, "S", *([platform.clock().date()] * 3), "评估组", "咨询台"
    )
    arranging.open_round(platform, plan, ["hall-b"], None)
    lead = enter("lead")
    assert lead.get(f"{UNIT}?round=r2").status_code == 404
    assert lead.get("/desk/scores/hall-b?round=r2").status_code == 200
    assert actor_of(platform, "lead").has("lead")
