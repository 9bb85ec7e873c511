"""From observations to points: the worked examples and the promises every score keeps."""

import dataclasses
import datetime as dt
import json
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.evaluation.decisions import CellDecision
from surveyapp.evaluation.profiles import MissingPolicy
from surveyapp.evaluation.scoring import MeasureEstimate, estimate, score_unit
from surveyapp.evaluation.scoring.leaves import leaf_score, method_cell
from surveyapp.evaluation.scoring.transforms import transform
from tests.evaluation import jilin

DAY = dt.date(2018, 11, 30)
USE = MissingPolicy("renormalise", 0.5, "use", {"zh": "x", "en": "x"}, "项目负责人", DAY)
FRAMEWORK = jilin.framework()
STRICT = jilin.profile("S")
EVERYWHERE = jilin.measures_everywhere()


def everywhere(value, only=None):
    """Score with `value` in every cell, or with 1 in the cells of one leaf and 0 elsewhere."""
    rows = [jilin.seen(m, value if only is None else float(m.indicator == only)) for m in EVERYWHERE]
    return score_unit(FRAMEWORK, STRICT, EVERYWHERE, rows)


@pytest.mark.parametrize(("value", "points"), [(1.0, (100, 10, 110)), (0.5, (50, 5, 55)), (0.0, (0, 0, 0))])
def test_equal_achievement_everywhere_gives_its_share_of_all_points(value, points):
    score = everywhere(value)
    assert (score.base.points, score.bonus.points, score.total.points) == pytest.approx(points)


@pytest.mark.parametrize(("leaf", "points"), [("1.3.2.1", 4), ("2.1.1.1", 2), ("2.4.2", 4), ("3.1", 10)])
def test_a_single_leaf_gives_its_points_and_no_more(leaf, points):
    assert everywhere(1.0, only=leaf).total.points == pytest.approx(points)


def instant_handling():
    case = jilin.measure("adm", "2.2.1", "文件梳理", "T2")
    talk = jilin.measure("talk", "2.2.1", "内部访谈", "T5")
    hall = jilin.measure("hall", "2.2.1", "政务大厅调研", "T1")
    rows = [jilin.seen(case, float(n < 399), f"a{n:03}") for n in range(420)]
    rows += [jilin.seen(talk, v, f"b{n}") for n, v in enumerate((3.0, 4.0, 3.0))]
    rows += [jilin.seen(hall, float(n < 36), f"c{n:02}") for n in range(40)]
    return (case, talk, hall), rows


def test_leaf_2_2_1_of_the_worked_example():
    leaf = score_unit(FRAMEWORK, STRICT, *instant_handling()).leaf("2.2.1")
    assert [cell.achievement for cell in leaf.cells] == pytest.approx([0.95, 5 / 6, 0.9])
    assert [cell.se for cell in leaf.cells] == pytest.approx([0, 0.0833333, 0.0480384], abs=5e-8)
    assert leaf.points == pytest.approx(3.5777778, abs=5e-8)
    assert leaf.se == pytest.approx(0.1282507, abs=5e-8)
    assert leaf.low < leaf.points < leaf.high <= 4
    assert (leaf.coverage, leaf.status, leaf.n) == (1.0, "scored", 463)
    assert leaf.cells[2].measures[0].interval == "wilson"


def cell(method, weight, achievement, se):
    measures = []
    if achievement is not None:
        found = estimate(jilin.measure(method, "2.2.1", method), [])
        measures = [
            dataclasses.replace(
                found,
                status="collected",
                n=5,
                achievement=achievement,
                low=max(0, achievement - 2 * se),
                high=min(1, achievement + 2 * se),
                se=se,
                influence={(method, "", "u"): se},
            )
        ]
    return method_cell(method, weight, measures, USE)


@pytest.mark.parametrize(
    ("weights", "points", "coverage", "se", "bounds"),
    [
        ((1 / 3, 1 / 3, 1 / 3), 3.0, 0.6666667, 0.1166190, (2.0, 3.3333333)),
        ((0.5, 0.3, 0.2), 3.15, 0.8, 0.1060660, (2.52, 3.32)),
    ],
)
def test_a_missing_method_is_renormalised_and_bounded(weights, points, coverage, se, bounds):
    cells = [
        cell("文件梳理", weights[0], 0.9, 0.03),
        cell("内部访谈", weights[1], 0.6, 0.05),
        cell("政务大厅调研", weights[2], None, None),
    ]
    leaf = leaf_score(FRAMEWORK.get("2.2.1"), cells, USE)
    assert (leaf.points, leaf.coverage, leaf.se) == pytest.approx((points, coverage, se), abs=5e-8)
    assert (leaf.bound_low, leaf.bound_high) == pytest.approx(bounds, abs=5e-8)
    assert leaf.status == "partial"
    assert leaf.cells[2].points is None


