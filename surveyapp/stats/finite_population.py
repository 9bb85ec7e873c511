"""Intervals for a share of a small, listed population drawn from without replacement.

Not for populations whose size is unknown: then use proportions.
"""

from collections.abc import Callable

import numpy as np
from scipy import special

from surveyapp.stats.interval import Interval, normal_quantile
from surveyapp.stats.proportions import wilson_interval

EXACT_UP_TO = 5000


def finite_interval(successes: int, n: int, population: int, confidence: float = 0.95) -> Interval:
    """Interval for the share of marked items when `n` of `population` were looked at.

    Up to 5000 items: hypergeometric inversion, all M with P(X >= x | M) > α/2 and P(X <= x | M) > α/2.
    Above: Wilson with n replaced by n(N-1)/(N-n). n = N has no sampling error: both ends are x/N.
    Source: W. G. Cochran, Sampling Techniques (1977), 3.6; T. Wright, Exact Confidence Bounds (1991).
    """
    if not (0 < n <= population and 0 <= successes <= n):
        raise ValueError("needs 0 < n <= population and 0 <= successes <= n")
    if n == population:
        return Interval(successes / n, successes / n)
    if population > EXACT_UP_TO:
        size = n * (population - 1) / (population - n)
        return wilson_interval(successes / n * size, size, confidence)
    tail = (1 - confidence) / 2
    normal_quantile(confidence)
    low = _smallest(
        successes, population - (n - successes), lambda m: _upper(successes, n, population, m) > tail
    )
    high = _largest(
        successes, population - (n - successes), lambda m: _lower(successes, n, population, m) > tail
    )
    return Interval(low / population, high / population)


def _mass(n: int, population: int, marked: int) -> np.ndarray:
    """P(X = k), k = 0..n, for `marked` marked items among `population`, by log-gamma."""
    k = np.arange(n + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = (
            _log_choose(marked, k)
            + _log_choose(population - marked, n - k)
            - _log_choose(population, np.array(n))
        )
    possible = (k <= marked) & (n - k <= population - marked)
    return np.where(possible, np.exp(np.where(possible, logs, 0.0)), 0.0)


def _log_choose(total: int, part: np.ndarray) -> np.ndarray:
    kept = np.clip(part, 0, total)
    value = special.gammaln(total + 1) - special.gammaln(kept + 1) - special.gammaln(total - kept + 1)
    return np.asarray(value)


def _upper(x: int, n: int, population: int, marked: int) -> float:
    return float(_mass(n, population, marked)[x:].sum())


def _lower(x: int, n: int, population: int, marked: int) -> float:
    return float(_mass(n, population, marked)[: x + 1].sum())


def _smallest(first: int, last: int, holds: Callable[[int], bool]) -> int:
    """First number of first..last for which the rising condition holds (it holds at `last`)."""
    while first < last:
        middle = (first + last) // 2
        if holds(middle):
            last = middle
        else:
            first = middle + 1
    return first


def _largest(first: int, last: int, holds: Callable[[int], bool]) -> int:
    """Last number of first..last for which the falling condition holds (it holds at `first`)."""
    while first < last:
        middle = (first + last + 1) // 2
        if holds(middle):
            first = middle
        else:
            last = middle - 1
    return first
