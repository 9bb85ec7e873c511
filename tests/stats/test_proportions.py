"""Intervals of proportions against published tables and against what every interval must satisfy."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.finite_population import finite_interval
from surveyapp.stats.proportions import (
    agresti_coull_interval,
    binomial_p_value,
    clopper_pearson_interval,
    wilson_interval,
)

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("x", "n", "wilson", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_wilson_and_exact_intervals_equal_newcombes_table(x, n, wilson, exact):
    assert wilson_interval(x, n) == pytest.approx(wilson, abs=5.1e-5)
    assert clopper_pearson_interval(x, n) == pytest.approx(exact, abs=5.1e-5)


def test_wilson_is_right_to_ten_digits():
    assert wilson_interval(81, 263) == pytest.approx((0.2552885199, 0.3662095770), abs=1e-10)


def test_the_exact_test_equals_r_for_mendels_peas():
    assert clopper_pearson_interval(682, 925) == pytest.approx((0.7076682641, 0.7654065582), abs=1e-10)
    assert binomial_p_value(682, 925, 0.75) == pytest.approx(0.3824915596, abs=1e-10)


def test_agresti_coull_is_not_clipped():
    assert agresti_coull_interval(0, 20).low == pytest.approx(-0.0287, abs=5e-5)


@pytest.mark.parametrize(("x", "n"), [(-1, 5), (6, 5), (0, 0), (math.nan, 3)])
@pytest.mark.parametrize("method", [wilson_interval, clopper_pearson_interval, agresti_coull_interval])
def test_impossible_counts_are_refused(method, x, n):
    with pytest.raises(ValueError, match="0 <= successes <= n"):
        method(x, n)


def test_a_confidence_of_one_is_refused():
    with pytest.raises(ValueError, match="confidence"):
        wilson_interval(1, 2, 1.0)


@given(COUNTS)
def test_an_interval_holds_its_estimate_and_stays_inside_0_and_1(counts):
    x, n = counts
    for low, high in (wilson_interval(x, n), clopper_pearson_interval(x, n)):
        assert 0 <= low <= x / n <= high <= 1


@given(COUNTS)
def test_turning_successes_into_failures_mirrors_the_interval(counts):
    x, n = counts
    low, high = wilson_interval(x, n)
    assert wilson_interval(n - x, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(COUNTS)
def test_more_confidence_never_narrows_the_interval(counts):
    x, n = counts
    narrow, wide = wilson_interval(x, n, 0.8), wilson_interval(x, n, 0.99)
    assert wide.low <= narrow.low + 1e-12
    assert wide.high >= narrow.high - 1e-12


def test_a_full_count_has_no_sampling_interval():
    assert finite_interval(37, 40, 40) == (0.925, 0.925)


def test_hypergeometric_limits_are_the_numbers_of_marked_items_still_plausible():
    # 0 marked of 10 drawn from 20: M marked items give P(X = 0) = C(20-M, 10)/C(20, 10).
    limit = max(m for m in range(11) if math.comb(20 - m, 10) / math.comb(20, 10) > 0.025)
    assert finite_interval(0, 10, 20) == (0.0, limit / 20)


@given(st.integers(2, 60).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.data())
def test_the_finite_interval_allows_what_was_seen(sizes, data):
    n, population = sizes
    x = data.draw(st.integers(0, n))
    low, high = finite_interval(x, n, population)
    assert low >= x / population - 1e-12
    assert high <= (population - n + x) / population + 1e-12
    assert low <= x / n + 1e-12
    assert x / n <= high + 1e-12


def test_a_large_population_is_close_to_wilson():
    assert finite_interval(81, 263, 10**7) == pytest.approx(wilson_interval(81, 263), abs=1e-4)
    assert finite_interval(90, 100, 5000) == pytest.approx(finite_interval(90, 100, 5001), abs=0.012)


def test_an_impossible_probability_or_list_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        binomial_p_value(1, 2, 1.5)
    with pytest.raises(ValueError, match="n <= population"):
        finite_interval(1, 5, 4)
