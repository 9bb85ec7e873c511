"""Whether two units can be told apart: the difference of their points on leaves scored in both.

Not a ranking: pairs that cannot be separated stay together, whatever their order.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from surveyapp.evaluation.profiles import MissingPolicy
from surveyapp.evaluation.scoring.combining import Combined, combined
from surveyapp.evaluation.scoring.leaves import LeafScore, leaf_parts
from surveyapp.evaluation.scoring.unit import UnitScore
from surveyapp.stats.interval import normal_quantile

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Comparison:
    """`difference` = points of `first` minus points of `second` on `leaves`, worth `available` points.

    `low` and `high` are its plain 95 % interval; `separated` is the verdict after Holm's correction over
    all pairs, at 95 % for the whole family. Without common leaves the numbers are None.
    """

    first: str
    second: str
    leaves: tuple[str, ...]
    available: float
    difference: float | None
    se: float | None
    low: float | None
    high: float | None
    separated: bool = False


def scored_sum(leaves: Sequence[LeafScore], policy: MissingPolicy) -> Combined:
    """Points of the leaves that are scored, with the error of their sum; others are left out."""
    scored = [leaf for leaf in leaves if leaf.points is not None]
    parts = [part for leaf in scored for part in leaf_parts(leaf.cells, policy, leaf.available)]
    sum_ = combined(parts)
    return replace(sum_, value=math.fsum(leaf.points or 0.0 for leaf in scored))


def compare(
    scores: Sequence[UnitScore], policy: MissingPolicy, group: str = "base"
) -> tuple[Comparison, ...]:
    """Every pair of units, in the order given. Units are taken as independent of each other.

    Holm: the pairs are tested from the smallest p-value on, at α ÷ (pairs left); the first that fails ends
    it. Source: S. Holm, Scand. J. Statist. 6 (1979) 65-70.
    """
    sums: dict[tuple[int, tuple[str, ...]], Combined] = {}

    def summed(score: UnitScore, codes: tuple[str, ...]) -> Combined:
        """The sum over those leaves; most pairs share the same ones."""
        key = (id(score), codes)
        if key not in sums:
            sums[key] = scored_sum([score.leaf(code) for code in codes], policy)
        return sums[key]

    pairs = [_pair(a, b, summed, group) for a, b in combinations(scores, 2)]
    tested = sorted((p for p in pairs if p.difference is not None), key=_p_value)
    separated = set()
    for number, pair in enumerate(tested):
        if _p_value(pair) > (1 - CONFIDENCE) / (len(tested) - number):
            break
        separated.add((pair.first, pair.second))
    return tuple(replace(pair, separated=(pair.first, pair.second) in separated) for pair in pairs)


def _pair(
    a: UnitScore, b: UnitScore, summed: Callable[[UnitScore, tuple[str, ...]], Combined], group: str
) -> Comparison:
    known = {leaf.code for leaf in b.leaves if leaf.points is not None and leaf.group == group}
    codes = tuple(leaf.code for leaf in a.leaves if leaf.points is not None and leaf.code in known)
    if not codes:
        return Comparison(a.unit, b.unit, (), 0.0, None, None, None, None)
    first, second = summed(a, codes), summed(b, codes)
    difference, se = first.value - second.value, math.hypot(first.se, second.se)
    half = normal_quantile(CONFIDENCE) * se
    available = math.fsum(a.leaf(code).available for code in codes)
    return Comparison(a.unit, b.unit, codes, available, difference, se, difference - half, difference + half)


def _p_value(pair: Comparison) -> float:
    """Two-sided, normal; without any error 0 for a difference and 1 for none."""
    size = abs(pair.difference or 0.0)
    if not pair.se:
        return 1.0 if size == 0 else 0.0
    return math.erfc(size / pair.se / math.sqrt(2))
