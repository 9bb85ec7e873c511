"""Differences from two intervals: against Newcombe, Welch and Holm by hand, and at the edges."""

import math

import pytest

from surveyapp.stats.differences import difference_interval
from surveyapp.stats.interval import t_quantile
from surveyapp.stats.proportions import wilson_interval
from surveyapp.stats.recovered_variances import Estimate, difference_of, holm


def share(hits, n):
    return Estimate(hits / n, *wilson_interval(hits, n))


def mean(value, error, df):
    half = t_quantile(0.95, df) * error
    return Estimate(value, value - half, value + half, df)


def test_two_shares_give_the_interval_of_newcombe():
    found = difference_of(share(56, 70), share(48, 80))
    assert found.interval == pytest.approx(difference_interval(56, 70, 48, 80))
    assert found.interval == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.value == pytest.approx(0.2)


def test_two_means_give_welchs_p_value():
    # Two means, errors 2 and 3 with 9 and 4 df: t = 10/√13, Welch's df = 13²/(16/9 + 81/4).
    found = difference_of(mean(30, 2.0, 9), mean(20, 3.0, 4))
    assert t_quantile(1 - found.p_value, 169 / (16 / 9 + 81 / 4)) == pytest.approx(10 / math.sqrt(13))
    assert 0.02417 < found.p_value < 0.02753  # the two-sided p-values at 8 and at 7 degrees of freedom
    alike = difference_of(mean(20, 3.0, 4), mean(30, 2.0, 9))
    assert alike.p_value == pytest.approx(found.p_value)
    assert alike.value == -found.value


def test_without_lost_degrees_the_p_value_is_normal():
    found = difference_of(Estimate(1.96, -0.0, 3.92), Estimate(0.0, 0.0, 0.0))
    assert found.p_value == pytest.approx(0.05, abs=1e-4)
    assert found.interval.low == pytest.approx(0, abs=1e-9)


def test_estimates_without_width_differ_or_do_not():
    assert difference_of(Estimate(1, 1, 1), Estimate(0, 0, 0)).p_value == 0
    assert difference_of(Estimate(1, 1, 1), Estimate(1, 1, 1)).p_value == 1


def test_estimates_that_move_together_differ_more_surely():
    one, other = mean(0.8, 0.1, 20), mean(0.6, 0.1, 20)
    assert difference_of(one, other, 0.8).p_value < difference_of(one, other).p_value
    assert difference_of(one, other, -0.8).p_value > difference_of(one, other).p_value
    assert math.isclose(difference_of(one, other, 1.0).p_value, 0.0)


def test_an_interval_that_was_cut_at_the_end_of_its_scale_does_not_hide_the_error():
    cut = difference_of(Estimate(0.9, 0.0, 1.0, 1.0, 0.5), Estimate(0.5, 0.48, 0.52))
    assert cut.p_value > 0.5


def test_holm_stops_at_the_first_that_fails():
    assert holm([0.04, 0.01, 0.03, 0.005]) == [False, True, False, True]
    assert holm([0.05]) == [True]
    assert holm([]) == []