def test_the_policy_bounds_gives_no_points_when_anything_is_missing():
    cells = [cell("文件梳理", 0.7, 0.9, 0.03), cell("内部访谈", 0.3, None, None)]
    leaf = leaf_score(FRAMEWORK.get("2.2.1"), cells, dataclasses.replace(USE, policy="bounds"))
    assert (leaf.points, leaf.status) == (None, "unscored")
    assert (leaf.bound_low, leaf.bound_high) == pytest.approx((2.52, 3.72))


def test_a_leaf_that_does_not_apply_leaves_the_denominator():
    rows = [jilin.seen(m, 0.8) for m in EVERYWHERE if m.indicator != "2.2.2"]
    gone = CellDecision("not_applicable", "2.2.2", "", "没有承诺件", "项目负责人", DAY)
    score = score_unit(FRAMEWORK, STRICT, EVERYWHERE, rows, decisions=[gone])
    assert score.base.points == pytest.approx(80.0)
    assert (score.base.applicable, score.base.available) == (96, 100)
    assert score.leaf("2.2.2").status == "not_applicable"


def test_a_cell_that_does_not_apply_is_not_counted_as_missing():
    rows = [jilin.seen(m, 0.8) for m in EVERYWHERE if (m.indicator, m.method) != ("2.2.1", "文件梳理")]
    gone = CellDecision("not_applicable", "2.2.1", "文件梳理", "无系统", "项目负责人", DAY)
    leaf = score_unit(FRAMEWORK, STRICT, EVERYWHERE, rows, decisions=[gone]).leaf("2.2.1")
    assert (leaf.status, leaf.points, leaf.coverage) == ("scored", pytest.approx(3.2), pytest.approx(1))


def test_withheld_evidence_counts_zero_by_decision():
    rows = [jilin.seen(m, 1.0) for m in EVERYWHERE if (m.indicator, m.method) != ("2.2.1", "文件梳理")]
    held = CellDecision("zero", "2.2.1", "文件梳理", "拒绝提供", "项目负责人", DAY)
    leaf = score_unit(FRAMEWORK, STRICT, EVERYWHERE, rows, decisions=[held]).leaf("2.2.1")
    assert leaf.points == pytest.approx(4 * 2 / 3)
    assert leaf.cells[0].status == "refused"
    assert leaf.bound_low == pytest.approx(leaf.bound_high)


def test_likert_answers_of_the_worked_example():
    item = jilin.measure("likert", "1.1.2", "服务对象抽查", "T3")
    values = [float(v) for v, count in enumerate((2, 3, 10, 30, 15), 1) for _ in range(count)]
    found = estimate(item, [jilin.seen(item, v, f"r{n}") for n, v in enumerate(values)])
    assert (found.n, found.mean, found.achievement) == pytest.approx((60, 3.8833333, 0.7208333), abs=5e-8)
    assert (found.low, found.high) == pytest.approx((0.6589438, 0.7827229), abs=5e-8)


def test_nothing_observed_is_not_scored_and_bounded_by_all_or_nothing():
    score = score_unit(FRAMEWORK, STRICT, EVERYWHERE, [], unit="甲厅")
    assert {leaf.status for leaf in score.leaves} == {"unscored"}
    assert {cell.status for leaf in score.leaves for cell in leaf.cells} == {"not_collected"}
    assert score.total.points is None
    assert (score.total.bound_low, score.total.bound_high) == (0, 110)
    assert score.unit == "甲厅"


def test_too_little_evidence_leaves_a_leaf_unscored():
    rows = [jilin.seen(m, 1.0) for m in EVERYWHERE if (m.indicator, m.method) == ("1.2.1", "内部访谈")]
    leaf = score_unit(FRAMEWORK, STRICT, EVERYWHERE, rows).leaf("1.2.1")
    assert (leaf.points, leaf.status) == (None, "unscored")
    assert (leaf.bound_low, leaf.bound_high) == pytest.approx((4 / 3, 4))


def test_an_insufficient_sample_is_marked_and_used_or_left_out_by_policy():
    item = jilin.measure("m", "1.1.3", "以事项公布情况为准", "T1", min_n=30)
    rows = [jilin.seen(item, float(n % 2), f"r{n}") for n in range(10)]
    leaf = score_unit(FRAMEWORK, STRICT, [item], rows).leaf("1.1.3")
    assert (leaf.points, leaf.cells[0].status) == (2.0, "insufficient")
    policy = dataclasses.replace(STRICT.missing, insufficient="missing")
    strict = dataclasses.replace(STRICT, missing=policy)
    leaf = score_unit(FRAMEWORK, strict, [item], rows).leaf("1.1.3")
    assert (leaf.points, leaf.cells[0].status, leaf.cells[0].achievement) == (None, "insufficient", None)


