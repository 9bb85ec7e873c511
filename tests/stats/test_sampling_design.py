"""Designs in strata, clusters and stages: against R survey by cell summaries, and formulas by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.calibration import post_stratified, raked
from surveyapp.stats.complex_samples import design_mean
from surveyapp.stats.design_estimates import (
    design_domain_mean,
    design_ratio,
    design_total,
    difference,
)
from surveyapp.stats.replication import (
    bca_interval,
    jackknife,
    percentile_interval,
    rao_wu_bootstrap,
)
from surveyapp.stats.sampling_design import sampling_design
from tests.stats.test_complex_samples import CELLS, api_strata

VALUES = [3.0, 5.0, 4.0, 8.0, 2.0, 6.0]
CLUSTERS = ["a", "a", "b", "b", "c", "c"]


def api_design():
    values, weights, strata = api_strata()
    populations = [CELLS[name].population for name in strata]
    return values, sampling_design(weights, strata=[strata], populations=[populations])


def test_a_stratified_mean_equals_r_with_its_design_effect_and_degrees_of_freedom():
    values, design = api_design()
    found = design_domain_mean(design, values)
    assert found.value == pytest.approx(662.2873632, abs=1e-4)
    assert found.se == pytest.approx(9.408940803, abs=1e-4)
    assert found.deff == pytest.approx(1.204457, abs=1e-5)
    assert (found.n, found.df) == (200, 197)


def test_a_total_is_the_mean_times_the_known_size():
    values, design = api_design()
    found = design_total(design, values)
    assert found.value == pytest.approx(662.2873632 * 6194, abs=1)
    assert found.se == pytest.approx(9.408940803 * 6194, abs=1)


def test_a_share_has_the_intervals_of_svyciprop():
    p, se = 0.8279480114, 0.02434478
    values, design = api_design()
    share = design_domain_mean(design, [float(value > 600) for value in values])
    assert share.share_interval().low < share.value < share.share_interval(logit=True).high
    from_r = type(share)(200, p, se, 197, math.nan, share.contributions)
    assert from_r.share_interval() == pytest.approx((0.7741713, 0.8734316), abs=1e-6)
    assert from_r.share_interval(logit=True) == pytest.approx((0.7745397, 0.8708149), abs=1e-6)


def test_the_general_design_equals_the_plain_one():
    weights = [1.0, 2.0, 1.5, 1.0, 3.0, 0.5]
    plain = design_mean(VALUES, weights, CLUSTERS, [""] * 6)
    found = design_domain_mean(sampling_design(weights, [CLUSTERS]), VALUES)
    assert (found.value, found.se, found.df) == pytest.approx((plain.mean, plain.se, plain.df))


def test_two_stages_have_the_variance_of_both():
    # Three of five units, two of four elements of each (Cochran 11.4): N²(1-f1)s1²/n + N/n ΣM²(1-f2)s2²/m.
    design = sampling_design([5 / 3 * 2] * 6, [CLUSTERS, range(6)], populations=[[5.0] * 6, [4.0] * 6])
    totals = [4 / 2 * sum(VALUES[at : at + 2]) for at in (0, 2, 4)]
    mean = sum(totals) / 3
    between = 25 * (1 - 3 / 5) * sum((total - mean) ** 2 for total in totals) / 2 / 3
    inside = [(VALUES[at] - VALUES[at + 1]) ** 2 / 2 for at in (0, 2, 4)]
    within = 5 / 3 * sum(16 * (1 - 2 / 4) * spread / 2 for spread in inside)
    found = design_total(design, VALUES)
    assert found.se**2 == pytest.approx(between + within)


def test_without_a_population_the_first_stage_is_all_there_is():
    one = sampling_design([1.0] * 6, [CLUSTERS])
    two = sampling_design([1.0] * 6, [CLUSTERS, range(6)], populations=[])
    assert one.variance(np.array(VALUES)) == two.variance(np.array(VALUES))


def test_a_census_has_no_sampling_error():
    design = sampling_design([1.0] * 6, populations=[[6.0] * 6])
    found = design_domain_mean(design, VALUES)
    assert (found.se, found.interval()) == (0.0, (found.value, found.value))


def test_a_ratio_estimates_its_base_too():
    bases = [1.0, 2.0, 2.0, 3.0, 1.0, 2.0]
    found = design_ratio(sampling_design([1.0] * 6), VALUES, bases)
    ratio = 28 / 11
    spread = sum((y - ratio * x) ** 2 for y, x in zip(VALUES, bases, strict=True))
    assert found.value == pytest.approx(ratio)
    assert found.se**2 == pytest.approx(6 / 5 * spread / 11**2)


def test_a_domain_keeps_the_others_as_zeros_and_ignores_their_missing_values():
    domain = [True, True, True, True, False, False]
    values = [*VALUES[:4], math.nan, math.nan]
    found = design_domain_mean(sampling_design([1.0] * 6, [CLUSTERS]), values, domain)
    sums = [(3 - 5 + 5 - 5) / 4, (4 - 5 + 8 - 5) / 4, 0.0]
    assert (found.n, found.value) == (4, 5.0)
    assert found.se**2 == pytest.approx(3 / 2 * sum(one * one for one in sums))


def test_a_difference_within_one_sample_knows_its_covariance():
    design = sampling_design([1.0] * 6, [CLUSTERS])
    one = design_domain_mean(design, VALUES, [True, False] * 3)
    other = design_domain_mean(design, VALUES, [False, True] * 3)
    found = difference(design, one, other)
    assert found.value == pytest.approx(3.0 - 19 / 3)
    assert found.se != pytest.approx(math.hypot(one.se, other.se))
    assert difference(design, one, one).se == 0.0


@pytest.mark.parametrize(("policy", "variance"), [("certainty", 36.0), ("centre", 52.0), ("collapse", 63.0)])
def test_a_stratum_with_one_unit_follows_its_policy(policy, variance):
    # 2/1·((1-4)² + (7-4)²) = 36; the mean of all units is 6; three units in one stratum 3/2·(25 + 1 + 16).
    design = sampling_design([1.0] * 3, strata=[["x", "x", "y"]], lonely=policy)
    assert design.variance(np.array([1.0, 7.0, 10.0])) == pytest.approx(variance)


def test_a_stratum_with_one_unit_is_refused_without_a_policy():
    design = sampling_design([1.0] * 3, strata=[["x", "x", "y"]])
    with pytest.raises(ValueError, match="one unit"):
        design.variance(np.array([1.0, 2.0, 3.0]))


def test_single_units_are_joined_with_each_other_first():
    design = sampling_design([1.0] * 4, strata=[["w", "x", "y", "y"]], lonely="collapse")
    assert design.variance(np.array([1.0, 3.0, 2.0, 2.0])) == pytest.approx(2 * (1 + 1))
    assert design.df == 2
    with pytest.raises(ValueError, match="one unit"):
        sampling_design([1.0], lonely="collapse").variance(np.array([1.0]))
    assert sampling_design([1.0, 1.0], lonely="collapse").df == 1


def test_a_single_unit_taken_with_certainty_has_no_variance():
    design = sampling_design([1.0] * 3, strata=[["x", "x", "y"]], populations=[[4.0, 4.0, 1.0]])
    assert design.variance(np.array([1.0, 7.0, 10.0])) == pytest.approx((1 - 2 / 4) * 36)


def test_joined_strata_have_the_sum_of_their_populations():
    design = sampling_design(
        [1.0] * 4, strata=[["w", "x", "y", "y"]], populations=[[4.0, 4.0, 9.0, 9.0]], lonely="collapse"
    )
    assert design.variance(np.array([1.0, 3.0, 2.0, 2.0])) == pytest.approx((1 - 2 / 8) * 4)


@pytest.mark.parametrize("weights", [[], [-1.0, 2.0], [0.0, 0.0], [math.nan, 1.0], [math.inf, 1.0]])
def test_weights_that_cannot_be_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        sampling_design(weights)


def test_columns_of_unequal_length_and_small_populations_are_refused():
    with pytest.raises(ValueError, match="every column"):
        sampling_design([1.0, 1.0], [["a"]])
    with pytest.raises(ValueError, match="every column"):
        sampling_design([1.0, 1.0], populations=[[3.0]])
    with pytest.raises(ValueError, match="one population"):
        sampling_design([1.0, 1.0], populations=[[1.0, 1.0]])
    with pytest.raises(ValueError, match="one population"):
        sampling_design([1.0, 1.0], populations=[[3.0, 4.0]])
    with pytest.raises(ValueError, match="finite contribution"):
        sampling_design([1.0, 1.0]).variance(np.array([1.0, math.nan]))


def test_values_that_are_missing_or_of_another_length_are_refused():
    design = sampling_design([1.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="missing value"):
        design_total(design, [1.0, math.nan, 1.0])
    with pytest.raises(ValueError, match="every column"):
        design_total(design, [1.0])
    with pytest.raises(ValueError, match="no observation"):
        design_domain_mean(design, [1.0, 2.0, 3.0], [False, False, True])
    with pytest.raises(ValueError, match="base"):
        design_ratio(design, [1.0, 2.0, 3.0], [0.0, 0.0, 1.0])


def test_observations_without_weight_count_as_none():
    found = design_domain_mean(sampling_design([1.0, 1.0, 0.0]), [1.0, 2.0, 100.0])
    assert (found.n, found.value) == (2, 1.5)
    one = design_total(sampling_design([1.0, 0.0]), [4.0, 9.0])
    assert math.isnan(one.deff)


def test_post_stratification_meets_the_sizes_and_takes_off_what_they_explain():
    groups = ["m", "m", "m", "f", "f", "f"]
    values = [1.0, 1.0, 1.0, 5.0, 5.0, 5.0]
    design = post_stratified(sampling_design([1.0] * 6), groups, {"m": 30.0, "f": 10.0})
    found = design_domain_mean(design, values)
    assert found.value == pytest.approx(2.0)
    assert found.se == pytest.approx(0.0, abs=1e-12)
    spread = design_domain_mean(design, [0.0, 1.0, 2.0, 4.0, 5.0, 6.0])
    # Residuals ±1 in both groups: Σ over units of (w·e/40)², times 6/5.
    assert spread.se**2 == pytest.approx(6 / 5 * (2 * (10 / 40) ** 2 + 2 * (10 / 3 / 40) ** 2))


def test_raking_meets_every_margin():
    rows, columns = ["a", "a", "b", "b", "a", "b"], ["x", "y", "x", "y", "y", "x"]
    margins = [(rows, {"a": 60.0, "b": 40.0}), (columns, {"x": 45.0, "y": 55.0})]
    design = raked(sampling_design([1.0] * 6), margins)
    for groups, totals in margins:
        for name, size in totals.items():
            found = math.fsum(w for w, group in zip(design.weights, groups, strict=True) if group == name)
            assert found == pytest.approx(size)
    explained = [
        float(row == "a") + 3 * float(column == "x") for row, column in zip(rows, columns, strict=True)
    ]
    assert design_domain_mean(design, explained).se == pytest.approx(0.0, abs=1e-9)
    assert design_domain_mean(design, VALUES).se > 0


def test_raking_to_sizes_the_sample_has_changes_nothing():
    design = raked(sampling_design([2.0] * 4), [(["a", "a", "b", "b"], {"a": 4.0, "b": 4.0})])
    assert design.weights.tolist() == [2.0] * 4


@pytest.mark.parametrize(
    ("margins", "message"),
    [
        ([], "same whole"),
        ([(["a", "b"], {"a": 1.0, "b": 1.0}), (["x", "y"], {"x": 1.0, "y": 2.0})], "same whole"),
        ([(["a"], {"a": 1.0})], "every column"),
        ([(["a", "b"], {"a": 1.0})], "every group"),
        ([(["a", "a"], {"a": 1.0, "b": 1.0})], "every group"),
        ([(["a", "b"], {"a": 0.0, "b": 1.0})], "size above 0"),
        ([(["a", "b"], {"a": 3.0, "b": 1.0}), (["x", "y"], {"x": 1.0, "y": 3.0})], "contradict"),
    ],
)
def test_margins_that_cannot_be_met_are_refused(margins, message):
    with pytest.raises(ValueError, match=message):
        raked(sampling_design([1.0, 1.0]), margins)


def test_the_jackknife_of_a_total_is_the_linearised_variance():
    values, design = api_design()
    replicates = jackknife(design)
    totals = replicates.totals(np.array(values)[:, None])[:, 0]
    assert replicates.variance(totals, float(totals.mean())) == pytest.approx(
        design_total(design, values).se ** 2, rel=1e-3
    )


def test_the_jackknife_of_a_mean_of_clusters_is_near_the_linearised_one():
    design = sampling_design([1.0, 2.0] * 20, [[at // 2 for at in range(40)]])
    values = [float((at * 7) % 11) for at in range(40)]
    found = design_domain_mean(design, values)
    replicates = jackknife(design)
    means = replicates.means(np.array(values)[:, None])[:, 0]
    assert math.sqrt(replicates.variance(means, found.value)) == pytest.approx(found.se, rel=0.05)


def test_the_bootstrap_has_the_variance_of_the_design_and_can_be_drawn_again():
    values, design = api_design()
    drawn = rao_wu_bootstrap(design, 2000, "round-1")
    means = drawn.means(np.array(values)[:, None])[:, 0]
    found = design_domain_mean(design, values)
    assert math.sqrt(drawn.variance(means, found.value)) == pytest.approx(found.se, rel=0.06)
    assert (rao_wu_bootstrap(design, 2000, "round-1").multipliers == drawn.multipliers).all()
    low, high = percentile_interval(means.tolist())
    assert (low, high) == pytest.approx(tuple(found.interval()), abs=1.5)
    corrected = bca_interval(
        means.tolist(), found.value, jackknife(design).means(np.array(values)[:, None])[:, 0]
    )
    assert corrected == pytest.approx((low, high), abs=1.5)


def test_a_census_drawn_again_is_itself():
    design = sampling_design([1.0] * 6, populations=[[6.0] * 6])
    means = rao_wu_bootstrap(design, 10, 1).means(np.array(VALUES)[:, None])
    assert np.ptp(means) == pytest.approx(0.0, abs=1e-12)


def test_what_cannot_be_drawn_again_is_refused():
    lonely = sampling_design([1.0] * 3, strata=[["x", "x", "y"]])
    for draw in (jackknife, lambda design: rao_wu_bootstrap(design, 10, 1)):
        with pytest.raises(ValueError, match="drawn again"):
            draw(lonely)
    with pytest.raises(ValueError, match="replicates"):
        rao_wu_bootstrap(sampling_design([1.0, 1.0]), 1, 1)
    with pytest.raises(ValueError, match="without a value"):
        jackknife(sampling_design([1.0, 1.0])).variance(np.array([1.0, math.nan]), 1.0)


def test_intervals_of_replicates_need_values_on_both_sides():
    assert bca_interval([2.0, 2.0], 2.0, [2.0]) == (2.0, 2.0)
    with pytest.raises(ValueError, match="one side"):
        bca_interval([2.0, 3.0], 1.0, [2.0])
    with pytest.raises(ValueError, match="finite"):
        percentile_interval([])
    assert bca_interval([1.0, 2.0, 3.0], 2.0, [2.0, 2.0]) == pytest.approx((1.0, 3.0), abs=0.11)


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=12), st.floats(-5, 5))
def test_moving_all_values_moves_the_mean_and_keeps_its_error(values, by):
    design = sampling_design([1.0 + at % 3 for at in range(len(values))])
    one = design_domain_mean(design, values)
    other = design_domain_mean(design, [value + by for value in values])
    assert other.value == pytest.approx(one.value + by, abs=1e-9)
    assert other.se == pytest.approx(one.se, abs=1e-9)
