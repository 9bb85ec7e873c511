"""Alikeness, tails of counts and effects of groups against published numbers and sums by hand."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.alikeness import alike_pairs, most_alike, near_pairs, shingles
from surveyapp.stats.counts import (
    binomial_upper_tail,
    dispersion_of,
    normal_upper_tail,
    upper_tail,
)
from surveyapp.stats.one_way import group_effect

SHROUT = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))
"""P. E. Shrout, J. L. Fleiss (1979): six targets, four judges; ICC(1) is .1657418."""


def test_the_correlation_within_groups_is_the_published_one() -> None:
    effect = group_effect({str(at): [float(v) for v in row] for at, row in enumerate(SHROUT)})
    assert effect is not None
    assert effect.icc == pytest.approx(0.1657418, abs=1e-7)
    assert effect.deff == pytest.approx(1 + 3 * effect.icc)


def test_groups_of_unequal_size_agree_with_the_sums_by_hand() -> None:
    effect = group_effect({"a": [1.0, 2.0, 3.0], "b": [4.0, 6.0]})
    assert effect is not None
    # between 10.8 on 1, within 4 on 3 degrees of freedom; m0 = 5 - 13/5
    assert effect.f == pytest.approx(10.8 / (4 / 3))
    assert effect.icc == pytest.approx((10.8 - 4 / 3) / (10.8 + 1.4 * 4 / 3))
    assert effect.away["b"] == pytest.approx(3 / math.sqrt(4 / 3 * (1 / 3 + 1 / 2)))
    assert effect.away["a"] == pytest.approx(-effect.away["b"])


def test_an_effect_needs_two_groups_and_something_to_vary() -> None:
    assert group_effect({"a": [1.0, 2.0]}) is None
    assert group_effect({"a": [1.0], "b": [2.0]}) is None
    assert group_effect({"a": [1.0, 1.0], "b": [2.0, 2.0]}) is None


@pytest.mark.parametrize(("count", "mean"), [(1, 0.5), (3, 2.0), (12, 4.5)])
def test_the_tail_of_a_poisson_count_is_the_sum_of_its_terms(count: int, mean: float) -> None:
    below = sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count))
    assert upper_tail(count, mean) == pytest.approx(1 - below, rel=1e-9)


@pytest.mark.parametrize(("count", "mean", "dispersion"), [(1, 0.5, 0.25), (9, 3.0, 0.5)])
def test_the_tail_of_a_spread_count_is_the_sum_of_its_terms(
    count: int, mean: float, dispersion: float
) -> None:
    size = 1 / dispersion
    p = mean / (mean + size)
    terms = [
        math.exp(math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)) * (1 - p) ** size * p**k
        for k in range(count)
    ]
    assert upper_tail(count, mean, dispersion) == pytest.approx(1 - sum(terms), rel=1e-9)


def test_the_tails_at_their_ends() -> None:
    assert upper_tail(0, 3.0) == 1.0 and upper_tail(2, 0.0) == 0.0
    assert binomial_upper_tail(0, 5, 0.2) == 1.0 and binomial_upper_tail(6, 5, 0.2) == 0.0
    assert binomial_upper_tail(2, 3, 0.5) == pytest.approx(0.5)
    assert normal_upper_tail(1.6448536269514722) == pytest.approx(0.05)
    for wrong in ((1, -1.0, 0.0), (1, 1.0, -0.1)):
        with pytest.raises(ValueError, match="not negative"):
            upper_tail(*wrong)
    with pytest.raises(ValueError, match="between 0 and 1"):
        binomial_upper_tail(1, 2, 1.5)


def test_the_dispersion_is_what_the_variance_has_more_than_the_mean() -> None:
    assert dispersion_of([1, 3, 5, 7]) == pytest.approx((20 / 3 - 4) / 16)
    assert dispersion_of([2, 2, 2]) == 0.0 == dispersion_of([5]) == dispersion_of([0, 0])


def test_the_record_most_alike_is_named_with_its_share() -> None:
    rows = [("a", "b", "c", ""), ("a", "b", "d", "e"), ("x", "y", "z", "e"), ("", "", "", "")]
    found = most_alike(rows, 2)
    assert found[0] == (pytest.approx(2 / 3), 1)
    assert found[1] == (pytest.approx(2 / 3), 0)
    assert found[2] == (pytest.approx(1 / 4), 1)
    assert found[3] == (0.0, -1)
    assert most_alike(rows, 4)[0] == (0.0, -1)
    assert most_alike(rows, 2, [2, 0]) == [found[2], found[0]]
    assert most_alike(rows, 2, []) == []
    with pytest.raises(ValueError, match="unequal"):
        most_alike([("a",), ("a", "b")], 1)


def test_shingles_leave_out_blanks_and_punctuation() -> None:
    assert shingles("一次 办好，", 3) == {"一次办", "次办好"}
    assert alike_pairs([shingles("一次办好", 3), shingles("一次办成", 3)], 0) == {(0, 1): 1 / 3}


@given(texts=st.lists(st.frozensets(st.sampled_from("abcdef")), max_size=8), above=st.floats(0, 0.9))
def test_alike_pairs_are_those_whose_shared_shingles_are_enough_of_all_of_both(
    texts: list[frozenset[str]], above: float
) -> None:
    pairs = [(at, to) for at, to in combinations(range(len(texts)), 2) if texts[at] | texts[to]]
    shares = {(at, to): len(texts[at] & texts[to]) / len(texts[at] | texts[to]) for at, to in pairs}
    assert alike_pairs(texts, above) == {pair: share for pair, share in shares.items() if share > above}


@given(prints=st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 7, 2**63]), max_size=8))
def test_near_pairs_are_those_that_differ_in_few_bits(prints: list[int]) -> None:
    apart = {
        pair: (prints[pair[0]] ^ prints[pair[1]]).bit_count() for pair in combinations(range(len(prints)), 2)
    }
    assert near_pairs(prints, 3) == {pair: bits for pair, bits in apart.items() if bits <= 3}


def test_rows_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="unequal"):
        most_alike([["1", "2"], ["1"]], 1)


def test_a_row_alone_and_rows_without_columns_have_no_other():
    assert most_alike([["1", "2"]], 1) == [(0.0, -1)]
    assert most_alike([[], []], 1) == [(0.0, -1), (0.0, -1)]
    assert most_alike([], 1) == []
