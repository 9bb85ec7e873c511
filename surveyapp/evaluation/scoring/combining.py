"""Adds estimates up with their errors: several measures of a leaf, several leaves of a block.

Measures of one method come from the same records and are correlated: their linearised values are added per
primary unit before they are squared. Different methods are taken as independent.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.evaluation.scoring.estimates import MeasureEstimate, UnitKey


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


def combined(parts: Sequence[Part]) -> Combined:
    """Σ factor·achievement of collected estimates; no parts give 0 with no error.

    se² = Σ_m Σ_u (Σ_k c_k·u_ku)² over methods m, primary units u, measures k (composite linearisation).
    Interval: per method the distances to the measures' own ends, added and scaled by se_m / Σ c·se (1 when
    the measures move together or alone); then root sum of squares over methods (recovered variances).
    Source: K. Wolter, Introduction to Variance Estimation (2007), 6.5; G. Y. Zou, A. Donner, Statist. Med.
    27 (2008) 1693-1702.
    """
    value = math.fsum(part.factor * (part.estimate.achievement or 0.0) for part in parts)
    by_method: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        if part.estimate.achievement is not None:
            by_method[part.estimate.method].append(part)
    errors, below, above = [], [], []
    for method in sorted(by_method):
        error, down, up = _method_error(by_method[method])
        errors.append(error)
        below.append(down)
        above.append(up)
    low, high = value - _norm(below), value + _norm(above)
    most = math.fsum(part.factor for part in parts if part.estimate.achievement is not None)
    return Combined(value, _norm(errors), max(0.0, low), min(most, high))


def _method_error(parts: Sequence[Part]) -> tuple[float, float, float]:
    """Standard error and the distances down and up of the sum of one method's parts."""
    sums: dict[UnitKey, list[float]] = defaultdict(list)
    for part in parts:
        for unit, u in part.estimate.influence.items():
            sums[unit].append(part.factor * u)
    error = _norm([math.fsum(sums[unit]) for unit in sorted(sums)])
    together = math.fsum(part.factor * (part.estimate.se or 0.0) for part in parts)
    ratio = min(1.0, error / together) if together > 0 else 1.0
    down = math.fsum(part.factor * _distance(part.estimate.achievement, part.estimate.low) for part in parts)
    up = math.fsum(part.factor * _distance(part.estimate.high, part.estimate.achievement) for part in parts)
    return error, ratio * down, ratio * up


def _distance(high: float | None, low: float | None) -> float:
    return max(0.0, (high or 0.0) - (low or 0.0))


def _norm(values: Sequence[float]) -> float:
    return math.sqrt(math.fsum(v * v for v in values))