def test_calls_on_few_numbers_are_less_certain_than_calls_on_many():
    item = jilin.measure("tel", "2.2.3", "政务大厅调研", "T1", parameters={"tau": 30})
    few = [jilin.seen(item, float(n % 4 > 0), f"r{n:02}", cluster=f"L{n % 4}") for n in range(40)]
    many = [jilin.seen(item, float(n % 4 > 0), f"r{n:02}") for n in range(40)]
    clustered, simple = estimate(item, few), estimate(item, many)
    assert clustered.achievement == simple.achievement == 0.75
    assert (clustered.clusters, simple.clusters) == (4, 40)
    assert clustered.se > 2 * simple.se
    assert clustered.high - clustered.low > simple.high - simple.low
    assert (clustered.interval, simple.interval) == ("korn_graubard", "wilson")


def test_one_number_alone_speaks_only_of_itself_and_says_so():
    item = jilin.measure("tel", "2.2.3", "政务大厅调研", "T1")
    found = estimate(item, [jilin.seen(item, float(n > 2), f"r{n}", cluster="L1") for n in range(10)])
    assert found.flags == ("one_cluster",)
    assert 0 < found.low < found.achievement < found.high < 1


def test_a_single_observation_has_the_widest_interval():
    item = jilin.measure("m", "2.2.1", "内部访谈", "T5")
    found = estimate(item, [jilin.seen(item, 3.0)])
    assert (found.achievement, found.low, found.high, found.se) == (0.75, 0.0, 1.0, 0.5)
    assert "single" in found.flags


@pytest.mark.parametrize(("code", "value", "share"), [("T5", 4.0, 1.0), ("T5", 1.0, 0.25), ("T3", 1.0, 0.0)])
def test_ratings_that_all_agree_are_not_taken_for_certainty_nor_for_hits_and_misses(code, value, share):
    item = jilin.measure("m", "2.2.1", "内部访谈", code)
    found = estimate(item, [jilin.seen(item, value, f"r{n}") for n in range(3)])
    assert (found.achievement, found.interval) == (share, "no_spread")
    assert found.low <= share <= found.high
    assert found.high - found.low > 0.4


def test_values_off_the_scale_are_listed_and_left_out():
    item = jilin.measure("m", "2.2.1", "内部访谈", "T5")
    rows = [jilin.seen(item, v, f"r{n}") for n, v in enumerate((4.0, 9.0, math.nan, 2.0))]
    found = estimate(item, rows)
    assert (found.n, found.excluded) == (2, ("r1", "r2"))


def test_only_the_latest_revision_of_a_record_counts():
    item = jilin.measure("m", "2.2.1", "内部访谈", "T5")
    found = estimate(item, [jilin.seen(item, 4.0, revision=2), jilin.seen(item, 0.0)])
    assert [(r.revision, r.value) for r in found.records] == [(2, 4.0)]


def test_measures_of_the_same_records_are_taken_as_correlated():
    one = jilin.measure("one", "1.1.2", "服务对象抽查", "T3")
    two = jilin.measure("two", "1.1.2", "服务对象抽查", "T3")
    values = [1.0, 2.0, 4.0, 5.0, 3.0, 4.0]
    rows = [jilin.seen(m, v, f"r{n}") for m in (one, two) for n, v in enumerate(values)]
    together = score_unit(FRAMEWORK, STRICT, [one, two], rows).leaf("1.1.2").cells[0]
    assert together.se == pytest.approx(estimate(one, rows).se)
    opposite = [jilin.seen(one, v, f"r{n}") for n, v in enumerate(values)]
    opposite += [jilin.seen(two, 6 - v, f"r{n}") for n, v in enumerate(values)]
    against = score_unit(FRAMEWORK, STRICT, [one, two], opposite).leaf("1.1.2").cells[0]
    assert against.se == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("code", "parameters", "value", "achievement"),
    [
        ("T1", {}, 0.4, 0.4),
        ("T1", {"low": 0.5, "high": 0.9}, 0.7, 0.5),
        ("T1", {"low": 0.5, "high": 0.9}, 0.4, 0.0),
        ("T2", {"high": 0.8}, 0.9, 1.0),
        ("T3", {}, 3.0, 0.5),
        ("T4", {}, 0.25, 0.25),
        ("T5", {}, 3.0, 0.75),
        ("T6", {}, 1.0, 1.0),
        ("T7", {"full": 30, "none": 90}, 45.0, 0.75),
        ("T7", {"full": 30, "none": 90}, 200.0, 0.0),
        ("T8", {}, 0.05, 0.5),
        ("T8", {"tol": 0.2}, -0.05, 0.75),
        ("T8", {}, -3.0, 0.0),
    ],
)
def test_each_transform_maps_its_values(code, parameters, value, achievement):
    item = jilin.measure("m", "2.2.1", "内部访谈", code, parameters=parameters)
    assert estimate(item, [jilin.seen(item, value)]).achievement == pytest.approx(achievement)


