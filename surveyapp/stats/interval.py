"""The two ends of an interval and the quantiles every interval needs.

Not an estimator: see proportions, means and complex_samples.
"""

from functools import lru_cache
from typing import NamedTuple

from scipy import special


class Interval(NamedTuple):
    """A closed interval on the scale of the estimate it belongs to."""

    low: float
    high: float


def normal_quantile(confidence: float) -> float:
    """Two-sided standard normal quantile z with P(-z < Z < z) = confidence, 0 < confidence < 1."""
    return float(special.ndtri(0.5 + _checked(confidence) / 2))


@lru_cache(maxsize=4096)
def t_quantile(confidence: float, df: float) -> float:
    """Two-sided Student t quantile for `df` > 0 degrees of freedom; 0 < confidence < 1."""
    if df <= 0:
        raise ValueError("a t quantile needs at least one degree of freedom")
    return float(special.stdtrit(df, 0.5 + _checked(confidence) / 2))


def _checked(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1")
    return confidence
