"""Totals, means, ratios and domains of a probability sample, each with its linearised contributions.

Equal to svytotal, svymean, svyratio and svyby of the R package survey. A statistic made of several estimates
is linear in their contributions: add those and ask the design for the variance of the sum.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.stats.complex_samples import korn_graubard_interval, logit_interval
from surveyapp.stats.interval import Interval, t_quantile
from surveyapp.stats.sampling_design import SamplingDesign


@dataclass(frozen=True, slots=True, eq=False)
class DesignEstimate:
    """An estimate with its standard error. `contributions` (n) sum to its error to first order.

    `n` counts the observations it rests on, `df` are those of the design, `deff` is against simple random
    sampling of the same n (NaN where that has no spread).
    """

    n: int
    value: float
    se: float
    df: int
    deff: float
    contributions: np.ndarray

    def interval(self, confidence: float = 0.95) -> Interval:
        """value ± t(df)·se."""
        half = t_quantile(confidence, self.df) * self.se
        return Interval(self.value - half, self.value + half)

    def share_interval(self, confidence: float = 0.95, *, logit: bool = False) -> Interval:
        """The interval of a share: Korn and Graubard's, or on the log-odds (not at 0 and 1)."""
        if logit:
            return logit_interval(self.value, self.se, self.df, confidence)
        return korn_graubard_interval(self.value, self.se, self.n, self.df, confidence)


def design_total(
    design: SamplingDesign, values: Sequence[float], domain: Sequence[bool] | None = None
) -> DesignEstimate:
    """Σ w·y, over all observations or those of the domain (the others stay in the design as zeros)."""
    y, kept = _columns(design, values, domain)
    z = design.weights * np.where(kept, y, 0.0)
    return _estimate(design, float(math.fsum(z.tolist())), z, y, kept, is_total=True)


def design_ratio(
    design: SamplingDesign,
    values: Sequence[float],
    bases: Sequence[float],
    domain: Sequence[bool] | None = None,
) -> DesignEstimate:
    """R = Σwy/Σwx with contributions w(y - R·x)/Σwx. A base that sums to 0 is a ValueError.

    Source: Cochran (1977), 6.3; Wolter (2007), 6.4.
    """
    y, kept = _columns(design, values, domain)
    x, _ = _columns(design, bases, domain)
    w = np.where(kept, design.weights, 0.0)
    base = math.fsum((w * np.where(kept, x, 0.0)).tolist())
    if base == 0:
        raise ValueError("a ratio needs a base that is not 0")
    ratio = math.fsum((w * np.where(kept, y, 0.0)).tolist()) / base
    z = np.where(kept, w * (np.where(kept, y, 0.0) - ratio * np.where(kept, x, 0.0)) / base, 0.0)
    return _estimate(design, ratio, z, y, kept, is_total=False)


def design_domain_mean(
    design: SamplingDesign, values: Sequence[float], domain: Sequence[bool] | None = None
) -> DesignEstimate:
    """Weighted mean of all or of a domain: a ratio, because the size of a domain is itself estimated.

    A domain without observations is a ValueError. Values outside the domain may be missing (NaN).
    """
    return design_ratio(design, values, np.ones(design.n).tolist(), domain)


def difference(design: SamplingDesign, one: DesignEstimate, other: DesignEstimate) -> DesignEstimate:
    """one - other of the same design, with their covariance."""
    z = one.contributions - other.contributions
    se = math.sqrt(max(0.0, design.variance(z)))
    return DesignEstimate(design.n, one.value - other.value, se, design.df, math.nan, z)


def _columns(
    design: SamplingDesign, values: Sequence[float], domain: Sequence[bool] | None
) -> tuple[np.ndarray, np.ndarray]:
    """The values and which observations count; a missing value among those is a ValueError."""
    y = np.asarray(values, dtype=float)
    kept = np.ones(design.n, dtype=bool) if domain is None else np.asarray(domain, dtype=bool)
    if y.size != design.n or kept.size != design.n:
        raise ValueError("every column needs one value for each observation")
    if not (kept & (design.weights > 0)).any():
        raise ValueError("no observation counts")
    if not np.isfinite(y[kept]).all():
        raise ValueError("a missing value has to be left out by a domain, not by a guess")
    return y, kept


def _estimate(
    design: SamplingDesign, value: float, z: np.ndarray, y: np.ndarray, kept: np.ndarray, *, is_total: bool
) -> DesignEstimate:
    se = math.sqrt(max(0.0, design.variance(z)))
    n = int((kept & (design.weights > 0)).sum())
    simple = _simple_variance(design, y, kept, is_total=is_total)
    deff = se * se / simple if simple > 0 else math.nan
    return DesignEstimate(n, value, se, design.df, deff, z)


def _simple_variance(design: SamplingDesign, y: np.ndarray, kept: np.ndarray, *, is_total: bool) -> float:
    """Variance of the same estimate from simple random sampling of as many, with the same sampled share."""
    w, n = np.where(kept, design.weights, 0.0), int((kept & (design.weights > 0)).sum())
    if n < 2:
        return 0.0
    size = float(w.sum())
    mean = float((w * np.where(kept, y, 0.0)).sum()) / size
    spread = float((w * np.where(kept, y - mean, 0.0) ** 2).sum()) / size * n / (n - 1)
    has_population = bool(np.isfinite(design.stages[0].population).all())
    variance = spread / n * (1 - n / size if has_population and size >= n else 1.0)
    return variance * size * size if is_total else variance
