"""Means, design effects and sample sizes against published figures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.design_effects import (
    cluster_design_effect,
    clustered_effective_size,
    kish_design_effect,
    kish_effective_size,
)
from surveyapp.stats.means import likert_mean, mean_of, t_interval
from surveyapp.stats.sample_sizes import (
    krejcie_morgan_size,
    mean_sample_size,
    proportion_sample_size,
    wilson_sample_size,
)

SLEEP = [
    0.7,
    -1.6,
    -0.2,
    -1.2,
    -0.1,
    3.4,
    3.7,
    0.8,
    0.0,
    2.0,
    1.9,
    0.8,
    1.1,
    0.1,
    -0.1,
    4.4,
    5.5,
    1.6,
    4.6,
    3.4,
]


def test_the_t_interval_of_students_sleep_data():
    assert mean_of(SLEEP).mean == pytest.approx(1.54)
    assert t_interval(SLEEP) == pytest.approx((0.5955844996, 2.4844155004), abs=1e-10)


def test_a_large_offset_does_not_cost_digits():
    assert mean_of([v + 1e6 for v in SLEEP]).sd == pytest.approx(mean_of(SLEEP).sd, rel=1e-9)


def test_likert_counts_give_mean_achievement_and_top_two():
    found = likert_mean([2, 3, 10, 30, 15])
    assert (found.mean.n, found.top_two) == (60, 0.75)
    assert (found.mean.mean, found.mean.sd) == pytest.approx((3.8833333, 0.9583118), abs=5e-8)
    assert found.mean.interval() == pytest.approx((3.6357751, 4.1308915), abs=5e-8)
    assert found.achievement == pytest.approx(0.7208333, abs=5e-8)
    assert found.achievement_interval() == pytest.approx((0.6589438, 0.7827229), abs=5e-8)


def test_one_value_has_a_mean_and_no_interval():
    only = mean_of([2.5])
    assert only.mean == 2.5
    assert math.isnan(only.se)
    with pytest.raises(ValueError, match="degree of freedom"):
        only.interval()


@pytest.mark.parametrize("counts", [[1, 2, 3], [0, 0, 0, 0, 0], [1, -1, 0, 0, 0]])
def test_bad_likert_counts_are_refused(counts):
    with pytest.raises(ValueError, match="five non-negative counts"):
        likert_mean(counts)


def test_no_values_have_no_mean():
    with pytest.raises(ValueError, match="at least one value"):
        mean_of([])


def test_design_effects_of_the_reference():
    assert cluster_design_effect(0.03, 35) == pytest.approx(2.02)
    weights = [1, 1, 1, 1, 2, 2, 4, 8]
    assert kish_effective_size(weights) == pytest.approx(4.347826, abs=5e-7)
    assert kish_design_effect(weights) == pytest.approx(1.84)


@pytest.mark.parametrize(
    ("k", "m", "rho", "size"), [(5, 12, 0.05, 38.7), (20, 4, 0.2, 50.0), (60, 2, 0.4, 85.7)]
)
def test_calls_on_one_number_are_worth_less(k, m, rho, size):
    assert clustered_effective_size(k, m, rho) == pytest.approx(size, abs=0.05)


def test_impossible_clusters_and_weights_are_refused():
    with pytest.raises(ValueError, match="at least one observation"):
        cluster_design_effect(0.1, 0)
    with pytest.raises(ValueError, match="weights"):
        kish_effective_size([0, 0])


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=50))
def test_equal_weights_are_the_best_there_is(weights):
    assert kish_effective_size(weights) <= len(weights) * (1 + 1e-12)


@pytest.mark.parametrize(
    ("population", "size"),
    [(10, 10), (50, 44), (100, 80), (200, 132), (500, 217), (1000, 278), (5000, 357), (10**6, 384)],
)
def test_the_table_of_krejcie_and_morgan(population, size):
    assert krejcie_morgan_size(population) == size


def test_our_sizes_round_up():
    assert [proportion_sample_size(0.05, population=n) for n in (15, 500)] == [15, 218]


@pytest.mark.parametrize(
    ("p", "deff", "sizes"),
    [
        (0.5, 1, [80, 132, 169, 218, 278, 323, 357, 377, 385]),
        (0.5, 1.5, [86, 149, 198, 268, 366, 448, 517, 561, 577]),
        (0.85, 1, [67, 100, 119, 141, 164, 179, 189, 195, 196]),
        (0.85, 2, [80, 133, 171, 220, 282, 328, 364, 385, 392]),
    ],
)
def test_recipients_per_department(p, deff, sizes):
    served = [100, 200, 300, 500, 1000, 2000, 5000, 20000, math.inf]
    assert [proportion_sample_size(0.05, p, n, deff) for n in served] == sizes


@pytest.mark.parametrize(
    ("half", "sizes"), [(0.1, [93, 60, 37, 25]), (0.05, [381, 245, 141, 83]), (0.03, [1064, 682, 388, 215])]
)
def test_sizes_planned_with_wilson(half, sizes):
    assert [wilson_sample_size(half, p) for p in (0.5, 0.8, 0.9, 0.95)] == sizes


def test_sizes_for_a_likert_mean():
    halves = (0.1, 0.15, 0.2, 0.25, 0.3)
    assert [mean_sample_size(e, 1.0) for e in halves] == [385, 171, 97, 62, 43]
    assert [mean_sample_size(e, 0.8) for e in halves] == [246, 110, 62, 40, 28]


def test_impossible_plans_are_refused():
    with pytest.raises(ValueError, match="half-width"):
        proportion_sample_size(0)
    with pytest.raises(ValueError, match="half-width"):
        wilson_sample_size(0.7, 0.5)
    with pytest.raises(ValueError, match="half-width"):
        mean_sample_size(-1, 1)
    with pytest.raises(ValueError, match="population"):
        krejcie_morgan_size(0)
