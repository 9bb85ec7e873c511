"""The planner's numbers are those of the published tables, and its light follows the rule."""

import math
from dataclasses import replace

import pytest

from surveyapp.evaluation.prospect import (
    Aim,
    Frame,
    Need,
    Plan,
    Seen,
    Stratum,
    as_plain,
    calls_on_numbers,
    curtailed,
    expected_errors,
    expected_intervals,
    from_plain,
    light,
    may_turn,
    misgrade_table,
    monitor,
    need,
    next_observed,
    next_planned,
    sequential,
    stakes,
    stopping_rule,
    total_misgrades,
    wrong_grade,
)
from surveyapp.stats.proportions import wilson_interval
from tests.evaluation import jilin

SIZES = (100, 200, 300, 500, 1000, 2000, 5000, 20000, None)
RECIPIENTS = {
    (0.5, 1.0): (80, 132, 169, 218, 278, 323, 357, 377, 385),
    (0.5, 1.5): (86, 149, 198, 268, 366, 448, 517, 561, 577),
    (0.5, 2.0): (89, 159, 216, 304, 435, 556, 667, 740, 769),
    (0.85, 1.0): (67, 100, 119, 141, 164, 179, 189, 195, 196),
    (0.85, 1.5): (75, 120, 149, 186, 228, 257, 278, 290, 294),
    (0.85, 2.0): (80, 133, 171, 220, 282, 328, 364, 385, 392),
}
VERDICTS = {
    (0.8, 0.9): ((82, 72, 94), (112, 97, 124), (107, 94, 113), (137, 119, 149)),
    (0.8, 0.95): ((30, 28, 37), (44, 40, 44), (41, 38, 48), (48, 44, 55)),
    (0.85, 0.95): ((59, 55, 68), (76, 70, 85), (75, 70, 84), (93, 86, 102)),
    (0.9, 0.95): ((179, 168, 203), (239, 223, 263), (231, 217, 255), (292, 273, 316)),
    (0.7, 0.9): ((28, 24, 33), (37, 31, 37), (31, 27, 36), (40, 34, 49)),
}
RISKS = ((0.05, 0.8), (0.05, 0.9), (0.025, 0.8), (0.025, 0.9))


def plan_of(aim: Aim, frame: Frame | None = None, **more) -> Plan:
    return Plan((aim,), {"u": {aim.instrument: frame or Frame()}}, **more)


def need_of(aim: Aim, frame: Frame | None = None, **more) -> Need:
    return need(plan_of(aim, frame, **more), "u", aim)


@pytest.mark.parametrize(("p", "deff"), RECIPIENTS)
def test_recipients_of_each_department_are_those_of_the_table(p: float, deff: float) -> None:
    # Clusters of two with ρ = deff - 1 have exactly that design effect.
    aim = Aim("survey", "width", p=p, half_width=0.05, cluster_size=2, correlation=deff - 1)
    assert tuple(need_of(aim, Frame(size)).net for size in SIZES) == RECIPIENTS[p, deff]


@pytest.mark.parametrize(
    ("p", "e", "n"), [(0.9, 0.1, 37), (0.95, 0.1, 25), (0.9, 0.05, 141), (0.95, 0.03, 215)]
)
def test_a_high_share_is_planned_by_wilson_where_the_simple_formula_falls_short(p, e, n) -> None:
    assert need_of(Aim("survey", "width", p=p, half_width=e)).net == n


@pytest.mark.parametrize("pair", VERDICTS)
def test_calls_and_critical_values_are_those_of_the_table(pair: tuple[float, float]) -> None:
    for (alpha, power), (n, needed, stable) in zip(RISKS, VERDICTS[pair], strict=True):
        aim = Aim("call", "verdict", bad=pair[0], good=pair[1], alpha=alpha, power=power, claim="these")
        found = need_of(aim, Frame(clusters=3))
        assert (found.net, found.needed, found.stable.n) == (n, needed, stable)


def test_a_claim_about_a_population_of_numbers_takes_more_calls_or_cannot_be_made() -> None:
    aim = Aim("call", "verdict", claim="population", correlation=0.1)
    found = need_of(aim, Frame(clusters=30))
    # 30 numbers x 4 calls are worth 92.3 (table), x 3 only 75.0: fewer than the 82 the verdict needs.
    assert (found.net, found.plan.n) == (120, 82)
    assert found.effective == pytest.approx(92.3, abs=0.05)
    assert calls_on_numbers(82, 5, 0.1) is None
    assert need_of(aim, Frame(clusters=5)).lack == "clusters"
    assert need_of(replace(aim, claim="these"), Frame(clusters=5)).net == 82
    assert need_of(aim, Frame()).lack == "lines"


