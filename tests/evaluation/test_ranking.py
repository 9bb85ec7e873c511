"""Places of units: intervals for all at once, alone, and whatever missing evidence would have said."""

import dataclasses

import pytest

from surveyapp.evaluation.scoring import ranked, score_unit
from tests.evaluation import jilin

FRAMEWORK, STRICT = jilin.framework(), jilin.profile("S")
NOTHING = score_unit(FRAMEWORK, STRICT, [], [], unit="x")


def unit(name, points, se=1.0, bounds=None):
    low, high = bounds or (points, points)
    total = dataclasses.replace(NOTHING.total, points=points, se=se, bound_low=low, bound_high=high)
    return dataclasses.replace(NOTHING, unit=name, total=total)


def places(found, *names):
    return [tuple(getattr(one, name) for name in names) for one in found]


def test_units_whose_intervals_overlap_share_their_ranks():
    found = ranked([unit("c", 60.0), unit("a", 90.0), unit("b", 88.0)])
    assert [one.unit for one in found] == ["a", "b", "c"]
    assert places(found, "first", "last") == [(1, 2), (1, 2), (3, 3)]
    assert [one.tier for one in found] == [1, 1, 2]
    assert sum(one.chance_first for one in found) == pytest.approx(1)
    assert found[0].expected < found[1].expected < found[2].expected


def test_a_rank_alone_is_not_wider_than_for_all_at_once():
    found = ranked([unit("a", 90.0), unit("b", 86.4), unit("c", 60.0)])
    assert places(found, "first", "last")[0] == (1, 2)
    assert places(found, "alone_first", "alone_last")[0] == (1, 1)


def test_a_unit_without_a_total_may_stand_anywhere_its_bounds_allow():
    found = ranked([unit("a", 90.0), unit("b", None, None, (50.0, 95.0)), unit("c", 40.0, 0.0)])
    assert [one.unit for one in found] == ["a", "c", "b"]
    assert places(found, "first", "last") == [(1, 2), (3, 3), (1, 2)]
    assert places(found, "tier", "chance_first", "expected") == [(None, None, None)] * 3


def test_missing_evidence_widens_the_worst_case_only():
    found = ranked([unit("a", 90.0, 0.1, (80.0, 92.0)), unit("b", 85.0, 0.1, (84.0, 86.0))])
    assert places(found, "first", "last", "worst_first", "worst_last")[0] == (1, 1, 1, 2)


def test_no_unit_has_no_place_and_a_single_one_is_first():
    assert ranked([]) == ()
    assert places(ranked([unit("a", 3.0)]), "first", "last", "alone_last", "tier") == [(1, 1, 1, 1)]
