"""Working days by the official calendar: weekdays but holidays, and the weekend days made up for (调休).

The calendar is data with its sources (workdays.toml, already parsed); a year it does not list is unknown.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.schedule import working_days


@dataclass(frozen=True)
class Workdays:
    """The working days from the first of January of the first year to the end of the last, in order."""

    first: dt.date
    last: dt.date
    days: tuple[dt.date, ...]

    def covers(self, day: dt.date) -> bool:
        """Whether the calendar says anything about the day."""
        return self.first <= day <= self.last

    def is_worked(self, day: dt.date) -> bool:
        """Whether the day is a working day."""
        return self.between(day - dt.timedelta(days=1), day) == 1

    def between(self, after: dt.date, until: dt.date) -> int:
        """How many working days d there are with after < d <= until; 0 when `until` is not later."""
        return max(0, bisect_right(self.days, until) - bisect_right(self.days, after))


def parse_workdays(data: Mapping[str, Any]) -> Workdays:
    """The calendar of a parsed workdays.toml: years without a gap, each with holidays and make-up days.

    Raises ValueError for a gap, a malformed day or a day of another year.
    """
    years: Sequence[Mapping[str, Any]] = data["years"]
    numbers = [int(year["year"]) for year in years]
    if not numbers or numbers != list(range(numbers[0], numbers[-1] + 1)):
        raise ValueError(f"the years of the calendar have a gap: {numbers}")
    holidays, extra = set[dt.date](), set[dt.date]()
    for number, year in zip(numbers, years, strict=True):
        off, on = set(_days(year["holidays"])), set(_days(year["make_up"]))
        if any(day.year != number for day in off | on) or off & on:
            raise ValueError(f"the calendar of {number} holds days of another year or one day twice")
        holidays |= off
        extra |= on
    first, last = dt.date(numbers[0], 1, 1), dt.date(numbers[-1], 12, 31)
    return Workdays(first, last, working_days(first, last, holidays, extra))


def _days(texts: Sequence[str]) -> Iterator[dt.date]:
    for text in texts:
        first, _slash, last = text.partition("/")
        day, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
        while day <= end:
            yield day
            day += dt.timedelta(days=1)
