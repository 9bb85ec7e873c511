"""Differences split by leaf and method: exact sums, whatever is missing, not applicable, scaled or capped."""

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.evaluation.decisions import CellDecision
from surveyapp.evaluation.explaining.decomposition import decomposed
from surveyapp.evaluation.profiles import TotalCap
from surveyapp.evaluation.scoring import compare, score_unit
from tests.evaluation import jilin

FRAMEWORK, STRICT = jilin.framework(), jilin.profile("S")
MEASURES = [replace(one, transform="T1") for one in jilin.measures_everywhere()]
ON = date(2018, 11, 1)


def unit(name, hits, left_out=(), decisions=(), profile=STRICT):
    """Every cell of every leaf seen 10 times, `hits[n]` of them good for leaf n; left-out leaves unseen."""
    codes = [leaf.code for leaf in FRAMEWORK.leaves]
    rows = [
        jilin.seen(one, float(n < hits[codes.index(one.indicator) % len(hits)]), f"{one.key}{n}", unit=name)
        for one in MEASURES
        if one.indicator not in left_out
        for n in range(10)
    ]
    decided = [CellDecision("not_applicable", code, "", "无此业务", "lead", ON) for code in decisions]
    return score_unit(FRAMEWORK, profile, MEASURES, rows, decisions=decided, unit=name)


def split(a, b):
    return decomposed(a, b, (STRICT.missing, STRICT.missing))


def total(parts):
    return math.fsum(part.difference for part in parts)


levels = st.lists(st.integers(0, 10), min_size=1, max_size=5)
leaves = st.sets(st.sampled_from([leaf.code for leaf in FRAMEWORK.leaves]), max_size=3)


@settings(max_examples=25)
@given(levels, levels, leaves, leaves, leaves)
def test_the_parts_sum_to_the_difference_whatever_applies_and_whatever_is_missing(
    mine, theirs, unseen, mine_out, theirs_out
):
    a = unit("a", mine, left_out=unseen, decisions=mine_out)
    b = unit("b", theirs, decisions=theirs_out)
    found = split(a, b)
    assert total(found.parts) == pytest.approx(found.difference, abs=1e-9)
    if found.of_totals:
        assert found.difference == pytest.approx(a.total.points - b.total.points)
    else:
        (pair,) = compare([a, b], STRICT.missing)
        assert found.difference == pytest.approx(pair.difference)
    for part in found.parts:
        if part.methods:
            assert total(part.methods) == pytest.approx(part.difference, abs=1e-9)


def test_the_methods_sum_to_the_leaves_scored_on_both_sides():
    found = split(unit("a", [9, 3, 7]), unit("b", [5, 6]))
    assert total(found.by_method) == pytest.approx(found.difference)
    assert all(part.low <= part.difference <= part.high for part in (*found.parts, *found.by_method))


def test_a_leaf_only_one_side_has_and_the_scaling_for_it_are_told_apart():
    found = split(unit("a", [8], decisions=["2.2.2"]), unit("b", [8]))
    parts = {part.code: part for part in found.parts}
    assert parts["2.2.2"].first is None and parts["2.2.2"].second == pytest.approx(3.2)
    assert parts["scaling"].difference == pytest.approx(80 - 76.8)
    assert found.difference == pytest.approx(0, abs=1e-9)
    (apart,) = found.apart
    assert (apart.code, apart.first, apart.second) == ("2.2.2", "not_applicable", "scored")


def test_a_leaf_without_evidence_is_outside_the_sum_with_what_it_could_move():
    found = split(unit("a", [8], left_out=["2.2.3"]), unit("b", [6]))
    assert not found.of_totals
    (apart,) = found.apart
    assert (apart.code, apart.first, apart.low, apart.high) == ("2.2.3", "unscored", -2.4, pytest.approx(1.6))
    assert found.available == 96
    assert found.difference == pytest.approx(96 * 0.2)


def test_a_cap_that_cuts_one_side_is_a_part_of_its_own():
    cap = TotalCap(100, {"zh": "上限", "en": "cap"}, "lead", ON)
    a = unit("a", [10], profile=replace(STRICT, cap=cap))
    found = split(a, unit("b", [10]))
    assert [part.code for part in found.parts if part.difference] == ["cap"]
    assert found.difference == pytest.approx(-10)


def test_two_units_with_nothing_in_common_differ_by_nothing():
    codes = [leaf.code for leaf in FRAMEWORK.leaves]
    found = split(unit("a", [8], left_out=codes[:14]), unit("b", [8], left_out=codes[14:]))
    assert (found.parts, found.by_method, found.difference, found.available) == ((), (), 0.0, 0.0)
    assert len(found.apart) == len([leaf for leaf in FRAMEWORK.leaves if leaf.group == "base"])


def test_exchanging_the_sides_changes_only_the_signs():
    a, b = unit("a", [9, 3, 7]), unit("b", [5, 6])
    one, other = split(a, b), split(b, a)
    assert one.difference == pytest.approx(-other.difference)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
