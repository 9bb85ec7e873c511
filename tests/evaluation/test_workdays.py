"""Working days of the shipped calendar: holidays off, make-up days on, nothing known outside its years."""

import datetime as dt

import pytest

from surveyapp.evaluation.workdays import parse_workdays
from surveyapp.services.extracting import calendar


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_the_national_day_week_of_2018_is_off_and_its_weekend_before_is_worked() -> None:
    found = calendar()
    assert [found.is_worked(day(f"2018-10-0{n}")) for n in range(1, 8)] == [False] * 7
    assert found.is_worked(day("2018-09-29")) and found.is_worked(day("2018-09-30"))
    assert found.between(day("2018-09-28"), day("2018-10-09")) == 4


def test_2018_has_the_working_days_of_its_notice() -> None:
    assert calendar().between(day("2017-12-31"), day("2018-12-31")) == 250


def test_an_earlier_end_has_no_days_and_the_first_day_does_not_count() -> None:
    assert calendar().between(day("2018-09-05"), day("2018-09-03")) == 0
    assert calendar().between(day("2018-09-03"), day("2018-09-03")) == 0
    assert calendar().between(day("2018-09-03"), day("2018-09-04")) == 1


def test_it_says_which_days_it_knows() -> None:
    assert calendar().covers(day("2017-01-01")) and not calendar().covers(day("2016-12-31"))


@pytest.mark.parametrize(
    "years",
    [
        [],
        [{"year": 2018, "holidays": [], "make_up": []}, {"year": 2020, "holidays": [], "make_up": []}],
        [{"year": 2018, "holidays": ["2017-01-01"], "make_up": []}],
        [{"year": 2018, "holidays": ["2018-05-01"], "make_up": ["2018-05-01"]}],
        [{"year": 2018, "holidays": ["1 May"], "make_up": []}],
    ],
)
def test_a_calendar_with_a_gap_or_a_wrong_day_is_an_error(years: list[dict[str, object]]) -> None:
    with pytest.raises(ValueError):
        parse_workdays({"years": years})
