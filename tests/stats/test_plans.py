"""Plans against section 4 of the scoring model, and what random draws, rates and averages must give."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.acceptance import (
    AcceptancePlan,
    binomial_plan,
    curtailed_course,
    stable_binomial_plan,
    wilson_needed,
)
from surveyapp.stats.averages import geometric_mean, harmonic_mean, weighted_mean
from surveyapp.stats.chance import Draws
from surveyapp.stats.comparison_sizes import gross_size, smallest_visible_difference, two_share_size
from surveyapp.stats.design_effects import clustered_effective_size
from surveyapp.stats.list_sampling import chapman_estimate, items_to_find_defect
from surveyapp.stats.response_rates import Dispositions, response_rates
from surveyapp.stats.sequential import (
    confidence_sequence,
    mean_confidence_sequence,
    sequential_course,
    sequential_plan,
)

CASES = [(0.05, 0.8), (0.05, 0.9), (0.025, 0.8), (0.025, 0.9)]
PLANS = {
    (0.8, 0.9): [(82, 72, 94, 82), (112, 97, 124, 107), (107, 94, 113, 99), (137, 119, 149, 129)],
    (0.8, 0.95): [(30, 28, 37, 34), (44, 40, 44, 40), (41, 38, 48, 44), (48, 44, 55, 50)],
    (0.85, 0.95): [(59, 55, 68, 63), (76, 70, 85, 78), (75, 70, 84, 78), (93, 86, 102, 94)],
    (0.9, 0.95): [(179, 168, 203, 190), (239, 223, 263, 245), (231, 217, 255, 239), (292, 273, 316, 295)],
    (0.7, 0.9): [(28, 24, 33, 28), (37, 31, 37, 31), (31, 27, 36, 31), (40, 34, 49, 41)],
}


@pytest.mark.parametrize(("shares", "expected"), PLANS.items())
def test_call_plans_equal_the_table(shares, expected):
    for (alpha, power), sizes in zip(CASES, expected, strict=True):
        plan, stable = binomial_plan(*shares, alpha, power), stable_binomial_plan(*shares, alpha, power)
        assert (plan.n, plan.needed, stable.n, stable.needed) == sizes
        assert plan.risk <= alpha and plan.power >= power


def test_a_plan_against_certainty_ends_with_the_first_failure():
    assert binomial_plan(0.5, 1.0) == AcceptancePlan(5, 5, 0.5**5, 1.0)
    assert stable_binomial_plan(0.5, 1.0).n == 5


def test_a_weak_plan_may_need_one_trial_only():
    assert binomial_plan(0.4, 0.6, 0.5, 0.5) == AcceptancePlan(1, 1, 0.4, 0.6)


@pytest.mark.parametrize("case", [(0.9, 0.8), (0.0, 0.5), (0.8, 0.9, 0), (0.8, 0.9, 0.05, 1), (0.5, 0.5001)])
def test_impossible_plans_of_calls_are_refused(case):
    with pytest.raises(ValueError, match=r"needs bad|share|too close"):
        binomial_plan(*case)


def test_stopping_when_the_verdict_is_certain_keeps_it_and_saves_calls():
    plan = binomial_plan(0.8, 0.9)
    courses = [curtailed_course(plan, share) for share in (0.9, 0.85, 0.8, 0.7)]
    assert [round(course.expected_n, 1) for course in courses] == [77.1, 68.1, 54.5, 36.7]
    assert courses[0].good == pytest.approx(plan.power, abs=1e-12)
    assert courses[2].good == pytest.approx(plan.risk, abs=1e-12)


def test_successes_needed_for_at_least_eighty_percent():
    sizes = (20, 30, 40, 60, 82, 100, 120)
    assert [wilson_needed(n, 0.8) for n in sizes] == [19, 28, 37, 54, 72, 87, 104]
    assert wilson_needed(10, 0.8) is None
    assert wilson_needed(0, 0.8) is None


def test_the_sequential_plan_of_the_handbook():
    plan = sequential_plan(0.01, 0.10, 0.05, 0.10)
    assert (plan.accept, plan.reject, plan.slope) == pytest.approx(
        (0.9388616, 1.2053786, 0.0397474), abs=1e-7
    )
    assert (plan.earliest_good, plan.earliest_bad) == (24, 2)


def test_the_truncated_sequential_test_of_calls():
    plan = sequential_plan(0.1, 0.2, 0.05, 0.10)
    assert (plan.earliest_good, plan.earliest_bad) == (20, 5)
    courses = {share: sequential_course(plan, share, 112, 16) for share in (0.1, 0.15, 0.2, 0.05)}
    assert [round(courses[share].good, 4) for share in (0.1, 0.2)] == [0.9417, 0.1183]
    assert [round(course.expected_n, 1) for course in courses.values()] == [52.9, 69.3, 54.7, 29.7]
    longer = [sequential_course(plan, share, 200, 29) for share in (0.1, 0.2)]
    assert [round(one.good, 4) for one in longer] == [0.9591, 0.0999]
    assert [round(one.expected_n, 1) for one in longer] == [56.4, 58.7]


@pytest.mark.parametrize("case", [(0.2, 0.1), (0.0, 0.1), (0.1, 0.2, 0.6, 0.5)])
def test_impossible_sequential_plans_are_refused(case):
    with pytest.raises(ValueError, match="needs 0 < good"):
        sequential_plan(*case)


def test_impossible_courses_are_refused():
    with pytest.raises(ValueError, match="last trial"):
        sequential_course(sequential_plan(0.1, 0.2), 0.1, 10, 11)


def test_a_sequence_of_intervals_is_wide_at_first_and_holds_the_share():
    assert confidence_sequence(0, 0) == (0.0, 1.0)
    first, later = confidence_sequence(7, 10), confidence_sequence(700, 1000)
    assert first.low < later.low < 0.7 < later.high < first.high
    assert confidence_sequence(0, 50).low == 0.0
    assert confidence_sequence(50, 50).high == 1.0
    with pytest.raises(ValueError, match="successes"):
        confidence_sequence(3, 2)


def test_looking_after_every_trial_misses_seldom():
    draws = Draws("sequence").uniform(400, 200) < 0.8
    missed = 0
    for row in np.cumsum(draws, axis=1):
        places = (10, 20, 50, 100, 200)
        missed += any(
            not low <= 0.8 <= high for low, high in (confidence_sequence(int(row[n - 1]), n) for n in places)
        )
    assert missed / 400 <= 0.05


def test_intervals_of_a_mean_only_narrow():
    found = mean_confidence_sequence([0.5, 1.0, 0.75, 0.5] * 100)
    assert found[0] == (0.0, 1.0)
    assert all(one.low <= two.low <= two.high <= one.high for one, two in pairwise(found))
    assert found[-1].low < 0.6875 < found[-1].high
    assert found[-1].high - found[-1].low < 0.2
    assert mean_confidence_sequence([]) == []
    with pytest.raises(ValueError, match=r"0\.\.1"):
        mean_confidence_sequence([1.5])


def test_items_that_find_a_defect():
    table = [[items_to_find_defect(n, d) for d in (1, 2, 3, 5, 10)] for n in (20, 30, 48, 100, 200, 500)]
    assert table == [
        [19, 16, 12, 9, 4],
        [29, 23, 19, 13, 7],
        [46, 37, 30, 21, 12],
        [95, 78, 63, 45, 25],
        [190, 155, 126, 90, 51],
        [475, 388, 316, 225, 129],
    ]
    assert items_to_find_defect(3, 3) == 1
    assert items_to_find_defect(3, 1, 0.999) == 3
    with pytest.raises(ValueError, match="defects"):
        items_to_find_defect(3, 0)


def test_chapman_estimates_what_two_lists_leave_out():
    found = chapman_estimate(10, 15, 5)
    assert (found.total, found.se) == pytest.approx((28.3333, 5.90937), abs=5e-5)
    assert found.unseen == pytest.approx(28.3333 - 20, abs=5e-5)
    with pytest.raises(ValueError, match="both lists"):
        chapman_estimate(3, 4, 5)


def test_sizes_that_show_a_difference_equal_r():
    assert two_share_size(0.5, 0.75, 0.9) == pytest.approx(76.70693, abs=1e-5)
    assert two_share_size(0.9, 0.8) == pytest.approx(198.96341, abs=1e-5)
    pairs = [(0.9, 0.8), (0.95, 0.9), (0.95, 0.85), (0.9, 0.85)]
    assert [math.ceil(two_share_size(*pair)) for pair in pairs] == [199, 435, 141, 686]
    assert [math.ceil(two_share_size(*pair, 0.9)) for pair in pairs] == [266, 582, 188, 918]
    with pytest.raises(ValueError, match="different"):
        two_share_size(0.5, 0.5)


def test_the_smallest_difference_that_is_seen():
    assert [round(smallest_visible_difference(se), 2) for se in (1, 1.5, 2, 3)] == [3.96, 5.94, 7.92, 11.89]
    assert smallest_visible_difference(1, 0.3) < smallest_visible_difference(1, 0.5)
    with pytest.raises(ValueError, match="error"):
        smallest_visible_difference(-1)


def test_gross_sizes_round_up():
    assert gross_size(385, 0.5) == 770
    assert gross_size(100, 0.6, 0.95) == 176
    with pytest.raises(ValueError, match="shares"):
        gross_size(1, 0)


def test_calls_on_the_same_number_are_worth_less():
    table = {(5, 12): (38.7, 28.6, 18.8, 11.1), (30, 4): (104.3, 92.3, 75.0, 54.5)}
    for (numbers, calls), sizes in table.items():
        found = [clustered_effective_size(numbers, calls, rho) for rho in (0.05, 0.1, 0.2, 0.4)]
        assert [round(one, 1) for one in found] == list(sizes)


OUTCOMES = Dispositions(4, 2, 1, 1, 1, 1, 1, 1)


def test_response_rates_equal_the_published_example():
    found = response_rates(OUTCOMES)
    printed = {
        "rr1": 0.364, "rr2": 0.545, "rr3": 0.370, "rr4": 0.556, "rr5": 0.444, "rr6": 0.667,
        "coop1": 0.500, "coop2": 0.750, "coop3": 0.571, "coop4": 0.857,
        "ref1": 0.091, "ref2": 0.093, "ref3": 0.111, "con1": 0.727, "con2": 0.741, "con3": 0.889,
        "e": 0.9,
    }  # fmt: skip
    assert {name: round(getattr(found, name), 3) for name in printed} == printed


def test_a_rate_without_a_base_is_none_and_not_zero():
    nothing = response_rates(Dispositions())
    assert all(getattr(nothing, name) is None for name in ("rr1", "rr3", "coop1", "ref2", "con3", "e"))
    unknown = response_rates(Dispositions(unknown_household=5))
    assert (unknown.rr1, unknown.rr3, unknown.e) == (0.0, None, None)
    assert response_rates(Dispositions(complete=1)).rr3 == 1.0


def test_a_stated_share_of_eligible_cases_is_taken():
    assert response_rates(OUTCOMES, 0.5).rr3 == pytest.approx(4 / 10)
    with pytest.raises(ValueError, match="eligible"):
        response_rates(OUTCOMES, 1.5)
    with pytest.raises(ValueError, match="negative"):
        response_rates(Dispositions(complete=-1))


def test_weighted_averages():
    assert geometric_mean([1, 2, 3], [1, 1, 2]) == pytest.approx(2.0597671, abs=1e-7)
    assert harmonic_mean([1, 2, 3], [2, 1, 1]) == pytest.approx(1.4117647, abs=1e-7)
    assert weighted_mean([1, 2, 3], [1, 1, 2]) == 2.25
    assert (geometric_mean([0, 2], [1, 1]), harmonic_mean([0, 2], [1, 1])) == (0.0, 0.0)
    assert (geometric_mean([0, 2], [0, 1]), harmonic_mean([0, 2], [0, 1])) == pytest.approx((2.0, 2.0))


@pytest.mark.parametrize(
    ("values", "weights"),
    [([], []), ([1.0], [1.0, 2.0]), ([math.nan], [1.0]), ([1.0], [0.0]), ([1.0], [-1.0])],
)
def test_averages_refuse_what_is_missing_or_unweighted(values, weights):
    for average in (weighted_mean, geometric_mean, harmonic_mean):
        with pytest.raises(ValueError, match="needs"):
            average(values, weights)


def test_averages_of_other_kinds_refuse_negative_values():
    for average in (geometric_mean, harmonic_mean):
        with pytest.raises(ValueError, match="at least 0"):
            average([-1.0, 2.0], [1.0, 1.0])


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=20))
def test_the_harmonic_mean_is_not_above_the_geometric_nor_that_above_the_arithmetic(values):
    weights = [1.0] * len(values)
    low, middle, high = (
        average(values, weights) for average in (harmonic_mean, geometric_mean, weighted_mean)
    )
    assert low <= middle * (1 + 1e-9) <= high * (1 + 1e-9) ** 2


def test_draws_of_a_seed_are_the_same_everywhere():
    # SHA-256 of the text, PCG64's raw numbers: these must never change.
    assert Draws("round-1").below(1000, 6).tolist() == Draws("round-1").below(1000, 2, 3).ravel().tolist()
    assert Draws(1).below(6, 10).tolist() == [3, 5, 0, 5, 1, 2, 4, 2, 3, 0]
    with pytest.raises(ValueError, match="at least one"):
        Draws(1).below(0, 1)


def test_draws_are_uniform_and_normal():
    draws = Draws("shape")
    assert draws.uniform(20_000).mean() == pytest.approx(0.5, abs=0.01)
    normal = draws.normal(20_000)
    assert (normal.mean(), normal.std()) == pytest.approx((0.0, 1.0), abs=0.02)
    assert np.bincount(draws.below(4, 20_000)) == pytest.approx([5000] * 4, rel=0.05)
