"""Scoring through the services: snapshots, what a record touches, decisions, previews, refusals."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from surveyapp.evaluation.scoring import MeasureEstimate, UnitScore
from surveyapp.services import arranging, frameworks, publishing, scoring
from surveyapp.services.folding import BadMeasures, fold_round
from surveyapp.services.installation import Platform
from surveyapp.services.scoring import Blocked, UnknownSubject, snapshots
from surveyapp.services.scoring.units import computed, observe, stored_observations
from surveyapp.storage.observations import listed_records
from surveyapp.storage.tables import AuditRow, CellDecisionRow, FrameworkRow, ObservationRow, SnapshotRow
from tests.data.rounds import (
    Round,
    call_submission,
    confirmed,
    fill_round,
    interview_submission,
    received,
    step,
    visit_submission,
)

LEAF = "2.2.3"


def score(platform: Platform, made: Round, profile: str | None = None, pending: bool = False) -> UnitScore:
    return scoring.unit_score(platform, made.id, made.unit_id, profile, pending)


def estimates(found: UnitScore) -> dict[tuple[str, str, str], MeasureEstimate]:
    return {
        (leaf.code, cell.method, measure.key): measure
        for leaf in found.leaves
        for cell in leaf.cells
        for measure in cell.measures
    }


def snapshot_row(platform: Platform, snapshot_id: int) -> SnapshotRow:
    with platform.database.reading() as session:
        return session.get_one(SnapshotRow, snapshot_id)


@pytest.mark.parametrize("profile", ["S", "R"])
def test_a_snapshot_recomputes_to_the_last_digit_from_its_listed_records(
    platform: Platform, made: Round, profile: str
) -> None:
    roots = fill_round(platform, made)
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, profile, made.people["lead"].id)
    again = scoring.recompute(platform, taken)
    row = snapshot_row(platform, taken)
    assert again.is_equal and again.apart == 0
    assert row.result_sha256 == snapshots.digest(row.result)
    assert snapshots.digest(again.score.to_json()) == snapshots.digest(figures_aside(row.result))
    assert {root for root, _revision in row.inputs["records"]} == set(roots)
    assert row.inputs_sha256 == snapshots.digest(row.inputs)


def figures_aside(result: dict[str, Any]) -> dict[str, Any]:
    """The score of a snapshot without the figures with and without flagged records."""
    return {name: value for name, value in result.items() if name != "quality"}


def test_recomputing_reads_the_records_and_not_what_was_folded(platform: Platform, made: Round) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, None, None)
    with platform.database.transaction() as session:
        session.execute(update(ObservationRow).values(value=0.0))
    assert scoring.recompute(platform, taken).is_equal
    kept = figures_aside(snapshot_row(platform, taken).result)
    assert snapshots.digest(score(platform, made).to_json()) != snapshots.digest(kept)


def test_a_snapshot_stays_the_same_when_records_decisions_and_versions_move_on(
    platform: Platform, made: Round
) -> None:
    roots = fill_round(platform, made, calls=4, surveys=2)
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, None, None)
    step(platform, made, roots[0], "returned", "核对")
    decide(platform, made, "1.1.3", "", "not_applicable")
    confirmed(platform, made, visit_submission(made, instant_done="0"))
    fold_round(platform, made.id)
    assert scoring.recompute(platform, taken).is_equal
    assert score(platform, made).to_json() != snapshot_row(platform, taken).result


def test_a_tampered_list_of_records_is_noticed(platform: Platform, made: Round) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, None, None)
    row = snapshot_row(platform, taken)
    fewer = {**row.inputs, "records": row.inputs["records"][1:]}
    values = {c.key: getattr(row, c.key) for c in SnapshotRow.__table__.columns if c.key != "id"}
    with platform.database.transaction() as session:
        other = SnapshotRow(**{**values, "inputs": fewer})
        session.add(other)
        session.flush()
        other_id = other.id
    assert not scoring.recompute(platform, other_id).is_equal


def test_a_record_sent_back_a_moment_ago_is_in_no_snapshot(platform: Platform, made: Round) -> None:
    roots = fill_round(platform, made, calls=4, surveys=2)
    step(platform, made, roots[-1], "returned", "核对")
    taken = scoring.take_snapshot(platform, made.id, made.unit_id, None, None)
    assert roots[-1] not in {root for root, _ in snapshot_row(platform, taken).inputs["records"]}


def test_scores_do_not_depend_on_the_order_in_which_records_came(platform: Platform, made: Round) -> None:
    fill_round(platform, made, calls=6, surveys=4)
    on = scoring.basis(platform, made.id, made.unit_id)
    seen = stored_observations(platform, made.id, made.unit_id)
    assert computed(on, seen).to_json() == computed(on, seen[::-1]).to_json()


def test_deleting_one_listed_record_changes_exactly_the_estimates_it_touches(
    platform: Platform, made: Round
) -> None:
    roots = fill_round(platform, made, calls=8, surveys=6)
    bases = {code: scoring.basis(platform, made.id, made.unit_id, code) for code in "SR"}
    with platform.database.reading() as session:
        records = {row.root_id: row for row in listed_records(session, [(root, 1) for root in roots])}
    seen = observe(platform, bases["S"].loaded, records.values())
    whole = {code: estimates(computed(on, seen)) for code, on in bases.items()}

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(roots))
    def check(gone: str) -> None:
        left = [o for o in seen if o.root_id != gone]
        touched = scoring.touched(platform, gone)
        for code, on in bases.items():
            after = estimates(computed(on, left))
            changed = {place for place, one in whole[code].items() if after[place] != one}
            assert changed == {(t.indicator, t.method, t.measure) for t in touched if code in t.profiles}
        assert touched

    check()


def test_from_a_record_back_to_every_score_it_touches(platform: Platform, made: Round) -> None:
    root_id = confirmed(platform, made, call_submission(made, "A1", "31"))
    assert scoring.touched(platform, root_id) == []
    fold_round(platform, made.id)
    found = scoring.touched(platform, root_id)
    assert {(t.indicator, t.method, t.measure, t.value) for t in found} == {
        (LEAF, "政务大厅调研", "tel_223_right30_s", 0.0),
        (LEAF, "电话征询", "tel_223_right30_r", 0.0),
    }
    assert {t.label["en"] for t in found} == {"Right party within 30 seconds"}
    assert root_id in score(platform, made).root_ids()


def test_a_preview_counts_what_waits_and_stores_nothing(platform: Platform, made: Round) -> None:
    confirmed(platform, made, call_submission(made, "A1", "5"))
    waiting = received(platform, call_submission(made, "B1")).root_id
    fold_round(platform, made.id)
    assert waiting not in score(platform, made).root_ids()
    assert waiting in score(platform, made, pending=True).root_ids()
    with platform.database.reading() as session:
        folded = set(session.scalars(select(ObservationRow.root_id)))
    assert waiting not in folded


def test_the_scored_rate_weighs_day_parts_and_takes_the_number_as_cluster(
    platform: Platform, made: Round
) -> None:
    for n, slot in enumerate("AAAB"):
        outcome = "A1" if slot == "A" else "B1"
        confirmed(platform, made, call_submission(made, outcome, "5", slot=slot, line=f"t{n % 2}"))
    fold_round(platform, made.id)
    found = estimates(score(platform, made))[LEAF, "政务大厅调研", "tel_223_right30_s"]
    assert found.mean == pytest.approx(1.5 / 2.5)
    assert (found.n, found.clusters, found.interval) == (4, 2, "korn_graubard")
    leaf = score(platform, made).leaf(LEAF)
    (call, *_) = scoring.connections(platform, leaf, made.id, made.unit_id)
    rate = next(r for r in call.rates if (r.name, r.tau) == ("R_right", 30))
    assert (rate.value, rate.se, rate.low, rate.high) == pytest.approx(
        (found.mean, found.se, found.low, found.high)
    )


def test_calls_of_our_own_side_are_shown_and_in_no_denominator(platform: Platform, made: Round) -> None:
    for outcome in ("A1", "A1", "B7", "C1", "D1"):
        confirmed(platform, made, call_submission(made, outcome, "5"))
    fold_round(platform, made.id)
    (call,) = scoring.connections(platform, score(platform, made).leaf(LEAF), made.id, made.unit_id)
    assert call.counts == {"A1": 2, "B7": 1}
    assert call.left_out == {"C1": 1, "D1": 1}
    assert sum(scoring.hits(a, "R_right", 15) for a in call.attempts.values()) == 2


def decide(
    platform: Platform, made: Round, leaf: str, method: str, kind: str, reason: str = "没有承诺件"
) -> Any:
    lead = made.people["lead"].id
    return scoring.decide_cell(platform, made.id, made.unit_id, leaf, method, kind, reason, lead)


def test_a_decision_changes_the_score_and_is_kept_with_its_reason(platform: Platform, made: Round) -> None:
    fill_round(platform, made, calls=2, surveys=2)
    assert decide(platform, made, "1.1.3", "", "not_applicable") is None
    found = score(platform, made)
    assert (found.base.applicable, found.leaf("1.1.3").status) == (96, "not_applicable")
    assert decide(platform, made, "1.1.3", "", "zero", "拒绝提供") is None
    assert score(platform, made).leaf("1.1.3").points == 0.0
    assert decide(platform, made, "1.1.3", "", "withdrawn", "已补交") is None
    assert score(platform, made).leaf("1.1.3").points is None
    with platform.database.reading() as session:
        assert session.scalars(select(CellDecisionRow)).all() == []
        details = list(session.scalars(select(AuditRow.detail).where(AuditRow.action == "score.decide")))
    assert [d["kind"] for d in details] == ["not_applicable", "zero", "withdrawn"]
    assert all(d["reason"] for d in details)


@pytest.mark.parametrize(
    ("leaf", "method", "kind", "reason", "code"),
    [
        ("1.1.3", "", "zero", "", "bad_reason"),
        ("1.1.3", "", "zero", "长" * 1001, "bad_reason"),
        ("1.1.3", "占卜", "zero", "x", "bad_choice"),
        ("1.1.3", "", "double", "x", "bad_choice"),
        ("1.1.3", "", "withdrawn", "x", "no_decision"),
        ("2.2.1", "内部访谈", "zero", "x", "has_evidence"),
    ],
)
def test_a_bad_decision_is_refused_with_a_sentence_and_changes_nothing(
    platform: Platform, made: Round, leaf: str, method: str, kind: str, reason: str, code: str
) -> None:
    confirmed(platform, made, interview_submission(made, platform))
    fold_round(platform, made.id)
    before = score(platform, made).to_json()
    fault = decide(platform, made, leaf, method, kind, reason)
    assert fault.code == code
    assert fault.sentence["zh"] and fault.sentence["en"]
    assert score(platform, made).to_json() == before


def test_a_decision_about_no_indicator_is_an_unknown_subject(platform: Platform, made: Round) -> None:
    with pytest.raises(UnknownSubject):
        decide(platform, made, "2.2", "", "zero")


def test_an_undecided_error_finding_blocks_scoring(platform: Platform, made: Round) -> None:
    with platform.database.transaction() as session:
        row = session.get_one(FrameworkRow, made.framework_id)
        row.decisions = [d for d in row.decisions if d["finding"] != "E-SUM"]
    with pytest.raises(Blocked, match=r"E-SUM 1\.3"):
        score(platform, made)
    with pytest.raises(Blocked):
        scoring.take_snapshot(platform, made.id, made.unit_id, None, None)


@pytest.mark.parametrize(("round_code", "unit_code"), [("r9", "hall-a"), ("r1", "hall-z"), ("r1", "all")])
def test_a_wrong_code_is_an_unknown_subject(
    platform: Platform, made: Round, round_code: str, unit_code: str
) -> None:
    with pytest.raises(UnknownSubject):
        scoring.score_by_code(platform, round_code, unit_code, None)
    with pytest.raises(UnknownSubject, match="profile X"):
        scoring.score_by_code(platform, "r1", "hall-a", "X")


def test_a_questionnaire_of_another_framework_does_not_disturb_a_round(
    platform: Platform, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_round(platform, made, calls=2, surveys=2)
    before = score(platform, made).to_json()
    monkeypatch.setattr(publishing, "misfits", lambda *_: ())  # its own framework is not here any more
    foreign = publish_foreign(platform)
    assert score(platform, made).to_json() == before
    with pytest.raises(BadMeasures):
        sent = dataclasses.replace(call_submission(made), version_id=foreign, answers={"a": "yes"})
        confirmed(platform, made, sent)
        score(platform, made)


def publish_foreign(platform: Platform) -> int:
    text = """| survey |
