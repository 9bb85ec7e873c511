"""Which place a score really has: rank intervals, chances of being first, groups that cannot be separated.

Higher is better, rank 1 is best. Estimates with a standard error of 0 are taken as known exactly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from surveyapp.stats.interval import Interval, normal_quantile


@dataclass(frozen=True, slots=True)
class RankInterval:
    """The ranks first..last a score may have."""

    first: int
    last: int


def joint_rank_intervals(
    estimates: Sequence[float], errors: Sequence[float], confidence: float = 0.95, *, independent: bool = True
) -> list[RankInterval]:
    """Ranks that hold for all scores at once, from their joint intervals L..U.

    rank of i in 1 + #{j: L_j >= U_i} .. K - #{j: U_j <= L_i}, j other than i, with
    z = Φ⁻¹(1 - (1 - (1-α)^(1/K))/2) for independent scores, Bonferroni's Φ⁻¹(1 - α/2K) else.
    Source: M. Klein, T. Wright, J. Wieczorek, J. R. Stat. Soc. A 183 (2020) 589-606.
    """
    value, se = _checked(estimates, errors)
    half = joint_quantile(len(value), confidence, independent=independent) * se
    low, high = value - half, value + half
    above = (low[None, :] >= high[:, None]) & (value[None, :] > value[:, None])
    return _intervals(above, len(value))


def joint_quantile(count: int, confidence: float = 0.95, *, independent: bool = True) -> float:
    """The z by which `count` intervals hold at once: 1 - α = (1 - a)^count, or a = α/count (Bonferroni)."""
    if count < 1:
        raise ValueError("needs at least one score")
    alpha = 1 - confidence
    return normal_quantile((1 - alpha) ** (1 / count) if independent else 1 - alpha / count)


def holm_rank_intervals(
    estimates: Sequence[float], covariance: Sequence[Sequence[float]] | np.ndarray, confidence: float = 0.95
) -> list[RankInterval]:
    """Ranks from all pairwise differences, tested at once by Holm; tighter than from joint intervals.

    z_ij = |θ_i - θ_j|/sqrt(v_ii + v_jj - 2v_ij), the K(K-1)/2 p-values in rising order against α/(m - r).
    Source: S. Holm, Scand. J. Statist. 6 (1979) 65-70; J. Mogstad et al., Rev. Econ. Stud. 91 (2024) 476-518.
    """
    value = _finite(estimates)
    pairs, gaps, spread = _pairs(value, np.asarray(covariance, dtype=float))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(spread > 0, gaps / spread, np.where(gaps == 0, 0.0, math.inf))
    p_values = 2 * special.ndtr(-np.abs(z))
    order = np.argsort(p_values, kind="stable")
    kept = np.zeros(len(pairs), dtype=bool)
    for step, at in enumerate(order):
        if p_values[at] > (1 - confidence) / (len(pairs) - step):
            break
        kept[at] = True
    return _ranks_of_pairs(value, pairs, kept)


def bootstrap_rank_intervals(
    estimates: Sequence[float], replicates: np.ndarray, confidence: float = 0.95
) -> list[RankInterval]:
    """Ranks from all pairwise differences by a step-down of their studentised bootstrap maxima.

    `replicates` (R, K): the scores of every replicate. Differences whose |θ_i - θ_j|/s_ij exceeds the
    quantile of max |(θ*_i - θ*_j) - (θ_i - θ_j)|/s_ij over the open pairs are decided; then again the rest.
    Source: J. P. Romano, M. Wolf, Econometrica 73 (2005) 1237-1282; Mogstad et al. (2024).
    """
    value, drawn = _finite(estimates), np.asarray(replicates, dtype=float)
    if drawn.ndim != 2 or drawn.shape[1] != len(value) or len(drawn) < 2 or not np.isfinite(drawn).all():
        raise ValueError("needs a finite score of every unit in every replicate")
    pairs, gaps, _ = _pairs(value, np.zeros((len(value), len(value))))
    one, other = pairs[:, 0], pairs[:, 1]
    away = drawn[:, one] - drawn[:, other]
    spread = away.std(axis=0, ddof=1)
    known = spread <= 1e-15 * np.maximum(1.0, np.abs(gaps))
    scale = np.where(known, 1.0, spread)
    noise = np.where(known, 0.0, np.abs(away - gaps) / scale)
    seen = np.where(known, np.where(gaps == 0, 0.0, math.inf), np.abs(gaps) / scale)
    kept = np.zeros(len(pairs), dtype=bool)
    while not kept.all():
        limit = float(np.quantile(noise[:, ~kept].max(axis=1), confidence))
        fresh = ~kept & (seen > limit)
        if not fresh.any():
            break
        kept |= fresh
    return _ranks_of_pairs(value, pairs, kept)


def chances_of_first(estimates: Sequence[float], errors: Sequence[float]) -> list[float]:
    """P(best) of every score for independent normal errors: ∫ Π_{j≠i} Φ((x - θ_j)/s_j) dΦ((x - θ_i)/s_i).

    By a sum over 4,001 places of -8..8 errors of the score itself. Scores known exactly that tie share.
    """
    value, se = _checked(estimates, errors)
    z = np.linspace(-8.0, 8.0, 4001)
    mass = np.exp(-z * z / 2)
    mass /= mass.sum()
    found = []
    for at in range(len(value)):
        place = value[at] + se[at] * z
        below = np.ones_like(place)
        for other in range(len(value)):
            if other != at:
                below *= _at_most(place, float(value[other]), float(se[other]))
        found.append(float((mass * below).sum()))
    whole = math.fsum(found)
    return [one / whole for one in found]


def expected_ranks(estimates: Sequence[float], errors: Sequence[float]) -> list[float]:
    """1 + Σ_{j≠i} P(θ_j > θ_i) for independent normal errors; a tie of known scores counts half."""
    value, se = _checked(estimates, errors)
    spread = np.hypot(se[:, None], se[None, :])
    gaps = value[None, :] - value[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.where(
            spread > 0, special.ndtr(gaps / np.where(spread > 0, spread, 1.0)), (np.sign(gaps) + 1) / 2
        )
    np.fill_diagonal(above, 0.0)
    return [float(row.sum()) + 1 for row in above]


def shares_of_first(replicates: np.ndarray) -> list[float]:
    """P(best) of every score from replicates (R, K); a tie is shared."""
    drawn = np.asarray(replicates, dtype=float)
    best = drawn == drawn.max(axis=1, keepdims=True)
    return [float(one) for one in (best / best.sum(axis=1, keepdims=True)).mean(axis=0)]


def range_of_ranks(bounds: Sequence[Interval]) -> list[RankInterval]:
    """Ranks every score may have when each lies anywhere in its bounds: the worst of missing evidence."""
    if any(math.isnan(low) or math.isnan(high) or low > high for low, high in bounds):
        raise ValueError("needs bounds that are numbers, the lower one first")
    low, high = np.array([one.low for one in bounds]), np.array([one.high for one in bounds])
    return _intervals(low[None, :] > high[:, None], len(bounds))


def tiers(
    estimates: Sequence[float], covariance: Sequence[Sequence[float]] | np.ndarray, confidence: float = 0.9
) -> list[int]:
    """The tier 1.. of every score: scores whose difference is not seen at `confidence` share one.

    Tiers are the connected groups of scores that cannot be separated pair by pair, so the two ends of a long
    tier may well differ. Each pair is tested on its own.
    """
    value = _finite(estimates)
    pairs, gaps, spread = _pairs(value, np.asarray(covariance, dtype=float))
    apart = np.zeros((len(value), len(value)), dtype=bool)
    for (one, other), gap, error in zip(pairs.tolist(), gaps, spread, strict=True):
        apart[one, other] = apart[other, one] = abs(gap) > normal_quantile(confidence) * error
    order = np.argsort(-value, kind="stable")
    found = [0] * len(value)
    tier = 1
    for place, at in enumerate(order):
        if place and all(apart[above, below] for above in order[:place] for below in order[place:]):
            tier += 1
        found[at] = tier
    return found


def _at_most(place: np.ndarray, value: float, error: float) -> np.ndarray:
    if error > 0:
        return np.asarray(special.ndtr((place - value) / error))
    return np.where(place > value, 1.0, np.where(place == value, 0.5, 0.0))


def _pairs(value: np.ndarray, covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs i < j, their differences θ_i - θ_j and the differences' standard errors."""
    if covariance.shape != (len(value), len(value)) or not np.isfinite(covariance).all():
        raise ValueError("needs a finite covariance of every two scores")
    one, other = np.triu_indices(len(value), 1)
    spread = np.diag(covariance)[one] + np.diag(covariance)[other] - 2 * covariance[one, other]
    return np.stack([one, other], axis=1), value[one] - value[other], np.sqrt(np.maximum(0.0, spread))


def _ranks_of_pairs(value: np.ndarray, pairs: np.ndarray, kept: np.ndarray) -> list[RankInterval]:
    above = np.zeros((len(value), len(value)), dtype=bool)
    for one, other in pairs[kept].tolist():
        better, worse = (one, other) if value[one] > value[other] else (other, one)
        above[worse, better] = True
    return _intervals(above, len(value))


def _intervals(above: np.ndarray, count: int) -> list[RankInterval]:
    """`above[i, j]`: j is surely better than i."""
    better, worse = above.sum(axis=1), above.sum(axis=0)
    return [RankInterval(1 + int(b), count - int(w)) for b, w in zip(better, worse, strict=True)]


def _finite(estimates: Sequence[float]) -> np.ndarray:
    value = np.asarray(estimates, dtype=float)
    if value.size == 0 or not np.isfinite(value).all():
        raise ValueError("needs scores that are all finite; a unit without a score has no rank")
    return value


def _checked(estimates: Sequence[float], errors: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    value, se = _finite(estimates), np.asarray(errors, dtype=float)
    if se.size != value.size or not np.isfinite(se).all() or (se < 0).any():
        raise ValueError("needs an error of at least 0 for every score")
    return value, se
