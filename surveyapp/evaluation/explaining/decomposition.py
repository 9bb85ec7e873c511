"""Why one unit has more points than another, or than itself in another round: the difference leaf by leaf.

The parts sum to the difference to the last digit; what is not applicable or not scored is told apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from surveyapp.evaluation.profiles import MissingPolicy
from surveyapp.evaluation.scoring import LeafScore, MethodCell, UnitScore, scored_sum
from surveyapp.evaluation.scoring.combining import Combined, combined
from surveyapp.evaluation.scoring.leaves import leaf_parts
from surveyapp.stats.recovered_variances import Difference, Estimate, difference_of


@dataclass(frozen=True, slots=True)
class Part:
    """`difference` = points of the first minus points of the second, with its plain 95 % interval.

    `first` and `second` are the points on both sides, None where there are none. `methods` sum to a leaf.
    """

    code: str
    label: str
    first: float | None
    second: float | None
    difference: float
    low: float | None
    high: float | None
    methods: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Apart:
    """A leaf that is not in the sum: not applicable or not scored on a side. Bounds of first - second."""

    code: str
    label: str
    first: str
    second: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Decomposition:
    """`difference` = Σ of the `parts`. `of_totals`: of both totals; else of the leaves scored on both sides.

    Parts: leaves of both sides, then leaves that apply on one side only, then 'scaling' (换算 to all points
    where leaves do not apply) and 'cap' when they move anything. `by_method` are the parts of leaves scored
    on both sides, summed by method. `available` are the points of those leaves on the first side.
    """

    of_totals: bool
    available: float
    first: float
    second: float
    difference: float
    low: float
    high: float
    parts: tuple[Part, ...]
    by_method: tuple[Part, ...]
    apart: tuple[Apart, ...]


def decomposed(first: UnitScore, second: UnitScore, policies: Sequence[MissingPolicy]) -> Decomposition:
    """The difference of two scores, taken as independent. `policies` are the rules of each side.

    Leaves are paired by code; one that only one table holds counts as not applicable on the other side. When
    both totals are known their difference is split, otherwise that of the base leaves scored on both sides.
    """
    of_totals = first.total.points is not None and second.total.points is not None
    pairs = _paired(first, second)
    if not of_totals:
        pairs = [(a, b) for a, b in pairs if "base" in {one.group for one in (a, b) if one}]
    both = [(a, b) for a, b in pairs if _scored(a) and _scored(b)]
    parts = [_leaf_part(a, b) for a, b in both if a and b]
    sides = [[one for one in side if one] for side in zip(*both, strict=True)] if both else [[], []]
    if of_totals:
        parts += [_one_sided(a, b) for a, b in pairs if _scored(a) != _scored(b)]
        parts += [part for part in (_scaling(first, second), _cap(first, second)) if part.difference]
        values = [_node_estimate(one) for one in (first, second)]
    else:
        sums = [scored_sum(leaves, policy) for leaves, policy in zip(sides, policies, strict=True)]
        values = [_estimate(one) for one in sums]
    whole = difference_of(values[0], values[1])
    return Decomposition(
        of_totals,
        math.fsum(leaf.available for leaf in sides[0]),
        values[0].value,
        values[1].value,
        whole.value,
        whole.interval.low,
        whole.interval.high,
        tuple(sorted(parts, key=lambda part: (part.code in ("scaling", "cap"), -abs(part.difference)))),
        _by_method(sides, policies),
        tuple(_apart(a, b) for a, b in pairs if not _is_whole(a, b)),
    )


def _paired(first: UnitScore, second: UnitScore) -> list[tuple[LeafScore | None, LeafScore | None]]:
    mine, theirs = ({leaf.code: leaf for leaf in score.leaves} for score in (first, second))
    codes = [*mine, *(code for code in theirs if code not in mine)]
    return [(mine.get(code), theirs.get(code)) for code in codes]


def _scored(leaf: LeafScore | None) -> bool:
    return leaf is not None and leaf.points is not None


def _is_whole(first: LeafScore | None, second: LeafScore | None) -> bool:
    return _scored(first) and _scored(second)


def _leaf_part(first: LeafScore, second: LeafScore) -> Part:
    gap = difference_of(_leaf_estimate(first), _leaf_estimate(second))
    cells = ({cell.method: cell for cell in leaf.cells if cell.weight_used} for leaf in (first, second))
    mine, theirs = cells
    methods = tuple(
        _method_part(method, (mine.get(method), first.available), (theirs.get(method), second.available))
        for method in dict.fromkeys([*mine, *theirs])
    )
    return _part(first.code, first.label, first.points, second.points, gap, methods)


def _part(
    code: str,
    label: str,
    first: float | None,
    second: float | None,
    gap: Difference,
    methods: tuple[Part, ...] = (),
) -> Part:
    return Part(code, label, first, second, gap.value, gap.interval.low, gap.interval.high, methods)


def _method_part(
    method: str, first: tuple[MethodCell | None, float], second: tuple[MethodCell | None, float]
) -> Part:
    gap = difference_of(_cell_estimate(*first), _cell_estimate(*second))
    points = [cell.points if cell else None for cell in (first[0], second[0])]
    return _part(method, method, points[0], points[1], gap)


def _one_sided(first: LeafScore | None, second: LeafScore | None) -> Part:
    """A leaf that applies on one side only, with all its points."""
    nothing = Estimate(0.0, 0.0, 0.0)
    sides = [_leaf_estimate(one) if one and _scored(one) else nothing for one in (first, second)]
    known = first or second
    assert known is not None
    points = [one.points if one else None for one in (first, second)]
    return _part(known.code, known.label, points[0], points[1], difference_of(sides[0], sides[1]))


def _stretched(score: UnitScore) -> float:
    """What scaling to all points adds to a base whose leaves do not all apply."""
    plain = math.fsum(leaf.points or 0.0 for leaf in score.leaves if leaf.group == "base")
    return (score.base.points or 0.0) - plain


def _cut(score: UnitScore) -> float:
    """What a cap takes from base and bonus; 0 or less."""
    return (score.total.points or 0.0) - ((score.base.points or 0.0) + (score.bonus.points or 0.0))


def _scaling(first: UnitScore, second: UnitScore) -> Part:
    one, other = _stretched(first), _stretched(second)
    return Part("scaling", "", one, other, _clean(one - other), None, None)


def _cap(first: UnitScore, second: UnitScore) -> Part:
    one, other = _cut(first), _cut(second)
    return Part("cap", "", one, other, _clean(one - other), None, None)


def _clean(value: float) -> float:
    """0 for what is left of rounding only."""
    return 0.0 if abs(value) < 1e-9 else value


def _by_method(sides: Sequence[Sequence[LeafScore]], policies: Sequence[MissingPolicy]) -> tuple[Part, ...]:
    sums = [_method_sums(leaves, policy) for leaves, policy in zip(sides, policies, strict=True)]
    nothing = Combined(0.0, 0.0, 0.0, 0.0)
    found = []
    for method in dict.fromkeys([*sums[0], *sums[1]]):
        one, other = (side.get(method, nothing) for side in sums)
        gap = difference_of(_estimate(one), _estimate(other))
        found.append(_part(method, method, one.value, other.value, gap))
    return tuple(sorted(found, key=lambda part: -abs(part.difference)))


def _method_sums(leaves: Sequence[LeafScore], policy: MissingPolicy) -> dict[str, Combined]:
    parts = [part for leaf in leaves for part in leaf_parts(leaf.cells, policy, leaf.available)]
    methods = dict.fromkeys(cell.method for leaf in leaves for cell in leaf.cells if cell.weight_used)
    return {
        method: combined([part for part in parts if part.estimate.method == method]) for method in methods
    }


def _apart(first: LeafScore | None, second: LeafScore | None) -> Apart:
    known = first or second
    assert known is not None
    statuses = [one.status if one else "not_applicable" for one in (first, second)]
    low = (first.bound_low if first else 0.0) - (second.bound_high if second else 0.0)
    high = (first.bound_high if first else 0.0) - (second.bound_low if second else 0.0)
    return Apart(known.code, known.label, statuses[0], statuses[1], low, high)


def _estimate(sum_: Combined) -> Estimate:
    return Estimate(sum_.value, sum_.low, sum_.high, se=sum_.se)


def _node_estimate(score: UnitScore) -> Estimate:
    total = score.total
    return Estimate(total.points or 0.0, total.low or 0.0, total.high or 0.0, se=total.se or 0.0)


def _leaf_estimate(leaf: LeafScore) -> Estimate:
    return Estimate(leaf.points or 0.0, leaf.low or 0.0, leaf.high or 0.0, se=leaf.se or 0.0)


def _cell_estimate(cell: MethodCell | None, points: float) -> Estimate:
    if cell is None or cell.achievement is None:
        return Estimate(0.0, 0.0, 0.0)
    size = points * cell.weight_used
    ends = ((cell.low or 0.0) * size, (cell.high or 0.0) * size)
    return Estimate(cell.achievement * size, *ends, se=(cell.se or 0.0) * size)