def test_an_unknown_transform_is_our_own_error():
    with pytest.raises(KeyError):
        transform("T9", {})


def test_observations_of_two_units_are_refused():
    rows = [jilin.seen(EVERYWHERE[0], 1.0), jilin.seen(EVERYWHERE[0], 1.0, "r2", unit="乙厅")]
    with pytest.raises(ValueError, match="several units"):
        score_unit(FRAMEWORK, STRICT, EVERYWHERE, rows)


def test_order_of_input_does_not_move_a_digit():
    measures, rows = instant_handling()
    straight = score_unit(FRAMEWORK, STRICT, measures, rows).to_json()
    mixed = list(rows)
    random.Random(3).shuffle(mixed)
    assert score_unit(FRAMEWORK, STRICT, measures[::-1], mixed).to_json() == straight


def test_a_score_recomputes_to_the_last_digit_from_its_listed_records():
    measures, rows = instant_handling()
    stored = json.loads(json.dumps(score_unit(FRAMEWORK, STRICT, measures, rows).to_json()))
    again = [
        jilin.seen(
            jilin.measure(m["key"], m["indicator"], m["method"], m["transform"]),
            record["value"],
            record["root_id"],
            revision=record["revision"],
            weight=record["weight"],
            cluster=record["cluster"],
            stratum=record["stratum"],
        )
        for leaf in stored["leaves"]
        for cell_ in leaf["cells"]
        for m in cell_["measures"]
        for record in m["records"]
    ]
    assert len(again) == 463
    assert score_unit(FRAMEWORK, STRICT, measures, again).to_json() == stored


def test_a_record_opens_every_estimate_it_touches():
    score = score_unit(FRAMEWORK, STRICT, *instant_handling())
    assert score.touched_by("b1") == (("2.2.1", "内部访谈", "talk"),)
    assert score.touched_by("nobody") == ()
    assert len(score.root_ids()) == 463


def test_unknown_codes_of_a_score_are_key_errors():
    score = everywhere(1.0)
    assert score.node("1.3").points == pytest.approx(16)
    for wrong in (score.leaf, score.node):
        with pytest.raises(KeyError):
            wrong("9")


def test_points_gained_and_lost_add_up_at_every_level():
    score = everywhere(0.7)
    for leaf in score.leaves:
        assert math.fsum(c.points for c in leaf.cells) == pytest.approx(leaf.points)
        assert leaf.points + leaf.lost == pytest.approx(leaf.available)
        assert math.fsum(c.lost for c in leaf.cells) == pytest.approx(leaf.lost)
    for node in score.nodes:
        assert node.points + node.lost == pytest.approx(node.available)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(EVERYWHERE) - 1), st.floats(0, 1)), max_size=60))
def test_whatever_is_observed_points_lie_inside_their_bounds(picked):
    rows = [jilin.seen(EVERYWHERE[n], value, f"r{i}") for i, (n, value) in enumerate(picked)]
    score = score_unit(FRAMEWORK, STRICT, EVERYWHERE, rows, unit="甲厅")
    for leaf in score.leaves:
        assert -1e-9 <= leaf.bound_low <= leaf.bound_high <= leaf.available + 1e-9
        if leaf.points is not None:
            assert leaf.bound_low - 1e-9 <= leaf.points <= leaf.bound_high + 1e-9
            assert leaf.low - 1e-9 <= leaf.points <= leaf.high + 1e-9
    assert 0 <= score.total.bound_low <= score.total.bound_high <= 110 + 1e-9


@settings(max_examples=40, deadline=None)
@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_more_successes_never_cost_points(successes):
    item = jilin.measure("m", "1.1.3", "以事项公布情况为准", "T1")

    def points(values):
        rows = [jilin.seen(item, float(v), f"r{n:02}") for n, v in enumerate(values)]
        return score_unit(FRAMEWORK, STRICT, [item], rows).leaf("1.1.3").points

    assert points([True, *successes[1:]]) >= points([False, *successes[1:]])


def test_an_estimate_explains_itself_in_both_languages():
    measures, rows = instant_handling()
    found: MeasureEstimate = estimate(measures[2], rows)
    assert found.formula["zh"] == "36 ÷ 40 = 0.9000；T1 比例 = 0.9000"
    assert found.formula["en"] == "36 ÷ 40 = 0.9000; T1 share = 0.9000"
