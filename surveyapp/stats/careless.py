"""Answers given without reading: runs, spread, distance from the others, inconsistency.

Each is a hint for a reviewer, never a verdict. Persons are rows, items are columns, in the order asked.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special


@dataclass(frozen=True, slots=True)
class Runs:
    """The longest run of equal answers, and the mean length of all runs."""

    longest: int
    average: float


def runs_of(answers: Sequence[float]) -> Runs:
    """Runs in one person's answers. A missing answer (NaN) ends a run and is none; no answers: 0 and 0.

    Source: J. A. Johnson, J. Res. Pers. 39 (2005) 103-129.
    """
    lengths: list[int] = []
    before = math.nan
    for answer in answers:
        if math.isnan(answer):
            before = answer
        elif answer == before:
            lengths[-1] += 1
        else:
            lengths.append(1)
            before = answer
    if not lengths:
        return Runs(0, 0.0)
    return Runs(max(lengths), sum(lengths) / len(lengths))


def response_variability(answers: Sequence[float]) -> float:
    """IRV: the sample standard deviation (n - 1) of one person's answers; NaN below two answers.

    Source: A. M. Dunn et al., J. Bus. Psychol. 33 (2018) 105-121.
    """
    given = [answer for answer in answers if not math.isnan(answer)]
    if len(given) < 2:
        return math.nan
    mean = math.fsum(given) / len(given)
    return math.sqrt(math.fsum((answer - mean) ** 2 for answer in given) / (len(given) - 1))


def mahalanobis_distances(answers: Sequence[Sequence[float]]) -> np.ndarray | None:
    """D² of every person from the mean of all; None when it may not be judged.

    It may when there are more than five persons with complete answers per item, and no item follows from the
    others. Persons with a missing answer get NaN. Source: P. C. Mahalanobis (1936); A. W. Meade, S. B. Craig,
    Psychol. Methods 17 (2012) 437-455.
    """
    x = np.asarray(answers, dtype=float)
    if x.ndim != 2 or x.size == 0:
        raise ValueError("needs a table of persons and items")
    complete = np.isfinite(x).all(axis=1)
    kept, k = x[complete], x.shape[1]
    if len(kept) <= 5 * k:
        return None
    away = kept - kept.mean(axis=0)
    covariance = away.T @ away / (len(kept) - 1)
    if np.linalg.matrix_rank(covariance, hermitian=True) < k:
        return None
    found = np.full(len(x), np.nan)
    found[complete] = (away @ np.linalg.inv(covariance) * away).sum(axis=1)
    return found


def mahalanobis_limit(items: int, confidence: float = 0.999) -> float:
    """The χ² quantile D² is held against, with as many degrees of freedom as items."""
    if items < 1 or not 0 < confidence < 1:
        raise ValueError("needs an item and a confidence between 0 and 1")
    return float(special.chdtri(items, 1 - confidence))


def even_odd_consistency(scales: Sequence[Sequence[float]]) -> float:
    """Correlation over one person's scales of the means of odd with those of even items, at full length.

    2r/(1 + r), not below -1; NaN with fewer than three scales of two items or without any variation.
    Source: Johnson (2005).
    """
    halves = [(list(scale[0::2]), list(scale[1::2])) for scale in scales]
    pairs = [(_mean(odd), _mean(even)) for odd, even in halves]
    kept = [pair for pair in pairs if not any(math.isnan(value) for value in pair)]
    r = _correlation(kept)
    return r if math.isnan(r) else max(-1.0, 2 * r / (1 + r)) if r > -1 else -1.0


def synonym_pairs(answers: Sequence[Sequence[float]], least: float = 0.6) -> list[tuple[int, int]]:
    """Pairs of items whose answers correlate above `least`; below it for a negative one (antonyms)."""
    x = np.asarray(answers, dtype=float)
    found = []
    for one in range(x.shape[1]):
        for other in range(one + 1, x.shape[1]):
            both = np.isfinite(x[:, one]) & np.isfinite(x[:, other])
            r = _correlation(list(zip(x[both, one].tolist(), x[both, other].tolist(), strict=True)))
            if (r > least) if least >= 0 else (r < least):
                found.append((one, other))
    return found


def synonym_consistency(answers: Sequence[float], pairs: Sequence[tuple[int, int]]) -> float:
    """Correlation of one person's answers over the pairs; NaN with fewer than three pairs or no variation.

    Source: Meade and Craig (2012).
    """
    both = [(answers[one], answers[other]) for one, other in pairs]
    return _correlation([pair for pair in both if not any(math.isnan(value) for value in pair)])


def _mean(values: Sequence[float]) -> float:
    given = [value for value in values if not math.isnan(value)]
    return math.fsum(given) / len(given) if given else math.nan


def _correlation(pairs: Sequence[tuple[float, float]]) -> float:
    if len(pairs) < 3:
        return math.nan
    x, y = (np.asarray(side, dtype=float) for side in zip(*pairs, strict=True))
    x, y = x - x.mean(), y - y.mean()
    base = math.sqrt(float((x * x).sum() * (y * y).sum()))
    return max(-1.0, min(1.0, float((x * y).sum()) / base)) if base > 0 else math.nan
