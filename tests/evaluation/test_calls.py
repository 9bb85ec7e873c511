"""Connection rates and the plan of test calls."""

import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.evaluation.rates import Attempt, connection_rates
from surveyapp.evaluation.schedule import (
    CHINA,
    Hours,
    Line,
    PlannedCall,
    ScheduleError,
    draw_plan,
    plan_faults,
    plan_hash,
    second_caller,
    slot_at,
    slot_windows,
    working_days,
)

HOURS = Hours(dt.time(9), dt.time(11, 30), dt.time(13), dt.time(16, 30))
LINES = [Line(f"L{n}", HOURS) for n in range(3)]
DAYS = working_days(dt.date(2018, 11, 19), dt.date(2018, 12, 7), (), ())
CALLERS = ["c1", "c2", "c3"]


def rates(attempts, **options):
    return {(r.name, r.tau): r for r in connection_rates(attempts, **options)}


def call(line, order, outcome, seconds=None, slot="A", answers=()):
    return Attempt(line, slot, str(order), outcome, seconds, answers)


SOME = [
    call("L1", 1, "A1", 10, answers=(2, 1)),
    call("L1", 2, "A1", 18, "B", (2, 0)),
    call("L1", 3, "A3", 25, "C"),
    call("L2", 1, "B1"),
    call("L2", 2, "A6", 12, "B"),
    call("L2", 3, "C1", slot="C"),
    call("L3", 1, "B7"),
    call("L3", 2, "D1", slot="B"),
]


def test_each_rate_has_its_own_denominator():
    found = rates(SOME)
    assert [(found["R_right", t].hits, found["R_right", t].base) for t in (15, 20, 30)] == [
        (1, 6),
        (2, 6),
        (3, 6),
    ]
    assert (found["R_attempt", 30].hits, found["R_attempt", 30].base) == (4, 6)
    assert (found["R_number", None].hits, found["R_number", None].base) == (1, 3)
    assert (found["R_answer", None].hits, found["R_answer", None].base) == (1, 2)
    assert (found["R_first", None].hits, found["R_first", None].base) == (1, 3)


def test_the_number_is_the_cluster_of_the_interval():
    spread = [call(f"L{n % 20}", n, "A1" if n % 4 else "B1", 5) for n in range(80)]
    stuck = [call(f"L{n % 20}", n, "A1" if n % 20 >= 5 else "B1", 5) for n in range(80)]
    loose, tight = rates(stuck)["R_right", 30], rates(spread)["R_right", 30]
    assert loose.value == tight.value == 0.75
    assert loose.interval == "korn_graubard"
    mixed = rates([call(f"L{n % 20}", n, "A1" if n < 60 else "B1", 5) for n in range(80)])["R_right", 30]
    assert loose.high - loose.low > mixed.high - mixed.low


def test_a_single_number_gets_wilsons_interval():
    assert rates([call("L1", n, "A1", 5) for n in range(4)])["R_right", 30].interval == "wilson"


def test_no_calls_give_no_rate_instead_of_zero():
    found = rates([call("L1", 1, "C1")])
    assert {(r.base, r.value, r.low, r.high) for r in found.values()} == {(0, None, None, None)}


def test_slots_can_be_weighed_by_their_share_of_calls():
    attempts = [call(f"L{n}", n, "A1", 5, "A") for n in range(9)] + [call("L9", 9, "B1", slot="D")]
    assert rates(attempts)["R_right", 30].value == pytest.approx(0.9)
    equal = rates(attempts, slot_weights={"A": 0.5, "D": 0.5})["R_right", 30]
    assert equal.value == pytest.approx(0.5)


def test_only_the_first_three_day_parts_decide_whether_a_number_is_reached():
    late = [call("L1", n, "B1", slot=slot) for n, slot in enumerate("ABC")]
    assert rates([*late, call("L1", 9, "A1", 5, "D")])["R_number", None].hits == 0
    assert rates([*late[:2], call("L1", 9, "A1", 5, "D")])["R_number", None].hits == 1


