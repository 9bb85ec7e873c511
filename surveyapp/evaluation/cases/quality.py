"""Oddities of a list of cases that a person should look at. They never change a count by themselves."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.evaluation.cases.model import Case
from surveyapp.evaluation.workdays import Workdays

ODDITIES: Mapping[str, Mapping[str, str]] = {
    "reversed": {"zh": "办结时间早于受理时间", "en": "Ended before it was accepted"},
    "full_hours": {"zh": "时刻全部是整点", "en": "All times are at the full hour"},
    "heaping": {"zh": "在承诺期限当天集中办结", "en": "Ends heap on the promised day"},
    "bulk_close": {"zh": "即办件在 17:00 前后成批办结", "en": "Immediate matters closed in bulk at 17:00"},
}
LEAST_TIMES = 20
LEAST_PAIR = 20
EXCESS = 3.0
LEAST_BULK = 10
BULK_FROM, BULK_TO = dt.time(16, 50), dt.time(17, 10)


@dataclass(frozen=True)
class Oddity:
    """`number` of `base` cases show it; `cases` are their numbers."""

    code: str
    number: int
    base: int
    cases: tuple[str, ...]


def oddities(cases: Sequence[Case], workdays: Workdays) -> tuple[Oddity, ...]:
    """What is odd, in the order of ODDITIES; nothing for a list that shows none of it."""
    found = (_reversed(cases), _full_hours(cases), _heaping(cases, workdays), _bulk(cases))
    return tuple(one for one in found if one is not None)


def _oddity(code: str, odd: Sequence[Case], base: int) -> Oddity | None:
    return Oddity(code, len(odd), base, tuple(case.number for case in odd)) if odd else None


def _reversed(cases: Sequence[Case]) -> Oddity | None:
    return _oddity("reversed", [case for case in cases if case.is_reversed], len(cases))


def _full_hours(cases: Sequence[Case]) -> Oddity | None:
    """Every known time of day, at least 20 of them, has minute and second 0."""
    timed = [case for case in cases if case.timed]
    times = [at for case in timed for at in (case.accepted, case.finished) if at is not None]
    odd = len(times) >= LEAST_TIMES and all(at.minute == at.second == 0 for at in times)
    return _oddity("full_hours", timed if odd else [], len(timed))


def _heaping(cases: Sequence[Case], workdays: Workdays) -> Oddity | None:
    """Excess mass on the promised day against the day before: x of n ended on either, z = (x - n/2)/√(n/4).

    Odd from z > 3 with n >= 20. Promises of one day have no day before and are left out.
    """
    last, before = [], 0
    for case in cases:
        if case.kind == "promised" and case.finished is not None and (case.days or 0) > 1:
            left = (case.days or 0) - case.used(workdays, case.finished.date())
            if left == 0 and not case.is_reversed:
                last.append(case)
            before += left == 1
    n = len(last) + before
    odd = n >= LEAST_PAIR and (len(last) - n / 2) / math.sqrt(n / 4) > EXCESS
    return _oddity("heaping", last if odd else [], n)


def _bulk(cases: Sequence[Case]) -> Oddity | None:
    """Days on which at least 10 immediate matters, half of the day's or more, end near 17:00 (10 minutes)."""
    by_day: dict[dt.date, list[Case]] = {}
    instant = [case for case in cases if case.kind == "immediate" and case.timed and case.finished]
    for case in instant:
        if case.finished is not None:
            by_day.setdefault(case.finished.date(), []).append(case)
    odd: list[Case] = []
    for day in sorted(by_day):
        late = [case for case in by_day[day] if _is_near_close(case)]
        if len(late) >= LEAST_BULK and 2 * len(late) >= len(by_day[day]):
            odd += late
    return _oddity("bulk_close", odd, len(instant))


def _is_near_close(case: Case) -> bool:
    return case.finished is not None and BULK_FROM <= case.finished.time() <= BULK_TO
