"""How many answers a wished precision needs.

Plans only: what a sample was worth in the end is told by its interval.
"""

import math

from surveyapp.stats.interval import normal_quantile
from surveyapp.stats.proportions import wilson_interval


def proportion_sample_size(
    half_width: float,
    p: float = 0.5,
    population: float = math.inf,
    deff: float = 1.0,
    confidence: float = 0.95,
) -> int:
    """⌈n₀·deff / (1 + (n₀·deff - 1)/N)⌉ with n₀ = z²p(1-p)/e²; never more than the population.

    Source: W. G. Cochran, Sampling Techniques (1977), 4.4. Plan small samples with wilson_sample_size.
    """
    if not (0 < half_width < 1 and 0 < p < 1 and population > 0 and deff > 0):
        raise ValueError("needs 0 < half-width < 1, 0 < p < 1, a population and a design effect above 0")
    first = normal_quantile(confidence) ** 2 * p * (1 - p) / half_width**2 * deff
    size = math.ceil(first / (1 + (first - 1) / population) - 1e-9)
    return int(min(size, population))


def krejcie_morgan_size(population: int) -> int:
    """The published table's size: χ²NP(1-P) / (d²(N-1) + χ²P(1-P)), χ² = 3.841, P = .5, d = .05, rounded.

    Source: R. V. Krejcie, D. W. Morgan, Educ. Psychol. Meas. 30 (1970) 607-610 (rounds to the nearest).
    """
    if population < 1:
        raise ValueError("a population has at least one member")
    chi = 3.841
    return round(chi * population * 0.25 / (0.05**2 * (population - 1) + chi * 0.25))


def wilson_sample_size(half_width: float, p: float, confidence: float = 0.95) -> int:
    """Smallest n whose Wilson interval at the expected `p` has a half-width not above `half_width`."""
    if not (0 < half_width < 0.5 and 0 <= p <= 1):
        raise ValueError("needs 0 < half-width < 0.5 and 0 <= p <= 1")
    n = 1
    while not _narrow(n, p, half_width, confidence):
        n *= 2
    low, high = n // 2, n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _narrow(middle, p, half_width, confidence) else (middle, high)
    return high


def mean_sample_size(half_width: float, sd: float, deff: float = 1.0, confidence: float = 0.95) -> int:
    """⌈(z·sd/e)²·deff⌉ answers for a mean with standard deviation `sd`, both in the item's units."""
    if not (half_width > 0 and sd > 0 and deff > 0):
        raise ValueError("needs a half-width, a standard deviation and a design effect above 0")
    return math.ceil((normal_quantile(confidence) * sd / half_width) ** 2 * deff - 1e-9)


def _narrow(n: int, p: float, half_width: float, confidence: float) -> bool:
    low, high = wilson_interval(p * n, n, confidence)
    return (high - low) / 2 <= half_width
