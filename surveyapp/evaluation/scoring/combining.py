"""Adds estimates up with their errors: several measures of a leaf, several leaves of a block.

Measures of one instrument come from the same people and places and are correlated: their linearised values
are added per primary unit before they are squared. Different instruments are taken as independent. Where an
achievement is cut at 0 or 1 inside its interval, or the sum at a cap, it is not linear: then whole primary
units are drawn again.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.evaluation.scoring.estimates import MeasureEstimate, UnitKey
from surveyapp.evaluation.scoring.resampling import resampled
from surveyapp.stats.block_bootstrap import spread_of
from surveyapp.stats.replication import percentile_interval
from surveyapp.stats.value_tables import Column, norm_of_sum


@dataclass(frozen=True, slots=True)
class Part:
    """A measure's estimate and the factor (>= 0) with which its achievement enters the sum."""

    factor: float
    estimate: MeasureEstimate


@dataclass(frozen=True, slots=True)
class Combined:
    """A weighted sum with its standard error and 95 % interval, in the units of the factors."""

    value: float
    se: float
    low: float
    high: float


def combined(parts: Sequence[Part], cap: float | None = None) -> Combined:
    """Σ factor·achievement of collected estimates, not above `cap`; no parts give 0 with no error.

    se² = Σ_m Σ_u (Σ_k c_k·u_ku)² over instruments m, primary units u, measures k (composite linearisation).
    Interval: per instrument the distances to the measures' own ends, added and scaled by se_m / Σ c·se (1
    when the measures move together or alone); then root sum of squares over instruments (recovered
    variances). With a cap or a measure that bends, error and interval come from the bootstrap instead.
    Source: K. Wolter, Introduction to Variance Estimation (2007), 6.5; G. Y. Zou, A. Donner, Statist. Med.
    27 (2008) 1693-1702.
    """
    seen = [part for part in parts if part.estimate.achievement is not None]
    value = math.fsum([part.factor * (part.estimate.achievement or 0.0) for part in seen])
    if cap is not None or any(part.estimate.bends for part in seen):
        return _drawn_again(seen, min(value, cap) if cap is not None else value, cap)
    by_source: dict[str, list[Part]] = defaultdict(list)
    for part in seen:
        by_source[part.estimate.source].append(part)
    found = [_source_error(mine) for mine in by_source.values()] or [(0.0, 0.0, 0.0)]
    error, down, up = map(_norm, zip(*found, strict=True))
    most = math.fsum([part.factor for part in seen])
    return Combined(value, error, max(0.0, value - down), min(most, value + up))


def _drawn_again(parts: Sequence[Part], value: float, cap: float | None) -> Combined:
    """Error and 95 % percentile interval of the sum over replicates of its primary units.

    The value is the sum as it is, not the mean of the replicates; the interval always holds it.
    """
    sums = resampled([(part.factor, part.estimate) for part in parts])
    if cap is not None:
        sums = [min(cap, one) for one in sums]
    low, high = percentile_interval(sums)
    return Combined(value, spread_of(sums), min(value, max(0.0, low)), max(value, high))


def _source_error(parts: Sequence[Part]) -> tuple[float, float, float]:
    """Standard error of the sum of one instrument's parts and its distances down and up; of a single part
    its own."""
    together = down = up = 0.0
    for part in parts:
        factor, one = part.factor, part.estimate
        at, low, high = one.achievement or 0.0, one.low or 0.0, one.high or 0.0
        together += factor * (one.se or 0.0)
        down += factor * (at - low if at > low else 0.0)
        up += factor * (high - at if high > at else 0.0)
    if len(parts) == 1 or together == 0:
        return together, down, up
    error = _error([(part.factor, part.estimate.influence) for part in parts])
    ratio = min(1.0, error / together)
    return error, ratio * down, ratio * up


def _error(parts: Sequence[tuple[float, Mapping[UnitKey, float]]]) -> float:
    """√Σ_u (Σ_k c_k·u_ku)² of one instrument."""
    some = [(factor, u) for factor, u in parts if u]
    columns = [u for _, u in some if isinstance(u, Column)]
    if columns and len(columns) == len(some):
        return norm_of_sum([factor for factor, _ in some], columns)
    sums: dict[UnitKey, float] = {}
    for factor, influence in some:
        for unit, u in influence.items():
            sums[unit] = sums.get(unit, 0.0) + factor * u
    return _norm(list(sums.values()))


def _norm(values: Sequence[float]) -> float:
    return abs(values[0]) if len(values) == 1 else math.sqrt(math.fsum([v * v for v in values]))
