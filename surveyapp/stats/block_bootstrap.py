"""The bootstrap of whole blocks (clusters, people) for ratios that many measures make of the same blocks.

n - 1 of n blocks are drawn with replacement and weighed by n/(n - 1), so that the variance of a mean is the
design variance. Strata are not kept apart: that can only widen the error. Not for a single block.
Source: J. N. K. Rao, C. F. J. Wu, JASA 83 (1988) 231-241.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from surveyapp.stats.chance import Draws

CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Block:
    """`values` and `weights` by block (rows) and measure: Σ w·y and Σ w. Both (n, k)."""

    values: Sequence[Sequence[float]]
    weights: Sequence[Sequence[float]]


class BlockBootstrap:
    """A run of replicates from one seed; each block set takes the next draws of the stream."""

    def __init__(self, replicates: int, seed: int | str) -> None:
        """`replicates` at least 2."""
        if replicates < 2:
            raise ValueError("a bootstrap needs replicates")
        self._replicates, self._draws = replicates, Draws(seed)

    def means(self, blocks: Block) -> list[list[float]]:
        """For each measure its Σwy/Σw in every replicate: k lists of R numbers.

        Where a replicate holds no weight of a measure, or there is one block only, its ratio in the whole
        sample stands. A measure without any weight is a ValueError.
        """
        values, weights = np.asarray(blocks.values, dtype=float), np.asarray(blocks.weights, dtype=float)
        if values.ndim != 2 or not (weights.sum(axis=0) > 0).all():
            raise ValueError("every measure needs weight")
        whole = values.sum(axis=0) / weights.sum(axis=0)
        size = len(values)
        if size < 2:
            return [[float(one)] * self._replicates for one in whole]
        rows = max(1, CELLS_AT_ONCE // size)
        found = []
        for start in range(0, self._replicates, rows):
            times = self._times(min(rows, self._replicates - start), size)
            top, bottom = times @ values, times @ weights
            found.append(np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), whole))
        return [[float(one) for one in column] for column in np.concatenate(found).T]

    def normal(self) -> list[float]:
        """Standard normal numbers, one for each replicate."""
        return [float(one) for one in self._draws.normal(self._replicates)]

    def _times(self, count: int, size: int) -> np.ndarray:
        """How often each block was drawn in each of `count` replicates: (count, size)."""
        drawn = self._draws.below(size, count, size - 1)
        places = drawn + np.arange(count)[:, None] * size
        return np.bincount(places.ravel(), minlength=count * size).reshape(count, size).astype(float)


def spread_of(replicates: Sequence[float]) -> float:
    """The standard deviation of replicates around their mean, with R - 1."""
    mean = math.fsum(replicates) / len(replicates)
    return math.sqrt(math.fsum((one - mean) ** 2 for one in replicates) / (len(replicates) - 1))
