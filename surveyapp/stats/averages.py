"""Weighted averages of other kinds than the arithmetic one, for the comparison of methods.

A missing value is an error here: what to do about it is a decision of the evaluation.
"""

import math
from collections.abc import Sequence


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Σwx/Σw."""
    return math.fsum(w * x for x, w in zip(*_checked(values, weights), strict=True)) / math.fsum(weights)


def geometric_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """exp(Σw·log x/Σw); 0 when a value with weight is 0. A negative value is a ValueError."""
    checked, kept = _checked(values, weights)
    if min(checked) < 0:
        raise ValueError("a geometric mean needs values of at least 0")
    pairs = [(x, w) for x, w in zip(checked, kept, strict=True) if w > 0]
    if min(x for x, _ in pairs) == 0:
        return 0.0
    return math.exp(math.fsum(w * math.log(x) for x, w in pairs) / math.fsum(kept))


def harmonic_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Σw/Σ(w/x); 0 when a value with weight is 0. A negative value is a ValueError."""
    checked, kept = _checked(values, weights)
    if min(checked) < 0:
        raise ValueError("a harmonic mean needs values of at least 0")
    pairs = [(x, w) for x, w in zip(checked, kept, strict=True) if w > 0]
    if min(x for x, _ in pairs) == 0:
        return 0.0
    return math.fsum(kept) / math.fsum(w / x for x, w in pairs)


def _checked(values: Sequence[float], weights: Sequence[float]) -> tuple[Sequence[float], Sequence[float]]:
    if len(values) != len(weights) or not values:
        raise ValueError("needs one weight for each value")
    if not all(math.isfinite(x) for x in (*values, *weights)) or min(weights) < 0 or not any(weights):
        raise ValueError("needs finite values, and weights that are not negative and not all 0")
    return values, weights
