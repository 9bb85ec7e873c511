"""Trials of other rules: nothing changed is the official result, renormalised weights, refusals in words."""

import math
from dataclasses import replace

import pytest

from surveyapp.evaluation.explaining.trial import Tried, Wish, counted, tried
from surveyapp.evaluation.problem import Problem
from surveyapp.evaluation.scoring import score_unit
from tests.evaluation import jilin

FRAMEWORK, STRICT = jilin.framework(), jilin.profile("S")
MEASURES = [replace(one, transform="T1", min_n=5) for one in jilin.measures_everywhere()]
ROWS = [
    jilin.seen(one, float(k < 1 + at % 6), f"{one.key}{k}")
    for at, one in enumerate(MEASURES)
    for k in range(6)
]


def score(wish, rows=ROWS):
    found = tried(FRAMEWORK, STRICT, MEASURES, wish)
    assert isinstance(found, Tried), found
    return score_unit(found.framework, found.profile, found.measures, rows, unit="甲厅")


def test_a_wish_that_changes_nothing_gives_the_official_score_to_the_last_digit():
    official = score_unit(FRAMEWORK, STRICT, MEASURES, ROWS, unit="甲厅")
    assert score(Wish()).to_json() == official.to_json()


def test_weights_of_methods_sum_to_one_again():
    found = tried(FRAMEWORK, STRICT, MEASURES, Wish(methods={"内部访谈": 3.0}))
    for code, weights in found.profile.weights.items():
        assert math.fsum(weights.values()) == pytest.approx(1)
        if {"内部访谈", "政务大厅调研"} == set(weights):
            assert weights["内部访谈"] == pytest.approx(0.75), code


def test_a_method_without_weight_is_left_out_of_a_leaf():
    leaf = score(Wish(methods={"内部访谈": 0.0})).leaf("2.3.1")
    other = next(cell for cell in leaf.cells if cell.method == "政务大厅调研")
    assert leaf.achievement == pytest.approx(other.achievement)


def test_points_of_the_base_keep_their_sum():
    found = tried(FRAMEWORK, STRICT, MEASURES, Wish(points={"2.2.3": 20.0}))
    assert found.framework.base_points == pytest.approx(100)
    assert found.framework.get("2.2.3").points == pytest.approx(20 * 100 / 116)
    assert found.framework.bonus_points == FRAMEWORK.bonus_points


def test_a_lower_target_is_reached_sooner_and_the_other_rules_too():
    key = next(one.key for one in MEASURES if one.indicator == "2.3.1")
    before, after = score(Wish()).leaf("2.3.1"), score(Wish(targets={key: 0.5})).leaf("2.3.1")
    assert after.points > before.points
    few = [row for row in ROWS if not row.root_id.endswith("5") and not row.root_id.endswith("4")]
    assert score(Wish(insufficient="missing"), few).total.points is None
    assert score(Wish(policy="bounds", insufficient="missing", c_min=0.4), few).base.points is None


def test_flagged_records_are_left_out_on_wish_only():
    flagged = frozenset({ROWS[0].root_id})
    assert len(counted(ROWS, flagged, Wish())) == len(ROWS)
    assert len(counted(ROWS, flagged, Wish(without_flagged=True))) == len(ROWS) - 1


@pytest.mark.parametrize(
    ("wish", "word"),
    [
        (Wish(methods={"以事项公布情况为准": 0.0}), "1.1.3"),
        (Wish(methods={"内部访谈": -1.0}), "倍数"),
        (Wish(methods={"内部访谈": math.nan}), "倍数"),
        (Wish(points={"2.2.3": 101.0}), "分值"),
        (Wish(points={"9.9": 1.0}), "9.9"),
        (Wish(points={leaf.code: 0.0 for leaf in FRAMEWORK.leaves}), "全部为 0"),
        (Wish(targets={"nothing": 0.5}), "nothing"),
        (Wish(targets={MEASURES[0].key: 0.0}), "目标值"),
        (Wish(c_min=0.0), "覆盖率"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_in_words(wish, word):
    found = tried(FRAMEWORK, STRICT, MEASURES, wish)
    assert isinstance(found, Problem)
    assert word in found.sentence["zh"]
