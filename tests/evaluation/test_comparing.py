"""Whether two units can be told apart: on what both have, with Holm's correction, never a rank."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.evaluation.scoring import compare, score_unit, scored_sum
from tests.evaluation import jilin

FRAMEWORK, STRICT = jilin.framework(), jilin.profile("S")
TALK = jilin.measure("talk", "2.3.1", "内部访谈", "T5")
HALL = jilin.measure("hall", "2.3.1", "政务大厅调研", "T1")


def unit(name, hits, of=40, level=3.0, leaf="2.3.1"):
    rows = [jilin.seen(HALL, float(n < hits), f"{name}h{n:02}", unit=name) for n in range(of)]
    rows += [
        jilin.seen(TALK, level + 0.5 * (-1) ** n, f"{name}t{n}", unit=name) for n in range(4 if level else 0)
    ]
    return score_unit(FRAMEWORK, STRICT, (TALK, HALL), rows, unit=name)


def test_a_difference_smaller_than_the_error_is_no_difference():
    (pair,) = compare([unit("a", 30), unit("b", 28)], STRICT.missing)
    assert pair.leaves == ("2.3.1",)
    assert pair.available == 4
    assert pair.difference == pytest.approx(4 * 0.5 * 2 / 40)
    assert pair.low < 0 < pair.high
    assert not pair.separated


def test_a_difference_larger_than_the_error_is_one():
    (pair,) = compare([unit("a", 38), unit("b", 4)], STRICT.missing)
    assert pair.separated
    assert pair.low > 0


def test_the_error_of_a_difference_is_that_of_two_independent_units():
    a, b = unit("a", 30), unit("b", 20)
    (pair,) = compare([a, b], STRICT.missing)
    assert pair.se == pytest.approx(math.hypot(a.leaf("2.3.1").se, b.leaf("2.3.1").se))


def test_units_without_a_scored_leaf_in_common_are_not_compared():
    empty = score_unit(FRAMEWORK, STRICT, (TALK, HALL), [], unit="b")
    (pair,) = compare([unit("a", 30), empty], STRICT.missing)
    assert (pair.difference, pair.separated, pair.leaves) == (None, False, ())


def test_many_pairs_ask_for_more_than_one_pair_does():
    close = [unit("a", 34), unit("b", 20)]
    alone = compare(close, STRICT.missing)[0]
    crowd = compare([*close, *(unit(f"c{n}", 27) for n in range(8))], STRICT.missing)[0]
    assert alone.difference == crowd.difference
    assert alone.separated
    assert not crowd.separated


@given(st.lists(st.integers(0, 40), min_size=2, max_size=5), st.integers(0, 999))
def test_the_verdicts_do_not_depend_on_the_order_of_the_units(hits, seed):
    units = [unit(f"u{n}", count) for n, count in enumerate(hits)]
    mixed = random.Random(seed).sample(units, len(units))

    def verdicts(found):
        return {frozenset((p.first, p.second)) for p in found if p.separated}

    assert verdicts(compare(units, STRICT.missing)) == verdicts(compare(mixed, STRICT.missing))


def test_the_sum_of_the_scored_leaves_is_their_points_with_the_error_of_the_sum():
    found = unit("a", 30)
    sum_ = scored_sum(found.leaves, STRICT.missing)
    leaf = found.leaf("2.3.1")
    assert (sum_.value, sum_.se) == pytest.approx((leaf.points, leaf.se))
    assert scored_sum((), STRICT.missing).value == 0
