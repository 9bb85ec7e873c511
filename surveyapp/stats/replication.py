"""Samples drawn again from the sample: the jackknife and the rescaled bootstrap of whole primary units.

For statistics that are not linear (clipped, ranked, vetoed) and for few clusters. Units of the first stage
are taken whole, so what happens inside them is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from surveyapp.stats.chance import Draws
from surveyapp.stats.interval import Interval, normal_quantile
from surveyapp.stats.sampling_design import SamplingDesign


@dataclass(frozen=True, slots=True, eq=False)
class Replication:
    """R replicates. `multipliers` (R, units) of the weights, `scales` (R) of the squares in the variance."""

    multipliers: np.ndarray
    scales: np.ndarray
    unit_of: np.ndarray
    weights: np.ndarray

    def totals(self, values: np.ndarray) -> np.ndarray:
        """Σ w·y of every replicate: values (n, k) give (R, k)."""
        y = np.asarray(values, dtype=float)
        sums = np.zeros((self.multipliers.shape[1], y.shape[1]))
        np.add.at(sums, self.unit_of, self.weights[:, None] * y)
        return np.asarray(self.multipliers @ sums)

    def means(self, values: np.ndarray) -> np.ndarray:
        """Σwy/Σw of every replicate: values (n, k) give (R, k); NaN where a replicate holds no weight."""
        y = np.asarray(values, dtype=float)
        both = self.totals(np.column_stack([y, np.ones(len(y))]))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(both[:, :-1] / both[:, -1:])

    def variance(self, replicates: np.ndarray, estimate: float) -> float:
        """Σ_r scale_r·(θ_r - θ)²; a replicate that is not finite is a ValueError."""
        if not np.isfinite(replicates).all():
            raise ValueError("a replicate without a value has no place in a variance")
        return float((self.scales * (np.asarray(replicates) - estimate) ** 2).sum())


def jackknife(design: SamplingDesign) -> Replication:
    """Every unit left out once, its stratum's others times n_h/(n_h - 1); scale (1 - f_h)(n_h - 1)/n_h.

    A stratum with one unit is a ValueError. Source: Wolter (2007), 4.5 (JKn).
    """
    strata, population, unit_of = _first_stage(design)
    count = len(strata)
    multipliers = np.ones((count, count))
    scales = np.zeros(count)
    for at in range(count):
        here = strata == strata[at]
        size = int(here.sum())
        if size < 2:
            raise ValueError("a stratum with one unit cannot be drawn again")
        multipliers[at, here] = size / (size - 1)
        multipliers[at, at] = 0.0
        scales[at] = (1 - size / population[at]) * (size - 1) / size
    return Replication(multipliers, scales, unit_of, design.weights)


def rao_wu_bootstrap(design: SamplingDesign, replicates: int, seed: int | str) -> Replication:
    """n_h - 1 units drawn with replacement in every stratum, weights times 1 - λ + λ·n_h/(n_h - 1)·r_hi.

    λ = sqrt(1 - n_h/N_h), r_hi the times unit i was drawn. The same seed gives the same replicates.
    A stratum with one unit is a ValueError.
    Source: J. N. K. Rao, C. F. J. Wu, K. Yue, Survey Methodology 18 (1992) 209-217.
    """
    if replicates < 2:
        raise ValueError("a bootstrap needs replicates")
    strata, population, unit_of = _first_stage(design)
    multipliers = np.ones((replicates, len(strata)))
    draws = Draws(seed)
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        size = len(members)
        if size < 2:
            raise ValueError("a stratum with one unit cannot be drawn again")
        drawn = draws.below(size, replicates, size - 1)
        rows = np.repeat(np.arange(replicates), size - 1)
        times = np.zeros((replicates, size))
        np.add.at(times, (rows, drawn.ravel()), 1.0)
        kept = np.sqrt(max(0.0, 1 - size / population[members[0]]))
        multipliers[:, members] = 1 - kept + kept * size / (size - 1) * times
    scales = np.full(replicates, 1 / replicates)
    return Replication(multipliers, scales, unit_of, design.weights)


def percentile_interval(replicates: Sequence[float], confidence: float = 0.95) -> Interval:
    """The α/2 and 1 - α/2 quantiles of the replicates (linear between neighbours)."""
    normal_quantile(confidence)
    values = _finite(replicates)
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))


def bca_interval(
    replicates: Sequence[float],
    estimate: float,
    left_out: Sequence[float],
    confidence: float = 0.95,
) -> Interval:
    """Percentile interval corrected for bias and skewness; `left_out` are the jackknife's values.

    z₀ = Φ⁻¹(share of replicates below the estimate, ties half), a = Σd³/(6(Σd²)^1.5), d = θ̄₍.₎ - θ₍ᵢ₎,
    quantiles Φ(z₀ + (z₀ ± z)/(1 - a(z₀ ± z))). All replicates alike: both ends are that value. Replicates
    all on one side of the estimate are a ValueError: the correction is infinite then.
    Source: B. Efron, JASA 82 (1987) 171-185; A. C. Davison, D. V. Hinkley (1997), 5.3.2.
    """
    values, around = _finite(replicates), _finite(left_out)
    if np.ptp(values) == 0:
        return Interval(float(values[0]), float(values[0]))
    share = float((values < estimate).mean() + (values == estimate).mean() / 2)
    if not 0 < share < 1:
        raise ValueError("all replicates lie on one side of the estimate")
    bias = float(special.ndtri(share))
    away = around.mean() - around
    spread = float((away**2).sum())
    skew = float((away**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0
    z = normal_quantile(confidence)
    ends = [bias + (bias + side) / (1 - skew * (bias + side)) for side in (-z, z)]
    low, high = np.quantile(values, special.ndtr(ends))
    return Interval(float(low), float(high))


def _finite(values: Sequence[float]) -> np.ndarray:
    found = np.asarray(values, dtype=float)
    if found.size == 0 or not np.isfinite(found).all():
        raise ValueError("needs values that are all finite")
    return found


def _first_stage(design: SamplingDesign) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stratum and population of every unit of the first stage, and the place of each observation's unit."""
    stage = design.stages[0]
    _, first, place = np.unique(stage.units, return_index=True, return_inverse=True)
    return stage.strata[first], stage.population[first], place