def test_the_curtailed_plan_has_the_courses_of_the_table() -> None:
    found = need_of(Aim("call", "verdict", claim="these"), Frame(clusters=3))
    courses = curtailed(found.plan, (0.9, 0.85, 0.8, 0.7))
    assert [round(expected, 1) for _share, _good, expected in courses] == [77.1, 68.1, 54.5, 36.7]
    assert (round(courses[0][1], 4), round(courses[2][1], 4)) == (0.8057, 0.0458)


def test_the_sequential_test_has_the_courses_of_the_table() -> None:
    found = sequential(Aim("call", "verdict", power=0.9), 112, (0.9, 0.8, 0.85, 0.95))
    assert found is not None and found.good_up_to == 16
    assert (found.plan.earliest_good, found.plan.earliest_bad) == (20, 5)
    good = [course[1] for course in found.courses[:2]]
    assert good == [pytest.approx(0.9417, abs=5e-5), pytest.approx(0.1183, abs=5e-5)]
    assert [round(course[2], 1) for course in found.courses] == [52.9, 54.7, 69.3, 29.7]
    assert sequential(Aim("call", "verdict", good=1.0), 30, (1.0,)) is None


@pytest.mark.parametrize(
    ("n", "defects", "expected"), [(20, 1, 19), (48, 3, 30), (200, 5, 90), (500, 10, 129)]
)
def test_a_list_is_searched_as_far_as_the_table_says(n: int, defects: int, expected: int) -> None:
    assert need_of(Aim("document", "defects", defects=defects), Frame(n)).net == expected
    assert need_of(Aim("document", "defects", defects=defects)).lack == "population"


def test_a_census_has_no_sampling_error() -> None:
    found = need_of(Aim("publication", "census"), Frame(48))
    assert (found.net, found.se, found.slope, found.is_census) == (48, 0.0, 0.0, True)


def test_more_people_are_approached_than_answer() -> None:
    found = need_of(Aim("survey", "width", response=0.4, validity=0.9, minutes=10), Frame(500))
    assert (found.net, found.gross, found.is_short) == (218, 606, True)
    assert found.hours == pytest.approx(101)


def test_strata_split_the_sample_by_the_chosen_rule() -> None:
    layers = {"大厅": Stratum(900, 0.5), "网上": Stratum(100, 0.9)}
    aim = Aim("survey", "fixed", n=100, p=0.6)
    splits = {
        rule: tuple(need_of(aim, Frame(1000, strata=layers), allocation=rule).cells.values())
        for rule in ("proportional", "neyman", "equal", "square_root")
    }
    # Neyman: 900·.5 = 450 and 100·.3 = 30; square root: 30 and 10.
    assert splits == {"proportional": (90, 10), "neyman": (94, 6), "equal": (50, 50), "square_root": (75, 25)}
    least = need_of(replace(aim, cell_min=30), Frame(1000, strata=layers))
    assert tuple(least.cells.values()) == (70, 30)


def test_the_risk_of_a_wrong_grade_is_largest_at_a_limit_and_falls_with_the_sample() -> None:
    small, large = ({row.share: row for row in misgrade_table(n, (0.9, 0.8))} for n in (40, 400))
    # P(X <= 35 | 40, .9) by the binomial: a unit of exactly 90 % misses the first grade that often.
    missed = math.fsum(math.comb(40, x) * 0.9**x * 0.1 ** (40 - x) for x in range(36))
    assert (small[0.9].grade, small[0.9].risk) == (0, pytest.approx(missed))
    assert large[0.85].risk < small[0.85].risk
    assert small[1.0].risk == 0.0


def test_the_risk_of_a_total_is_one_half_at_a_limit_and_falls_with_its_error() -> None:
    wide, narrow = ({row.share: row for row in total_misgrades(se, (0.9, 0.8))} for se in (4.0, 1.0))
    assert (wide[0.9].grade, wide[0.9].risk) == (0, pytest.approx(0.5))
    # 85 points lie 1.25 errors of 4 from both limits: 2·P(z > 1.25) = .2113
    assert wide[0.85].risk == pytest.approx(0.2113, abs=1e-4) and narrow[0.85].risk < 1e-6
    assert wrong_grade(85.0, 4.0, (0.9, 0.8)) == pytest.approx(wide[0.85].risk)
    assert wrong_grade(104.0, 0.0, (0.9,)) == 0.0


