"""Totals without errors equal those of scoring to the last digits, whatever is missing or decided."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.evaluation.decisions import CellDecision
from surveyapp.evaluation.explaining.points import Rules
from surveyapp.evaluation.profiles import TotalCap
from surveyapp.evaluation.scoring import estimate, score_unit
from tests.evaluation import jilin

FRAMEWORK = jilin.framework()
MEASURES = [replace(one, transform="T1", min_n=3) for one in jilin.measures_everywhere()]
LEAVES = [leaf.code for leaf in FRAMEWORK.leaves]
CELLS = [(leaf.code, method) for leaf in FRAMEWORK.leaves for method in leaf.methods]
ON = date(2018, 11, 1)


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 6), min_size=3, max_size=9),
    st.lists(st.integers(0, 5), min_size=3, max_size=9),
    st.dictionaries(st.sampled_from(CELLS), st.sampled_from(["zero", "not_applicable"]), max_size=4),
    st.sets(st.sampled_from(LEAVES), max_size=2),
    st.sampled_from(["use", "missing"]),
    st.sampled_from([0.3, 0.5, 1.0]),
    st.sampled_from([None, 60.0, 100.0]),
)
def test_the_totals_are_those_of_scoring(numbers, hits, decided, out, insufficient, c_min, most):
    rows = [
        jilin.seen(one, float(n < hits[at % len(hits)]), f"{one.key}{n}")
        for at, one in enumerate(MEASURES)
        for n in range(numbers[at % len(numbers)])
        if decided.get((one.indicator, one.method)) != "zero"
    ]
    strict = jilin.profile("S")
    missing = replace(strict.missing, insufficient=insufficient, c_min=c_min)
    cap = TotalCap(most, {"zh": "上限", "en": "cap"}, "lead", ON) if most else None
    profile = replace(strict, missing=missing, cap=cap)
    kinds = {**decided, **{(code, ""): "not_applicable" for code in out}}
    decisions = [CellDecision(kind, code, method, "", "", ON) for (code, method), kind in kinds.items()]
    score = score_unit(FRAMEWORK, profile, MEASURES, rows, decisions=decisions, unit="甲厅")
    estimates = {one.key: estimate(one, rows) for one in MEASURES}
    found = Rules(FRAMEWORK, profile, MEASURES).totals(estimates, kinds)
    assert found.low == pytest.approx(score.total.bound_low, abs=1e-9)
    assert found.high == pytest.approx(score.total.bound_high, abs=1e-9)
    if score.total.points is not None:
        assert found.scored == pytest.approx(score.total.points, abs=1e-9)
        assert found.is_whole
    else:
        assert not found.is_whole


def test_leaves_that_cannot_be_scored_leave_the_denominator():
    rows = [
        jilin.seen(one, 1.0, f"{one.key}{n}")
        for one in MEASURES
        for n in range(3)
        if one.indicator == "1.1.1"
    ]
    estimates = {one.key: estimate(one, rows) for one in MEASURES}
    found = Rules(FRAMEWORK, jilin.profile("S"), MEASURES).totals(estimates, {})
    assert (found.scored, found.is_whole) == (100.0, False)
    nothing = {one.key: estimate(one, []) for one in MEASURES}
    assert Rules(FRAMEWORK, jilin.profile("S"), MEASURES).totals(nothing, {}).scored is None
