"""How much of a number's variation over a full factorial comes from each of its factors.

Not for sampled designs: every combination of the levels has to be there once.
"""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

MOST_FACTORS = 12


def variance_shares(outcomes: Sequence[float], levels: Sequence[int]) -> list[float]:
    """The Shapley effect of each factor; they sum to the variance of the outcomes over all combinations.

    `outcomes` in C order of the factors, whose numbers of levels are `levels`. With v(S) = Var E(y | factors
    in S), a factor gets the mean of v(S + it) - v(S) over all orders of the factors. A ValueError for a
    wrong number of outcomes, values that are not finite or more than 12 factors.
    Source: A. B. Owen, SIAM/ASA J. Uncertain. Quantif. 2 (2014) 245-251.
    """
    values = np.asarray(outcomes, dtype=float)
    if values.size != math.prod(levels) or not np.isfinite(values).all():
        raise ValueError("needs one finite outcome for every combination")
    count = len(levels)
    if count > MOST_FACTORS:
        raise ValueError(f"at most {MOST_FACTORS} factors")
    table = values.reshape(tuple(levels))
    explained = {
        chosen: _explained(table, chosen)
        for size in range(count + 1)
        for chosen in combinations(range(count), size)
    }
    shares = [0.0] * count
    for chosen, before in explained.items():
        weight = (
            math.factorial(len(chosen)) * math.factorial(count - len(chosen) - 1)
            if len(chosen) < count
            else 0
        )
        for factor in set(range(count)) - set(chosen):
            gained = explained[tuple(sorted((*chosen, factor)))] - before
            shares[factor] += weight / math.factorial(count) * gained
    return shares


def _explained(table: np.ndarray, chosen: tuple[int, ...]) -> float:
    """Variance of the means over everything but the chosen factors."""
    others = tuple(axis for axis in range(table.ndim) if axis not in chosen)
    return float(table.mean(axis=others).var()) if chosen else 0.0
