"""Means and proportions from weighted, clustered, stratified samples by Taylor linearisation.

The same estimators as svymean and svyciprop of the R package survey. Not for independent trials.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from scipy import special

from surveyapp.stats.interval import Interval, normal_quantile, t_quantile


@dataclass(frozen=True, slots=True)
class SampleCell:
    """One stratum known by its totals: sample size, population size, mean and sample variance (n - 1)."""

    n: int
    population: float
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class DesignMean:
    """A design-based mean. `influence` holds one value per primary unit; its squares sum to se²."""

    n: int
    mean: float
    se: float
    df: int
    deff: float
    influence: Mapping[tuple[str, Hashable], float]


def stratified_mean(cells: Sequence[SampleCell]) -> tuple[float, float]:
    """Mean and standard error from cell summaries: Σ(N_h/N)·ȳ_h, Var = Σ(N_h/N)²(1-n_h/N_h)s²_h/n_h.

    Every cell needs at least two observations (ValueError). Source: Cochran (1977), 5.3-5.5.
    """
    if not cells or any(cell.n < 2 or cell.population < cell.n for cell in cells):
        raise ValueError("every cell needs two observations and a population not below its sample")
    total = math.fsum(cell.population for cell in cells)
    mean = math.fsum(cell.population / total * cell.mean for cell in cells)
    variance = math.fsum(
        (cell.population / total) ** 2 * (1 - cell.n / cell.population) * cell.variance / cell.n
        for cell in cells
    )
    return mean, math.sqrt(variance)


def design_mean(
    values: Sequence[float],
    weights: Sequence[float],
    clusters: Sequence[Hashable],
    strata: Sequence[str],
    sampled_share: Mapping[str, float] | None = None,
) -> DesignMean:
    """Ratio mean Σwy/Σw with clusters as primary units inside strata.

    u_c = Σ_{i in c} w_i(y_i - ȳ)/Σw, Var = Σ_h (1-f_h)·n_h/(n_h-1)·Σ_c (u_hc - ū_h)², df = units - strata.
    `sampled_share` is f_h per stratum (absent: 0, sampling with replacement). A stratum with one primary
    unit is centred at the grand mean, where u is 0 (its own u² counts whole). One primary unit in all is a
    ValueError: its variance cannot be known. Missing values must be left out by the caller.
    Source: T. Lumley, Complex Surveys (2010), appendix; K. Wolter, Introduction to Variance Estimation.
    """
    n = len(values)
    total = math.fsum(weights)
    if n == 0 or total <= 0 or min(weights) < 0:
        raise ValueError("needs observations with non-negative weights that are not all zero")
    mean = math.fsum(w * y for w, y in zip(weights, values, strict=True)) / total
    if min(values) == max(values):
        mean = values[0]  # exactly, or rounding would look like a spread
    parts: dict[str, dict[Hashable, list[float]]] = defaultdict(lambda: defaultdict(list))
    for value, weight, cluster, stratum in zip(values, weights, clusters, strata, strict=True):
        parts[stratum][cluster].append(weight * (value - mean) / total)
    units = sum(len(inside) for inside in parts.values())
    if units < 2:
        raise ValueError("one primary unit has no variance")
    influence: dict[tuple[str, Hashable], float] = {}
    for stratum, inside in parts.items():
        kept = 1 - (sampled_share or {}).get(stratum, 0.0)
        influence.update(_stratum_influence(stratum, inside, kept))
    variance = math.fsum(u * u for u in influence.values())
    spread = math.fsum(w * (y - mean) ** 2 for w, y in zip(weights, values, strict=True)) / total
    fraction = n / total if sampled_share else 0.0
    simple = spread / (n - 1) * (1 - fraction) if n > 1 else 0.0
    deff = variance / simple if simple > 0 else 1.0
    return DesignMean(n, mean, math.sqrt(variance), max(1, units - len(parts)), deff, influence)


def _stratum_influence(
    stratum: str, inside: Mapping[Hashable, Sequence[float]], kept: float
) -> dict[tuple[str, Hashable], float]:
    """Scaled and centred contributions of one stratum's primary units; their squares sum to its variance."""
    sums = {cluster: math.fsum(parts) for cluster, parts in inside.items()}
    count = len(sums)
    centre = math.fsum(sums.values()) / count if count > 1 else 0.0
    scale = math.sqrt(max(0.0, kept) * (count / (count - 1) if count > 1 else 1.0))
    return {(stratum, cluster): scale * (u - centre) for cluster, u in sums.items()}


def korn_graubard_interval(p: float, se: float, n: int, df: int, confidence: float = 0.95) -> Interval:
    """Beta interval for a design-based proportion, as svyciprop(method="beta").

    n* = p(1-p)/se² · (t(n-1)/t(df))², ends Beta(α/2; n*p, n*(1-p)+1) and Beta(1-α/2; n*p+1, n*(1-p)).
    With se = 0 (all alike) the sample itself is taken, n* = n·(t(n-1)/t(df))².
    Source: E. L. Korn, B. I. Graubard, Survey Methodology 24 (1998) 193-201; NCHS Series 2 No. 175 (2017).
    """
    if not (0 <= p <= 1 and se >= 0 and n > 1 and df > 0):
        raise ValueError("needs 0 <= p <= 1, se >= 0, n > 1 and df > 0")
    ratio = (t_quantile(confidence, n - 1) / t_quantile(confidence, df)) ** 2
    size = (n if se == 0 or p in (0, 1) else p * (1 - p) / se**2) * ratio
    tail = (1 - confidence) / 2
    x = size * p
    low = 0.0 if p == 0 else float(special.betaincinv(x, size - x + 1, tail))
    high = 1.0 if p == 1 else float(special.betaincinv(x + 1, size - x, 1 - tail))
    return Interval(low, high)


def logit_interval(p: float, se: float, df: int, confidence: float = 0.95) -> Interval:
    """Interval on the log-odds, back-transformed; as svyciprop(method="logit"). Undefined at 0 and 1."""
    if not 0 < p < 1:
        raise ValueError("the log-odds of 0 and 1 are infinite")
    centre = math.log(p / (1 - p))
    half = t_quantile(confidence, df) * se / (p * (1 - p))
    return Interval(float(special.expit(centre - half)), float(special.expit(centre + half)))


def normal_interval(estimate: float, se: float, confidence: float = 0.95) -> Interval:
    """estimate ± z·se, for totals of many independent parts only."""
    half = normal_quantile(confidence) * se
    return Interval(estimate - half, estimate + half)
