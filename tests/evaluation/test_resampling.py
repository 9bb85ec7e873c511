"""Sums that are cut at 1 or at a cap: their error comes from whole primary units drawn again."""

import dataclasses
import datetime as dt
import importlib.util
import math
import random

import pytest

from surveyapp.config import resource
from surveyapp.evaluation.profiles import TotalCap
from surveyapp.evaluation.scoring import RULES, estimate, score_unit
from surveyapp.evaluation.scoring.combining import Part, combined
from tests.evaluation import jilin

FRAMEWORK, STRICT = jilin.framework(), jilin.profile("S")
TARGET = jilin.measure("m", "1.2.2", "文件梳理", "T1", parameters={"low": 0.0, "high": 0.8}, instrument="q1")


def hits(measure, successes, n, **other):
    return [jilin.seen(measure, float(at < successes), f"r{at:03}", **other) for at in range(n)]


def test_an_achievement_far_from_the_target_stays_linear():
    found = estimate(TARGET, hits(TARGET, 20, 60))
    assert not found.bends
    assert combined([Part(4.0, found)]).se == pytest.approx(4 * found.se)


def test_at_the_target_the_interval_comes_from_replicates_and_holds_the_value():
    found = estimate(TARGET, hits(TARGET, 48, 60))
    sum_ = combined([Part(4.0, found)])
    assert found.bends and sum_.value == 4.0
    assert 0 < sum_.se < 4 * found.se  # half of the replicates are cut
    assert 3.0 < sum_.low < 4.0 == sum_.high


@pytest.mark.parametrize("n", [1, 12])
def test_records_that_cannot_show_their_spread_claim_no_certainty(n):
    found = estimate(TARGET, hits(TARGET, n, n))
    sum_ = combined([Part(1.0, found)], cap=5.0)
    assert sum_.value == 1.0 and sum_.se > 0 and sum_.low < 1.0


def test_one_cluster_is_drawn_by_its_records():
    found = estimate(TARGET, hits(TARGET, 8, 10, cluster="hall"))
    assert "one_cluster" in found.flags and combined([Part(1.0, found)], cap=5.0).se > 0


def test_answers_of_the_same_people_to_two_methods_are_drawn_together():
    first = jilin.measure("a", "1.2.2", "文件梳理", "T1", instrument="q1")
    second = jilin.measure("b", "1.2.3", "服务对象抽查", "T1", instrument="q1")
    rows = random.Random(1)
    values = [float(rows.random() < 0.5) for _ in range(80)]
    same = [estimate(m, [jilin.seen(m, v, f"r{n}") for n, v in enumerate(values)]) for m in (first, second)]
    apart = [
        same[0],
        dataclasses.replace(
            same[1], source="q2", influence={("q2", k): v for (_, k), v in same[1].influence.items()}
        ),
    ]
    together, alone = (combined([Part(1.0, one) for one in pair]) for pair in (same, apart))
    assert together.se == pytest.approx(2 * same[0].se)
    assert alone.se == pytest.approx(math.sqrt(2) * same[0].se)
    drawn, drawn_alone = (combined([Part(1.0, one) for one in pair], cap=9.0) for pair in (same, apart))
    assert drawn.se == pytest.approx(together.se, rel=0.06)
    assert drawn_alone.se == pytest.approx(alone.se, rel=0.06)


def capped(points):
    why = {"zh": "办法规定", "en": "the rules say so"}
    return dataclasses.replace(STRICT, cap=TotalCap(points, why, "项目负责人", dt.date(2018, 11, 5)))


def full_marks():
    measures = jilin.measures_everywhere()
    return measures, [jilin.seen(one, 1.0) for one in measures]


def test_a_cap_of_the_total_is_a_policy_and_holds_for_bounds_too():
    measures, rows = full_marks()
    score = score_unit(FRAMEWORK, capped(104.0), measures, rows)
    assert (score.base.points, score.bonus.points, score.total.points) == pytest.approx((100, 10, 104))
    assert score.total.bound_high == 104 and score.total.high == 104
    assert score_unit(FRAMEWORK, STRICT, measures, rows).total.points == pytest.approx(110)


def recompute():
    path = resource("static") / "release" / "recompute.py"
    spec = importlib.util.spec_from_file_location("recompute", str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def bending_round():
    """Measures of four instruments, most with a target that is nearly met, and their observations."""
    rows, measures, seen = random.Random(5), [], []
    for at, one in enumerate(jilin.measures_everywhere()):
        kind, parameters = ("T1", {"low": 0.0, "high": 0.9}) if at % 3 else ("T5", {})
        measure = dataclasses.replace(one, transform=kind, parameters=parameters, instrument=f"q{at % 4}")
        measures.append(measure)
        for n in range(1 if at == 7 else 15):
            value = float(rows.random() < 0.85) if kind == "T1" else float(rows.randint(1, 4))
            cluster = f"c{n // 3}" if n % 2 else ""
            root = f"r{at % 4}-{n}"
            seen.append(jilin.seen(measure, 1.0 if at == 8 else value, root, cluster=cluster))
    return measures, seen


def told(entries, *names):
    return [{name: getattr(one, name) for name in names} for one in entries]


def rules_of(profile, measures):
    """What a release says of the rules, as far as the script reads it."""
    names = ("key", "indicator", "method", "transform", "parameters", "weight", "min_n", "profile")
    rows = told(measures, *names, "stratum_weights")
    return {
        "leaves": told(FRAMEWORK.leaves, "code", "label", "group", "points"),
        "nodes": {},
        "weights": profile.weights,
        "cap": profile.most,
        "rules": RULES,
        "missing": {"policy": "renormalise", "c_min": 0.5, "insufficient": "use"},
        "measures": [row | {"instrument": one.source} for row, one in zip(rows, measures, strict=True)],
        "decisions": {"甲厅": []},
    }


def test_the_script_of_a_release_draws_the_same_replicates():
    measures, seen = bending_round()
    profile = capped(100.0)
    ours = score_unit(FRAMEWORK, profile, measures, seen)
    names = [field.name for field in dataclasses.fields(seen[0])]
    theirs = recompute().score("甲厅", told(seen, *names), rules_of(profile, measures), "S")
    assert any(m.bends for leaf in ours.leaves for c in leaf.cells for m in c.measures)
    for name in ("points", "se", "low", "high"):
        assert theirs["total"][name] == pytest.approx(getattr(ours.total, name), abs=1e-9)
        assert theirs["base"][name] == pytest.approx(getattr(ours.base, name), abs=1e-9)
    for leaf, other in zip(ours.leaves, theirs["leaves"], strict=True):
        assert (other["se"], other["low"]) == pytest.approx((leaf.se, leaf.low), abs=1e-9)
