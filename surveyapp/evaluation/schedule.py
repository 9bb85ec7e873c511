"""When test calls are made: slots inside published hours, a seeded draw, and the limits a plan must keep.

The generator and the days come from outside, so a plan can be derived again from its seed by anybody.
"""

import datetime as dt
import hashlib
import json
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
SLOTS = ("A", "B", "C", "D")
MORNING = ("A", "B")
MARGIN = dt.timedelta(minutes=30)
SPACING = dt.timedelta(minutes=60)
PER_HALF_DAY = 2
MIN_CALLERS = 3
MIN_SPAN_DAYS = 14
REPEAT_WITHIN = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Hours:
    """Published hours of a line, local time. Without a noon break both noon times are equal."""

    opens: dt.time
    noon_closes: dt.time
    noon_opens: dt.time
    closes: dt.time


@dataclass(frozen=True, slots=True)
class Line:
    """A published number by its code, with its published hours."""

    code: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call to be made: by `caller`, at `at` (aware, China time)."""

    line: str
    slot: str
    at: dt.datetime
    caller: str


class ScheduleError(ValueError):
    """The wished calls do not fit into the given days and hours."""


def slot_windows(hours: Hours) -> Mapping[str, tuple[dt.time, dt.time]]:
    """Slot → (from, until): A opening-10:00, B 10:00-30 min before noon, C afternoon opening-15:30,
    D 15:30-30 min before closing. A slot that the hours leave no time for is absent.
    """
    edges = {
        "A": (hours.opens, min(dt.time(10), hours.noon_closes)),
        "B": (max(dt.time(10), hours.opens), _earlier(hours.noon_closes)),
        "C": (hours.noon_opens, min(dt.time(15, 30), hours.closes)),
        "D": (max(dt.time(15, 30), hours.noon_opens), _earlier(hours.closes)),
    }
    return {slot: edge for slot, edge in edges.items() if edge[0] < edge[1]}


def slot_at(hours: Hours, moment: dt.time) -> str | None:
    """The slot a time of day lies in, or None outside all of them."""
    for slot, (start, end) in slot_windows(hours).items():
        if start <= moment < end:
            return slot
    return None


def working_days(
    first: dt.date, last: dt.date, holidays: Collection[dt.date], extra_workdays: Collection[dt.date]
) -> tuple[dt.date, ...]:
    """Days from `first` to `last` that are worked: weekdays but holidays, and make-up days (调休)."""
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(day for day in days if day in extra_workdays or (day.weekday() < 5 and day not in holidays))


def draw_plan(
    rng: random.Random,
    lines: Sequence[Line],
    days: Sequence[dt.date],
    callers: Sequence[str],
    calls_per_line: int,
) -> tuple[PlannedCall, ...]:
    """A plan of `calls_per_line` calls for each line, spread evenly over slots and drawn over days.

    Every (day, slot) is used at most once per line, so a half day holds at most two calls; calls of a line
    are at least 60 minutes apart. The minute is drawn evenly inside the slot; callers take turns in a
    drawn order. Equal generator states give equal plans. Too few days or callers are a ScheduleError.
    """
    if len(set(callers)) < MIN_CALLERS:
        raise ScheduleError(f"needs at least {MIN_CALLERS} callers")
    plan: list[PlannedCall] = []
    for line in sorted(lines, key=lambda one: one.code):
        times = _line_times(rng, line, sorted(set(days)), calls_per_line)
        order = rng.sample(sorted(set(callers)), len(set(callers)))
        plan += [
            PlannedCall(line.code, slot, at, order[n % len(order)])
            for n, (at, slot) in enumerate(sorted(times))
        ]
    return tuple(sorted(plan, key=lambda call: (call.at, call.line)))


def plan_faults(plan: Sequence[PlannedCall], lines: Sequence[Line]) -> tuple[str, ...]:
    """Codes of the limits a plan breaks: 'outside_slot', 'half_day', 'spacing', 'callers', 'span'."""
    hours = {line.code: line.hours for line in lines}
    faults = set()
    by_line: dict[str, list[PlannedCall]] = {}
    for call in sorted(plan, key=lambda one: one.at):
        by_line.setdefault(call.line, []).append(call)
        if slot_at(hours[call.line], call.at.timetz().replace(tzinfo=None)) != call.slot:
            faults.add("outside_slot")
    for calls in by_line.values():
        halves = [(call.at.date(), call.slot in MORNING) for call in calls]
        if any(halves.count(half) > PER_HALF_DAY for half in halves):
            faults.add("half_day")
        if any(later.at - earlier.at < SPACING for earlier, later in pairwise(calls)):
            faults.add("spacing")
    if plan and len({call.caller for call in plan}) < MIN_CALLERS:
        faults.add("callers")
    moments = [call.at for call in plan]
    if plan and (max(moments).date() - min(moments).date()).days + 1 < MIN_SPAN_DAYS:
        faults.add("span")
    return tuple(sorted(faults))


def plan_hash(plan: Sequence[PlannedCall]) -> str:
    """SHA-256 of the plan in canonical form, to be published before the first call."""
    rows = sorted([call.line, call.slot, call.at.isoformat(), call.caller] for call in plan)
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def second_caller(rng: random.Random, caller: str, callers: Sequence[str]) -> str:
    """Who repeats an unanswered or busy call within 15 minutes: drawn among the others."""
    others = sorted(set(callers) - {caller})
    if not others:
        raise ScheduleError("a second dial needs another caller")
    return rng.choice(others)


def _earlier(end: dt.time) -> dt.time:
    moment = dt.datetime.combine(dt.date(2000, 1, 1), end, CHINA) - MARGIN
    return moment.time() if moment.date() == dt.date(2000, 1, 1) else dt.time(0)


def _line_times(
    rng: random.Random, line: Line, days: Sequence[dt.date], wanted: int
) -> list[tuple[dt.datetime, str]]:
    windows = slot_windows(line.hours)
    slots = sorted(windows)
    if not slots or wanted > len(slots) * len(days):
        raise ScheduleError(f"{line.code}: {wanted} calls do not fit into {len(days)} days")
    rng.shuffle(slots)
    free = {slot: rng.sample(list(days), len(days)) for slot in slots}
    taken: list[tuple[dt.datetime, str]] = []
    while len(taken) < wanted:
        open_slots = [slot for slot in slots if free[slot]]
        if not open_slots:
            raise ScheduleError(f"{line.code}: calls 60 minutes apart do not fit into the published hours")
        used = [slot for _, slot in taken]
        slot = min(open_slots, key=used.count)
        day = free[slot].pop()
        at = _free_minute(rng, day, windows[slot], [moment for moment, _ in taken])
        if at is not None:
            taken.append((at, slot))
    return taken


def _free_minute(
    rng: random.Random, day: dt.date, window: tuple[dt.time, dt.time], taken: Sequence[dt.datetime]
) -> dt.datetime | None:
    """A minute of the window, evenly drawn among those 60 minutes away from the calls already placed."""
    start, end = (dt.datetime.combine(day, edge, CHINA) for edge in window)
    minutes = (start + dt.timedelta(minutes=n) for n in range(int((end - start).total_seconds() // 60)))
    free = [minute for minute in minutes if all(abs(minute - other) >= SPACING for other in taken)]
    return rng.choice(free) if free else None
