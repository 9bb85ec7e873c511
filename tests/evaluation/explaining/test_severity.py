"""Severity told from quality: injected effects are found and taken off, and none are made up."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.evaluation.explaining.points import Rules
from surveyapp.evaluation.explaining.severity import Author, Unit, severity
from tests.evaluation import jilin

FRAMEWORK, STRICT = jilin.framework(), jilin.profile("S")
HALL = [
    jilin.measure(f"hall{n}", leaf.code, "政务大厅调研", "T4", min_n=1)
    for n, leaf in enumerate(leaf for leaf in FRAMEWORK.leaves if "政务大厅调研" in leaf.methods)
]
LOOSE = replace(STRICT, missing=replace(STRICT.missing, c_min=0.05))
RULES = Rules(FRAMEWORK, LOOSE, HALL)
SPREAD = 0.08


def world(seed, effect, units=12, evaluators=6, visits=24):
    """12 units with a true level; every unit is visited by three of six evaluators, 24 visits in all.

    `effect`: severity in standard deviations of the true levels, + for one half of the evaluators, - for the
    other.
    """
    rng = random.Random(seed)
    truth = {f"u{n:02}": 0.6 + SPREAD * rng.gauss(0, 1) for n in range(units)}
    lenient = {f"e{n}": effect * SPREAD * (1 if n % 2 else -1) for n in range(evaluators)}
    found, authors = [], {}
    for unit, level in truth.items():
        crew = rng.sample(sorted(lenient), 3)
        rows = []
        for visit in range(visits):
            who, root = rng.choice(crew), f"{unit}-{visit:02}"
            authors[root] = Author(who, "visit")
            shown = level + lenient[who] + rng.gauss(0, 0.5 * SPREAD)
            rows += [
                jilin.seen(one, min(1.0, max(0.0, shown + rng.gauss(0, 0.05))), root, unit=unit)
                for one in HALL
            ]
        found.append(Unit(unit, tuple(rows), {}))
    return truth, lenient, severity(RULES, HALL, found, authors)


def ranks(values):
    ordered = sorted(values, key=values.get)
    return {name: place for place, name in enumerate(ordered)}


def correlation(one, other):
    """Spearman's rank correlation without ties."""
    n, a, b = len(one), ranks(one), ranks(other)
    return 1 - 6 * sum((a[name] - b[name]) ** 2 for name in a) / (n * (n * n - 1))


def test_with_injected_severity_the_adjusted_ranks_are_true_and_the_raw_ones_less():
    raw, adjusted = [], []
    for seed in range(12):
        truth, _lenient, found = world(seed, 0.5)
        raw.append(correlation(truth, {one.unit: one.raw for one in found.units}))
        adjusted.append(correlation(truth, {one.unit: one.adjusted for one in found.units}))
    assert sum(adjusted) / len(adjusted) >= 0.95
    assert sum(raw) / len(raw) < sum(adjusted) / len(adjusted)


def test_the_severe_are_told_from_the_lenient_and_asked_to_train_when_it_is_noticeable():
    _truth, lenient, found = world(3, 1.0)
    (panel,) = found.panels
    for one in panel.evaluators:
        assert one.leniency == pytest.approx(lenient[one.evaluator], abs=0.03)
        assert one.needs_training and not one.low <= 0 <= one.high
    assert panel.is_alarming and sum(one.n for one in panel.evaluators) == 12 * 24


def test_without_severity_nothing_is_adjusted():
    for seed in range(6):
        _truth, _lenient, found = world(seed, 0.0)
        (panel,) = found.panels
        assert max(abs(one.adjusted - one.raw) for one in found.units) < 1.0
        assert not any(one.needs_training for one in panel.evaluators)
        assert not panel.is_alarming


def test_a_total_without_one_evaluator_moves_towards_the_others():
    _truth, lenient, found = world(5, 1.0)
    (panel,) = found.panels
    for one in panel.evaluators:
        moved = sum(one.without.values())
        assert moved < 0 if lenient[one.evaluator] > 0 else moved > 0
        assert one.units == len(one.without)


def seen_by(pairs):
    """One visit for each (unit, evaluator)."""
    authors, rows = {}, {}
    for n, (unit, who) in enumerate(pairs):
        authors[f"r{n}"] = Author(who, "visit")
        rows.setdefault(unit, []).append(jilin.seen(HALL[0], 0.5 + n / 100, f"r{n}", unit=unit))
    return severity(RULES, HALL, [Unit(unit, tuple(some), {}) for unit, some in rows.items()], authors)


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        ([("a", "x"), ("b", "x"), ("b", "x")], "few_evaluators"),
        ([("a", "x"), ("a", "y"), ("a", "y")], "few_evaluators"),
        ([("a", "x"), ("a", "y"), ("b", "x")], "few_records"),
        ([("a", "x"), ("a", "x"), ("b", "y"), ("b", "y")], "apart"),
    ],
)
def test_where_severity_cannot_be_told_from_quality_the_reason_is_given(pairs, problem):
    found = seen_by(pairs)
    assert [panel.problem for panel in found.panels] == [problem]
    assert found.panels[0].share is None and not found.panels[0].is_alarming
    assert [one.adjusted for one in found.units] == [one.raw for one in found.units]


def test_self_assessments_and_records_without_a_collector_are_no_evaluators_work():
    rows = tuple(jilin.seen(HALL[0], 0.5, f"r{n}", unit="a") for n in range(3))
    found = severity(RULES, HALL, [Unit("a", rows, {})], {"r0": Author("x", "self")})
    assert found.panels == ()
    assert severity(RULES, HALL, [Unit("a", (), {})], {}).units == ()


def test_facts_of_a_census_are_left_alone():
    fact = jilin.measure("fact", "2.3.1", "政务大厅调研", "T6")
    authors, units = {}, []
    for unit in "abcd":
        rows = []
        for n, who in enumerate("xyxy"):
            authors[f"{unit}{n}"] = Author(who, "visit")
            rows.append(jilin.seen(fact, float(who == "x"), f"{unit}{n}", unit=unit))
        units.append(Unit(unit, tuple(rows), {}))
    found = severity(Rules(FRAMEWORK, LOOSE, [fact]), [fact], units, authors)
    assert [one.adjusted for one in found.units] == [one.raw for one in found.units]


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_the_order_of_units_changes_nothing(seed):
    pairs = [(unit, who) for unit in "abcd" for who in "xyz"]
    mixed = random.Random(seed).sample(pairs, len(pairs))
    assert {one.evaluator for one in seen_by(mixed).panels[0].evaluators} == {"x", "y", "z"}
