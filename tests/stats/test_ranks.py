"""Rank intervals, chances of being first and tiers: worked by hand, and against what must hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.chance import Draws
from surveyapp.stats.interval import Interval
from surveyapp.stats.ranks import (
    RankInterval,
    bootstrap_rank_intervals,
    chances_of_first,
    expected_ranks,
    holm_rank_intervals,
    joint_quantile,
    joint_rank_intervals,
    range_of_ranks,
    shares_of_first,
    tiers,
)

SCORES = [90.0, 88.0, 80.0, 79.5, 60.0]
ERRORS = [1.0, 1.0, 1.0, 1.0, 1.0]
COVARIANCE = np.diag(np.square(ERRORS))
LISTS = st.lists(st.integers(0, 100).map(float), min_size=1, max_size=8)


def replicates(scores, errors, rows=2000):
    return np.array(scores) + np.array(errors) * Draws(7).normal(rows, len(scores))


def test_joint_intervals_part_only_what_does_not_overlap():
    # z for five scores at 95 %: Φ⁻¹(1 - (1 - .95^(1/5))/2) = 2.569, so intervals are ±2.569.
    found = joint_rank_intervals(SCORES, ERRORS)
    assert found == [RankInterval(1, 2)] * 2 + [RankInterval(3, 4)] * 2 + [RankInterval(5, 5)]
    assert joint_rank_intervals([0.0, 5.13], [1.0, 1.0], 0.95**1) == [RankInterval(2, 2), RankInterval(1, 1)]
    assert joint_rank_intervals([0.0, 4.40], [1.0, 1.0]) == [RankInterval(1, 2)] * 2


def test_dependent_scores_need_bonferroni_which_is_wider():
    # Two scores: z = 2.2365 independent, 2.2414 Bonferroni; a gap of 4.478 lies between their sums.
    assert joint_rank_intervals([0.0, 4.478], [1.0, 1.0])[0] == RankInterval(2, 2)
    assert joint_rank_intervals([0.0, 4.478], [1.0, 1.0], independent=False)[0] == RankInterval(1, 2)


def test_holm_steps_down_and_is_tighter():
    # A gap of 3.9 is z = 2.76, p = .0058: not joint, but below .05/3 in Holm's last step.
    scores, covariance = [50.0, 46.1, 0.0], np.eye(3)
    assert joint_rank_intervals(scores, [1.0] * 3)[0] == RankInterval(1, 2)
    assert holm_rank_intervals(scores, covariance) == [RankInterval(n, n) for n in (1, 2, 3)]


def test_holm_stops_at_the_first_pair_it_cannot_tell():
    assert holm_rank_intervals([1.0, 1.5], np.eye(2)) == [RankInterval(1, 2)] * 2


def test_a_common_error_of_two_scores_does_not_blur_their_order():
    shared = [[1.0, 0.99], [0.99, 1.0]]
    assert holm_rank_intervals([10.0, 9.0], shared)[0] == RankInterval(1, 1)
    assert holm_rank_intervals([10.0, 9.0], np.eye(2))[0] == RankInterval(1, 2)


def test_known_scores_have_their_rank_and_ties_share():
    zero = np.zeros((3, 3))
    assert holm_rank_intervals([3.0, 2.0, 2.0], zero) == [RankInterval(1, 1)] + [RankInterval(2, 3)] * 2
    exact = np.tile([3.0, 2.0, 2.0], (5, 1))
    assert bootstrap_rank_intervals([3.0, 2.0, 2.0], exact) == [RankInterval(1, 1)] + [RankInterval(2, 3)] * 2
    assert joint_rank_intervals([2.0, 2.0], [0.0, 0.0]) == [RankInterval(1, 2)] * 2


def test_the_bootstrap_steps_down_to_the_ranks_holm_gives():
    drawn = replicates(SCORES, ERRORS)
    assert bootstrap_rank_intervals(SCORES, drawn) == holm_rank_intervals(SCORES, COVARIANCE)


def test_the_bootstrap_decides_every_pair_when_all_are_far_apart():
    found = bootstrap_rank_intervals([90.0, 50.0, 10.0], replicates([90.0, 50.0, 10.0], [1.0] * 3))
    assert found == [RankInterval(n, n) for n in (1, 2, 3)]


def test_a_single_score_is_first():
    assert joint_rank_intervals([1.0], [1.0]) == [RankInterval(1, 1)]
    assert holm_rank_intervals([1.0], [[1.0]]) == [RankInterval(1, 1)]
    assert bootstrap_rank_intervals([1.0], np.array([[1.0], [2.0]])) == [RankInterval(1, 1)]
    assert tiers([1.0], [[1.0]]) == [1]


def test_chances_of_first_are_exact_for_two_scores():
    first = 0.5 * (1 + math.erf(1 / math.sqrt(2) / math.sqrt(2)))
    assert chances_of_first([1.0, 0.0], [1.0, 1.0]) == pytest.approx([first, 1 - first], abs=1e-6)
    assert chances_of_first([1.0, 1.0, 0.0], [0.0, 0.0, 0.0]) == pytest.approx([0.5, 0.5, 0.0])
    assert expected_ranks([1.0, 0.0], [1.0, 1.0]) == pytest.approx([2 - first, 1 + first])
    assert expected_ranks([1.0, 1.0, 0.0], [0.0] * 3) == [1.5, 1.5, 3.0]


def test_chances_from_replicates_agree_with_those_from_normal_errors():
    drawn = replicates(SCORES, ERRORS, 20_000)
    assert shares_of_first(drawn) == pytest.approx(chances_of_first(SCORES, ERRORS), abs=0.01)
    assert shares_of_first(np.array([[1.0, 1.0]])) == [0.5, 0.5]


def test_tiers_are_chains_of_scores_that_cannot_be_separated():
    # At 90 % a gap above 1.645·√2 = 2.33 is seen.
    assert tiers(SCORES, COVARIANCE) == [1, 1, 2, 2, 3]
    assert tiers([10.0, 8.0, 6.0, 1.0], np.eye(4)) == [1, 1, 1, 2]
    assert tiers([1.0, 8.0], np.eye(2)) == [2, 1]


def test_bounds_of_missing_evidence_bound_the_ranks():
    bounds = [Interval(80, 90), Interval(85, 95), Interval(10, 20)]
    assert range_of_ranks(bounds) == [RankInterval(1, 2)] * 2 + [RankInterval(3, 3)]
    with pytest.raises(ValueError, match="lower one first"):
        range_of_ranks([Interval(2, 1)])


@given(LISTS, st.floats(0.1, 10))
def test_every_rank_interval_holds_the_rank_of_the_estimate(scores, error):
    covariance = np.eye(len(scores)) * error**2
    intervals = (
        joint_rank_intervals(scores, [error] * len(scores)),
        holm_rank_intervals(scores, covariance),
        range_of_ranks([Interval(score - error, score + error) for score in scores]),
    )
    for found in intervals:
        for score, (first, last) in zip(scores, ((one.first, one.last) for one in found), strict=True):
            assert first <= 1 + sum(other > score for other in scores)
            assert last >= len(scores) - sum(other < score for other in scores)


@given(LISTS, st.floats(0.1, 10))
def test_chances_sum_to_one_and_expected_ranks_to_all_ranks(scores, error):
    errors = [error] * len(scores)
    assert math.fsum(chances_of_first(scores, errors)) == pytest.approx(1)
    assert math.fsum(expected_ranks(scores, errors)) == pytest.approx(sum(range(1, len(scores) + 1)))


def test_a_unit_without_a_score_has_no_rank():
    for call in (
        lambda: joint_rank_intervals([1.0, math.nan], [1.0, 1.0]),
        lambda: joint_rank_intervals([], []),
        lambda: joint_quantile(0),
        lambda: joint_rank_intervals([1.0], [-1.0]),
        lambda: expected_ranks([1.0], [1.0, 2.0]),
        lambda: holm_rank_intervals([1.0, 2.0], [[1.0]]),
        lambda: bootstrap_rank_intervals([1.0, 2.0], np.array([[1.0, math.nan], [1.0, 2.0]])),
    ):
        with pytest.raises(ValueError, match="needs"):
            call()
