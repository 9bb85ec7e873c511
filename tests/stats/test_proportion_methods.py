"""The other intervals of a share, and differences of two shares, against Newcombe's papers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.differences import (
    PairedCounts,
    difference_interval,
    mcnemar,
    paired_difference_interval,
)
from surveyapp.stats.proportions import (
    jeffreys_interval,
    mid_p_interval,
    wilson_continuity_interval,
    wilson_interval,
    wilson_lower_bound,
)
from surveyapp.stats.roots import crossing

COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
METHODS = [wilson_continuity_interval, mid_p_interval, jeffreys_interval]


@pytest.mark.parametrize(
    ("x", "n", "continuity", "mid_p"),
    [
        (81, 263, (0.2535, 0.3682), (0.2544, 0.3658)),
        (15, 148, (0.0598, 0.1644), (0.0601, 0.1581)),
        (0, 20, (0.0, 0.2005), (0.0, 0.1391)),
        (1, 29, (0.0018, 0.1963), (0.0017, 0.1585)),
    ],
)
def test_continuity_and_mid_p_equal_newcombes_table(x, n, continuity, mid_p):
    assert wilson_continuity_interval(x, n) == pytest.approx(continuity, abs=5.1e-5)
    assert mid_p_interval(x, n) == pytest.approx(mid_p, abs=5.1e-5)


def test_mid_p_of_no_success_is_known_in_closed_form():
    assert mid_p_interval(0, 20).high == pytest.approx(1 - 0.05 ** (1 / 20), abs=1e-12)


def test_jeffreys_upper_end_of_no_success_solves_its_beta():
    high = jeffreys_interval(0, 1).high
    # Beta(1/2, 3/2): F(x) = (2/π)(asin √x + √(x(1 - x))).
    reached = 2 / math.pi * (math.asin(math.sqrt(high)) + math.sqrt(high * (1 - high)))
    assert reached == pytest.approx(0.975, abs=1e-12)


@given(COUNTS, st.sampled_from(METHODS))
def test_every_interval_is_mirrored_holds_its_estimate_and_stays_inside(counts, method):
    x, n = counts
    low, high = method(x, n)
    assert 0 <= low <= x / n <= high <= 1
    other = method(n - x, n)
    assert (1 - other.high, 1 - other.low) == pytest.approx((low, high), abs=1e-9)


@given(COUNTS)
def test_the_continuity_correction_only_widens(counts):
    narrow, wide = wilson_interval(*counts), wilson_continuity_interval(*counts)
    assert wide.low <= narrow.low + 1e-12
    assert wide.high >= narrow.high - 1e-12


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("x", "n"), [(1, 0), (-1, 3), (4, 3), (math.nan, 3)])
def test_impossible_counts_are_refused(method, x, n):
    with pytest.raises(ValueError, match="0 <= successes <= n"):
        method(x, n)


def test_the_lower_bound_is_the_end_of_the_wider_interval():
    assert wilson_lower_bound(72, 82) == wilson_interval(72, 82, 0.9).low


@pytest.mark.parametrize(
    ("counts", "plain", "corrected"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339), (0.0428, 0.3422)),
        ((10, 10, 0, 20), (0.6791, 1.0), (0.6014, 1.0)),
    ],
)
def test_differences_equal_newcombes_examples(counts, plain, corrected):
    assert difference_interval(*counts) == pytest.approx(plain, abs=5.1e-5)
    assert difference_interval(*counts, corrected=True) == pytest.approx(corrected, abs=5.1e-5)


@given(COUNTS, COUNTS)
def test_a_difference_turned_round_has_its_interval_turned_round(one, other):
    low, high = difference_interval(*one, *other)
    assert -1 <= low <= one[0] / one[1] - other[0] / other[1] <= high <= 1
    back = difference_interval(*other, *one)
    assert (-back.high, -back.low) == pytest.approx((low, high), abs=1e-12)


def test_paired_differences_equal_newcombes_example():
    assert paired_difference_interval(PairedCounts(36, 12, 2, 0)) == pytest.approx(
        (0.0569, 0.3404), abs=5.1e-5
    )


@given(st.tuples(*[st.integers(0, 60)] * 4).filter(any))
def test_a_paired_interval_holds_its_difference(cells):
    counts = PairedCounts(*cells)
    low, high = paired_difference_interval(counts)
    assert -1 <= low <= (counts.first - counts.second) / counts.n + 1e-12
    assert high <= 1
    assert high >= (counts.first - counts.second) / counts.n - 1e-12


def test_agreeing_judgements_narrow_the_interval_and_contrary_ones_widen_it():
    agreeing, contrary = PairedCounts(40, 5, 5, 40), PairedCounts(5, 40, 40, 5)
    one, other = paired_difference_interval(agreeing), paired_difference_interval(contrary)
    assert one.high - one.low < other.high - other.low


def test_mcnemar_counts_both_tails_of_the_changes():
    found = mcnemar(PairedCounts(0, 5, 1, 0))
    assert found.exact == pytest.approx(2 * 7 / 64)
    assert found.mid_p == pytest.approx(2 * 7 / 64 - 6 / 64)
    assert found.statistic == pytest.approx(9 / 6)
    assert found.chi_square == pytest.approx(0.2206713619, abs=1e-9)


def test_no_change_is_no_difference():
    assert mcnemar(PairedCounts(5, 0, 0, 5)).exact == 1.0
    assert mcnemar(PairedCounts(0, 3, 3, 0)).mid_p == 1.0
    assert mcnemar(PairedCounts(1, 0, 4, 1)).exact == pytest.approx(2 / 16)


@pytest.mark.parametrize("cells", [(0, 0, 0, 0), (1, -1, 0, 0)])
def test_impossible_pairs_are_refused(cells):
    with pytest.raises(ValueError, match="four counts"):
        mcnemar(PairedCounts(*cells))


def test_a_crossing_is_found_at_the_ends_as_well():
    assert crossing(lambda x: x, 0.0, 1.0) == 0.0
    assert crossing(lambda x: x - 1, 0.0, 1.0) == 1.0
    assert crossing(lambda x: x * x - 2, 0.0, 2.0) == pytest.approx(math.sqrt(2), abs=1e-15)
    assert crossing(lambda x: 2 - x * x, 0.0, 2.0) == pytest.approx(math.sqrt(2), abs=1e-15)


@pytest.mark.parametrize("function", [lambda x: x + 1, lambda _: math.nan])
def test_a_function_that_does_not_cross_is_refused(function):
    with pytest.raises(ValueError, match="cross"):
        crossing(function, 0.0, 1.0)
