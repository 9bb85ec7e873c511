"""One leaf of one unit: its method cells, its coverage, its points with interval and bounds.

A cell without evidence is never guessed: it is 未评, and the bounds say what it could be worth.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from surveyapp.evaluation.framework.model import Indicator
from surveyapp.evaluation.profiles import MissingPolicy
from surveyapp.evaluation.scoring.combining import Combined, Part, combined
from surveyapp.evaluation.scoring.estimates import MeasureEstimate

STATUS_LABELS: Mapping[str, Mapping[str, str]] = {
    "collected": {"zh": "已采集", "en": "collected"},
    "insufficient": {"zh": "样本不足", "en": "insufficient"},
    "not_collected": {"zh": "未评", "en": "not collected"},
    "not_applicable": {"zh": "不适用", "en": "not applicable"},
    "refused": {"zh": "拒绝提供", "en": "refused"},
    "scored": {"zh": "已评", "en": "scored"},
    "partial": {"zh": "部分证据", "en": "partly covered"},
    "unscored": {"zh": "未评", "en": "not scored"},
}


@dataclass(frozen=True, slots=True)
class MethodCell:
    """Leaf × method. `weight` as in the profile; `weight_used` after renormalising (0: not used).

    `coverage` is the share of the cell's measure weights with evidence. `points` is what the cell adds to
    the leaf and `lost` what it costs, in points; both None when the leaf is not scored.
    """

    method: str
    weight: float
    weight_used: float
    status: str
    coverage: float
    achievement: float | None
    se: float | None
    low: float | None
    high: float | None
    points: float | None
    lost: float | None
    measures: tuple[MeasureEstimate, ...]


@dataclass(frozen=True, slots=True)
class LeafScore:
    """A scored row. `points`, `se`, `low`, `high`, `lost` are in points and None when it is not scored.

    `bound_low` and `bound_high` take missing evidence as 0 and as 1. `coverage` is the weight with
    evidence. `status`: 'scored', 'partial' (renormalised), 'unscored', 'not_applicable'. `n` counts records;
    it is None when estimates come from columns, which do not list records.
    """

    code: str
    label: str
    group: str
    available: float
    status: str
    coverage: float
    achievement: float | None
    points: float | None
    se: float | None
    low: float | None
    high: float | None
    bound_low: float
    bound_high: float
    lost: float | None
    n: int | None
    cells: tuple[MethodCell, ...]
    formula: Mapping[str, str]


def method_cell(
    method: str, weight: float, measures: Sequence[MeasureEstimate], policy: MissingPolicy, decided: str = ""
) -> MethodCell:
    """The cell of `measures`, whose weights sum to 1. `decided` is '', 'zero' or 'not_applicable'."""
    if decided:
        status = {"zero": "refused", "not_applicable": "not_applicable"}[decided]
        known = 0.0 if decided == "zero" else None
        coverage = 1.0 if decided == "zero" else 0.0
        return MethodCell(
            method, weight, 0.0, status, coverage, known, known, known, known, None, None, tuple(measures)
        )
    used = used_measures(measures, policy)
    share = math.fsum(measure.weight for measure in used)
    if not used:
        status = "insufficient" if any(m.n for m in measures) else "not_collected"
        return MethodCell(
            method, weight, 0.0, status, 0.0, None, None, None, None, None, None, tuple(measures)
        )
    sum_ = combined([Part(measure.weight / share, measure) for measure in used])
    full = len(used) == len(measures) and all(measure.status == "collected" for measure in measures)
    numbers = (sum_.value, sum_.se, sum_.low, sum_.high)
    status = "collected" if full else "insufficient"
    return MethodCell(method, weight, 0.0, status, min(1.0, share), *numbers, None, None, tuple(measures))


def used_measures(measures: Sequence[MeasureEstimate], policy: MissingPolicy) -> tuple[MeasureEstimate, ...]:
    """Measures that count as evidence under the policy."""
    counted = ("collected", "insufficient") if policy.insufficient == "use" else ("collected",)
    return tuple([measure for measure in measures if measure.status in counted])


def leaf_score(leaf: Indicator, cells: Sequence[MethodCell], policy: MissingPolicy) -> LeafScore:
    """Points of a leaf from its cells: P·Σ w·a with the observed weights made to sum to 1.

    Below c_min, or with anything missing under the policy 'bounds', the leaf is not scored and only its
    bounds stand: missing evidence taken as 0 and as 1. When no cell applies, neither does the leaf.
    """
    applicable = [cell for cell in cells if cell.status != "not_applicable"]
    total = math.fsum(cell.weight for cell in applicable)
    if not applicable or total <= 0:
        return not_applicable_leaf(leaf, cells)
    coverage = math.fsum(cell.weight * cell.coverage for cell in applicable) / total
    sure = leaf.points * math.fsum(_sure(cell) * cell.weight / total for cell in applicable)
    bounds = (sure, min(leaf.points, sure + leaf.points * max(0.0, 1 - coverage)))
    observed = [cell for cell in applicable if cell.achievement is not None]
    weight = math.fsum(cell.weight for cell in observed)
    complete = coverage >= 1 - 1e-12
    enough = policy.policy == "renormalise" and coverage >= policy.c_min - 1e-12
    n = _records(cells)
    if not observed or not (complete or enough):
        kept = tuple(cells)
        unknown = (None, None, None, None, None)
        return _leaf(leaf, "unscored", coverage, unknown, bounds, n, kept)
    used = [_used(leaf, cell, weight) for cell in cells]
    sum_ = combined(leaf_parts(used, policy, leaf.points))
    achievement = math.fsum(cell.weight_used * (cell.achievement or 0.0) for cell in used)
    exact = Combined(leaf.points * achievement, sum_.se, sum_.low, sum_.high)
    numbers = (achievement, exact.value, exact.se, exact.low, exact.high)
    return _leaf(leaf, "scored" if complete else "partial", coverage, numbers, bounds, n, tuple(used))


def leaf_parts(cells: Sequence[MethodCell], policy: MissingPolicy, points: float) -> list[Part]:
    """The measures of a leaf with the factors by which they enter its points."""
    parts = []
    for cell in cells:
        used = used_measures(cell.measures, policy) if cell.status != "refused" else ()
        share = math.fsum([measure.weight for measure in used])
        parts += [Part(points * cell.weight_used * measure.weight / share, measure) for measure in used]
    return parts


def not_applicable_leaf(leaf: Indicator, cells: Sequence[MethodCell]) -> LeafScore:
    """A leaf that a decision takes out of the denominator."""
    unknown = (None, None, None, None, None)
    return _leaf(leaf, "not_applicable", 0.0, unknown, (0.0, 0.0), 0, tuple(cells))


def _records(cells: Sequence[MethodCell]) -> int | None:
    """How many records the cells list; None when some were made without a list."""
    measures = [measure for cell in cells for measure in cell.measures]
    if not all(measure.is_listed for measure in measures):
        return None
    return len({record.root_id for measure in measures for record in measure.records})


def _sure(cell: MethodCell) -> float:
    """Achievement of a cell with its missing measures taken as 0."""
    return (cell.achievement or 0.0) * cell.coverage


def _used(leaf: Indicator, cell: MethodCell, weight: float) -> MethodCell:
    if cell.achievement is None:
        return cell
    share = cell.weight / weight
    gained = leaf.points * share * cell.achievement
    return replace(cell, weight_used=share, points=gained, lost=leaf.points * share * (1 - cell.achievement))


def _leaf(
    leaf: Indicator,
    status: str,
    coverage: float,
    numbers: tuple[float | None, float | None, float | None, float | None, float | None],
    bounds: tuple[float, float],
    n: int | None,
    cells: tuple[MethodCell, ...],
) -> LeafScore:
    achievement, points, se, low, high = numbers
    terms = " + ".join(
        f"{cell.weight_used:.4f}×{cell.achievement:.4f}"
        for cell in cells
        if cell.weight_used and cell.achievement is not None
    )
    formula = f"{leaf.points:g} × ({terms}) = {points:.4f}" if points is not None else ""
    return LeafScore(
        code=leaf.code,
        label=leaf.label,
        group=leaf.group,
        available=leaf.points,
        status=status,
        coverage=coverage,
        achievement=achievement,
        points=points,
        se=se,
        low=low,
        high=high,
        bound_low=bounds[0],
        bound_high=bounds[1],
        lost=None if points is None else leaf.points - points,
        n=n,
        cells=cells,
        formula={"zh": formula or "未评", "en": formula or "not scored"},
    )
