"""Splits over strata add up and keep to what a stratum holds; chances of wrong grades are exact."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from surveyapp.stats.allocation import ALLOCATIONS, allocation
from surveyapp.stats.grading import grade_chances, grade_of, normal_grade_chances


@given(
    total=st.integers(0, 500),
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=8),
    rule=st.sampled_from(ALLOCATIONS),
)
def test_a_split_adds_up_and_never_takes_more_than_there_is(total, sizes, rule):
    found = allocation(total, sizes, rule, [0.5] * len(sizes))
    assert sum(found) == min(total, sum(sizes))
    assert all(0 <= n <= size for n, size in zip(found, sizes, strict=True))


def test_a_full_stratum_gives_its_rest_to_the_others():
    assert allocation(100, [10, 500, 500], "equal") == (10, 45, 45)


def test_neyman_follows_size_and_spread():
    assert allocation(100, [400, 400], "neyman", [0.1, 0.4]) == (20, 80)
    assert allocation(10, [400, 400], "neyman", [0.0, 0.0]) == (5, 5)


def test_a_least_number_is_given_even_beyond_the_total():
    assert allocation(20, [5, 1000], "proportional", least=10) == (5, 15)
    assert allocation(5, [100, 100], "equal", least=10) == (10, 10)


@pytest.mark.parametrize(
    "wrong",
    [
        (10, [0], "equal"),
        (10, [5], "other"),
        (-1, [5], "equal"),
        (1, [5, 5], "neyman"),
        (1, [float("inf")], "equal"),
    ],
)
def test_impossible_splits_are_refused(wrong):
    with pytest.raises(ValueError, match="needs"):
        allocation(*wrong)


def test_chances_of_grades_are_those_of_the_binomial():
    good, fair, bad = grade_chances(20, 0.9, (0.9, 0.8))
    assert good == pytest.approx(float(special.bdtrc(17, 20, 0.9)))
    assert bad == pytest.approx(float(special.bdtr(15, 20, 0.9)))
    assert good + fair + bad == pytest.approx(1)
    # P(X >= 18 | 20, .9) by hand: 190·.9^18·.01 + 20·.9^19·.1 + .9^20.
    assert good == pytest.approx(190 * 0.9**18 * 0.01 + 20 * 0.9**19 * 0.1 + 0.9**20)


def test_a_share_equal_to_a_limit_reaches_the_grade():
    assert [grade_of(share, (0.9, 0.8)) for share in (1.0, 0.9, 0.89, 0.8, 0.1)] == [0, 0, 1, 1, 2]
    assert grade_chances(20, 1.0, (0.9, 0.8)) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "wrong", [(0, 0.5, (0.9,)), (5, 1.5, (0.9,)), (5, 0.5, (0.8, 0.9)), (5, 0.5, (0.0,))]
)
def test_impossible_grades_are_refused(wrong):
    with pytest.raises(ValueError, match="needs n"):
        grade_chances(*wrong)


def test_chances_of_grades_of_a_normal_value_are_those_of_its_table():
    # z = (0.92 - 0.9) / 0.02 = 1 and (0.92 - 0.8) / 0.02 = 6: P(z > -1) = .841345
    good, fair, bad = normal_grade_chances(0.92, 0.02, (0.9, 0.8))
    assert good == pytest.approx(0.8413447, abs=1e-6)
    assert fair == pytest.approx(0.1586553, abs=1e-6) and bad == pytest.approx(0, abs=1e-8)
    assert sum(normal_grade_chances(0.7, 0.3, (0.9, 0.8, 0.6))) == pytest.approx(1)
    assert normal_grade_chances(0.9, 0.0, (0.9, 0.8)) == (1.0, 0.0, 0.0)
    assert normal_grade_chances(0.5, 0.1, ()) == (1.0,)


@pytest.mark.parametrize(
    "wrong", [(math.nan, 0.1, ()), (0.5, -0.1, ()), (0.5, math.inf, ()), (0.5, 0.1, (0.8, 0.9))]
)
def test_impossible_normal_grades_are_refused(wrong):
    with pytest.raises(ValueError, match="falling limits"):
        normal_grade_chances(*wrong)
