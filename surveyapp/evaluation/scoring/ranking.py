"""The place of every unit in a round, with how sure it is: never a bare league table.

A unit whose total is 未评 has a place too: anywhere its bounds allow.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.evaluation.scoring.unit import NodeScore, UnitScore
from surveyapp.stats.interval import Interval
from surveyapp.stats.ranks import (
    chances_of_first,
    expected_ranks,
    joint_quantile,
    range_of_ranks,
    tiers,
)

CONFIDENCE = 0.95
TIER_CONFIDENCE = 0.9


@dataclass(frozen=True, slots=True)
class Placed:
    """One unit's place. Rank 1 is the highest total.

    `first`..`last` hold for all units at once at 95 %; `alone_first`..`alone_last` for this unit alone;
    `worst_first`..`worst_last` whatever the missing evidence would have said. `tier`, `chance_first` and
    `expected` are None unless every unit has a total; `points` and `se` are None for 未评.
    """

    unit: str
    points: float | None
    se: float | None
    bound_low: float
    bound_high: float
    first: int
    last: int
    alone_first: int
    alone_last: int
    worst_first: int
    worst_last: int
    tier: int | None
    chance_first: float | None
    expected: float | None


def ranked(scores: Sequence[UnitScore]) -> tuple[Placed, ...]:
    """Every unit, highest total first; units without a total follow, by their upper bounds.

    Units are taken as independent of each other.
    Source: M. Klein, T. Wright, J. Wieczorek, J. R. Stat. Soc. A 183 (2020) 589-606; see stats.ranks.
    """
    if not scores:
        return ()
    totals = [score.total for score in scores]
    joint = range_of_ranks([_reach(total, joint_quantile(len(totals), CONFIDENCE)) for total in totals])
    alone = _alone(totals)
    worst = range_of_ranks([Interval(total.bound_low, total.bound_high) for total in totals])
    tier, chance, expected = _together(totals)
    placed = [
        Placed(
            score.unit,
            total.points,
            total.se,
            total.bound_low,
            total.bound_high,
            joint[at].first,
            joint[at].last,
            *alone[at],
            worst[at].first,
            worst[at].last,
            tier[at],
            chance[at],
            expected[at],
        )
        for at, (score, total) in enumerate(zip(scores, totals, strict=True))
    ]
    return tuple(sorted(placed, key=_order))


def _reach(total: NodeScore, z: float) -> Interval:
    """Where a total may lie: its interval of z errors, or its bounds when it is not scored."""
    if total.points is None:
        return Interval(total.bound_low, total.bound_high)
    return Interval(total.points - z * (total.se or 0.0), total.points + z * (total.se or 0.0))


def _alone(totals: Sequence[NodeScore]) -> list[tuple[int, int]]:
    """For each unit the ranks left when its difference to each other unit is tested at 95 % for it alone.

    The others' comparisons are Bonferroni-corrected within the unit: α/(K - 1) each.
    """
    z = joint_quantile(max(1, len(totals) - 1), CONFIDENCE, independent=False)
    found = []
    for one in totals:
        better = sum(_is_above(other, one, z) for other in totals if other is not one)
        worse = sum(_is_above(one, other, z) for other in totals if other is not one)
        found.append((1 + better, len(totals) - worse))
    return found


def _is_above(one: NodeScore, other: NodeScore, z: float) -> bool:
    if one.points is None or other.points is None:
        return _reach(one, z).low > _reach(other, z).high
    error = math.hypot(one.se or 0.0, other.se or 0.0)
    return one.points - other.points > z * error


def _together(
    totals: Sequence[NodeScore],
) -> tuple[list[int | None], list[float | None], list[float | None]]:
    """Tiers, chances of being first and expected ranks; None for all when one total is missing."""
    points = [total.points for total in totals if total.points is not None]
    if len(points) < len(totals):
        nothing: list[None] = [None] * len(totals)
        return [*nothing], [*nothing], [*nothing]
    errors = [total.se or 0.0 for total in totals]
    covariance = [
        [error * error if at == place else 0.0 for place in range(len(errors))]
        for at, error in enumerate(errors)
    ]
    return (
        [*tiers(points, covariance, TIER_CONFIDENCE)],
        [*chances_of_first(points, errors)],
        [*expected_ranks(points, errors)],
    )


def _order(placed: Placed) -> tuple[bool, float, str]:
    best = placed.bound_high if placed.points is None else placed.points
    return placed.points is None, -best, placed.unit