def test_expected_intervals_are_wilsons() -> None:
    rows = expected_intervals(82)
    assert [row[0] for row in rows] == [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0]
    assert rows[4][1:] == wilson_interval(0.9 * 82, 82)


def test_the_three_errors_of_the_worked_example() -> None:
    # The example states sizes, the hall's design effect and the informants' spread .20, not the other
    # spreads; with .25 for the hall, .30 for documents, .15 for experts, .25 for users it is met.
    on = stakes(jilin.framework(), jilin.profile("S"), [])
    on = {code: {leaf: s for leaf, s in points.items() if leaf != "3.1"} for code, points in on.items()}
    aims = (
        Aim("interview", "fixed", n=8, sd=0.20),
        Aim("hall", "fixed", n=30, sd=0.25, cluster_size=2, correlation=0.5),
        Aim("document", "fixed", n=20, sd=0.30),
        Aim("panel", "fixed", n=5, sd=0.15),
        Aim("survey", "fixed", n=200, sd=0.25),
        Aim("publication", "census"),
    )
    plan = Plan(aims, {"u": {"publication": Frame(40)}})
    found = {aim.instrument: need(plan, "u", aim) for aim in aims}
    totals = [expected_errors(on, found, r).total for r in (0.0, 0.5, 1.0)]
    assert [round(total, 2) for total in totals] == [0.73, 2.24, 3.08]


@pytest.mark.parametrize(("se", "difference"), [(1, 3.96), (1.5, 5.94), (2, 7.92), (3, 11.89)])
def test_the_smallest_visible_difference_is_that_of_the_table(se: float, difference: float) -> None:
    found = Need("u", "survey", 1, se=se)
    errors = expected_errors({"survey": {"1.1.2": 1.0}}, {"survey": found}, 0.5)
    assert round(errors.difference, 2) == difference


def test_a_leaf_whose_instrument_is_not_planned_has_no_expected_error() -> None:
    on = {"survey": {"1.1.2": 2.0}, "panel": {"1.1.2": 2.0, "1.1.1": 4.0}}
    errors = expected_errors(on, {"survey": Need("u", "survey", 10, se=0.1)}, 0.5)
    assert (errors.total, errors.leaves["1.1.2"], errors.unplanned) == (None, None, ("panel",))


def test_measures_decide_which_instrument_a_cell_hangs_on() -> None:
    calls = jilin.measure("calls", "2.2.3", "政务大厅调研", weight=4.0)
    seen = jilin.measure("seen", "2.2.3", "政务大厅调研", weight=1.0)
    only_r = jilin.measure("other", "2.2.3", "政务大厅调研", weight=9.0, profile="R")
    pairs = [("call", calls), ("hall", seen), ("hall", only_r), ("hall", calls)]
    on = stakes(jilin.framework(), jilin.profile("S"), pairs)
    whole = jilin.profile("S").weights["2.2.3"]["政务大厅调研"] * 4
    assert on["call"] == {"2.2.3": pytest.approx(whole * 0.8)}
    assert on["hall"]["2.2.3"] == pytest.approx(whole * 0.2)
    points = math.fsum(value for leaves in on.values() for value in leaves.values())
    assert points == pytest.approx(110)


def test_the_next_piece_is_worth_what_one_more_takes_off_the_variance() -> None:
    aims = (
        Aim("interview", "fixed", n=8, sd=0.2, minutes=60),
        Aim("survey", "fixed", n=200, sd=0.25, minutes=10),
    )
    plan = Plan(aims, {}, hourly=60)
    on = {"interview": {"a": 2.0, "b": 2.0}, "survey": {"a": 2.0}}
    found = {aim.instrument: need(plan, "u", aim) for aim in aims}
    first, second = next_planned(plan, on, found)
    # (s²/n - s²/(n+1)) x ((1 - r)Σs² + r(Σs)²): .04/72 x (.5·8 + .5·16); .0625/40200 x 4, six an hour.
    assert (first.instrument, first.falls) == ("interview", pytest.approx(0.04 / 72 * 12))
    assert second.per_hour == pytest.approx(0.0625 / 40200 * 4 * 6)
    assert first.per_yuan == pytest.approx(first.falls / 60)


