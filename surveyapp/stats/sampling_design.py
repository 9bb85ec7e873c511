"""A probability sample: weights, strata, clusters in stages, and the variance of anything linear in it.

The estimators are in design_estimates; weights that meet known totals are in calibration.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

LonelyUnit = Literal["fail", "certainty", "centre", "collapse"]


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage of drawing: for each observation its stratum, its unit and the units its stratum has.

    `strata`: whole numbers, `units`: whole numbers that differ between strata, `population`: how many units
    the observation's stratum holds in the population, inf where they were drawn with replacement.
    """

    strata: np.ndarray
    units: np.ndarray
    population: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class SamplingDesign:
    """n observations with their weights > 0 in total, and the stages they were drawn in, first stage first.

    `lonely` says what a stratum with a single unit contributes: "fail" refuses (the default, because the data
    cannot tell), "certainty" nothing, "centre" its distance from the mean of all units, "collapse" joins all
    such strata to one (a single one to the first other stratum). `margins` are the groups whose totals the
    weights were made to meet: what they explain of a contribution has no variance.
    """

    weights: np.ndarray
    stages: tuple[Stage, ...]
    lonely: LonelyUnit = "fail"
    margins: tuple[np.ndarray, ...] = ()

    @property
    def n(self) -> int:
        """Number of observations."""
        return len(self.weights)

    @property
    def first_units(self) -> int:
        """Number of units of the first stage that hold weight."""
        return len(np.unique(self.stages[0].units[self.weights > 0]))

    @property
    def df(self) -> int:
        """Units of the first stage minus its strata; at least 1."""
        kept = self.weights > 0
        strata = len(np.unique(_joined(self.stages[0], self.lonely).strata[kept]))
        return max(1, self.first_units - strata)

    def variance(self, contributions: np.ndarray) -> float:
        """Variance of Σ z_i for the weighted contributions z of the observations (of a linearised statistic).

        V = Σ_h (1 - n_h/N_h)·n_h/(n_h - 1)·Σ_c (z_hc - z̄_h)² + Σ_hc (n_h/N_h)·V_within(hc), stage by stage.
        Contributions outside 0..n or not finite are a ValueError.
        Source: W. G. Cochran, Sampling Techniques (1977), 11.4; T. Lumley, Complex Surveys (2010), svyrecvar.
        """
        return float(self.covariance(contributions[:, None])[0, 0])

    def covariance(self, contributions: np.ndarray) -> np.ndarray:
        """Covariances of several totals at once: contributions (n, k) give (k, k)."""
        z = np.asarray(contributions, dtype=float)
        if z.shape[0] != self.n or not np.isfinite(z).all():
            raise ValueError("needs one finite contribution for each observation")
        if self.margins:
            z = _unexplained(z, self.weights, self.margins)
        return _stage_covariance(z, self.stages, self.lonely)


def sampling_design(
    weights: Sequence[float],
    clusters: Sequence[Sequence[Hashable]] = (),
    strata: Sequence[Sequence[Hashable]] = (),
    populations: Sequence[Sequence[float]] = (),
    lonely: LonelyUnit = "fail",
) -> SamplingDesign:
    """A design from columns, each with one value per observation, stage by stage.

    `clusters`: the units of each stage (none: every observation is its own unit); `strata`: those of each
    stage (left out: one); `populations`: the number of units in the observation's stratum, for the finite
    population correction (left out: drawn with replacement; a later stage without one ends the recursion).
    Weights negative, not finite or all 0, a population below its sample and columns of unequal length are
    ValueErrors. Labels of a later stage need to be unique inside their unit only.
    """
    w = np.asarray(weights, dtype=float)
    if w.size == 0 or not np.isfinite(w).all() or (w < 0).any() or not w.any():
        raise ValueError("weights must be finite, not negative and not all 0")
    units: Sequence[Sequence[Hashable]] = clusters or [range(w.size)]
    stages: list[Stage] = []
    above = np.zeros(w.size, dtype=np.int64)
    for at, column in enumerate(units):
        layer = _codes(above, strata[at] if at < len(strata) else [0] * w.size, w.size)
        inside = _codes(layer, column, w.size)
        stages.append(Stage(layer, inside, _population(populations, at, layer, inside)))
        above = inside
    return SamplingDesign(w, tuple(stages), lonely)


def _codes(above: np.ndarray, labels: Sequence[Hashable], n: int) -> np.ndarray:
    """Numbers 0.. for the pairs of the code above and the label."""
    if len(labels) != n:
        raise ValueError("every column needs one value for each observation")
    known: dict[tuple[int, Hashable], int] = {}
    pairs = zip(above.tolist(), labels, strict=True)
    return np.array([known.setdefault(pair, len(known)) for pair in pairs], dtype=np.int64)


