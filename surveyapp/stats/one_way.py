"""Groups of unequal size: intraclass correlation with its F test, each group against the others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy import special


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """`icc` is ICC(1), not below 0; `deff` 1 + (m - 1)·icc with m the mean size; `away` each group's distance
    from the mean of the others in standard errors of the difference."""

    icc: float
    f: float
    p_value: float
    deff: float
    away: Mapping[str, float]


def group_effect(values: Mapping[str, Sequence[float]]) -> GroupEffect | None:
    """One-way analysis of variance; None with fewer than two groups or nothing to vary within them.

    ICC(1) = (B - W)/(B + (m0 - 1)W), m0 = (N - Σm²/N)/(k - 1).
    Source: P. E. Shrout, J. L. Fleiss (1979); A. Donner, Int. Stat. Rev. 54 (1986) 67-82 for unequal sizes.
    """
    groups = {name: list(mine) for name, mine in values.items() if mine}
    total, count = sum(map(len, groups.values())), len(groups)
    if count < 2 or total <= count:
        return None
    means = {name: math.fsum(mine) / len(mine) for name, mine in groups.items()}
    grand = math.fsum(value for mine in groups.values() for value in mine) / total
    between = math.fsum(len(mine) * (means[name] - grand) ** 2 for name, mine in groups.items()) / (count - 1)
    within = math.fsum((v - means[name]) ** 2 for name, mine in groups.items() for v in mine)
    within /= total - count
    if within <= 0:
        return None
    size = (total - sum(len(mine) ** 2 for mine in groups.values()) / total) / (count - 1)
    icc = max(0.0, (between - within) / (between + (size - 1) * within))
    f = between / within
    return GroupEffect(
        icc,
        f,
        float(special.fdtrc(count - 1, total - count, f)),
        1 + (total / count - 1) * icc,
        {name: _away(groups, name, within) for name in groups},
    )


def _away(groups: Mapping[str, Sequence[float]], name: str, within: float) -> float:
    mine = groups[name]
    others = [value for other, values in groups.items() if other != name for value in values]
    gap = math.fsum(mine) / len(mine) - math.fsum(others) / len(others)
    return gap / math.sqrt(within / len(mine) + within / len(others))
