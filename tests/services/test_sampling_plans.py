"""A round's sampling plan is kept version by version under a hash, and its light follows the records."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from surveyapp.evaluation.prospect import Plan
from surveyapp.services import folding, linking, planning, releasing, scoring
from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.installation import Platform
from surveyapp.services.planning import sampling
from surveyapp.services.planning.sampling import Ground
from surveyapp.storage.tables import SamplingPlanRow
from tests.clock import Clock
from tests.data.rounds import Round, citizen_submission, confirmed, fill_round, received

FIELDS = {
    "allocation": "proportional",
    "leaf_correlation": "0.5",
    "hourly": "60",
    "budget": "20000",
    "limits": "90 80",
    "survey_use": "1",
    "survey_goal": "width",
    "survey_response": "40",
    "survey_minutes": "10",
    "survey_cell_min": "30",
    "call_use": "1",
    "call_claim": "these",
    "call_minutes": "5",
    "interview_use": "1",
    "interview_n": "8",
    "interview_sd": "0.2",
    "interview_minutes": "60",
    "hall_use": "1",
    "hall_n": "30",
    "hall_sd": "0.25",
    "hall_minutes": "120",
    "document_use": "1",
    "document_goal": "fixed",
    "document_n": "20",
    "document_sd": "0.3",
    "panel_use": "1",
    "panel_n": "5",
    "panel_sd": "0.15",
    "publication_use": "1",
    "publication_goal": "census",
}


@pytest.fixture
def ground(platform: Platform, made: Round) -> Ground:
    return sampling.ground_of(platform, made.id)


def fields(made: Round, **changed: str) -> dict[str, str]:
    """A complete form: two units, of which the second has no published number."""
    sizes = {
        f"strata_{made.unit_id}": "3号窗口=400@85 网上=100",
        f"size_survey_{made.other_unit_id}": "1000",
        f"size_publication_{made.unit_id}": "40",
        f"size_publication_{made.other_unit_id}": "30",
    }
    return FIELDS | sizes | changed


def plan_of(made: Round, ground: Ground, **changed: str) -> Plan:
    plan = sampling.read_plan(ground, fields(made, **changed))
    assert isinstance(plan, Plan), plan
    return plan


def wrong_fields(made: Round, ground: Ground, **changed: str) -> set[str]:
    found = sampling.read_plan(ground, fields(made, **changed))
    return set() if isinstance(found, Plan) else set(found)


def test_the_plan_leads_to_the_numbers_of_the_tables_in_each_unit(made: Round, ground: Ground) -> None:
    plan = plan_of(made, ground)
    first, second = sampling.outlooks(ground, plan, ground.units)
    assert (first.unit.code, first.needs["survey"].net, first.needs["survey"].gross) == ("hall-a", 218, 545)
    assert second.needs["survey"].net == 278
    assert first.needs["survey"].cells == {"3号窗口": 174, "网上": 44}
    assert (first.needs["call"].net, first.needs["call"].needed) == (82, 72)
    # The slots weigh 1.5, 1, 2 and 1 in the questionnaire.
    assert first.needs["call"].cells == {"A": 22, "B": 15, "C": 30, "D": 15}
    assert first.errors.total is not None and first.errors.difference == pytest.approx(
        3.9620 * first.errors.total, rel=1e-4
    )
    assert second.needs["call"].lack == "lines" and second.errors.unplanned == ("call",)
    assert second.errors.total is None
    gains = [piece.per_yuan or 0.0 for piece in first.next]
    assert gains == sorted(gains, reverse=True) and gains[0] > 0


def test_a_kept_plan_fills_the_form_with_the_very_numbers_it_was_made_from(
    made: Round, ground: Ground
) -> None:
    typed = {
        "budget": "1234567.5",
        "survey_expense": "1000000",
        f"strata_{made.unit_id}": "3号窗口=1234567@85 网上=100",
        f"size_survey_{made.other_unit_id}": "100000000",
    }
    texts = sampling.field_texts(ground, plan_of(made, ground, **typed))
    assert {name: texts[name] for name in typed} == typed
    assert plan_of(made, ground, **texts) == plan_of(made, ground, **typed)


def test_a_refusal_writes_large_bounds_in_full(made: Round, ground: Ground) -> None:
    found = sampling.read_plan(ground, fields(made, budget="很多", survey_expense="-1"))
    assert isinstance(found, dict)
    assert found["budget"].sentence["zh"] == "请填 0 至 1000000000 的数。"
    assert found["survey_expense"].sentence["en"] == "Give a number from 0 to 1000000."


def test_one_more_expert_or_informant_is_worth_more_than_one_more_answer(made: Round, ground: Ground) -> None:
    first, _second = sampling.outlooks(ground, plan_of(made, ground), ground.units)
    falls = {piece.instrument: piece.falls for piece in first.next}
    assert falls["interview"] > 100 * falls["survey"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"call_claim": ""}, "call_claim"),
        ({"call_claim": "population"}, "call_correlation"),
        ({"call_good": "80"}, "call_good"),
        ({"call_bad": "89.99", "call_good": "90"}, "call_good"),
        ({"interview_n": ""}, "interview_n"),
        ({"interview_n": "2.5"}, "interview_n"),
        ({"interview_n": "一百"}, "interview_n"),
        ({"survey_half_width": "0"}, "survey_half_width"),
        ({"survey_goal": "verdict"}, "survey_goal"),
        ({"survey_measure": "tel_223_right30_s"}, "survey_measure"),
        ({"limits": "80 90"}, "limits"),
        ({"limits": "NaN"}, "limits"),
        ({"allocation": "random"}, "allocation"),
        ({"hourly": "-1"}, "hourly"),
        ({"budget": "1e9"}, "budget"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(
    made: Round, ground: Ground, changed: dict[str, str], field: str
) -> None:
    assert wrong_fields(made, ground, **changed) == {field}


def test_sizes_and_strata_of_units_are_checked(made: Round, ground: Ground) -> None:
    one = f"strata_{made.unit_id}"
    for text in ("大厅", "大厅=0", "大厅=5 大厅=6", "大厅=5@120", " ".join(f"层{n}=5" for n in range(13))):
        assert wrong_fields(made, ground, **{one: text}) == {one}, text
    size = f"size_survey_{made.unit_id}"
    assert wrong_fields(made, ground, **{size: "499"}) == {one}
    assert wrong_fields(made, ground, **{size: "500"}) == set()
    lacking = f"size_publication_{made.unit_id}"
    assert wrong_fields(made, ground, **{lacking: ""}) == {lacking}
    nothing = {name: text for name, text in fields(made).items() if not name.endswith("_use")}
    refused = sampling.read_plan(ground, nothing)
    assert isinstance(refused, dict) and "plan" in refused


def test_the_form_shows_the_plan_as_it_was_typed(made: Round, ground: Ground) -> None:
    plan = plan_of(made, ground)
    assert sampling.read_plan(ground, sampling.field_texts(ground, plan)) == plan
    blank = sampling.read_plan(ground, sampling.field_texts(ground, None))
    assert isinstance(blank, dict) and {"call_claim", "interview_n"} <= set(blank)


def test_versions_are_kept_with_their_hash_and_reasons(
    platform: Platform, made: Round, ground: Ground, clock: Clock
) -> None:
    lead = made.people["lead"]
    assert sampling.keep_plan(platform, lead, ground, fields(made), "") == 1
    same = sampling.keep_plan(platform, lead, ground, fields(made), "再存一次")
    assert isinstance(same, dict) and same["plan"].code == "no-change"
    silent = sampling.keep_plan(platform, lead, ground, fields(made, interview_n="9"), "")
    assert isinstance(silent, dict) and set(silent) == {"reason"}
    received(platform, citizen_submission(made))
    clock.advance(hours=1)
    assert sampling.keep_plan(platform, lead, ground, fields(made, interview_n="9"), "多访一人") == 2
    first, second = sampling.versions_of(platform, made.id)
    assert (first.number, first.reason, first.received_before) == (1, "", 0)
    assert (second.number, second.reason, second.received_before) == (2, "多访一人", 1)
    assert first.plan == plan_of(made, ground) and second.sha256 != first.sha256
    assert any("10 个工作日" in rule["zh"] for rule in first.rules)


def test_a_kept_plan_cannot_be_changed(platform: Platform, made: Round, ground: Ground) -> None:
    assert sampling.keep_plan(platform, made.people["lead"], ground, fields(made), "") == 1
    with pytest.raises(DatabaseError, match="written once"), platform.database.transaction() as session:
        session.execute(update(SamplingPlanRow).values(reason="x"))


def test_only_a_lead_of_all_units_keeps_a_plan_and_a_closed_round_takes_none(
    platform: Platform, made: Round, ground: Ground
) -> None:
    lead = made.people["lead"]
    half = replace(lead, roles=(("lead", ground.units[0].path),))
    with pytest.raises(UnknownPlace):
        sampling.keep_plan(platform, half, ground, fields(made), "")
    for state in ("closing", "closed"):
        assert planning.advance_round(platform, lead, made.id, state, "r1") is None
    refused = sampling.keep_plan(platform, lead, ground, fields(made), "")
    assert isinstance(refused, dict) and refused["plan"].code == "closed"
    assert sampling.versions_of(platform, made.id) == ()


def test_the_light_follows_the_records(platform: Platform, made: Round, clock: Clock) -> None:
    link = linking.list_links(platform, made.id)[0].id
    confirmed(platform, made, replace(citizen_submission(made), link_id=link))
    fill_round(platform, made, calls=12, surveys=10)
    received(platform, citizen_submission(made))
    ground = sampling.ground_of(platform, made.id)
    plan = plan_of(made, ground, interview_n="3", hall_n="2")
    first, second = sampling.live_units(platform, ground, plan, ground.units)
    rows = {row.aim.instrument: row for row in first.rows}
    assert (rows["interview"].light.state, rows["interview"].seen.n) == ("enough", 3)
    assert (rows["hall"].light.state, rows["hall"].seen.n) == ("beyond", 3)
    assert (rows["call"].light.state, rows["call"].seen.n) == ("short", 12)
    assert (rows["survey"].waiting, rows["survey"].seen.n) == (1, 11)
    # Ten records without a link are in no quota cell.
    assert rows["survey"].seen.cells == {"3号窗口": 1, "": 10}
    lacking = [(one.what, one.place, one.have) for one in rows["survey"].light.lacking]
    assert lacking[1:] == [("cell", "3号窗口", 1), ("cell", "网上", 0), ("days", "", 1)]
    watched = rows["call"].watched
    assert watched is not None and watched[1] == 12 and watched[2] < watched[0] / 12 < watched[3]
    assert {row.light.state for row in second.rows} == {"short", "open"}


def test_what_waits_turns_the_light_once_it_would_complete_the_number(
    platform: Platform, made: Round, ground: Ground
) -> None:
    confirmed(platform, made, citizen_submission(made))
    received(platform, citizen_submission(made))
    folding.fold_round(platform, made.id)
    for wanted, state in (("1", "enough"), ("2", "pending"), ("3", "short")):
        fixed = {"survey_goal": "fixed", "survey_n": wanted, "survey_sd": "0.25", "survey_cell_min": "0"}
        plan = plan_of(made, ground, **fixed, **{f"strata_{made.unit_id}": ""})
        (row,) = (
            row
            for row in sampling.live_units(platform, ground, plan, ground.units[:1])[0].rows
            if row.aim.instrument == "survey"
        )
        assert (row.light.state, row.seen.n, row.waiting) == (state, 1, 1)


def test_the_next_pieces_share_the_variance_of_the_score(
    platform: Platform, made: Round, ground: Ground
) -> None:
    for level in "2355":
        confirmed(platform, made, citizen_submission(made, can_do=level))
    fill_round(platform, made, calls=12, surveys=2)
    (first, _second) = sampling.live_units(platform, ground, plan_of(made, ground), ground.units)
    assert first.observed.numbers["interview"] == 3 and first.observed.variances["interview"] > 0
    one = next(piece for piece in first.next if piece.instrument == "interview")
    assert one.falls == pytest.approx(first.observed.variances["interview"] / 4)
    assert first.total is None and first.misgrade is None and first.gain(one) is None  # no grade to miss yet
    scored = replace(first, total=85.0)
    gain = scored.gain(one)
    assert scored.misgrade is not None and gain is not None and 0 < gain < scored.misgrade < 1
    assert replace(scored, limits=()).misgrade is None


def test_a_release_names_every_plan_by_its_hash_and_none_of_its_windows(
    platform: Platform, made: Round, ground: Ground, tmp_path: Path
) -> None:
    lead = made.people["lead"]
    assert sampling.keep_plan(platform, lead, ground, fields(made), "") == 1
    fill_round(platform, made, calls=4, surveys=2)
    assert sampling.keep_plan(platform, lead, ground, fields(made, interview_n="9"), "多访一人") == 2
    folder = releasing.release_round(platform, "r1", None, tmp_path / "out")
    text = (folder / "about.json").read_text("utf-8")
    plans = json.loads(text)["sampling_plans"]
    kept = sampling.versions_of(platform, made.id)
    assert [one["sha256"] for one in plans] == [one.sha256 for one in kept]
    assert [one["reason"] for one in plans] == ["", "多访一人"]
    assert "窗口" not in text and "每个配额格不少于 30 份" in text
    assert kept[0].sha256 in (folder / "README.md").read_text("utf-8")


def test_the_plan_is_registered_with_the_rules_and_a_later_version_is_a_deviation(
    platform: Platform, made: Round, ground: Ground
) -> None:
    lead = made.people["lead"]
    assert sampling.keep_plan(platform, lead, ground, fields(made), "") == 1
    assert scoring.register(platform, made.id, "", lead.id) is None
    on = scoring.round_basis(platform, made.id)
    first = scoring.standing(platform, on)
    assert first.deviations == () and len(first.registrations[0].content["plan"]["sampling"]) == 1
    assert sampling.keep_plan(platform, lead, ground, fields(made, interview_n="9"), "多访一人") == 2
    (deviation,) = scoring.standing(platform, on).deviations
    assert deviation.sentence["zh"] == "计划中的抽样与停止规则已变。"