def test_of_calls_on_the_same_numbers_only_the_part_within_numbers_can_fall() -> None:
    aim = Aim("call", "fixed", n=40, sd=0.4, claim="population", correlation=0.25)
    found = need_of(aim, Frame(clusters=10))
    assert found.se**2 == pytest.approx(0.16 * (0.75 / 40 + 0.25 / 10))
    assert found.slope == pytest.approx(0.16 * 0.75 / 40**2)


def test_with_records_the_next_one_takes_a_share_of_their_variance() -> None:
    plan = plan_of(Aim("interview", "fixed", n=8, minutes=60))
    (piece,) = next_observed(plan, {"interview": 4.0, "panel": 1.0}, {"interview": 7})
    assert (piece.falls, piece.se_after) == (pytest.approx(0.5), pytest.approx(math.sqrt(4.5)))


SURVEY = Aim("survey", "width", half_width=0.05, cell_min=30)
LAYERS = Frame(1000, strata={"大厅": Stratum(900), "网上": Stratum(100)})
FULL = Seen(300, 0.045, {"大厅": 200, "网上": 40}, 12)


@pytest.mark.parametrize(
    ("seen", "state", "lacking"),
    [
        (FULL, "beyond", []),
        (replace(FULL, n=250), "enough", []),
        (replace(FULL, half_width=0.06), "short", ["width"]),
        (replace(FULL, half_width=None), "short", ["width"]),
        (replace(FULL, cells={"大厅": 299}), "short", ["cell"]),
        (replace(FULL, workdays=9), "short", ["days"]),
        (Seen(), "short", ["width", "cell", "cell", "days"]),
    ],
)
def test_a_survey_is_enough_only_by_width_quota_and_days_together(seen, state, lacking) -> None:
    found = light(SURVEY, need_of(SURVEY, LAYERS), seen, seen)
    assert (found.state, [one.what for one in found.lacking]) == (state, lacking)


def test_what_waits_for_confirmation_is_told_apart() -> None:
    assert light(SURVEY, need_of(SURVEY, LAYERS), Seen(), FULL).state == "pending"


def test_a_preview_is_asked_for_only_where_what_waits_could_complete_it() -> None:
    call = Aim("call", "fixed", n=82, claim="these")
    asked = need_of(call, Frame(clusters=3))
    turns = [may_turn(call, asked, Seen(n), waiting) for n, waiting in ((70, 11), (70, 12), (82, 5), (70, 0))]
    assert turns == [False, True, False, False]
    survey = need_of(SURVEY, LAYERS)
    early, late = replace(FULL, half_width=0.06, workdays=9), replace(FULL, half_width=0.06)
    assert [may_turn(SURVEY, survey, seen, 5) for seen in (early, late)] == [False, True]


def test_calls_have_a_fixed_number_whatever_they_find() -> None:
    aim = Aim("call", "verdict", claim="these")
    asked = need_of(aim, Frame(clusters=3, strata={slot: Stratum(1) for slot in "ABCD"}))
    assert sum(asked.cells.values()) == 82
    states = [light(aim, asked, Seen(n, 0.001), Seen(n, 0.001)).state for n in (81, 82, 83)]
    assert states == ["short", "enough", "beyond"]


def test_a_plan_without_a_size_has_an_open_light() -> None:
    aim = Aim("call", "verdict", claim="population", correlation=0.4)
    found = light(aim, need_of(aim, Frame(clusters=2)), Seen(), Seen())
    assert (found.state, found.lacking[0].place) == ("open", "clusters")


def test_the_monitor_is_wider_than_the_interval_of_a_fixed_number() -> None:
    looked, fixed = monitor(70, 82), wilson_interval(70, 82)
    assert looked.low < fixed.low < fixed.high < looked.high


def test_a_stored_plan_is_read_back_as_it_was() -> None:
    plan = Plan((SURVEY,), {"u": {"survey": LAYERS}}, "neyman", 0.4, (0.9, 0.8), 60.0, 5000.0)
    assert from_plain(as_plain(plan)) == plan


def test_the_rule_in_words_holds_the_numbers_it_decides_by() -> None:
    words = stopping_rule(SURVEY)
    assert "5 个百分点" in words["zh"] and "30" in words["en"] and "10 working days" in words["en"]
    assert "计划的数量" in stopping_rule(Aim("call", "verdict", claim="these"))["zh"]
