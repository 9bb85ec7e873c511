"""How far several judges of the same objects agree beyond chance.

Not for the precision of an average of judges: see reliability. A coefficient that cannot be known (nothing
can be paired, or everything is one category) is NaN and never 1: agreement without variation proves nothing.
"""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from surveyapp.stats.chance import Draws
from surveyapp.stats.interval import Interval, normal_quantile
from surveyapp.stats.replication import percentile_interval

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Weighting = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its large-sample standard error (NaN where there is none)."""

    value: float
    se: float

    def interval(self, confidence: float = 0.95) -> Interval:
        """value ± z·se, not above 1."""
        half = normal_quantile(confidence) * self.se
        return Interval(self.value - half, min(1.0, self.value + half))


def krippendorff_alpha(ratings: Sequence[Sequence[float | None]], level: Level = "nominal") -> float:
    """α = 1 - observed / expected disagreement. `ratings`: row per judge, column per object, None missing.

    Distances δ²: nominal 0/1; ordinal (Σ of the counts from c to k minus half of both ends)²; interval
    (c - k)²; ratio ((c - k)/(c + k))². Values of a nominal level may be any numbers. Rows of unequal length,
    and negative values of a ratio level, are ValueErrors.
    Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).
    """
    counts, values = _value_counts(ratings)
    return _alpha(counts, values, level)


def krippendorff_interval(
    ratings: Sequence[Sequence[float | None]],
    level: Level,
    seed: int | str,
    replicates: int = 2000,
    confidence: float = 0.95,
) -> Interval:
    """Percentile interval of α from objects drawn again with replacement.

    Replicates without an α are left out. Fewer than two objects that can be paired, or
    no replicate with an α, is a ValueError.
    """
    counts, values = _value_counts(ratings)
    if len(counts) < 2:
        raise ValueError("an interval of agreement needs two objects with two judgements each")
    drawn = Draws(seed).below(len(counts), replicates, len(counts))
    found = [_alpha(counts[rows], values, level) for rows in drawn]
    return percentile_interval([value for value in found if not math.isnan(value)], confidence)


def _value_counts(ratings: Sequence[Sequence[float | None]]) -> tuple[np.ndarray, np.ndarray]:
    """How often each value was given to each object that has at least two: (objects, values)."""
    if not ratings or len({len(row) for row in ratings}) != 1:
        raise ValueError("every judge needs one place for each object")
    columns = [
        [float(value) for value in column if value is not None and not math.isnan(value)]
        for column in zip(*ratings, strict=True)
    ]
    paired = [column for column in columns if len(column) > 1]
    values = sorted({value for column in paired for value in column})
    counts = np.array([[column.count(value) for value in values] for column in paired], dtype=float)
    return counts.reshape(len(paired), len(values)), np.array(values)


def _alpha(counts: np.ndarray, values: np.ndarray, level: Level) -> float:
    if len(counts) == 0:
        return math.nan
    sizes = counts.sum(axis=1)
    scaled = counts / (sizes - 1)[:, None]
    together = counts.T @ scaled - np.diag(scaled.sum(axis=0))
    given = counts.sum(axis=0)
    total = float(given.sum())
    distance = _distances(given, values, level)
    expected = float((np.outer(given, given) * distance).sum()) / (total - 1)
    if expected == 0:
        return math.nan
    return 1 - float((together * distance).sum()) / expected


def _distances(given: np.ndarray, values: np.ndarray, level: Level) -> np.ndarray:
    one, other = values[:, None], values[None, :]
    if level == "nominal":
        return np.asarray((one != other).astype(float))
    if level == "interval":
        return np.asarray((one - other) ** 2)
    if level == "ratio":
        if (values < 0).any():
            raise ValueError("a ratio level has no negative values")
        base = one + other
        return np.asarray(((one - other) / np.where(base > 0, base, 1.0)) ** 2)
    upto = np.cumsum(given)
    low = np.minimum(upto[:, None] - given[:, None], upto[None, :] - given[None, :])
    high = np.maximum(upto[:, None], upto[None, :])
    return np.asarray((high - low - (given[:, None] + given[None, :]) / 2) ** 2 * (one != other))


def cohen_kappa(table: Sequence[Sequence[float]], weighting: Weighting = "none") -> Agreement:
    """κ of two judges from their square table of counts (rows: first judge), categories in order.

    Weights of agreement: 1 on the diagonal, 1 - |i - j|/(k - 1) linear, 1 - (i - j)²/(k - 1)² quadratic. The
    error is that of J. L. Fleiss, J. Cohen, B. S. Everitt, Psychol. Bull. 72 (1969) 323-327.
    A table that is not square, has a negative count or is empty is a ValueError.
    Source: J. Cohen, Educ. Psychol. Meas. 20 (1960) 37-46; Psychol. Bull. 70 (1968) 213-220.
    """
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or (counts < 0).any() or counts.sum() <= 0:
        raise ValueError("needs a square table of counts that are not all 0")
    n, size = float(counts.sum()), len(counts)
    p = counts / n
    row, column = p.sum(axis=1), p.sum(axis=0)
    away = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(1, size - 1)
    w = {"none": (away == 0).astype(float), "linear": 1 - away, "quadratic": 1 - away**2}[weighting]
    observed, expected = float((w * p).sum()), float((w * np.outer(row, column)).sum())
    if expected == 1:
        return Agreement(math.nan, math.nan)
    kappa = (observed - expected) / (1 - expected)
    mean = (w @ column)[:, None] + (row @ w)[None, :]
    inner = float((p * (w - mean * (1 - kappa)) ** 2).sum()) - (kappa - expected * (1 - kappa)) ** 2
    return Agreement(kappa, math.sqrt(max(0.0, inner) / n) / (1 - expected))


def fleiss_kappa(counts: Sequence[Sequence[float]]) -> float:
    """κ of m judges per object from counts (objects, categories); every object needs the same m >= 2.

    Source: J. L. Fleiss, Psychol. Bull. 76 (1971) 378-382.
    """
    table = np.asarray(counts, dtype=float)
    sizes = table.sum(axis=1) if table.ndim == 2 and table.size else np.zeros(1)
    if (table < 0).any() or len(set(sizes.tolist())) != 1 or sizes[0] < 2:
        raise ValueError("every object needs the same number of judgements, at least two")
    m = float(sizes[0])
    observed = float(((table**2).sum(axis=1) - m).mean()) / (m * (m - 1))
    shares = table.sum(axis=0) / table.sum()
    expected = float((shares**2).sum())
    return (observed - expected) / (1 - expected) if expected < 1 else math.nan


def gwet_ac1(ratings: Sequence[Sequence[Hashable | None]], categories: int | None = None) -> Agreement:
    """AC1 of any number of judges (rows) over objects (columns), None for no judgement.

    p_a over the objects with two judgements or more, π_k the mean share of category k over the objects with
    one or more, p_e = Σπ_k(1 - π_k)/(q - 1). `categories` q: those that could be chosen, at least those seen.
    One category that could be chosen, or no pair of judgements: NaN.
    Source: K. L. Gwet, Br. J. Math. Stat. Psychol. 61 (2008) 29-48.
    """
    if not ratings or len({len(row) for row in ratings}) != 1:
        raise ValueError("every judge needs one place for each object")
    objects = [Counter(v for v in column if v is not None) for column in zip(*ratings, strict=True)]
    objects = [one for one in objects if one]
    names = sorted({name for one in objects for name in one}, key=repr)
    q = max(len(names), categories or 0)
    counts = np.array([[one[name] for name in names] for one in objects], dtype=float)
    sizes = counts.sum(axis=1) if len(objects) else np.zeros(0)
    paired = sizes > 1
    if q < 2 or not paired.any():
        return Agreement(math.nan, math.nan)
    shares = (counts / sizes[:, None]).mean(axis=0)
    expected = float((shares * (1 - shares)).sum()) / (q - 1)
    agreed = np.zeros(len(objects))
    m = sizes[paired]
    agreed[paired] = ((counts[paired] * (counts[paired] - 1)).sum(axis=1)) / (m * (m - 1))
    value = (float(agreed[paired].mean()) - expected) / (1 - expected)
    return Agreement(value, _ac1_error(agreed, paired, counts / sizes[:, None], shares, q, value, expected))


def _ac1_error(
    agreed: np.ndarray,
    paired: np.ndarray,
    given: np.ndarray,
    shares: np.ndarray,
    q: int,
    value: float,
    expected: float,
) -> float:
    """Standard error from the objects' linearised values, Gwet (2008), equation 21 with the share paired."""
    n = len(agreed)
    if n < 2:
        return math.nan
    observed = float(agreed[paired].mean())
    own = np.where(paired, n / int(paired.sum()) * (agreed - expected) / (1 - expected), 0.0)
    chance = (given @ (1 - shares)) / (q - 1)
    parts = own - 2 * (1 - value) * (chance - expected) / (1 - expected)
    centre = (observed - expected) / (1 - expected)
    return math.sqrt(float(((parts - centre) ** 2).sum()) / (n * (n - 1)))
