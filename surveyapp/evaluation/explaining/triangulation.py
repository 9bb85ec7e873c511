"""What several methods say about the same leaf of a unit, and where they contradict beyond chance.

A contradiction is a finding to be adjudicated; the score stays the weighted mean it was.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from surveyapp.evaluation.scoring import LeafScore, MeasureEstimate, MethodCell, UnitScore
from surveyapp.stats.recovered_variances import Difference, Estimate, difference_of, holm

MATERIAL = 0.1
"""Smallest difference of achievements that is worth a finding: two censuses always differ by something."""
ALPHA = 0.01
"""Chance of one false finding in a unit whose methods agree: a finding stops a release."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one method says about a leaf, on 0..1. `residual` = achievement - weighted mean of the leaf."""

    method: str
    weight: float
    n: int
    achievement: float
    low: float
    high: float
    residual: float


@dataclass(frozen=True, slots=True)
class Pair:
    """`difference` = achievement by `first` minus that by `second`, with its plain 95 % interval.

    `contradicts`: beyond chance after Holm's correction over all pairs of the unit, and at least MATERIAL.
    `records` are (measure, root id, revision, value, weight) behind both, in order: what decisions rest on.
    """

    leaf: str
    first: str
    second: str
    difference: float
    low: float
    high: float
    p_value: float
    contradicts: bool
    records: tuple[tuple[str, str, int, float, float], ...]

    @property
    def finding(self) -> str:
        """Its name within the unit; the methods stand in the order of their names, whatever the table's."""
        return f"{self.leaf}:{self.first}~{self.second}"


@dataclass(frozen=True, slots=True)
class Row:
    """A leaf with what each of its methods says; `mean` is their weighted mean over what was observed."""

    leaf: str
    label: str
    mean: float
    said: tuple[Said, ...]

    def by(self, method: str) -> Said | None:
        """What the method says; None when it says nothing."""
        return next((one for one in self.said if one.method == method), None)


@dataclass(frozen=True, slots=True)
class Triangulation:
    """One unit: leaves with evidence, and every pair of methods that speak about the same leaf."""

    unit: str
    rows: tuple[Row, ...]
    pairs: tuple[Pair, ...]

    @property
    def contradictions(self) -> tuple[Pair, ...]:
        """The pairs that are findings."""
        return tuple(pair for pair in self.pairs if pair.contradicts)


def triangulated(score: UnitScore) -> Triangulation:
    """The matrix and the pairs of a unit. Cells decided as 0 or not applicable are no evidence.

    Measures of one instrument share their people: their correlation, from linearised values, enters the
    interval of the difference. Other instruments are independent.
    """
    rows, found = [], []
    for leaf in score.leaves:
        cells = [cell for cell in leaf.cells if _speaks(cell)]
        if leaf.status == "not_applicable" or not cells:
            continue
        rows.append(_row(leaf, cells))
        ordered = sorted(cells, key=lambda cell: cell.method)
        found += [(leaf.code, one, other) for one, other in combinations(ordered, 2)]
    compared = [
        difference_of(_estimate(one), _estimate(other), _correlation(one, other))
        for _leaf, one, other in found
    ]
    beyond = holm([one.p_value for one in compared], ALPHA)
    pairs = tuple(
        Pair(
            leaf,
            one.method,
            other.method,
            gap.value,
            gap.interval.low,
            gap.interval.high,
            gap.p_value,
            is_beyond and _matters(gap),
            _records(one, other),
        )
        for (leaf, one, other), gap, is_beyond in zip(found, compared, beyond, strict=True)
    )
    return Triangulation(score.unit, tuple(rows), pairs)


def _compared(one: MethodCell, other: MethodCell) -> Difference:
    return difference_of(_estimate(one), _estimate(other), _correlation(one, other))


def _matters(gap: Difference) -> bool:
    """At least MATERIAL, and the plain interval leaves out 0."""
    return abs(gap.value) >= MATERIAL - 1e-12 and not gap.interval.low <= 0 <= gap.interval.high


def _speaks(cell: MethodCell) -> bool:
    return cell.achievement is not None and cell.status not in ("refused", "not_applicable")


def _row(leaf: LeafScore, cells: Sequence[MethodCell]) -> Row:
    whole = math.fsum(cell.weight for cell in cells)
    shares = [cell.weight / whole if whole else 1 / len(cells) for cell in cells]
    mean = math.fsum(share * (cell.achievement or 0.0) for share, cell in zip(shares, cells, strict=True))
    said = tuple(
        Said(
            cell.method,
            cell.weight,
            len({record.root_id for measure in _heard(cell) for record in measure.records}),
            cell.achievement or 0.0,
            cell.low or 0.0,
            cell.high or 0.0,
            (cell.achievement or 0.0) - mean,
        )
        for cell in cells
    )
    return Row(leaf.code, leaf.label, mean, said)


def _heard(cell: MethodCell) -> list[MeasureEstimate]:
    return [measure for measure in cell.measures if measure.achievement is not None]


def _estimate(cell: MethodCell) -> Estimate:
    """A cell as an estimate; its degrees of freedom are the fewest of its measures."""
    df = min((_degrees(measure) for measure in _heard(cell)), default=math.inf)
    return Estimate(cell.achievement or 0.0, cell.low or 0.0, cell.high or 0.0, df, cell.se or 0.0)


def _degrees(measure: MeasureEstimate) -> float:
    """Clusters - 1 where the interval comes from Student's t or from a design; shares lose none."""
    if measure.interval not in ("t", "korn_graubard", "single"):
        return math.inf
    return float(max(1, (measure.clusters if measure.clusters > 1 else measure.n) - 1))


def _correlation(one: MethodCell, other: MethodCell) -> float:
    """Correlation of two cells of the same unit through the primary units of instruments they share.

    Methods are left out of the unit's key: one visit that speaks for two methods is one visit.
    """
    first, second = _influence(one), _influence(other)
    shared = math.fsum(u * second[unit] for unit, u in first.items() if unit in second)
    sizes = [math.fsum(u * u for u in found.values()) for found in (first, second)]
    product = math.sqrt(sizes[0] * sizes[1])
    return max(-1.0, min(1.0, shared / product)) if product > 0 else 0.0


def _influence(cell: MethodCell) -> Mapping[tuple[str, ...], float]:
    """Σ_k v_k·u of a cell by (instrument, stratum, primary unit)."""
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    for measure in _heard(cell):
        for unit, u in measure.influence.items():
            sums[(measure.source, *unit[1:])] += measure.weight * u
    return sums


def _records(one: MethodCell, other: MethodCell) -> tuple[tuple[str, str, int, float, float], ...]:
    return tuple(
        sorted(
            (measure.key, record.root_id, record.revision, record.value, record.weight)
            for cell in (one, other)
            for measure in _heard(cell)
            for record in measure.records
        )
    )
