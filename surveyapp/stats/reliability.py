"""How repeatable averages are: intraclass correlations, internal consistency, concordance of rankings.

Not for categories without order: see agreement. What cannot be known (no variation at all) is NaN.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from surveyapp.stats.interval import Interval

IccForm = Literal["1", "2", "3", "1k", "2k", "3k"]


@dataclass(frozen=True, slots=True)
class Icc:
    """An intraclass correlation with its interval, and the F test of "the objects do not differ"."""

    value: float
    interval: Interval
    f: float
    df1: float
    df2: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W (0..1) with the χ² test of "the judges rank by chance"."""

    w: float
    chi_square: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares of a complete objects × judges table: objects, judges, residual, within objects."""

    n: int
    k: int
    objects: float
    judges: float
    residual: float
    within: float


def intraclass_correlation(
    ratings: Sequence[Sequence[float]], form: IccForm, confidence: float = 0.95
) -> Icc:
    """ICC of n objects (rows) judged by k judges (columns), all cells there (else ValueError).

    "1" each object by other judges, "2" judges drawn from many, "3" these judges only; with k for the mean of
    the k judges. 1: (B - W)/(B + (k-1)W); 2: (B - E)/(B + (k-1)E + k(J - E)/n); 3: (B - E)/(B + (k-1)E).
    Intervals by F, for form 2 with Satterthwaite's degrees of freedom.
    Source: P. E. Shrout, J. L. Fleiss, Psychol. Bull. 86 (1979) 420-428; K. O. McGraw, S. P. Wong,
    Psychol. Methods 1 (1996) 30-46.
    """
    ms = _mean_squares(ratings)
    if ms.objects == 0 and ms.within == 0:
        return Icc(math.nan, Interval(math.nan, math.nan), math.nan, ms.n - 1, math.nan, math.nan)
    single = form[0]
    error, df2 = (ms.within, ms.n * (ms.k - 1)) if single == "1" else (ms.residual, (ms.n - 1) * (ms.k - 1))
    f = ms.objects / error if error > 0 else math.inf
    low, high = _second_form(ms, confidence) if single == "2" else _by_f(ms.k, f, ms.n - 1, df2, confidence)
    value = _icc(ms, single)
    if form.endswith("k"):
        value, low, high = (_stepped_up(one, ms.k) for one in (value, low, high))
    p_value = float(special.fdtrc(ms.n - 1, df2, f)) if math.isfinite(f) else 0.0
    return Icc(value, Interval(low, high), f, ms.n - 1, df2, p_value)


def _icc(ms: _Squares, single: str) -> float:
    b, e, k = ms.objects, ms.residual, ms.k
    if single == "1":
        return (b - ms.within) / (b + (k - 1) * ms.within)
    extra = k * (ms.judges - e) / ms.n if single == "2" else 0.0
    return (b - e) / (b + (k - 1) * e + extra)


def _by_f(k: int, f: float, df1: int, df2: int, confidence: float) -> tuple[float, float]:
    if not math.isfinite(f):
        return 1.0, 1.0
    tail = (1 + confidence) / 2
    low = f / float(special.fdtri(df1, df2, tail))
    high = f * float(special.fdtri(df2, df1, tail))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _second_form(ms: _Squares, confidence: float) -> tuple[float, float]:
    n, k, b, j, e = ms.n, ms.k, ms.objects, ms.judges, ms.residual
    if e == 0 and j == 0:
        return 1.0, 1.0
    rho = _icc(ms, "2")
    a = k * rho / (n * (1 - rho)) if rho < 1 else math.inf
    c = 1 + k * rho * (n - 1) / (n * (1 - rho)) if rho < 1 else math.inf
    df = (a * j + c * e) ** 2 / ((a * j) ** 2 / (k - 1) + (c * e) ** 2 / ((n - 1) * (k - 1)))
    tail = (1 + confidence) / 2
    under = float(special.fdtri(n - 1, df, tail))
    over = float(special.fdtri(df, n - 1, tail))
    spread = k * j + (k * n - k - n) * e
    low = n * (b - under * e) / (under * spread + n * b)
    high = n * (over * b - e) / (spread + n * over * b)
    return low, high


def _stepped_up(single: float, k: int) -> float:
    """Spearman and Brown: k·r/(1 + (k - 1)r)."""
    return k * single / (1 + (k - 1) * single)


def _mean_squares(ratings: Sequence[Sequence[float]]) -> _Squares:
    x = np.asarray(ratings, dtype=float)
    if x.ndim != 2 or min(x.shape) < 2 or not np.isfinite(x).all():
        raise ValueError("needs two objects and two judges and every judgement")
    n, k = x.shape
    centred = x - x.mean()
    rows, columns = centred.mean(axis=1), centred.mean(axis=0)
    rest = centred - rows[:, None] - columns[None, :]
    noise = 1e-24 * float((centred**2).sum())

    def square(sum_of_squares: float, df: int) -> float:
        # What is left of rounding is no variation.
        return sum_of_squares / df if sum_of_squares > noise else 0.0

    within = square(float(((centred - rows[:, None]) ** 2).sum()), n * (k - 1))
    residual = square(float((rest**2).sum()), (n - 1) * (k - 1))
    objects, judges = square(k * float((rows**2).sum()), n - 1), square(n * float((columns**2).sum()), k - 1)
    return _Squares(n, k, objects, judges, residual, within)


def cronbach_alpha(answers: Sequence[Sequence[float]], *, standardised: bool = False) -> float:
    """α = k/(k - 1)·(1 - Σs²_i/s²_total) of complete answers (persons, items); standardised k·r̄/(1 + (k-1)r̄).

    Fewer than two persons or items, or a missing answer, is a ValueError; an item without variation has no
    correlation, so the standardised one is NaN then, and the raw one is NaN when the total does not vary.
    Source: L. J. Cronbach, Psychometrika 16 (1951) 297-334.
    """
    x = np.asarray(answers, dtype=float)
    if x.ndim != 2 or min(x.shape) < 2 or not np.isfinite(x).all():
        raise ValueError("needs two persons and two items and every answer")
    k = int(x.shape[1])
    covariances = np.cov(x, rowvar=False)
    spreads = np.diag(covariances)
    if standardised:
        if (spreads <= 0).any():
            return math.nan
        correlations = covariances / np.sqrt(np.outer(spreads, spreads))
        mean = float((correlations.sum() - k) / (k * (k - 1)))
        return k * mean / (1 + (k - 1) * mean)
    total = float(covariances.sum())
    return k / (k - 1) * (1 - float(spreads.sum()) / total) if total > 0 else math.nan


def kendall_w(ratings: Sequence[Sequence[float]]) -> Concordance:
    """W of m judges (rows) over n objects (columns), ties at their mean rank and taken off the base.

    W = 12·Σ(R_i - R̄)² / (m²(n³ - n) - m·ΣT), T = t³ - t per group of ties; χ² = m(n - 1)W, n - 1 df.
    Source: M. G. Kendall, Rank Correlation Methods (1970), 6.
    """
    x = np.asarray(ratings, dtype=float)
    if x.ndim != 2 or min(x.shape) < 2 or not np.isfinite(x).all():
        raise ValueError("needs two judges and two objects and every judgement")
    m, n = x.shape
    ranks = np.array([_mean_ranks(row) for row in x])
    sums = ranks.sum(axis=0)
    groups = [np.unique(row, return_counts=True)[1] for row in x]
    ties = math.fsum(float((counts**3 - counts).sum()) for counts in groups)
    base = m * m * (n**3 - n) - m * ties
    if base <= 0:
        return Concordance(math.nan, math.nan, n - 1, math.nan)
    w = 12 * float(((sums - sums.mean()) ** 2).sum()) / base
    chi_square = m * (n - 1) * w
    return Concordance(w, chi_square, n - 1, float(special.chdtrc(n - 1, chi_square)))


def _mean_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks 1..n; equal values share the mean of their places."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place])
