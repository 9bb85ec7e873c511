"""Shares of variance by factor: additive and interacting tables by hand, and that nothing is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.factorial_shares import variance_shares


def test_factors_that_add_up_have_their_own_variance():
    table = [a + b for a in (0.0, 2.0) for b in (0.0, 3.0, 6.0)]
    assert variance_shares(table, (2, 3)) == pytest.approx([1.0, 6.0])


def test_what_two_factors_do_only_together_is_shared_by_them():
    # y = a·b with a, b = ±1: each mean is 0, the whole variance is the interaction.
    assert variance_shares([1.0, -1.0, -1.0, 1.0], (2, 2)) == pytest.approx([0.5, 0.5])


def test_a_factor_that_does_nothing_has_no_share():
    assert variance_shares([1.0, 1.0, 4.0, 4.0], (2, 2)) == pytest.approx([2.25, 0.0])
    assert variance_shares([7.0], ()) == []


@given(st.lists(st.floats(-50, 50), min_size=12, max_size=12))
def test_the_shares_sum_to_the_variance(outcomes):
    assert sum(variance_shares(outcomes, (2, 3, 2))) == pytest.approx(float(np.var(outcomes)), abs=1e-7)


@pytest.mark.parametrize(
    ("outcomes", "levels"), [([1.0], (2,)), ([1.0, float("nan")], (2,)), ([1.0], (1,) * 13)]
)
def test_what_is_no_full_factorial_is_refused(outcomes, levels):
    with pytest.raises(ValueError, match=r"needs one|at most"):
        variance_shares(outcomes, levels)
