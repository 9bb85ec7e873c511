"""The score of one unit: all leaves, the nodes above them, base and bonus apart.

Pure arithmetic over what it is given: only confirmed records may have become observations.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from surveyapp.evaluation.decisions import CellDecision
from surveyapp.evaluation.framework.model import Framework, Indicator
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.profiles import Profile
from surveyapp.evaluation.scoring.combining import Combined, Part, combined
from surveyapp.evaluation.scoring.estimates import MeasureEstimate, Observation
from surveyapp.evaluation.scoring.from_columns import estimate_columns
from surveyapp.evaluation.scoring.from_records import estimate
from surveyapp.evaluation.scoring.leaves import (
    LeafScore,
    MethodCell,
    leaf_parts,
    leaf_score,
    method_cell,
    not_applicable_leaf,
)
from surveyapp.stats.value_tables import ValueTable

RULES = "2018.5"
"""Version of the arithmetic; a change that moves a digit gets a new one."""
UNWRITTEN = ("influence", "is_listed")
"""Parts of an estimate that serve arithmetic only and are not written out."""


@dataclass(frozen=True, slots=True)
class NodeScore:
    """A heading, a block or a total. `available` counts all its leaves, `applicable` those that apply.

    `points` with `se`, `low`, `high` is None while any applicable leaf is 未评; then only the bounds stand
    and `scored_points` of `scored_available` tell what the scored leaves gave. All are in points.
    """

    code: str
    label: str
    available: float
    applicable: float
    points: float | None
    se: float | None
    low: float | None
    high: float | None
    bound_low: float
    bound_high: float
    scored_points: float
    scored_available: float
    lost: float | None


@dataclass(frozen=True, slots=True)
class UnitScore:
    """Everything a page, an export or a second computation needs; see to_json."""

    unit: str
    framework: str
    profile: str
    profile_version: str
    rules: str
    base: NodeScore
    bonus: NodeScore
    total: NodeScore
    nodes: tuple[NodeScore, ...]
    leaves: tuple[LeafScore, ...]

    def leaf(self, code: str) -> LeafScore:
        """The leaf of that code; KeyError when there is none."""
        for leaf in self.leaves:
            if leaf.code == code:
                return leaf
        raise KeyError(code)

    def node(self, code: str) -> NodeScore:
        """The heading or block of that code; KeyError when there is none."""
        for node in self.nodes:
            if node.code == code:
                return node
        raise KeyError(code)

    def touched_by(self, root_id: str) -> tuple[tuple[str, str, str], ...]:
        """(leaf, method, measure) of every estimate that lists the record."""
        return tuple(
            (leaf.code, cell.method, measure.key)
            for leaf in self.leaves
            for cell in leaf.cells
            for measure in cell.measures
            if any(record.root_id == root_id for record in measure.records)
        )

    def root_ids(self) -> tuple[str, ...]:
        """Ids of all listed records, sorted."""
        found = {
            record.root_id
            for leaf in self.leaves
            for cell in leaf.cells
            for measure in cell.measures
            for record in measure.records
        }
        return tuple(sorted(found))

    def to_json(self) -> dict[str, Any]:
        """Plain values with all digits; equal inputs give equal content, whatever their order."""
        plain = _plain(self)
        assert isinstance(plain, dict)
        return plain


def score_unit(
    framework: Framework,
    profile: Profile,
    measures: Sequence[Measure],
    observations: Sequence[Observation],
    *,
    decisions: Sequence[CellDecision] = (),
    unit: str = "",
) -> UnitScore:
    """Score the unit whose observations are given (all of one unit: anything else is a ValueError).

    Base_d = Σ P·A over base leaves, scaled by all ÷ applicable points when leaves do not apply; the bonus
    is apart and never above its own points; total = base + bonus, not above the profile's cap if it has one.
    Nothing is rounded.
    """
    units = {observation.unit for observation in observations} | ({unit} if unit else set())
    if len(units) > 1:
        raise ValueError(f"observations of several units: {', '.join(sorted(units))}")
    by_measure: dict[str, list[Observation]] = {}
    for observation in observations:
        by_measure.setdefault(observation.measure, []).append(observation)
    counted = _counted(profile, measures)
    weights = _weights(counted)
    estimates = [estimate(one, by_measure.get(one.key, ()), weights[one.key]) for one in counted]
    return _scored(framework, profile, estimates, decisions, next(iter(units), ""))


def score_columns(
    framework: Framework,
    profile: Profile,
    measures: Sequence[Measure],
    table: ValueTable,
    observations: Mapping[str, Sequence[Observation]],
    *,
    decisions: Sequence[CellDecision] = (),
    unit: str = "",
) -> UnitScore | None:
    """As score_unit, from a table of values by measure; measures in `observations` are estimated from those.

    The same numbers up to rounding, but no list of records, and n of a leaf is None. None when records have
    to be drawn again: the profile has a cap, or a measure bends at its target.
    """
    if profile.cap is not None:
        return None
    counted = _counted(profile, measures)
    weights = _weights(counted)
    whole = estimate_columns([one for one in counted if one.key not in observations], table, weights)
    if any(one.bends for one in whole):
        return None
    single = [
        estimate(one, observations[one.key], weights[one.key]) for one in counted if one.key in observations
    ]
    estimates = sorted((*whole, *single), key=lambda one: one.key)
    return _scored(framework, profile, estimates, decisions, unit)


def _counted(profile: Profile, measures: Sequence[Measure]) -> list[Measure]:
    """The measures that the profile counts in a cell of its own, by key."""
    cells = {(leaf, method) for leaf, methods in profile.weights.items() for method in methods}
    mine = [m for m in measures if m.counts_in(profile.code) and (m.indicator, m.method) in cells]
    return sorted(mine, key=lambda one: one.key)


def _weights(measures: Sequence[Measure]) -> dict[str, float]:
    """The share of each measure inside its cell, by key."""
    cells: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in measures:
        cells[one.indicator, one.method].append(one.weight)
    whole = {cell: math.fsum(weights) for cell, weights in cells.items()}
    return {one.key: one.weight / whole[one.indicator, one.method] for one in measures}


def _scored(
    framework: Framework,
    profile: Profile,
    estimates: Sequence[MeasureEstimate],
    decisions: Sequence[CellDecision],
    unit: str,
) -> UnitScore:
    cells: dict[tuple[str, str], list[MeasureEstimate]] = defaultdict(list)
    for one in estimates:
        cells[one.indicator, one.method].append(one)
    decided = {(decision.indicator, decision.method): decision.kind for decision in decisions}
    leaves = tuple(_leaf(leaf, profile, cells, decided) for leaf in framework.leaves)
    by_code = {leaf.code: leaf for leaf in leaves}
    nodes = tuple(
        _node(
            node.code, node.label, [by_code[leaf.code] for leaf in framework.leaves_below(node.code)], profile
        )
        for node in framework.indicators.values()
        if not framework.is_leaf(node.code)
    )
    base = _node("base", "基础分", [leaf for leaf in leaves if leaf.group == "base"], profile, scaled=True)
    bonus = _node("bonus", "加分", [leaf for leaf in leaves if leaf.group == "bonus"], profile)
    total = _total(base, bonus, leaves, profile)
    version = (profile.code, profile.version, RULES)
    return UnitScore(unit, framework.source, *version, base, bonus, total, nodes, leaves)


def _leaf(
    leaf: Indicator,
    profile: Profile,
    estimates: Mapping[tuple[str, str], Sequence[MeasureEstimate]],
    decided: Mapping[tuple[str, str], str],
) -> LeafScore:
    cells = []
    for method, weight in profile.weights[leaf.code].items():
        found = estimates.get((leaf.code, method), ())
        kind = decided.get((leaf.code, method)) or decided.get((leaf.code, ""), "")
        cells.append(method_cell(method, weight, found, profile.missing, kind))
    if decided.get((leaf.code, "")) == "not_applicable":
        return not_applicable_leaf(leaf, cells)
    return leaf_score(leaf, cells, profile.missing)


def _scale(leaves: Sequence[LeafScore]) -> float:
    applicable = math.fsum(leaf.available for leaf in leaves if leaf.status != "not_applicable")
    return math.fsum(leaf.available for leaf in leaves) / applicable if applicable else 0.0


def _parts(leaves: Sequence[LeafScore], profile: Profile, scale: float) -> list[Part]:
    scored = [leaf for leaf in leaves if leaf.points is not None]
    cells: list[tuple[tuple[MethodCell, ...], float]] = [
        (leaf.cells, leaf.available * scale) for leaf in scored
    ]
    return [part for some, points in cells for part in leaf_parts(some, profile.missing, points)]


def _node(
    code: str, label: str, leaves: Sequence[LeafScore], profile: Profile, *, scaled: bool = False
) -> NodeScore:
    """Sum over leaves; with `scaled`, applicable points are stretched to all points (换算)."""
    scale = _scale(leaves) if scaled else 1.0
    applies = [leaf for leaf in leaves if leaf.status != "not_applicable"]
    scored = [leaf for leaf in applies if leaf.points is not None]
    points = scale * math.fsum(leaf.points or 0.0 for leaf in scored)
    known = bool(applies) and len(scored) == len(applies)
    sum_ = combined(_parts(scored, profile, scale)) if known else Combined(0.0, 0.0, 0.0, 0.0)
    return NodeScore(
        code=code,
        label=label,
        available=math.fsum(leaf.available for leaf in leaves),
        applicable=math.fsum(leaf.available for leaf in applies),
        points=points if known else None,
        se=sum_.se if known else None,
        low=sum_.low if known else None,
        high=sum_.high if known else None,
        bound_low=scale * math.fsum(leaf.bound_low for leaf in applies),
        bound_high=scale * math.fsum(leaf.bound_high for leaf in applies),
        scored_points=math.fsum(leaf.points or 0.0 for leaf in scored),
        scored_available=math.fsum(leaf.available for leaf in scored),
        lost=scale * math.fsum(leaf.available for leaf in applies) - points if known else None,
    )


def _total(base: NodeScore, bonus: NodeScore, leaves: Sequence[LeafScore], profile: Profile) -> NodeScore:
    scale = _scale([leaf for leaf in leaves if leaf.group == "base"])
    known = base.points is not None and (bonus.points is not None or bonus.applicable == 0)
    parts = [
        *_parts([leaf for leaf in leaves if leaf.group == "base"], profile, scale),
        *_parts([leaf for leaf in leaves if leaf.group == "bonus"], profile, 1.0),
    ]
    cap = profile.most
    sum_ = combined(parts, cap) if known else None
    most = math.inf if cap is None else cap
    return NodeScore(
        code="total",
        label="总分",
        available=base.available + bonus.available,
        applicable=base.applicable + bonus.applicable,
        points=min(most, (base.points or 0.0) + (bonus.points or 0.0)) if known else None,
        se=sum_.se if sum_ else None,
        low=sum_.low if sum_ else None,
        high=sum_.high if sum_ else None,
        bound_low=min(most, base.bound_low + bonus.bound_low),
        bound_high=min(most, base.bound_high + bonus.bound_high),
        scored_points=base.scored_points + bonus.scored_points,
        scored_available=base.scored_available + bonus.scored_available,
        lost=(base.lost or 0.0) + (bonus.lost or 0.0) if known else None,
    )


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.name not in UNWRITTEN}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value
