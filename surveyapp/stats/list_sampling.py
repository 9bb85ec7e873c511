"""Drawing from lists: how many items show a defect, and how many items a list leaves out."""

import math
from dataclasses import dataclass

from scipy import special


@dataclass(frozen=True, slots=True)
class CaptureEstimate:
    """Estimated items in all, standard error, and how many stand in neither list."""

    total: float
    se: float
    unseen: float


def items_to_find_defect(population: int, defects: int, confidence: float = 0.95) -> int:
    """The fewest of N items to draw so that with `confidence` at least one of D defects is among them.

    P(none) = C(N - D, n)/C(N, n) <= 1 - confidence. Source: hypergeometric, Cochran (1977), 3.6.
    """
    if not (0 < defects <= population and 0 < confidence < 1):
        raise ValueError("needs 0 < defects <= items and a confidence between 0 and 1")
    low, high = 1, population - defects + 1
    while low < high:
        middle = (low + high) // 2
        if _none_seen(population, defects, middle) <= (1 - confidence) * (1 + 1e-9):
            high = middle
        else:
            low = middle + 1
    return low


def chapman_estimate(first: int, second: int, both: int) -> CaptureEstimate:
    """N = (n₁ + 1)(n₂ + 1)/(m + 1) - 1 from two independent lists with m items in both.

    Var = (n₁+1)(n₂+1)(n₁-m)(n₂-m)/((m+1)²(m+2)). Source: D. G. Chapman, Univ. Calif. Publ. Stat. 1 (1951)
    131-160; G. A. F. Seber, The Estimation of Animal Abundance (1982), 3.1.
    """
    if not 0 <= both <= min(first, second):
        raise ValueError("the items in both lists cannot be more than those in one")
    total = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return CaptureEstimate(total, math.sqrt(variance), total - (first + second - both))


def _none_seen(population: int, defects: int, n: int) -> float:
    """P(no defect among n) for n up to the number of sound items."""
    sound = population - defects
    logs = special.gammaln([sound + 1, population - n + 1, sound - n + 1, population + 1])
    return math.exp(float(logs[0] + logs[1] - logs[2] - logs[3]))
