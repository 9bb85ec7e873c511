"""Signs of answers given without reading: published examples, and the cases without a verdict."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.stats.careless import (
    Runs,
    even_odd_consistency,
    mahalanobis_distances,
    mahalanobis_limit,
    response_variability,
    runs_of,
    synonym_consistency,
    synonym_pairs,
)
from surveyapp.stats.chance import Draws

NAN = math.nan


@pytest.mark.parametrize(
    ("answers", "runs", "variability"),
    [
        ([1, 1, 1, 2, 2, 3], Runs(3, 2.0), 0.8164966),
        ([3] * 6, Runs(6, 6.0), 0.0),
        ([1, 2, 3, 4, 5, 1], Runs(1, 1.0), 1.6329932),
    ],
)
def test_runs_and_variability_equal_the_published_examples(answers, runs, variability):
    assert runs_of(answers) == runs
    assert response_variability(answers) == pytest.approx(variability, abs=1e-7)


def test_a_missing_answer_ends_a_run_and_is_none():
    assert runs_of([2, 2, NAN, 2]) == Runs(2, 1.5)
    assert runs_of([NAN]) == Runs(0, 0.0)
    assert math.isnan(response_variability([4, NAN]))


@given(st.lists(st.integers(1, 5).map(float), min_size=1, max_size=30))
def test_runs_cover_all_answers(answers):
    found = runs_of(answers)
    assert 1 <= found.longest <= len(answers)
    assert found.average * sum(
        a != b for a, b in zip(answers, [NAN, *answers], strict=False)
    ) == pytest.approx(len(answers))


def test_the_one_unlike_the_others_stands_out():
    table = (Draws(3).normal(60, 3) + 3.0).tolist()
    table.append([9.0, -9.0, 9.0])
    distances = mahalanobis_distances(table)
    assert distances is not None
    assert distances.argmax() == 60 and distances[60] > mahalanobis_limit(3)
    # The distances of n complete persons sum to (n - 1)·k.
    assert distances.sum() == pytest.approx(60 * 3)


def test_a_person_with_a_missing_answer_has_no_distance():
    table = [*Draws(3).normal(20, 2).tolist(), [NAN, 1.0]]
    distances = mahalanobis_distances(table)
    assert distances is not None and math.isnan(distances[20])


def test_too_few_persons_or_items_that_follow_from_others_give_no_verdict():
    assert mahalanobis_distances([[1.0, 2.0]] * 10) is None
    assert mahalanobis_distances([[float(n), 2.0 * n] for n in range(30)]) is None
    with pytest.raises(ValueError, match="persons and items"):
        mahalanobis_distances([])


def test_the_limit_is_a_chi_square_quantile():
    assert mahalanobis_limit(1) == pytest.approx(10.8276, abs=1e-4)
    with pytest.raises(ValueError, match="item"):
        mahalanobis_limit(0)


def test_halves_of_scales_that_agree_are_consistent():
    assert even_odd_consistency([[1, 1], [3, 3], [5, 5]]) == pytest.approx(1.0)
    assert even_odd_consistency([[1, 5], [3, 3], [5, 1]]) == -1.0
    # r = 1/2 steps up to 2/3.
    assert even_odd_consistency([[1, 1], [2, 3], [3, 2]]) == pytest.approx(2 / 3)
    assert even_odd_consistency([[1, 2], [2, 1], [3, 1.4]]) == -1.0


def test_too_few_scales_have_no_consistency():
    assert math.isnan(even_odd_consistency([[1, 1], [2, 2]]))
    assert math.isnan(even_odd_consistency([[1, 1], [2, 2], [NAN, 3]]))
    assert math.isnan(even_odd_consistency([[2, 1], [2, 2], [2, 3]]))


def test_synonyms_are_items_that_go_together():
    persons = [[1, 1, 5], [2, 2, 4], [3, 3, 2], [4, 5, 1], [NAN, 4, 1]]
    assert synonym_pairs(persons) == [(0, 1)]
    assert synonym_pairs(persons, -0.6) == [(0, 2), (1, 2)]
    pairs = [(0, 1), (2, 3), (4, 5)]
    assert synonym_consistency([1, 1, 3, 3, 5, 5], pairs) == pytest.approx(1.0)
    assert math.isnan(synonym_consistency([1, 1, 3, 3, NAN, 5], pairs))
