"""What a plan leads to in each unit, and how far the field work has come by its rule."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from surveyapp.evaluation.prospect import (
    INSTRUMENTS,
    Aim,
    ExpectedErrors,
    Light,
    Need,
    NextPiece,
    Observed,
    Plan,
    Seen,
    expected_errors,
    hits_of,
    light,
    may_turn,
    monitor,
    need,
    next_observed,
    next_planned,
    observed_variances,
    seen_so_far,
    wrong_grade,
)
from surveyapp.evaluation.schedule import CHINA, working_days
from surveyapp.evaluation.scoring import UnitScore
from surveyapp.services.extracting import calendar
from surveyapp.services.installation import Platform
from surveyapp.services.planning.sampling.ground import Ground
from surveyapp.services.scoring import Basis, count_behind, for_unit, observe, scored
from surveyapp.services.scoring.units import computed, stored_observations
from surveyapp.storage.observations import current_records
from surveyapp.storage.queries.rounds import progress
from surveyapp.storage.queries.sampling import cells_of, first_received
from surveyapp.storage.tables import UnitRow

WAITING = ("received", "corrected", "on_hold", "approved")
"""States of records that may still be confirmed."""


@dataclass(frozen=True)
class UnitOutlook:
    """What the plan means for one unit: needs by instrument, expected errors, the next pieces sorted."""

    unit: UnitRow
    needs: Mapping[str, Need]
    errors: ExpectedErrors
    next: tuple[NextPiece, ...]


@dataclass(frozen=True)
class LiveRow:
    """One instrument of one unit in the field. `waiting` counts records that may still be confirmed.

    `watched` is (successes, trials, low, high) of the interval that may be looked at any time, for calls.
    """

    aim: Aim
    need: Need
    seen: Seen
    waiting: int
    light: Light
    watched: tuple[float, int, float, float] | None


@dataclass(frozen=True)
class LiveUnit:
    """The field work of one unit, and the next pieces by the records there are.

    `total` are its points so far, None while a leaf has none. `behind` counts records that changed in a way
    the numbers do not show yet. `limits` are those of the plan's grades.
    """

    unit: UnitRow
    rows: tuple[LiveRow, ...]
    next: tuple[NextPiece, ...]
    observed: Observed
    total: float | None
    behind: int
    limits: tuple[float, ...]

    @property
    def se(self) -> float:
        """The standard error of the total, in points, by the records so far."""
        return math.sqrt(math.fsum(self.observed.variances.values()))

    @property
    def misgrade(self) -> float | None:
        """The chance that the true total lies in another grade; None without a total or grades."""
        return self._misgrade(self.se)

    def gain(self, piece: NextPiece) -> float | None:
        """How far that chance falls with the piece."""
        now, then = self.misgrade, self._misgrade(piece.se_after)
        return None if now is None or then is None else now - then

    def _misgrade(self, se: float) -> float | None:
        if self.total is None or not self.limits:
            return None
        return wrong_grade(self.total, se, self.limits)


def outlooks(ground: Ground, plan: Plan, units: Iterable[UnitRow]) -> tuple[UnitOutlook, ...]:
    """The outlook of each of these units."""
    found = []
    for unit in units:
        asked = {aim.instrument: need(plan, unit.code, aim) for aim in plan.aims}
        errors = expected_errors(ground.stakes, asked, plan.correlation)
        found.append(UnitOutlook(unit, asked, errors, next_planned(plan, ground.stakes, asked)))
    return tuple(found)


def live_units(
    platform: Platform, ground: Ground, plan: Plan, units: Iterable[UnitRow]
) -> tuple[LiveUnit, ...]:
    """How far each of these units has come; what waits is read only where it could complete something."""
    round_id = ground.around.id
    with platform.database.reading() as session:
        first = first_received(session, round_id)
        counts = progress(session, round_id)
    waiting: dict[tuple[int, str], int] = {}
    for one in counts:
        if one.state in WAITING:
            key = (one.unit_id, one.kind)
            waiting[key] = waiting.get(key, 0) + one.number
    return tuple(_live(platform, ground, plan, unit, first, waiting) for unit in units)


def _live(
    platform: Platform,
    ground: Ground,
    plan: Plan,
    unit: UnitRow,
    first: Mapping[tuple[int, str], datetime],
    waiting: Mapping[tuple[int, str], int],
) -> LiveUnit:
    on = for_unit(platform, ground.on, unit.id)
    now = scored(platform, on)
    begun = []
    for aim in plan.aims:
        kinds = INSTRUMENTS[aim.instrument].kinds
        starts = [first[unit.id, kind] for kind in kinds if (unit.id, kind) in first]
        days = _workdays(min(starts), platform.clock()) if starts else 0
        with platform.database.reading() as session:
            cells = cells_of(session, ground.around.id, unit.id, kinds)
        number = sum(waiting.get((unit.id, kind), 0) for kind in kinds)
        begun.append(_Begun(ground, aim, need(plan, unit.code, aim), cells, days, number))
    turning = [one for one in begun if may_turn(one.aim, one.need, one.seen(now), one.waiting)]
    kinds_left = [kind for one in turning for kind in INSTRUMENTS[one.aim.instrument].kinds]
    later = _with_waiting(platform, on, kinds_left) if kinds_left else now
    observed = observed_variances(now, on.profile.missing, ground.owner)
    pieces = next_observed(plan, observed.variances, observed.numbers)
    behind = count_behind(platform, ground.around.id, unit.id)
    rows = tuple(one.row(now, later) for one in begun)
    return LiveUnit(unit, rows, pieces, observed, now.total.points, behind, plan.limits)


def _with_waiting(platform: Platform, on: Basis, kinds: Sequence[str]) -> UnitScore:
    """A preview that also counts the records of these kinds that wait; the confirmed ones as folded."""
    with platform.database.reading() as session:
        records = [
            record
            for kind in kinds
            for record in current_records(session, on.round_id, on.unit_id, WAITING, kind)
        ]
    known = stored_observations(platform, on.round_id, on.unit_id)
    return computed(on, [*known, *observe(platform, on.loaded, records)])


@dataclass(frozen=True)
class _Begun:
    """An instrument of a unit before its records are looked at."""

    ground: Ground
    aim: Aim
    need: Need
    cells: Mapping[str, str]
    days: int
    waiting: int

    def seen(self, score: UnitScore) -> Seen:
        """What the light looks at, by a score."""
        return seen_so_far(self.aim, score, self.ground.owner, self.cells, self.days)

    def row(self, now: UnitScore, later: UnitScore) -> LiveRow:
        """The row by the confirmed records and by the preview with what waits."""
        seen, watched = self.seen(now), None
        if self.aim.instrument == "call":
            hits, trials = hits_of(now, self.ground.owner, "call")
            watched = (hits, trials, *monitor(hits, trials))
        shown = light(self.aim, self.need, seen, self.seen(later))
        return LiveRow(self.aim, self.need, seen, self.waiting, shown, watched)


def _workdays(first: datetime, now: datetime) -> int:
    """Working days from the first record's day to today, both counted; by weekdays alone where the
    official calendar does not reach.
    """
    start, today = first.astimezone(CHINA).date(), now.astimezone(CHINA).date()
    before: date = start - timedelta(days=1)
    if calendar().covers(before) and calendar().covers(today):
        return calendar().between(before, today)
    return len(working_days(start, today, (), ()))
