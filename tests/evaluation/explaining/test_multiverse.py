"""All defensible choices: the official one is among them, shares by hand, what moves ranks is named."""

from dataclasses import replace

import pytest

from surveyapp.evaluation.explaining import multiverse as module
from surveyapp.evaluation.explaining.multiverse import Evidence, multiverse, open_choices
from surveyapp.evaluation.scoring import score_unit
from tests.evaluation import jilin

FRAMEWORK = jilin.framework()
PROFILES = {code: jilin.profile(code) for code in "SR"}
STRICT = PROFILES["S"]
FACTS = [replace(one, transform="T1", min_n=5) for one in jilin.measures_everywhere()]
CALL = jilin.measure("call", "2.2.3", "政务大厅调研", "T1", parameters={"tau": 30.0}, min_n=5)
LEVEL = jilin.measure("level", "1.1.2", "服务对象抽查", "T3", min_n=5)
MEASURES = [
    one
    for one in FACTS
    if (one.indicator, one.method) not in {("2.2.3", "政务大厅调研"), ("1.1.2", "服务对象抽查")}
] + [CALL, LEVEL]


def evidence(name, hits, slow=0, levels=(4, 4, 4, 4, 4, 4), flagged=(), n=6):
    rows = [
        jilin.seen(one, float(k < hits), f"{name}{one.key}{k}", unit=name)
        for one in MEASURES
        if one not in (CALL, LEVEL)
        for k in range(n)
    ]
    rows += [jilin.seen(CALL, 1.0, f"{name}call{k}", unit=name) for k in range(6)]
    rows += [jilin.seen(LEVEL, float(v), f"{name}level{k}", unit=name) for k, v in enumerate(levels)]
    seconds = {f"{name}call{k}": 25.0 if k < slow else 5.0 for k in range(6)}
    return Evidence(name, tuple(rows), {}, frozenset(flagged), seconds)


def run(*units):
    return multiverse(FRAMEWORK, PROFILES, STRICT, MEASURES, units)


def spread(found, name):
    return next(one for one in found.spreads if one.unit == name)


def test_the_official_total_is_one_of_them():
    one = evidence("a", 4, slow=3)
    found = run(one, evidence("b", 3))
    official = score_unit(FRAMEWORK, STRICT, MEASURES, one.observations, unit="a").total.points
    assert spread(found, "a").official == pytest.approx(official, abs=1e-9)
    assert spread(found, "a").totals[0] <= official <= spread(found, "a").totals[-1]
    assert found.count == len(spread(found, "a").totals) <= 600


def test_a_unit_far_ahead_is_above_under_every_choice_and_no_rank_moves():
    found = run(evidence("a", 6), evidence("b", 1))
    assert found.above["a"]["b"] == 1 and found.above["b"]["a"] == 0
    assert (spread(found, "a").first, spread(found, "a").last) == (1, 1)
    assert set(found.moved.values()) == {0.0}


def test_what_moves_the_ranks_is_named():
    slow, low = evidence("a", 4, slow=6), evidence("b", 4, levels=(3, 3, 3, 3, 3, 3))
    found = run(slow, low)
    assert 0 < found.above["a"]["b"] < 1
    assert sum(found.moved.values()) == pytest.approx(1)
    assert found.moved["window"] > 0.2 and found.moved["levels"] >= 0
    assert max(found.moved, key=found.moved.get) in ("window", "levels")
    assert found.moved["insufficient"] < 0.05


def test_the_same_evidence_is_a_tie_under_every_choice():
    found = run(evidence("a", 4), evidence("b", 4))
    assert found.above["a"]["b"] == 0.5
    assert spread(found, "a").mean_rank == 1.5


def test_only_choices_that_can_change_something_are_open():
    plain = Evidence("a", tuple(jilin.seen(one, 1.0, one.key, unit="a") for one in FACTS))
    keys = [one.key for one in open_choices(PROFILES, STRICT, FACTS, [plain])]
    assert keys == ["profile", "insufficient", "c_min", "missing"]
    flagged = evidence("a", 4, flagged=["acall0"])
    keys = [one.key for one in open_choices(PROFILES, STRICT, MEASURES, [flagged])]
    assert keys[-3:] == ["window", "levels", "flagged"]
    assert [one.options for one in open_choices(PROFILES, STRICT, MEASURES, [flagged])][4] == (
        "15",
        "20",
        "30",
    )


def test_without_flagged_records_a_call_counts_no_more():
    one = evidence("a", 4, slow=0)
    rows = tuple(replace(o, value=0.0) if o.root_id == "acall0" else o for o in one.observations)
    clean = run(replace(one, observations=rows))
    marked = run(replace(one, observations=rows, flagged=frozenset({"acall0"})))
    assert marked.count == 2 * clean.count
    assert spread(marked, "a").totals[-1] > spread(clean, "a").totals[-1]


def test_a_unit_without_evidence_is_left_out():
    found = run(evidence("a", 4), Evidence("b", ()))
    assert found.left_out == ("b",)
    assert [one.unit for one in found.spreads] == ["a"]


def test_rules_that_are_none_of_the_choices_have_no_official_total():
    bounds = replace(STRICT, missing=replace(STRICT.missing, policy="bounds"))
    found = multiverse(FRAMEWORK, PROFILES, bounds, MEASURES, [evidence("a", 4)])
    assert found.spreads[0].official is None


def test_more_combinations_than_the_bound_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST", 10)
    with pytest.raises(ValueError, match="at most 10"):
        run(evidence("a", 4))


def test_quantiles_are_totals_that_occur():
    found = spread(run(evidence("a", 4, slow=3), evidence("b", 3)), "a")
    assert found.quantile(0.0) == found.totals[0] and found.quantile(1.0) == found.totals[-1]
    assert found.quantile(0.5) in found.totals
