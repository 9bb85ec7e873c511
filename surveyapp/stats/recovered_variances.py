"""Differences of two estimates of which only value, interval and degrees of freedom are known.

Not for raw counts of two groups: see differences.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special

from surveyapp.stats.interval import Interval, normal_quantile, t_quantile


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval; `df` are the degrees of freedom behind it (inf: none are lost).

    `se` is its standard error where one is known; an interval that was cut at the end of its scale needs it.
    """

    value: float
    low: float
    high: float
    df: float = math.inf
    se: float = 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """first - second with its 95 % interval, and the two-sided p-value of "there is none"."""

    value: float
    interval: Interval
    p_value: float


def difference_of(first: Estimate, second: Estimate, correlation: float = 0.0) -> Difference:
    """The difference of two estimates from their own 95 % intervals l..u, by recovered variances.

    low = d - sqrt(a² - 2ρab + b²), a = v1 - l1, b = u2 - v2; high likewise with the other ends. The p-value
    takes the side that faces 0 as t·s with Welch's degrees of freedom, s one error and never less than `se`.
    Two estimates without any width differ (p 0) or do not (p 1).
    Source: G. Y. Zou, A. Donner, Statist. Med. 27 (2008) 1693-1702; B. L. Welch, Biometrika 34 (1947) 28-35.
    """
    gap = first.value - second.value
    below = (first.value - first.low, second.high - second.value)
    above = (first.high - first.value, second.value - second.low)
    low, high = gap - _reach(below, correlation), gap + _reach(above, correlation)
    facing = below if gap > 0 else above
    errors = [_error(side, one) for side, one in zip(facing, (first, second), strict=True)]
    spread = _reach((errors[0], errors[1]), correlation)
    if spread <= 0:
        return Difference(gap, Interval(low, high), 1.0 if gap == 0 else 0.0)
    df = _welch(errors, (first.df, second.df))
    return Difference(gap, Interval(low, high), _two_sided(abs(gap) / spread, df))


def holm(p_values: Sequence[float], alpha: float = 0.05) -> list[bool]:
    """Which hypotheses are rejected with at most `alpha` for a false one among all, in the order given.

    Source: S. Holm, Scand. J. Statist. 6 (1979) 65-70.
    """
    rejected = [False] * len(p_values)
    for step, at in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        if p_values[at] > alpha / (len(p_values) - step):
            break
        rejected[at] = True
    return rejected


def _reach(sides: tuple[float, float], correlation: float) -> float:
    one, other = max(0.0, sides[0]), max(0.0, sides[1])
    return math.sqrt(max(0.0, one * one - 2 * correlation * one * other + other * other))


def _error(side: float, one: Estimate) -> float:
    """One standard error of a half interval, side ÷ t, or the estimate's own where that is larger."""
    quantile = normal_quantile(0.95) if math.isinf(one.df) else t_quantile(0.95, one.df)
    return max(0.0, side / quantile, one.se)


def _welch(errors: Sequence[float], degrees: tuple[float, float]) -> float:
    whole = math.fsum(error * error for error in errors)
    parts = math.fsum(error**4 / df for error, df in zip(errors, degrees, strict=True))
    return math.inf if parts <= 0 else whole * whole / parts


def _two_sided(size: float, df: float) -> float:
    if math.isinf(df):
        return math.erfc(size / math.sqrt(2))
    return 2 * float(special.stdtr(df, -size))
