"""Means of independent observations, and of five-level answers given as counts.

Not for clusters or weights: see complex_samples.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.stats.interval import Interval, t_quantile


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean, sample standard deviation (n - 1) and standard error of n observations."""

    n: int
    mean: float
    sd: float
    se: float

    def interval(self, confidence: float = 0.95) -> Interval:
        """mean ± t(n-1)·s/√n. One observation has no interval (ValueError)."""
        half = t_quantile(confidence, self.n - 1) * self.se
        return Interval(self.mean - half, self.mean + half)


@dataclass(frozen=True, slots=True)
class LikertMean:
    """A five-level item: the mean on 1..5, its share of the way a = (mean - 1)/4, the top two boxes."""

    mean: Mean
    achievement: float
    top_two: float

    def achievement_interval(self, confidence: float = 0.95) -> Interval:
        """The t interval of the mean carried to 0..1 and clipped there."""
        low, high = self.mean.interval(confidence)
        return Interval(max(0.0, (low - 1) / 4), min(1.0, (high - 1) / 4))


def mean_of(values: Sequence[float]) -> Mean:
    """Mean with centred sums of squares, so that a large common offset does not cost digits.

    Missing values must be left out by the caller; an empty sequence is a ValueError. One value: sd and se
    are NaN, because a single observation says nothing about its own spread.
    """
    n = len(values)
    if n == 0:
        raise ValueError("a mean needs at least one value")
    mean = math.fsum(values) / n
    if n == 1:
        return Mean(1, mean, math.nan, math.nan)
    sd = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
    return Mean(n, mean, sd, sd / math.sqrt(n))


def t_interval(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """Student's interval for the mean; at least two values (ValueError)."""
    return mean_of(values).interval(confidence)


def likert_mean(counts: Sequence[int]) -> LikertMean:
    """Summary of the counts of the levels 1..5, in that order. 不了解 and 不适用 are not counted here.

    Needs exactly five non-negative counts with at least one answer (ValueError).
    """
    if len(counts) != 5 or min(counts) < 0 or sum(counts) == 0:
        raise ValueError("needs five non-negative counts and at least one answer")
    values = [float(level) for level, count in enumerate(counts, 1) for _ in range(count)]
    mean = mean_of(values)
    return LikertMean(mean, (mean.mean - 1) / 4, (counts[3] + counts[4]) / sum(counts))
