"""Scores from columns of observations are those from the records, to 1e-9."""

import dataclasses
import datetime as dt
import random
import re

import pytest

from surveyapp.evaluation.profiles import TotalCap
from surveyapp.evaluation.scoring import estimate, estimate_columns, fits, row_of, score_columns, score_unit
from surveyapp.stats.value_tables import value_table
from tests.evaluation import jilin

FRAMEWORK, STRICT = jilin.framework(), jilin.profile("S")
KINDS = (
    ("T1", {}),
    ("T1", {"low": 0.0, "high": 0.8}),
    ("T2", {}),
    ("T3", {}),
    ("T4", {}),
    ("T5", {}),
    ("T6", {}),
    ("T7", {"full": 10.0, "none": 60.0}),
    ("T8", {"tol": 0.1}),
)
VALUES = {
    "T3": (1.0, 2.0, 3.0, 4.0, 5.0),
    "T4": (0.0, 0.3, 0.7, 1.0),
    "T5": (0.0, 1.0, 2.0, 3.5, 4.0),
    "T7": (0.0, 5.0, 12.5, 33.0, 80.0),
    "T8": (-0.2, -0.03, 0.0, 0.05, 0.3),
}


def columns(rows):
    """A table of some observations, extended by the others, in an order that is not theirs."""
    shuffled = random.Random(len(rows)).sample(rows, len(rows))
    some = len(rows) // 3
    table = value_table([row_of(one) for one in shuffled[:some]])
    return table.extended([row_of(one) for one in shuffled[some:]])


def drawn(measure, rng):
    """Observations of one measure: alike or not, weighted or not, in clusters, strata or neither."""
    values = VALUES.get(measure.transform, (0.0, 1.0))
    if rng.random() < 0.2:
        values = (rng.choice(values),)
    weights = rng.choice([(1.0,), (0.7,), (0.5, 1.0, 2.25)])
    clusters = rng.choice([("",), ("a", "b", "c"), ("a",), ("a", "b", "")])
    strata = rng.choice([("",), ("am", "pm")])
    return [
        jilin.seen(
            measure,
            rng.choice(values),
            f"r{rng.randrange(10**6)}-{number}",
            weight=rng.choice(weights),
            cluster=rng.choice(clusters),
            stratum=rng.choice(strata),
        )
        for number in range(rng.choice((0, 1, 2, 7, 40)))
    ]


def numbers(text):
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]


def same(one, other):
    """Compares every number of two estimates."""
    for part in dataclasses.fields(one):
        mine, theirs = getattr(one, part.name), getattr(other, part.name)
        if part.name in ("records", "excluded", "is_listed"):
            continue
        if part.name == "formula":
            assert numbers(theirs.get("zh", "")) == pytest.approx(numbers(mine.get("zh", "")), abs=1.1e-4)
        elif isinstance(mine, float):
            assert theirs == pytest.approx(mine, abs=1e-9), part.name
        elif part.name == "influence":
            assert theirs == pytest.approx(dict(mine), abs=1e-9)
        else:
            assert theirs == mine, part.name


@pytest.mark.parametrize("seed", range(150))
def test_an_estimate_from_sums_is_the_one_from_records(seed):
    rng = random.Random(seed)
    kind, parameters = rng.choice(KINDS)
    shares = rng.choice([{}, {}, {"am": 1.0, "pm": 3.0}])
    measure = jilin.measure(
        "m",
        "2.2.1",
        "内部访谈",
        kind,
        parameters=parameters,
        stratum_weights=shares,
        instrument="q1",
        min_n=5,
    )
    rows = drawn(measure, rng)
    table = columns(rows)
    if fits(measure, table):
        (found,) = estimate_columns([measure], table, {"m": 1.0})
        same(estimate(measure, rows), found)
    else:
        assert (shares and any(row.stratum not in shares for row in rows)) or len(
            {o.cluster for o in rows}
        ) == 1


def test_columns_do_not_speak_for_values_off_the_scale_or_one_cluster():
    measure = jilin.measure("m", "2.2.1", "内部访谈", "T5")

    def speak(rows):
        return fits(measure, columns(rows))

    assert not speak([jilin.seen(measure, value, f"r{value}") for value in (4.0, 9.0)])
    assert not speak([jilin.seen(measure, 4.0, "r1", weight=0.0), jilin.seen(measure, 4.0, "r2")])
    near = [jilin.seen(measure, value, f"r{value}", cluster="a") for value in (3.0, 4.0)]
    assert not speak(near)
    assert speak(near[:1]) and speak([])


@pytest.mark.parametrize("seed", range(12))
def test_a_whole_score_from_columns_is_the_one_from_records(seed):
    rng = random.Random(seed)
    measures = jilin.measures_everywhere()
    measures = [dataclasses.replace(one, instrument=rng.choice(("q1", "q2"))) for one in measures]
    rows = {one.key: drawn(one, rng) for one in measures}
    every = [row for some in rows.values() for row in some]
    table = columns(every)
    single = {one.key: rows[one.key] for one in measures if not fits(one, table)}
    mine = score_unit(FRAMEWORK, STRICT, measures, every, unit="甲厅")
    theirs = score_columns(FRAMEWORK, STRICT, measures, table, single, unit="甲厅")
    for one, other in zip(mine.nodes, theirs.nodes, strict=True):
        alike(one, other)
    for name in ("base", "bonus", "total"):
        alike(getattr(mine, name), getattr(theirs, name))
    for one, other in zip(mine.leaves, theirs.leaves, strict=True):
        assert other.n in (None, one.n)
        alike(one, other, ("n", "cells", "formula"))


def alike(one, other, without=()):
    for part in dataclasses.fields(one):
        value = getattr(one, part.name)
        close = pytest.approx(value, abs=1e-9) if isinstance(value, float) else value
        assert part.name in without or getattr(other, part.name) == close, (one.code, part.name)


def test_what_bends_or_is_capped_is_left_to_the_records():
    item = jilin.measures_everywhere()[0]
    target = dataclasses.replace(item, transform="T1", parameters={"low": 0.0, "high": 0.8})
    rows = [jilin.seen(target, float(at < 48), f"r{at:03}") for at in range(60)]
    given = (columns(rows), {})
    assert score_columns(FRAMEWORK, STRICT, [target], *given) is None
    far = [jilin.seen(target, float(at < 12), f"r{at:03}") for at in range(60)]
    assert score_columns(FRAMEWORK, STRICT, [target], columns(far), {}) is not None
    why = {"zh": "办法规定", "en": "the rules say so"}
    cap = TotalCap(60.0, why, "项目负责人", dt.date(2018, 11, 5))
    capped = dataclasses.replace(STRICT, cap=cap)
    assert score_columns(FRAMEWORK, capped, [target], columns(far), {}) is None