def _population(
    populations: Sequence[Sequence[float]], at: int, strata: np.ndarray, units: np.ndarray
) -> np.ndarray:
    if at >= len(populations):
        return np.full(strata.size, np.inf)
    given = np.asarray(populations[at], dtype=float)
    if given.size != strata.size:
        raise ValueError("every column needs one value for each observation")
    for stratum in np.unique(strata):
        here = strata == stratum
        if len(set(given[here].tolist())) > 1 or not given[here][0] >= len(np.unique(units[here])):
            raise ValueError("a stratum has one population, not below its sample")
    return given


def _joined(stage: Stage, lonely: LonelyUnit) -> Stage:
    """The stage with its single-unit strata made one, where they are to be collapsed."""
    if lonely != "collapse":
        return stage
    pairs = np.unique(np.stack([stage.strata, stage.units]), axis=1)
    names, counts = np.unique(pairs[0], return_counts=True)
    alone = np.isin(stage.strata, names[counts == 1])
    if not alone.any():
        return stage
    strata = np.where(alone, -1, stage.strata)
    joined = len(np.unique(stage.units[alone]))
    if joined == 1:
        others = names[counts > 1]
        if not len(others):
            return stage
        strata = np.where(alone, others[0], stage.strata)
        alone = strata == others[0]
    population = np.where(alone, _sum_of_populations(stage, alone), stage.population)
    return Stage(strata, stage.units, population)


def _sum_of_populations(stage: Stage, members: np.ndarray) -> float:
    strata = np.unique(stage.strata[members])
    return float(sum(stage.population[members & (stage.strata == stratum)][0] for stratum in strata))


def _unexplained(z: np.ndarray, weights: np.ndarray, margins: tuple[np.ndarray, ...]) -> np.ndarray:
    """w·e with e the residuals of z/w after its regression on the groups of all margins.

    By alternating projections: one pass for one margin, until nothing moves by 1e-12 of the spread for more.
    """
    safe = np.where(weights > 0, weights, 1.0)[:, None]
    residuals = np.where(weights[:, None] > 0, z / safe, 0.0)
    scale = float(np.abs(residuals).max()) or 1.0
    moved = math.inf
    while moved > 1e-12 * scale:
        before = residuals.copy()
        for margin in margins:
            sizes = np.bincount(margin, weights)
            for column in range(z.shape[1]):
                sums = np.bincount(margin, weights * residuals[:, column])
                residuals[:, column] -= (sums / np.where(sizes > 0, sizes, 1.0))[margin]
        moved = float(np.abs(residuals - before).max())
    return np.asarray(residuals * weights[:, None])


def _stage_covariance(z: np.ndarray, stages: tuple[Stage, ...], lonely: LonelyUnit) -> np.ndarray:
    """The recursion: variance between the units of this stage, plus the sampled share of that within."""
    stage = _joined(stages[0], lonely)
    units, first, place = np.unique(stage.units, return_index=True, return_inverse=True)
    sums = np.zeros((len(units), z.shape[1]))
    np.add.at(sums, place, z)
    strata, population = stage.strata[first], stage.population[first]
    total = np.zeros((z.shape[1], z.shape[1]))
    for stratum in np.unique(strata):
        here = strata == stratum
        share = int(here.sum()) / float(population[here][0])
        total += (1 - share) * _between(sums[here], sums.mean(axis=0), lonely, share)
        if share > 0 and len(stages) > 1:
            for unit in units[here]:
                inside = stage.units == unit
                total += share * _stage_covariance(z[inside], _narrowed(stages[1:], inside), lonely)
    return total


def _between(sums: np.ndarray, centre: np.ndarray, lonely: LonelyUnit, share: float) -> np.ndarray:
    count = len(sums)
    if count > 1:
        away = sums - sums.mean(axis=0)
        return np.asarray(count / (count - 1) * away.T @ away)
    if share >= 1 or lonely == "certainty":
        return np.zeros((sums.shape[1], sums.shape[1]))
    if lonely == "centre":
        away = sums - centre
        return np.asarray(away.T @ away)
    raise ValueError("a stratum with one unit has no variance; choose a policy for it")


def _narrowed(stages: tuple[Stage, ...], kept: np.ndarray) -> tuple[Stage, ...]:
    return tuple(Stage(s.strata[kept], s.units[kept], s.population[kept]) for s in stages)
