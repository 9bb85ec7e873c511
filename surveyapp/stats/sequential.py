"""Verdicts that may come early: Wald's sequential test of two failure shares, and sequences of intervals.

A share from a test that stopped early is biased: these give verdicts and honest intervals, not scores.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from surveyapp.stats.interval import Interval
from surveyapp.stats.roots import crossing


@dataclass(frozen=True, slots=True)
class SequentialPlan:
    """Good when failures <= -accept + slope·n, bad when failures >= reject + slope·n, else go on."""

    accept: float
    reject: float
    slope: float

    @property
    def earliest_good(self) -> int:
        """The first n at which no failure at all is enough."""
        return math.ceil(self.accept / self.slope - 1e-12)

    @property
    def earliest_bad(self) -> int:
        """The first n at which nothing but failures is enough."""
        return math.ceil(self.reject / (1 - self.slope) - 1e-12)


@dataclass(frozen=True, slots=True)
class SequentialCourse:
    """What the test does at one true failure share: P(good) and the expected number of trials."""

    good: float
    expected_n: float


def sequential_plan(good: float, bad: float, alpha: float = 0.05, beta: float = 0.1) -> SequentialPlan:
    """Wald's lines for failure shares good < bad; alpha: calling good bad, beta: calling bad good.

    k = log(bad(1 - good)/(good(1 - bad))), accept = log((1 - α)/β)/k, reject = log((1 - β)/α)/k,
    slope = log((1 - good)/(1 - bad))/k. Source: A. Wald, Sequential Analysis (1947), 5.3; NIST 6.2.6.
    """
    if not (0 < good < bad < 1 and 0 < alpha < 1 and 0 < beta < 1 and alpha + beta < 1):
        raise ValueError("needs 0 < good < bad < 1 and error rates that add to less than 1")
    k = math.log(bad * (1 - good) / (good * (1 - bad)))
    accept, reject = math.log((1 - alpha) / beta) / k, math.log((1 - beta) / alpha) / k
    return SequentialPlan(accept, reject, math.log((1 - good) / (1 - bad)) / k)


def sequential_course(
    plan: SequentialPlan, share: float, truncated_at: int, good_up_to: int
) -> SequentialCourse:
    """Exact course at a failure share; cut off at `truncated_at`, good with `good_up_to` failures or fewer.

    By recursion over the failures of the runs that have no verdict yet.
    """
    if not (0 <= share <= 1 and truncated_at >= 1 and 0 <= good_up_to <= truncated_at):
        raise ValueError("needs a share, a last trial and a number of failures within it")
    open_runs = np.zeros(truncated_at + 2)
    open_runs[0] = 1.0
    failures = np.arange(truncated_at + 2)
    good, expected = 0.0, 0.0
    for n in range(1, truncated_at + 1):
        expected += float(open_runs.sum())
        open_runs = open_runs * (1 - share) + np.concatenate([[0.0], open_runs[:-1] * share])
        is_good = failures <= -plan.accept + plan.slope * n
        is_bad = failures >= plan.reject + plan.slope * n
        good += float(open_runs[is_good].sum())
        open_runs[is_good | is_bad] = 0.0
    good += float(open_runs[failures <= good_up_to].sum())
    return SequentialCourse(good, expected)


def confidence_sequence(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Interval for a share that may be looked at after every trial: with `confidence` none of them misses.

    {p: B(1/2 + s, 1/2 + f)/B(1/2, 1/2) < p^s(1 - p)^f/α}, a mixture of likelihood ratios over Beta(1/2, 1/2).
    No trial yet: 0..1. Source: H. Robbins, Ann. Math. Statist. 41 (1970) 1397-1409.
    """
    if not 0 < confidence < 1 or n < 0 or not 0 <= successes <= n:
        raise ValueError("needs 0 <= successes <= n and a confidence between 0 and 1")
    if n == 0:
        return Interval(0.0, 1.0)
    failures = n - successes
    mixture = float(special.betaln(0.5 + successes, 0.5 + failures) - special.betaln(0.5, 0.5))

    def excess(p: float) -> float:
        fit = float(special.xlogy(successes, p) + special.xlog1py(failures, -p))
        return mixture - fit + math.log(1 - confidence)

    best = successes / n
    low = 0.0 if successes == 0 else crossing(excess, 1e-300, best)
    high = 1.0 if failures == 0 else crossing(excess, best, 1 - 1e-16)
    return Interval(low, high)


def mean_confidence_sequence(values: Sequence[float], confidence: float = 0.95) -> list[Interval]:
    """Intervals for the mean of values in 0..1, one after each value; with `confidence` none of them misses.

    Predictable empirical Bernstein: Σλx/Σλ ± (log(2/α) + Σ4(x - μ̂)²ψ(λ))/Σλ, ψ(λ) = (-log(1 - λ) - λ)/4,
    λ_t = min(1/2, sqrt(2·log(2/α)/(σ̂²_{t-1}·t·log(1 + t)))), each interval met with those before it.
    Values outside 0..1 or missing are a ValueError.
    Source: I. Waudby-Smith, A. Ramdas, J. R. Stat. Soc. B 86 (2024) 1-27, theorem 2.
    """
    if not 0 < confidence < 1 or not all(0 <= value <= 1 for value in values):
        raise ValueError("needs values of 0..1 and a confidence between 0 and 1")
    log_bound = math.log(2 / (1 - confidence))
    mean, variance, seen, squares = 0.5, 0.25, 0.0, 0.25
    weighted = weight = penalty = 0.0
    low, high = 0.0, 1.0
    found = []
    for t, x in enumerate(values, 1):
        step = min(0.5, math.sqrt(2 * log_bound / (variance * t * math.log1p(t))))
        weighted, weight = weighted + step * x, weight + step
        penalty += (x - mean) ** 2 * (-math.log1p(-step) - step)
        seen += x
        mean = (0.5 + seen) / (t + 1)
        squares += (x - mean) ** 2
        variance = squares / (t + 1)
        half = (log_bound + penalty) / weight
        low, high = max(low, weighted / weight - half), min(high, weighted / weight + half)
        found.append(Interval(low, max(low, high)))
    return found
