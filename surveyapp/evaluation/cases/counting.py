"""What a list of handled cases says of 2.2.1, 2.2.2 and 2.2.6, as counts that anybody can check by hand.

Immediate matters: done the same day within the published minutes ÷ accepted. Promised matters: ended within
the promised working days ÷ due, where open and overdue is due and failed, open and not yet due is out, and
lawful stops of the clock do not count. Settled: done ÷ accepted without lawful refusals and cases that are
still within their time. A case said to have ended before it began never counts as kept.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.cases.model import STOPS, Case
from surveyapp.evaluation.workdays import Workdays


@dataclass(frozen=True)
class Counted:
    """`answers` by the names of the document review's questions; `rates` leaf -> (numerator, denominator);
    `apart`: what was left out or failed, by reason; `stops`: kind -> cases and working days."""

    answers: Mapping[str, int]
    rates: Mapping[str, tuple[int, int]]
    apart: Mapping[str, int]
    stops: Mapping[str, Mapping[str, int]]

    def to_json(self) -> dict[str, Any]:
        """Plain values, for storing."""
        return {
            "answers": dict(self.answers),
            "rates": {leaf: list(pair) for leaf, pair in self.rates.items()},
            "apart": dict(self.apart),
            "stops": {kind: dict(found) for kind, found in self.stops.items()},
        }


def counted(cases: Sequence[Case], workdays: Workdays, counted_on: dt.date) -> Counted:
    """The counts on a day. The calendar must cover every date of the cases and the day itself."""
    instant = [case for case in cases if case.kind == "immediate"]
    promised = [case for case in cases if case.kind == "promised"]
    same_day = _number(is_same_day(case) for case in instant)
    due = [case for case in promised if is_due(case, workdays, counted_on)]
    on_time = _number(is_on_time(case, workdays) for case in due)
    overdue = _number(case.finished is None for case in due)
    lawful = _number(case.result == "refused" and bool(case.reason) for case in cases)
    running = _number(_is_running(case, workdays, counted_on) for case in cases)
    settled = _number(case.result == "done" and not case.is_reversed for case in cases)
    answers = {
        "extract_rows": len(cases),
        "instant_accepted": len(instant),
        "instant_same_day": same_day,
        "promised_due": len(due),
        "promised_on_time": on_time,
        "promised_open": overdue,
        "promised_stopped": _number(case.stopped(workdays, _end(case, counted_on)) > 0 for case in due),
        "cases_accepted": len(cases),
        "cases_settled": settled,
        "cases_refused": lawful,
        "cases_running": running,
    }
    rates = {
        "2.2.1": (same_day, len(instant)),
        "2.2.2": (on_time, len(due)),
        "2.2.6": (settled, len(cases) - lawful - running),
    }
    apart = _apart(cases, instant, promised, due)
    return Counted(answers, rates, apart, _stops(promised, workdays, counted_on))


def _apart(
    cases: Sequence[Case], instant: Sequence[Case], promised: Sequence[Case], due: Sequence[Case]
) -> dict[str, int]:
    return {
        "instant_later_day": _number(case.finished is not None and not _one_day(case) for case in instant),
        "instant_over_minutes": _number(_one_day(case) and not is_same_day(case) for case in instant),
        "instant_open": _number(case.finished is None for case in instant),
        "instant_untimed": _number(case.minutes is not None and not case.timed for case in instant),
        "promised_not_due": len(promised) - len(due),
        "refused_without_reason": _number(case.result == "refused" and not case.reason for case in cases),
        "failed": _number(case.result == "failed" for case in cases),
        "reversed": _number(case.is_reversed for case in cases),
    }


def _stops(promised: Sequence[Case], workdays: Workdays, counted_on: dt.date) -> dict[str, dict[str, int]]:
    found = {}
    for kind in STOPS:
        days = [case.stopped(workdays, _end(case, counted_on), kind) for case in promised]
        if any(days):
            found[kind] = {"cases": _number(one > 0 for one in days), "days": sum(days)}
    return found


def _number(facts: Iterable[bool]) -> int:
    return sum(1 for fact in facts if fact)


def _end(case: Case, counted_on: dt.date) -> dt.date:
    return case.finished.date() if case.finished else counted_on


def _one_day(case: Case) -> bool:
    return case.finished is not None and case.finished.date() == case.accepted.date()


def is_same_day(case: Case) -> bool:
    """Ended on the day of acceptance, not before it, and within the published minutes where known."""
    if case.finished is None or case.is_reversed or not _one_day(case):
        return False
    if case.minutes is None or not case.timed:
        return True
    return case.finished - case.accepted <= dt.timedelta(minutes=case.minutes)


def is_on_time(case: Case, workdays: Workdays) -> bool:
    """Ended within its promised working days, stops of the clock not counted."""
    if case.finished is None or case.is_reversed:
        return False
    return case.used(workdays, case.finished.date()) <= (case.days or 0)


def is_due(case: Case, workdays: Workdays, counted_on: dt.date) -> bool:
    """Ended, or its last promised day lies before the day of counting."""
    if case.finished is not None:
        return True
    return case.used(workdays, counted_on - dt.timedelta(days=1)) >= (case.days or 0)


def _is_running(case: Case, workdays: Workdays, counted_on: dt.date) -> bool:
    return case.kind == "promised" and case.finished is None and not is_due(case, workdays, counted_on)
