"""The errors to expect of each leaf and of the total, and where the next yuan or hour is best spent.

Before the field work from planned sizes; from the records themselves the errors are in scoring.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from surveyapp.evaluation.framework.model import Framework
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.profiles import Profile
from surveyapp.evaluation.prospect.aims import METHOD_INSTRUMENT, Plan
from surveyapp.evaluation.prospect.sizes import Need
from surveyapp.stats.comparison_sizes import smallest_visible_difference

Stakes = Mapping[str, Mapping[str, float]]
"""Instrument -> leaf -> points that hang on it: P_ℓ·w_ℓm·Σv."""


@dataclass(frozen=True, slots=True)
class ExpectedErrors:
    """Standard errors in points that a plan leads to in one unit.

    `leaves` by leaf code and `total` are None where an instrument that feeds them has no size yet;
    `unplanned` names those instruments. `variances` by instrument are its part of total².
    `difference` is the smallest difference of two such totals seen with power .8 at 5 %.
    """

    leaves: Mapping[str, float | None]
    variances: Mapping[str, float]
    total: float | None
    difference: float | None
    unplanned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextPiece:
    """What one more observation of an instrument is worth: how far the variance and the error of the total
    fall. `cost` in yuan and `hours` of one; `per_yuan` and `per_hour` are the fall of the variance by each
    (None: no cost was given).
    """

    instrument: str
    falls: float
    se_after: float
    cost: float
    hours: float
    per_yuan: float | None
    per_hour: float | None


def stakes(framework: Framework, profile: Profile, measures: Iterable[tuple[str, Measure]]) -> Stakes:
    """The points that hang on each instrument, from (instrument, measure) pairs of published questionnaires.

    A measure that two questionnaires share counts once. A cell without a measure is given to the usual
    instrument of its method, so that a plan can be made before the questionnaires are published.
    """
    owners: dict[str, tuple[str, Measure]] = {}
    for instrument, measure in measures:
        if measure.counts_in(profile.code):
            owners.setdefault(measure.key, (instrument, measure))
    found: dict[str, dict[str, float]] = {}
    for leaf in framework.leaves:
        for method, weight in profile.weights[leaf.code].items():
            cell = (leaf.code, method)
            mine = [(i, m.weight) for i, m in owners.values() if (m.indicator, m.method) == cell]
            whole = math.fsum(share for _instrument, share in mine)
            for instrument, share in mine or [(METHOD_INSTRUMENT[method], 1.0)]:
                points = leaf.points * weight * share / (whole or 1.0)
                of = found.setdefault(instrument, {})
                of[leaf.code] = of.get(leaf.code, 0.0) + points
    return found


def instrument_variance(points: Iterable[float], se: float, correlation: float) -> float:
    """se²·((1 - r)·Σs² + r·(Σs)²): the variance of Σ s_ℓ·a_ℓ when leaves of one instrument correlate by r.

    The same people are asked about every leaf; r = 0 takes them for different ones.
    """
    values = list(points)
    squares, sum_ = math.fsum(value * value for value in values), math.fsum(values)
    return se * se * ((1 - correlation) * squares + correlation * sum_ * sum_)


def expected_errors(on: Stakes, found: Mapping[str, Need], correlation: float) -> ExpectedErrors:
    """Errors of one unit from its needs by instrument; instruments count as independent of each other."""
    errors = {code: one.se for code, one in found.items() if one.se is not None}
    leaves: dict[str, float | None] = {}
    for code in sorted({leaf for points in on.values() for leaf in points}):
        feeding = {instrument: points[code] for instrument, points in on.items() if code in points}
        known = all(instrument in errors for instrument in feeding)
        squares = [(points * errors[i]) ** 2 for i, points in feeding.items() if known]
        leaves[code] = math.sqrt(math.fsum(squares)) if known else None
    variances = {
        code: instrument_variance(points.values(), errors[code], correlation)
        for code, points in on.items()
        if code in errors
    }
    unplanned = tuple(sorted(set(on) - set(errors)))
    total = None if unplanned else math.sqrt(math.fsum(variances.values()))
    difference = None if total is None else smallest_visible_difference(total)
    return ExpectedErrors(leaves, variances, total, difference, unplanned)


def next_planned(plan: Plan, on: Stakes, found: Mapping[str, Need]) -> tuple[NextPiece, ...]:
    """∂Var(total)/∂cost of each planned instrument as one more piece gives it, the greatest fall first.

    With A/n the part of a variance that falls with n, one more takes A/n - A/(n + 1) off, the slope A/n²
    times n/(n + 1).
    """
    now = math.fsum(
        instrument_variance(on[code].values(), one.se, plan.correlation)
        for code, one in found.items()
        if code in on and one.se is not None
    )
    falls = {
        code: instrument_variance(on[code].values(), math.sqrt(one.slope), plan.correlation)
        * (one.net / (one.net + 1))
        for code, one in found.items()
        if code in on and one.slope and one.net
    }
    return by_worth(plan, falls, now)


def next_observed(
    plan: Plan, variances: Mapping[str, float], numbers: Mapping[str, int]
) -> tuple[NextPiece, ...]:
    """The same from the records so far: with n of them one more takes V/(n + 1) off an instrument's V.

    V falls as 1/n while the spread stays as it was seen: V - V·n/(n + 1).
    """
    falls = {code: value / (numbers[code] + 1) for code, value in variances.items() if numbers.get(code)}
    return by_worth(plan, falls, math.fsum(variances.values()))


def by_worth(plan: Plan, falls: Mapping[str, float], now: float) -> tuple[NextPiece, ...]:
    """The next pieces, sorted by the fall a yuan buys, else an hour, else one piece."""
    found = [_piece(plan, code, fall, now) for code, fall in falls.items()]
    return tuple(sorted(found, key=_worth, reverse=True))


def _worth(piece: NextPiece) -> tuple[float, float, float, str]:
    return piece.per_yuan or 0.0, piece.per_hour or 0.0, piece.falls, piece.instrument


def _piece(plan: Plan, code: str, fall: float, now: float) -> NextPiece:
    aim = plan.aim(code)
    cost = plan.piece_cost(aim) if aim else 0.0
    hours = aim.minutes / 60 / (aim.response * aim.validity) if aim else 0.0
    after = math.sqrt(max(0.0, now - fall))
    return NextPiece(
        code,
        fall,
        after,
        cost,
        hours,
        fall / cost if cost else None,
        fall / hours if hours else None,
    )


def whole_cost(found: Sequence[Need]) -> tuple[float, float]:
    """Yuan and hours of all needs that have a size."""
    return math.fsum(one.cost for one in found), math.fsum(one.hours for one in found)