@given(
    st.lists(
        st.tuples(
            st.integers(1, 5),
            st.sampled_from(["A1", "A6", "B1", "C2"]),
            st.none() | st.floats(0, 90),
            st.sampled_from("ABCD"),
        ),
        max_size=40,
    )
)
def test_rates_rise_with_the_threshold_and_lie_inside_their_interval(drawn):
    found = rates([call(f"L{n}", i, code, sec, slot) for i, (n, code, sec, slot) in enumerate(drawn)])
    for name in ("R_attempt", "R_right"):
        hits = [found[name, tau].hits for tau in (15, 20, 30)]
        assert hits == sorted(hits)
    for rate in found.values():
        if rate.value is not None:
            assert 0 <= rate.low <= rate.value + 1e-9
            assert rate.value - 1e-9 <= rate.high <= 1
    assert all(found["R_right", t].hits <= found["R_attempt", t].hits for t in (15, 20, 30))


def test_the_four_slots_of_a_usual_day():
    assert slot_windows(HOURS) == {
        "A": (dt.time(9), dt.time(10)),
        "B": (dt.time(10), dt.time(11)),
        "C": (dt.time(13), dt.time(15, 30)),
        "D": (dt.time(15, 30), dt.time(16)),
    }
    assert slot_at(HOURS, dt.time(9, 59)) == "A"
    assert slot_at(HOURS, dt.time(12)) is None


def test_slots_that_the_hours_leave_no_time_for_are_absent():
    assert list(slot_windows(Hours(dt.time(13), dt.time(13), dt.time(13), dt.time(15)))) == ["C"]


def test_make_up_days_are_worked_and_holidays_are_not():
    days = working_days(
        dt.date(2018, 9, 28), dt.date(2018, 10, 8), {dt.date(2018, 10, 1)}, {dt.date(2018, 9, 29)}
    )
    assert dt.date(2018, 9, 29) in days
    assert dt.date(2018, 10, 1) not in days
    assert dt.date(2018, 10, 7) not in days


def test_a_plan_can_be_derived_again_from_its_seed():
    first = draw_plan(random.Random(2018), LINES, DAYS, CALLERS, 12)
    again = draw_plan(random.Random(2018), LINES[::-1], DAYS, CALLERS[::-1], 12)
    other = draw_plan(random.Random(2019), LINES, DAYS, CALLERS, 12)
    assert first == again
    assert plan_hash(first) == plan_hash(again) != plan_hash(other)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 30))
def test_every_drawn_plan_keeps_the_limits(seed, calls):
    plan = draw_plan(random.Random(seed), LINES, DAYS, CALLERS, calls)
    assert len(plan) == calls * len(LINES)
    assert set(plan_faults(plan, LINES)) <= ({"span", "callers"} if calls < 8 else set())
    for line in LINES:
        slots = [c.slot for c in plan if c.line == line.code]
        assert max(map(slots.count, "ABCD")) - min(map(slots.count, "ABCD")) <= 1


def test_broken_limits_are_named():
    def at(hour, minute, slot, caller="c1", day=20):
        return PlannedCall("L0", slot, dt.datetime(2018, 11, day, hour, minute, tzinfo=CHINA), caller)

    plan = [at(9, 0, "A"), at(9, 30, "A"), at(10, 45, "B"), at(12, 0, "B")]
    assert plan_faults(plan, LINES) == ("callers", "half_day", "outside_slot", "spacing", "span")
    assert plan_faults([], LINES) == ()


def test_a_plan_that_cannot_fit_is_refused():
    with pytest.raises(ScheduleError, match="callers"):
        draw_plan(random.Random(1), LINES, DAYS, ["c1", "c1", "c2"], 4)
    with pytest.raises(ScheduleError, match="do not fit"):
        draw_plan(random.Random(1), LINES, DAYS[:2], CALLERS, 9)
    with pytest.raises(ScheduleError, match="60 minutes"):
        tight = Line("T", Hours(dt.time(9), dt.time(9), dt.time(15), dt.time(16, 5)))
        draw_plan(random.Random(1), [tight], DAYS[:1], CALLERS, 2)


def test_the_second_dial_is_made_by_somebody_else():
    assert {second_caller(random.Random(n), "c1", CALLERS) for n in range(20)} == {"c2", "c3"}
    with pytest.raises(ScheduleError):
        second_caller(random.Random(1), "c1", ["c1"])
