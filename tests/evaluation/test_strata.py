"""Strata that count by fixed shares: the day parts of test calls, in the score and in the rates alike."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.evaluation.measures import parse_measures
from surveyapp.evaluation.rates import Attempt, connection_rates
from surveyapp.evaluation.scoring import estimate
from surveyapp.evaluation.strata import parse_shares, share_weights, variance_strata
from tests.evaluation import jilin
from tests.evaluation.test_measures import ROW

SHARES = {"A": 1.5, "B": 1.0, "C": 2.0, "D": 1.0}
WEIGHED = jilin.measure(
    "tel", "2.2.3", "政务大厅调研", "T1", stratum="${slot}", stratum_weights=SHARES, cluster="${line}"
)


def call(number, value, slot, line):
    return jilin.seen(WEIGHED, value, f"r{number:03}", stratum=slot, cluster=line)


def test_every_stratum_counts_by_its_share_whatever_its_number_of_calls():
    found = estimate(WEIGHED, [call(n, 1.0, "A", f"L{n % 3}") for n in range(9)] + [call(9, 0.0, "D", "L0")])
    assert found.mean == pytest.approx(1.5 / 2.5)
    assert math.fsum(record.weight for record in found.records) == pytest.approx(10)
    assert "stratum_missing" in found.flags
    assert "按层加权（A 1.5 · B 1 · C 2 · D 1）" in found.formula["zh"]


def test_equal_shares_and_equal_numbers_change_nothing():
    seen = [call(n, float(n % 5 > 0), "ABCD"[n % 4], f"L{n % 6}") for n in range(40)]
    even = jilin.measure(
        "tel", "2.2.3", "政务大厅调研", "T1", stratum="${slot}", stratum_weights=dict.fromkeys("ABCD", 2.0)
    )
    plain = jilin.measure("tel", "2.2.3", "政务大厅调研", "T1")
    a, b = estimate(even, seen), estimate(plain, seen)
    assert (a.mean, a.se, a.low, a.high) == pytest.approx((b.mean, b.se, b.low, b.high))


def test_a_call_in_a_stratum_without_a_weight_is_listed_and_not_counted():
    found = estimate(WEIGHED, [call(1, 1.0, "A", "L1"), call(2, 0.0, "", "L2"), call(3, 1.0, "B", "L2")])
    assert found.excluded == ("r002",)
    assert found.mean == 1.0


def test_the_score_can_be_computed_again_from_the_listed_records_alone():
    rng = random.Random(3)
    seen = [call(n, float(rng.random() < 0.7), rng.choice("ABCD"), f"L{rng.randrange(4)}") for n in range(50)]
    found = estimate(WEIGHED, seen)
    total = math.fsum(r.weight for r in found.records)
    assert found.mean == math.fsum(r.weight * r.value for r in found.records) / total


@given(st.integers(0, 10**6), st.integers(1, 5))
def test_the_scored_rate_is_the_named_rate_with_its_error(seed, lines):
    rng = random.Random(seed)
    drawn = [(rng.choice("ABCD"), f"L{rng.randrange(lines)}", rng.uniform(1, 60)) for _ in range(30)]
    attempts = [Attempt(line, slot, str(n), "A1", seconds) for n, (slot, line, seconds) in enumerate(drawn)]
    seen = [call(n, float(seconds <= 30), slot, line) for n, (slot, line, seconds) in enumerate(drawn)]
    rate = next(
        r for r in connection_rates(attempts, slot_weights=SHARES) if (r.name, r.tau) == ("R_right", 30)
    )
    found = estimate(WEIGHED, seen)
    assert (rate.value, rate.se, rate.low, rate.high) == pytest.approx(
        (found.mean, found.se, found.low, found.high)
    )


def test_a_number_called_in_every_day_part_is_one_primary_unit():
    assert variance_strata(["A", "B"], ["L1", "L1"]) == ["", ""]
    assert variance_strata(["A", "B"], ["L1", "L2"]) == ["A", "B"]


def test_without_shares_weights_stay_as_they_are():
    assert share_weights(["A", "B"], [2.0, 3.0], {}) == [2.0, 3.0]
    assert share_weights([], [], SHARES) == []


def test_shares_are_read_and_what_is_none_is_named():
    assert parse_shares("A=1.5 早班=2") == ({"A": 1.5, "早班": 2.0}, ())
    assert parse_shares("A=1 A=2 B=0 C D=x =3")[1] == ("A=2", "B=0", "C", "D=x", "=3")


@pytest.mark.parametrize(
    ("stratum", "weights", "column"),
    [("${slot}", "A=-1", "stratum_weights"), ("", "A=1", "stratum")],
)
def test_bad_strata_of_a_measures_sheet_are_refused(stratum, weights, column):
    measures, problems = parse_measures(
        [ROW | {"stratum": stratum, "stratum_weights": weights}], jilin.framework()
    )
    assert measures == ()
    assert [(p.code, p.row, p.column) for p in problems] == [("bad_strata", 2, column)]


def test_a_measures_sheet_may_weigh_strata():
    (found,), _ = parse_measures(
        [ROW | {"stratum": "${slot}", "stratum_weights": "A=1.5 D=1"}], jilin.framework()
    )
    assert (found.stratum, found.stratum_weights) == ("${slot}", {"A": 1.5, "D": 1.0})
