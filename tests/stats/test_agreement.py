"""Agreement and reliability against published examples and against what must hold."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.agreement import (
    Agreement,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    krippendorff_interval,
)
from surveyapp.stats.reliability import cronbach_alpha, intraclass_correlation, kendall_w


def row(text):
    return [None if word == "." else float(word) for word in text.split()]


FOUR_BY_TWELVE = [
    row("1 2 3 3 2 1 4 1 2 . . ."),
    row("1 2 3 3 2 2 4 1 2 5 . 3"),
    row(". 3 3 3 2 3 4 2 2 5 1 ."),
    row("1 2 3 3 2 4 4 1 2 5 1 ."),
]
SIX_BY_FOUR = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
TEN_BY_FOURTEEN = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]
# R data set "attitude": thirty departments, seven items.
ATTITUDE = [
    [43, 51, 30, 39, 61, 92, 45],
    [63, 64, 51, 54, 63, 73, 47],
    [71, 70, 68, 69, 76, 86, 48],
    [61, 63, 45, 47, 54, 84, 35],
    [81, 78, 56, 66, 71, 83, 47],
    [43, 55, 49, 44, 54, 49, 34],
    [58, 67, 42, 56, 66, 68, 35],
    [71, 75, 50, 55, 70, 66, 41],
    [72, 82, 72, 67, 71, 83, 31],
    [67, 61, 45, 47, 62, 80, 41],
    [64, 53, 53, 58, 58, 67, 34],
    [67, 60, 47, 39, 59, 74, 41],
    [69, 62, 57, 42, 55, 63, 25],
    [68, 83, 83, 45, 59, 77, 35],
    [77, 77, 54, 72, 79, 77, 46],
    [81, 90, 50, 72, 60, 54, 36],
    [74, 85, 64, 69, 79, 79, 63],
    [65, 60, 65, 75, 55, 80, 60],
    [65, 70, 46, 57, 75, 85, 46],
    [50, 58, 68, 54, 64, 78, 52],
    [50, 40, 33, 34, 43, 64, 33],
    [64, 61, 52, 62, 66, 80, 41],
    [53, 66, 52, 50, 63, 80, 37],
    [40, 37, 42, 58, 50, 57, 49],
    [63, 54, 42, 48, 66, 75, 33],
    [66, 77, 66, 63, 88, 76, 72],
    [78, 75, 58, 74, 80, 78, 49],
    [48, 57, 44, 45, 51, 83, 38],
    [85, 85, 71, 71, 77, 74, 55],
    [82, 82, 39, 59, 64, 78, 39],
]


@pytest.mark.parametrize(
    ("level", "alpha"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_alpha_equals_krippendorffs_example_at_every_level(level, alpha):
    assert krippendorff_alpha(FOUR_BY_TWELVE, level) == pytest.approx(alpha, abs=1e-6)


def test_alpha_equals_krippendorffs_binary_example():
    ratings = [[float(digit) for digit in text] for text in ("0100000010", "1110010000")]
    assert krippendorff_alpha(ratings) == pytest.approx(0.0952381, abs=1e-7)


def test_agreement_without_variation_or_pairs_is_unknown():
    assert math.isnan(krippendorff_alpha([[1, 1], [1, 1]]))
    assert math.isnan(krippendorff_alpha([[1, None], [None, 1]]))
    assert math.isnan(gwet_ac1([["a"], ["a"]]).value)
    assert math.isnan(gwet_ac1([["a", None], [None, "b"]]).value)
    assert math.isnan(cohen_kappa([[5.0]]).value)
    assert math.isnan(fleiss_kappa([[3, 0], [3, 0]]))


@given(st.lists(st.lists(st.integers(0, 4), min_size=6, max_size=6), min_size=2, max_size=4))
def test_alpha_does_not_depend_on_the_order_of_judges_and_is_at_most_one(ratings):
    one, other = krippendorff_alpha(ratings, "interval"), krippendorff_alpha(ratings[::-1], "interval")
    assert one == pytest.approx(other, nan_ok=True)
    assert math.isnan(one) or one <= 1 + 1e-12


def test_an_interval_of_alpha_holds_it_and_can_be_drawn_again():
    found = krippendorff_interval(FOUR_BY_TWELVE, "ordinal", "round-1")
    assert found.low < 0.815388 < found.high <= 1
    assert found == krippendorff_interval(FOUR_BY_TWELVE, "ordinal", "round-1")
    assert found != krippendorff_interval(FOUR_BY_TWELVE, "ordinal", "round-2")


def test_an_interval_of_alpha_needs_two_objects():
    with pytest.raises(ValueError, match="two objects"):
        krippendorff_interval([[1, None], [1, 2]], "nominal", 1)


def test_a_ratio_level_refuses_negative_values():
    with pytest.raises(ValueError, match="negative"):
        krippendorff_alpha([[-1, 2], [1, 2]], "ratio")


@pytest.mark.parametrize("ratings", [[], [[1, 2], [1]]])
def test_tables_of_unequal_rows_are_refused(ratings):
    with pytest.raises(ValueError, match="one place for each object"):
        krippendorff_alpha(ratings)
    with pytest.raises(ValueError, match="one place for each object"):
        gwet_ac1(ratings)


def test_cohens_kappa_equals_the_example_and_weights_change_it():
    table = [[20, 5], [10, 15]]
    assert cohen_kappa(table).value == pytest.approx(0.4)
    low, high = cohen_kappa(table).interval()
    assert low < 0.4 < high
    ordered = [[10, 3, 0], [2, 10, 3], [0, 2, 10]]
    plain, linear, square = (cohen_kappa(ordered, w).value for w in ("none", "linear", "quadratic"))
    assert plain < linear < square


def test_complete_agreement_has_no_error():
    assert cohen_kappa([[5, 0], [0, 5]]) == Agreement(1.0, 0.0)
    assert cohen_kappa([[5, 0], [0, 5]]).interval() == (1.0, 1.0)


@pytest.mark.parametrize("table", [[[1, 2]], [[0, 0], [0, 0]], [[1, -1], [0, 2]]])
def test_tables_that_cannot_be_are_refused(table):
    with pytest.raises(ValueError, match="square table"):
        cohen_kappa(table)


def test_fleiss_kappa_equals_the_published_example():
    assert fleiss_kappa(TEN_BY_FOURTEEN) == pytest.approx(0.2099307, abs=1e-7)


@pytest.mark.parametrize("counts", [[], [[1, 0]], [[2, 0], [2, 1]], [[3, -1], [1, 1]]])
def test_fleiss_needs_the_same_number_of_judgements(counts):
    with pytest.raises(ValueError, match="same number"):
        fleiss_kappa(counts)


def test_ac1_equals_gwets_example():
    found = gwet_ac1(FOUR_BY_TWELVE)
    assert (found.value, found.se) == pytest.approx((0.77544, 0.14295), abs=5e-6)


def test_ac1_knows_of_categories_nobody_chose():
    ratings = [["a", "a", "b"], ["a", "b", "b"]]
    assert gwet_ac1(ratings, 4).value > gwet_ac1(ratings).value
    assert gwet_ac1([["a", "a"], ["a", "a"]], 2).value == 1.0
    assert math.isnan(gwet_ac1([["a"], ["b"]]).se)


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [
        ("1", 0.1657418, -0.133, 0.723),
        ("2", 0.2897638, 0.019, 0.761),
        ("3", 0.7148407, 0.342, 0.946),
        ("1k", 0.4427971, -0.884, 0.912),
        ("2k", 0.6200505, 0.071, 0.927),
        ("3k", 0.9093155, 0.676, 0.986),
    ],
)
def test_every_intraclass_correlation_equals_shrout_and_fleiss(form, value, low, high):
    found = intraclass_correlation(SIX_BY_FOUR, form)
    assert found.value == pytest.approx(value, abs=1e-7)
    assert found.interval == pytest.approx((low, high), abs=5e-4)
    assert 0 < found.p_value < 0.2


def test_judges_who_give_the_same_are_wholly_reliable():
    same = [[1, 1, 1], [2, 2, 2], [4, 4, 4]]
    for form in ("1", "2", "3", "2k"):
        found = intraclass_correlation(same, form)
        assert found.value == pytest.approx(1.0)
        assert found.p_value == 0.0
        assert found.interval == pytest.approx((1.0, 1.0))


def test_judges_who_differ_by_a_constant_agree_in_order_only():
    shifted = [[1, 2], [2, 3], [4, 5]]
    assert intraclass_correlation(shifted, "3").value == 1.0
    found = intraclass_correlation(shifted, "2")
    assert found.value < 1
    assert found.interval.low <= found.value <= found.interval.high


def test_judgements_without_variation_have_no_correlation():
    found = intraclass_correlation([[3, 3], [3, 3]], "2")
    assert math.isnan(found.value) and math.isnan(found.interval.low) and math.isnan(found.p_value)


@pytest.mark.parametrize("table", [[[1, 2]], [[1], [2]], [[1, math.nan], [2, 3]]])
def test_incomplete_tables_are_refused(table):
    for function in (lambda t: intraclass_correlation(t, "1"), cronbach_alpha, kendall_w):
        with pytest.raises(ValueError, match="needs two"):
            function(table)


def test_cronbach_equals_r_for_the_attitude_data():
    assert cronbach_alpha(ATTITUDE) == pytest.approx(0.8431428, abs=1e-7)
    assert cronbach_alpha(ATTITUDE, standardised=True) == pytest.approx(0.8390838, abs=1e-7)


def test_items_without_variation_have_no_consistency():
    assert math.isnan(cronbach_alpha([[1, 1], [1, 2]], standardised=True))
    assert math.isnan(cronbach_alpha([[1, 2], [2, 1]]))


def test_kendalls_w_is_one_for_the_same_order_and_takes_ties_off():
    assert kendall_w([[1, 2, 3], [10, 20, 30]]).w == pytest.approx(1.0)
    # Two judges, ranks 1 2.5 2.5 4 and 1 2 3 4: Σ(R - R̄)² = 9 + 0.25 + 0.25 + 9, m²(n³-n) - m·6 = 228.
    found = kendall_w([[1, 2, 2, 3], [1, 2, 3, 4]])
    assert found.w == pytest.approx(12 * 18.5 / 228)
    assert (found.chi_square, found.df) == (pytest.approx(6 * found.w), 3)
    assert math.isnan(kendall_w([[1, 1], [2, 2]]).w)
