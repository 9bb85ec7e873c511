"""Counts of handled cases against numbers worked out by hand, their oddities, and the draw."""

import datetime as dt
import random

import pytest

from surveyapp.evaluation.cases import Case, Stop, counted, drawn_cases, oddities, sample_hash
from surveyapp.evaluation.schedule import CHINA
from surveyapp.services.extracting import calendar
from surveyapp.services.extracting.reading import read_cases
from tests.data.cases import DAY, csv_of, example, instant, promised

COUNTED_ON = dt.date.fromisoformat(DAY)


def cases_of(*rows: list[str]) -> list[Case]:
    return [_case(one) for one in read_cases(csv_of(rows), calendar(), COUNTED_ON)]


def _case(one: object) -> Case:
    assert isinstance(one, Case), one
    return one


def rate(leaf: str, *rows: list[str]) -> tuple[int, int]:
    return counted(cases_of(*rows), calendar(), COUNTED_ON).rates[leaf]


def test_the_example_gives_the_numbers_worked_out_by_hand() -> None:
    found = counted(
        [_case(one) for one in read_cases(example(), calendar(), COUNTED_ON)], calendar(), COUNTED_ON
    )
    assert found.rates["2.2.1"] == (399, 420)
    # due: 60 + 8 + 4 + 3 refused in time; on time: 60 + 3
    assert found.rates["2.2.2"] == (63, 75)
    # settled: 420 + 60 + 8; of 500, 3 are lawfully refused and 5 within their time
    assert found.rates["2.2.6"] == (488, 492)
    assert found.answers["promised_open"] == 4 and found.answers["cases_refused"] == 3
    assert found.answers["cases_running"] == found.apart["promised_not_due"] == 5
    assert found.apart["instant_later_day"] == 11 and found.apart["instant_over_minutes"] == 10
    assert found.stops == {}


def test_an_immediate_matter_is_kept_within_its_day_and_its_minutes() -> None:
    assert rate("2.2.1", instant("a", "2018-09-03 09:00", "2018-09-03 09:30")) == (1, 1)
    assert rate("2.2.1", instant("a", "2018-09-03 09:00", "2018-09-03 09:31")) == (0, 1)
    assert rate("2.2.1", instant("a", "2018-09-03 09:00", "2018-09-03 16:00", minutes="")) == (1, 1)
    assert rate("2.2.1", instant("a", "2018-09-03 09:00", "", result="在办")) == (0, 1)


def test_with_days_alone_the_day_decides_and_the_lack_of_times_is_said() -> None:
    cases = cases_of(instant("a", "2018-09-03", "2018-09-03"), instant("b", "2018-09-03 10:00", "2018-09-03"))
    found = counted(cases, calendar(), COUNTED_ON)
    assert found.rates["2.2.1"] == (2, 2) and found.apart["instant_untimed"] == 2


@pytest.mark.parametrize(
    ("ended", "kept"),
    [
        ("2018-09-30 10:00", 1),  # Fri 28 accepted; Sat 29 and Sun 30 are worked: 2 days
        ("2018-10-08 10:00", 1),  # 1 to 7 October are off: day 3
        ("2018-10-10 10:00", 1),  # day 5
        ("2018-10-11 10:00", 0),  # day 6
    ],
)
def test_promised_days_are_working_days_of_the_official_calendar(ended: str, kept: int) -> None:
    assert rate("2.2.2", promised("a", "2018-09-28 10:00", ended)) == (kept, 1)


def test_a_stop_of_the_clock_is_not_part_of_the_promised_days_and_is_itemised() -> None:
    late = promised("a", "2018-09-03 10:00", "2018-09-13 10:00")  # 8 working days
    assert rate("2.2.2", late) == (0, 1)
    row = promised("a", "2018-09-03 10:00", "2018-09-13 10:00", stops="补正 2018-09-05~2018-09-07")
    assert rate("2.2.2", row) == (1, 1)
    both = promised(
        "a",
        "2018-09-03 10:00",
        "2018-09-13 10:00",
        stops="补正 2018-09-05~2018-09-06；听证 2018-09-06~2018-09-07",
    )
    found = counted(cases_of(both), calendar(), COUNTED_ON)
    assert found.rates["2.2.2"] == (1, 1)
    assert found.stops == {"correction": {"cases": 1, "days": 2}, "hearing": {"cases": 1, "days": 2}}
    assert found.answers["promised_stopped"] == 1


def test_a_day_stopped_twice_is_taken_off_once() -> None:
    stops = (
        Stop("correction", dt.date(2018, 9, 5), dt.date(2018, 9, 6)),
        Stop("hearing", dt.date(2018, 9, 6), dt.date(2018, 9, 7)),
    )
    begun = dt.datetime(2018, 9, 3, 10, tzinfo=CHINA)
    case = Case("a", "promised", begun, None, "open", days=5, stops=stops)
    assert case.stopped(calendar(), dt.date(2018, 9, 13)) == 3
    assert case.used(calendar(), dt.date(2018, 9, 13)) == 5