| | type | name | label::中文 (zh) | label::English (en) |
| | select_one yn | a | 好吗？ | Good? |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | yn | yes | 是 | Yes |
| settings |
| | form_title | form_id | version | default_language |
| | 别的 | other | 2018110501 | 中文 (zh) |
| measures |
| | name | label::中文 (zh) | label::English (en) | value | indicator | method | transform |
| | x | 好 | Good | if(${a} = 'yes', 1, 0) | 9.9 | 内部访谈 | T6 |
"""
    outcome = publishing.publish(platform, text, "call")
    assert outcome.version_id is not None, outcome.problems
    return outcome.version_id


def test_a_second_smaller_framework_is_scored_by_the_same_code(platform: Platform, made: Round) -> None:
    rows = [("code", "name", "points", "methods"), ("1", "服务", "10", ""), ("1.1", "态度", "10", "内部访谈")]
    profile = {
        "code": "S",
        "version": "1",
        "name": "等权",
        "source": "测试",
        "missing": {
            "policy": "bounds",
            "c_min": 1.0,
            "insufficient": "use",
            "why": "测试",
            "role": "项目负责人",
            "decided_on": "2026-11-24",
        },
    }
    source = frameworks.Source("small", "小体系", rows, {}, {}, {"profiles": [profile]})
    framework_id, problems = frameworks.import_framework(platform, source)
    assert framework_id is not None, problems
    plan = dataclasses.replace(plan_of(made), code="r2", framework_id=framework_id)
    round_id = arranging.open_round(platform, plan, ["hall-a"], None)
    found = scoring.unit_score(platform, round_id, made.unit_id)
    assert (found.base.available, found.base.points) == (10, None)
    assert (found.base.bound_low, found.base.bound_high) == (0, 10)


def plan_of(made: Round) -> arranging.RoundPlan:
    day = date(2026, 11, 24)
    return arranging.RoundPlan("r2", "第二轮", made.framework_id, "S", day, day, day, "评估组", "咨询台")


def test_the_table_of_the_command_line_says_what_is_not_scored(platform: Platform, made: Round) -> None:
    fill_round(platform, made, calls=4, surveys=2)
    found = scoring.score_by_code(platform, "r1", "hall-a", None)
    lines = scoring.as_table(found).splitlines()
    assert lines[0].startswith("基础分\t未评 / 100")
    assert len(lines) == 3 + len(found.leaves)
    assert any(line.startswith("2.2.1\t3.") for line in lines)
    json.dumps(found.to_json(), allow_nan=False)
