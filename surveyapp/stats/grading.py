"""How often a grade that is read from a sample is the wrong one.

Grades by lower limits of an observed share or value; the verdict of a plan with two shares is in acceptance.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from scipy import special


def grade_chances(n: int, share: float, limits: Sequence[float]) -> tuple[float, ...]:
    """P(observed share falls into each grade) for n independent trials at a true share, best grade first.

    `limits` are the lowest shares of all grades but the last, falling; a share equal to a limit reaches the
    grade. Exact: P(x >= ⌈n·t⌉) by the binomial distribution.
    """
    if n < 1 or not 0 <= share <= 1 or not _falling(limits) or not all(0 < limit <= 1 for limit in limits):
        raise ValueError("needs n of at least 1, a share of 0..1 and falling limits above 0")
    reached = [_at_least(math.ceil(n * limit - 1e-9), n, share) for limit in limits]
    edges = [0.0, *reached, 1.0]
    return tuple(max(0.0, high - low) for low, high in pairwise(edges))


def normal_grade_chances(value: float, se: float, limits: Sequence[float]) -> tuple[float, ...]:
    """P(a value that varies normally by `se` falls into each grade), best grade first.

    `limits` are the lowest values of all grades but the last, falling. Without an error the grade is sure.
    """
    if not math.isfinite(value) or not 0 <= se < math.inf or not _falling(limits):
        raise ValueError("needs a finite value, an error of at least 0 and falling limits")
    if se == 0:
        mine = grade_of(value, limits)
        return tuple(float(place == mine) for place in range(len(limits) + 1))
    edges = [0.0, *(float(special.ndtr((value - limit) / se)) for limit in limits), 1.0]
    return tuple(high - low for low, high in pairwise(edges))


def grade_of(share: float, limits: Sequence[float]) -> int:
    """The place of the grade a true share belongs to, 0 for the best."""
    return next((place for place, limit in enumerate(limits) if share >= limit - 1e-12), len(limits))


def _falling(limits: Sequence[float]) -> bool:
    return all(first > then for first, then in pairwise(limits))


def _at_least(count: int, n: int, share: float) -> float:
    return 1.0 if count <= 0 else float(special.bdtrc(count - 1, n, share))