def test_open_cases_fail_once_their_last_day_is_over_and_are_out_before() -> None:
    # accepted on Wed 24 October with 5 days: the last day is Wed 31, the day of counting
    assert rate("2.2.2", promised("a", "2018-10-24 10:00")) == (0, 0)
    assert rate("2.2.2", promised("a", "2018-10-23 10:00")) == (0, 1)
    assert rate("2.2.2", promised("a", "2018-10-08 10:00", stops="检测 2018-10-10~")) == (0, 0)
    assert rate("2.2.6", promised("a", "2018-10-24 10:00")) == (0, 0)
    assert rate("2.2.6", promised("a", "2018-10-23 10:00")) == (0, 1)


def test_a_refusal_leaves_the_base_only_with_its_legal_reason() -> None:
    row = promised("a", "2018-09-03 10:00", "2018-09-04 10:00", result="不予办理", reason="条例第七条")
    assert rate("2.2.6", row) == (0, 0)
    bare = promised("a", "2018-09-03 10:00", "2018-09-04 10:00", result="不予办理")
    assert rate("2.2.6", bare) == (0, 1)
    assert rate("2.2.2", bare) == (1, 1)


def test_a_case_that_ended_before_it_began_is_named_and_counts_as_nothing_kept() -> None:
    rows = (
        promised("a", "2018-09-04 10:00", "2018-09-03 10:00"),
        instant("b", "2018-09-04 10:00", "2018-09-04 09:00"),
    )
    found = counted(cases_of(*rows), calendar(), COUNTED_ON)
    assert found.rates == {"2.2.1": (0, 1), "2.2.2": (0, 1), "2.2.6": (0, 2)}
    odd = oddities(cases_of(*rows), calendar())
    assert [(one.code, one.number, one.cases) for one in odd] == [("reversed", 2, ("a", "b"))]


def test_full_hours_are_odd_from_twenty_times_on_and_one_minute_clears_them() -> None:
    rows = [
        instant(f"a{n}", f"2018-09-{3 + n % 5:02} 09:00", f"2018-09-{3 + n % 5:02} 10:00") for n in range(10)
    ]
    assert [one.code for one in oddities(cases_of(*rows), calendar())] == ["full_hours"]
    assert oddities(cases_of(*rows[:9]), calendar()) == ()
    rows[0][3] = "2018-09-03 10:01"
    assert oddities(cases_of(*rows), calendar()) == ()


def test_ends_that_heap_on_the_promised_day_are_odd() -> None:
    def rows(last: int, before: int) -> list[list[str]]:
        ends = ["2018-09-10 11:07"] * last + ["2018-09-07 11:07"] * before
        return [promised(f"a{n}", "2018-09-03 10:13", end) for n, end in enumerate(ends)]

    # 25 and 5: z = (25 - 15) / sqrt(7.5) = 3.65; 20 and 10: z = 1.83
    heaped = oddities(cases_of(*rows(25, 5)), calendar())
    assert [(one.code, one.number, one.base) for one in heaped] == [("heaping", 25, 30)]
    assert oddities(cases_of(*rows(20, 10)), calendar()) == ()
    assert oddities(cases_of(*rows(19, 0)), calendar()) == ()


def test_immediate_matters_closed_in_bulk_at_five_are_odd() -> None:
    rows = [instant(f"a{n}", "2018-09-03 09:13", f"2018-09-03 17:0{n % 3}", minutes="") for n in range(10)]
    assert [(one.code, one.number) for one in oddities(cases_of(*rows), calendar())] == [("bulk_close", 10)]
    assert oddities(cases_of(*rows[:9]), calendar()) == ()
    more = [instant(f"b{n}", "2018-09-03 09:13", "2018-09-03 09:20") for n in range(11)]
    assert oddities(cases_of(*rows, *more), calendar()) == ()


def test_the_same_seed_draws_the_same_ended_cases_whatever_their_order() -> None:
    cases = cases_of(*(promised(f"a{n:02}", "2018-09-03 10:13", "2018-09-05 10:13") for n in range(40)))
    cases += cases_of(promised("open", "2018-09-03 10:13"))
    first = drawn_cases(random.Random("s"), cases, 10)
    assert first == drawn_cases(random.Random("s"), reversed(cases), 10) and len(set(first)) == 10
    assert first != drawn_cases(random.Random("t"), cases, 10)
    assert "open" not in drawn_cases(random.Random("s"), cases, 100)
    assert len(drawn_cases(random.Random("s"), cases, 100)) == 40
    assert sample_hash("s", "f", first) != sample_hash("t", "f", first)
