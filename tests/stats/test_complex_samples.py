"""Design-based estimates against the R package survey and its api data, known here by cell summaries."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.complex_samples import (
    SampleCell,
    design_mean,
    korn_graubard_interval,
    logit_interval,
    normal_interval,
    stratified_mean,
)

CELLS = {
    "E": SampleCell(100, 4421, 674.43, 15687.4192929),
    "M": SampleCell(50, 1018, 636.6, 13824.8571429),
    "H": SampleCell(50, 755, 625.82, 11947.0893878),
}


def api_strata():
    """Values with exactly the size, mean and variance of each stratum of apistrat, weights and strata."""
    values, weights, strata = [], [], []
    for name, cell in CELLS.items():
        step = math.sqrt(cell.variance * (cell.n - 1) / cell.n)
        values += [cell.mean + (step if i % 2 else -step) for i in range(cell.n)]
        weights += [cell.population / cell.n] * cell.n
        strata += [name] * cell.n
    return values, weights, strata


def test_cell_summaries_give_the_mean_and_error_of_apistrat():
    assert stratified_mean(list(CELLS.values())) == pytest.approx((662.2873632, 9.408940803), abs=1e-5)


def test_linearisation_over_rows_gives_mean_error_deff_and_df_of_apistrat():
    values, weights, strata = api_strata()
    share = {name: cell.n / cell.population for name, cell in CELLS.items()}
    found = design_mean(values, weights, list(range(200)), strata, share)
    assert (found.mean, found.se) == pytest.approx((662.2873632, 9.408940803), abs=1e-5)
    assert found.deff == pytest.approx(1.204457, abs=1e-5)
    assert found.df == 197


def test_the_beta_and_logit_intervals_equal_svyciprop():
    p, se = 0.8279480114, 0.02434478
    assert korn_graubard_interval(p, se, 200, 197) == pytest.approx((0.7741713, 0.8734316), abs=5e-7)
    assert logit_interval(p, se, 197) == pytest.approx((0.7745397, 0.8708149), abs=5e-7)


def test_without_clusters_the_error_is_that_of_a_simple_sample():
    values = [1.0] * 36 + [0.0] * 4
    found = design_mean(values, [1.0] * 40, list(range(40)), [""] * 40)
    assert found.se == pytest.approx(math.sqrt(0.09 / 39))
    assert found.deff == pytest.approx(1.0)


def test_identical_members_of_a_cluster_count_once():
    single = design_mean([0, 1, 1, 0, 1], [1.0] * 5, list("abcde"), [""] * 5)
    doubled = design_mean([0, 0, 1, 1, 1, 1, 0, 0, 1, 1], [1.0] * 10, list("aabbccddee"), [""] * 10)
    assert doubled.se == pytest.approx(single.se)
    assert doubled.deff > 1.9


def test_influence_values_square_to_the_variance():
    found = design_mean([3, 1, 4, 1, 5], [1, 2, 1, 2, 1], list("aabbc"), [""] * 5)
    assert math.fsum(u * u for u in found.influence.values()) == pytest.approx(found.se**2)


def test_one_primary_unit_is_refused_because_its_variance_is_unknown():
    with pytest.raises(ValueError, match="one primary unit"):
        design_mean([1, 0], [1, 1], ["a", "a"], ["", ""])


def test_a_stratum_of_one_unit_is_centred_at_the_grand_mean():
    found = design_mean([1, 0, 1, 0, 1], [1.0] * 5, list("abcde"), ["x", "x", "x", "x", "y"])
    assert found.influence[("y", "e")] == pytest.approx(1 / 5 * (1 - 0.6))


def test_no_weight_at_all_is_refused():
    with pytest.raises(ValueError, match="weights"):
        design_mean([1], [0], ["a"], [""])
    with pytest.raises(ValueError, match="two observations"):
        stratified_mean([SampleCell(1, 10, 0, 0)])


def test_all_alike_still_leaves_room_for_doubt():
    low, high = korn_graubard_interval(1.0, 0.0, 40, 9)
    assert 0.85 < low < 0.92
    assert high == 1.0
    assert korn_graubard_interval(0.0, 0.0, 40, 9) == pytest.approx((0.0, 1 - low))


def test_impossible_arguments_of_the_intervals_are_refused():
    with pytest.raises(ValueError, match="0 <= p <= 1"):
        korn_graubard_interval(1.2, 0.1, 10, 9)
    with pytest.raises(ValueError, match="infinite"):
        logit_interval(1.0, 0.1, 9)


def test_the_normal_interval_is_symmetric():
    assert normal_interval(10, 1) == pytest.approx((8.0400360, 11.9599640), abs=1e-6)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 5)), min_size=2, max_size=40))
def test_scaling_all_weights_changes_nothing(rows):
    values, weights = [v for v, _ in rows], [w for _, w in rows]
    one = design_mean(values, weights, list(range(len(rows))), [""] * len(rows))
    other = design_mean(values, [7 * w for w in weights], list(range(len(rows))), [""] * len(rows))
    assert (other.mean, other.se) == pytest.approx((one.mean, one.se), abs=1e-9)


@given(st.floats(0.01, 0.99), st.lists(st.floats(0.001, 0.2), min_size=2, max_size=5, unique=True))
def test_a_larger_error_widens_the_beta_interval(p, errors):
    widths = [
        ends.high - ends.low for ends in (korn_graubard_interval(p, se, 100, 20) for se in sorted(errors))
    ]
    assert all(wide >= narrow - 1e-9 for narrow, wide in pairwise(widths))
