"""Methods against each other: residuals, intervals, contradictions found and agreement left alone."""

import random
from dataclasses import replace

import pytest

from surveyapp.evaluation.decisions import CellDecision
from surveyapp.evaluation.explaining.triangulation import MATERIAL, triangulated
from surveyapp.evaluation.scoring import score_unit
from tests.evaluation import jilin

FRAMEWORK, STRICT = jilin.framework(), jilin.profile("S")
TALK = jilin.measure("talk", "2.3.1", "内部访谈", "T5", instrument="q1")
HALL = jilin.measure("hall", "2.3.1", "政务大厅调研", "T1", instrument="q2")
LEAVES = [leaf for leaf in FRAMEWORK.leaves if {"内部访谈", "政务大厅调研"} <= set(leaf.methods)]


def rows(hits, levels, of=40):
    hall = [jilin.seen(HALL, float(n < hits), f"h{n:02}") for n in range(of)]
    return hall + [jilin.seen(TALK, level, f"t{n}") for n, level in enumerate(levels)]


def unit(observations, measures=(TALK, HALL), decisions=()):
    return triangulated(
        score_unit(FRAMEWORK, STRICT, measures, observations, decisions=decisions, unit="甲厅")
    )


def test_staff_at_95_and_the_hall_at_40_contradict_each_other():
    found = unit(rows(16, [4.0, 3.7, 3.8, 3.7, 3.8]))
    (pair,) = found.contradictions
    assert pair.finding == "2.3.1:内部访谈~政务大厅调研"
    assert pair.difference == pytest.approx(0.95 - 0.4)
    assert 0 < pair.low < pair.difference < pair.high
    assert len(pair.records) == 45


def test_methods_that_agree_are_no_finding_and_their_residuals_cancel():
    found = unit(rows(30, [3.0, 3.5, 2.5, 3.0]))
    assert found.contradictions == ()
    (row,) = found.rows
    assert sum(one.weight * one.residual for one in row.said) == pytest.approx(0)
    assert row.mean == pytest.approx((0.75 + 0.75) / 2)
    assert row.by("内部访谈").n == 4 and row.by("文件梳理") is None


def test_three_equal_opinions_and_a_few_visits_are_too_little_for_a_contradiction():
    assert unit(rows(1, [4.0, 4.0, 4.0], of=3)).contradictions == ()


def test_two_censuses_contradict_only_when_the_difference_matters():
    facts = [jilin.measure(f"f{n}", "2.3.1", m, "T2") for n, m in enumerate(("内部访谈", "政务大厅调研"))]
    close = [jilin.seen(facts[0], 0.95, "a"), jilin.seen(facts[1], 0.95 - MATERIAL + 0.01, "b")]
    apart = [jilin.seen(facts[0], 0.95, "a"), jilin.seen(facts[1], 0.95 - MATERIAL, "b")]
    assert unit(close, facts).contradictions == ()
    assert len(unit(apart, facts).contradictions) == 1


def test_a_decision_is_no_evidence_that_could_contradict():
    zero = CellDecision("zero", "2.3.1", "内部访谈", "拒绝提供", "lead", STRICT.missing.decided_on)
    found = unit(rows(40, []), decisions=(zero,))
    assert found.pairs == () and [one.method for one in found.rows[0].said] == ["政务大厅调研"]


def test_one_visit_that_speaks_for_two_methods_is_counted_once():
    pair = [
        jilin.measure(f"m{n}", "2.3.1", m, "T1", instrument="q1")
        for n, m in enumerate(("内部访谈", "政务大厅调研"))
    ]
    both = [jilin.seen(one, float(n % 4 != 0), f"r{n:02}") for n in range(40) for one in pair]
    apart = [jilin.seen(one, float(n % 4 != 0), f"{one.key}{n:02}") for n in range(40) for one in pair]
    together, separate = unit(both, pair).pairs[0], unit(apart, pair).pairs[0]
    assert 4 * (together.high - together.low) < separate.high - separate.low


def test_a_record_weighed_down_is_other_evidence():
    seen = rows(16, [4.0, 3.7, 3.8, 3.7, 3.8])
    (before,) = unit(seen).contradictions
    (after,) = unit([replace(seen[0], weight=0.5), *seen[1:]]).contradictions
    assert before.finding == after.finding
    assert before.records != after.records


def simulated(rng, gap):
    """A unit with 12 leaves seen by 6 informants and 40 hall observations; `gap` sets them apart on one."""
    measures, seen = [], []
    for number, leaf in enumerate(LEAVES[:12]):
        talk = jilin.measure(f"t{number}", leaf.code, "内部访谈", "T5", instrument=f"q{number}a")
        hall = jilin.measure(f"h{number}", leaf.code, "政务大厅调研", "T1", instrument=f"q{number}b")
        measures += [talk, hall]
        truth = rng.uniform(0.5, 0.85)
        said = min(1.0, truth + (gap if number == 3 else 0.0) / 2)
        true = truth - (gap if number == 3 else 0.0) / 2
        for n in range(6):
            level = min(4.0, max(0.0, rng.gauss(4 * said, 0.6)))
            seen.append(jilin.seen(talk, level, f"t{number}-{n}"))
        seen += [jilin.seen(hall, float(rng.random() < true), f"h{number}-{n:02}") for n in range(40)]
    return unit(seen, measures)


def test_seeded_contradictions_are_found_and_agreement_raises_few():
    rng = random.Random(2018)
    found = [simulated(rng, 0.6) for _ in range(60)]
    hits = [any(pair.leaf == LEAVES[3].code for pair in one.contradictions) for one in found]
    assert sum(hits) / len(hits) >= 0.9
    false = [bool(simulated(rng, 0.0).contradictions) for _ in range(200)]
    assert sum(false) / len(false) < 0.05
