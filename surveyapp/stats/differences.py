"""Differences of two shares: of two groups, and of the same objects seen twice.

Not for clustered samples: there the difference of two estimates has se² = se₁² + se₂² (complex_samples).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy import special

from surveyapp.stats.interval import Interval
from surveyapp.stats.proportions import wilson_continuity_interval, wilson_interval


@dataclass(frozen=True, slots=True)
class PairedCounts:
    """The same objects judged twice: both yes, only first yes, only second yes, both no."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def n(self) -> int:
        """The number of objects; a negative count or none at all is a ValueError."""
        counts = (self.both, self.first, self.second, self.neither)
        if min(counts) < 0 or sum(counts) == 0:
            raise ValueError("needs four counts of at least 0 that are not all 0")
        return sum(counts)


@dataclass(frozen=True, slots=True)
class McNemar:
    """Two-sided p-values of "as many changed one way as the other", with the statistic of the classic test.

    `exact` is binomial, `mid_p` counts half of the outcome itself, `chi_square` is corrected for continuity.
    """

    exact: float
    mid_p: float
    statistic: float
    chi_square: float


def difference_interval(
    x1: int, n1: int, x2: int, n2: int, confidence: float = 0.95, *, corrected: bool = False
) -> Interval:
    """Interval for x1/n1 - x2/n2 of two independent groups from their Wilson intervals l..u.

    low = d - sqrt((p1 - l1)² + (u2 - p2)²), high = d + sqrt((u1 - p1)² + (p2 - l2)²); `corrected` takes the
    Wilson intervals with continuity correction.
    Source: R. G. Newcombe, Statist. Med. 17 (1998) 873-890, methods 10 and 11.
    """
    method: Callable[[float, float, float], Interval]
    method = wilson_continuity_interval if corrected else wilson_interval
    (l1, u1), (l2, u2) = method(x1, n1, confidence), method(x2, n2, confidence)
    p1, p2 = x1 / n1, x2 / n2
    low = p1 - p2 - math.hypot(p1 - l1, u2 - p2)
    high = p1 - p2 + math.hypot(u1 - p1, p2 - l2)
    return Interval(max(-1.0, low), min(1.0, high))


def paired_difference_interval(counts: PairedCounts, confidence: float = 0.95) -> Interval:
    """Interval for the share first - the share second, the same objects seen twice.

    As difference_interval, with the correlation φ of the two judgements taken off:
    δ² = (p1 - l1)² - 2φ(p1 - l1)(u2 - p2) + (u2 - p2)². φ is drawn towards 0 by n/2 in its numerator when it
    is positive, and is 0 when a margin is empty.
    Source: R. G. Newcombe, Statist. Med. 17 (1998) 2635-2650, method 10.
    """
    n = counts.n
    first, second = counts.both + counts.first, counts.both + counts.second
    p1, p2 = first / n, second / n
    (l1, u1), (l2, u2) = wilson_interval(first, n, confidence), wilson_interval(second, n, confidence)
    phi = _phi(counts)

    def reach(one: float, other: float) -> float:
        return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))

    low, high = p1 - p2 - reach(p1 - l1, u2 - p2), p1 - p2 + reach(u1 - p1, p2 - l2)
    return Interval(max(-1.0, low), min(1.0, high))


def mcnemar(counts: PairedCounts) -> McNemar:
    """Whether the two judgements differ; with no object that changed, every p-value is 1.

    exact 2·P(X <= min(b, c)), X binomial(b + c, 1/2); chi² = (|b - c| - 1)²/(b + c).
    Source: Q. McNemar, Psychometrika 12 (1947) 153-157; M. W. Fagerland et al., BMC Med. Res. Methodol. 13
    (2013) 91 for mid-P; the statistic equals R mcnemar.test.
    """
    if counts.n and counts.first + counts.second == 0:
        return McNemar(1.0, 1.0, 0.0, 1.0)
    changed, fewer = counts.first + counts.second, min(counts.first, counts.second)
    tail = float(special.bdtr(fewer, changed, 0.5))
    itself = tail - (float(special.bdtr(fewer - 1, changed, 0.5)) if fewer else 0.0)
    mid = 1.0 if counts.first == counts.second else 2 * tail - itself
    statistic = max(0.0, abs(counts.first - counts.second) - 1) ** 2 / changed
    return McNemar(min(1.0, 2 * tail), mid, statistic, float(special.chdtrc(1, statistic)))


def _phi(counts: PairedCounts) -> float:
    a, b, c, d = counts.both, counts.first, counts.second, counts.neither
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 0.0
    product = a * d - b * c
    if product > 0:
        product_kept = max(product - counts.n / 2, 0.0)
        return product_kept / math.sqrt(margins)
    return product / math.sqrt(margins)
