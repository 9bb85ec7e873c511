"""How severe each evaluator is, and what every unit's total would be without that. The score is not adjusted.

Severity is told from quality only where evaluators share units (crossed); one model per instrument.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from surveyapp.evaluation.explaining.points import Decided, Rules
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.scoring import MeasureEstimate, Observation, estimate
from surveyapp.evaluation.scoring.transforms import clip
from surveyapp.stats.crossed_effects import CrossedEffects, crossed_effects, is_connected

NOTICEABLE = 0.05
"""Smallest severity, in achievement, that asks for training, and the share of variance that alarms."""
FAMILY = 0.05
APART = ("self",)
"""Kinds whose collectors rate themselves."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who collected a record, and its kind."""

    evaluator: str
    kind: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's observations in a round."""

    unit: str
    observations: tuple[Observation, ...]
    decided: Decided


@dataclass(frozen=True, slots=True)
class Evaluator:
    """`leniency` on 0..1: how much higher than others this evaluator rates the same units, below 0 severe.

    The interval holds for all evaluators of the instrument at once at 95 %. `needs_training`: it leaves out 0
    and the size is noticeable. `without`: by unit, the total without these records minus the total with them.
    """

    evaluator: str
    n: int
    units: int
    leniency: float
    low: float
    high: float
    needs_training: bool
    without: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Panel:
    """An instrument. `problem`: '' or why severity cannot be told: 'few_evaluators', 'few_records', 'apart'.

    `share`: part of the variance of a record that the evaluator makes, None with a problem. Without a model
    the evaluators have neither leniency nor interval and are only listed by what their records move.
    """

    kind: str
    problem: str
    share: float | None
    evaluators: tuple[Evaluator, ...]

    @property
    def is_alarming(self) -> bool:
        """Whether evaluators make more of the variance than they may."""
        return self.share is not None and self.share > NOTICEABLE


@dataclass(frozen=True, slots=True)
class Beside:
    """A unit's total on its scored leaves: as it is, and with every record corrected for its evaluator."""

    unit: str
    raw: float
    adjusted: float


@dataclass(frozen=True, slots=True)
class Severity:
    """All instruments with collectors, and the totals with and without severity."""

    panels: tuple[Panel, ...]
    units: tuple[Beside, ...]


def severity(
    rules: Rules, measures: Sequence[Measure], units: Sequence[Unit], authors: Mapping[str, Author]
) -> Severity:
    """The severity of every evaluator. `authors` by root id; records without one have no evaluator.

    `measures` are those that count. A record is one value: the mean distance of its shares from the mean of
    their measure over the round, so that easy and hard measures can be put together.
    """
    found = {unit.unit: _estimates(measures, unit.observations) for unit in units}
    values = _distances(found.values())
    records = {root: unit.unit for unit in units for root in _roots(unit.observations)}
    panels, leniency = [], {}
    for kind in sorted({one.kind for root, one in authors.items() if root in values} - set(APART)):
        mine = {
            root: values[root] for root in sorted(values) if root in authors and authors[root].kind == kind
        }
        panel, effects = _panel(kind, mine, records, authors)
        leniency.update({(kind, name): value for name, value in effects.items()})
        panels.append(replace(panel, evaluators=_with_totals(panel, rules, measures, units, authors, found)))
    return Severity(tuple(panels), tuple(_besides(rules, units, found, authors, leniency)))


def _roots(observations: Sequence[Observation]) -> set[str]:
    return {one.root_id for one in observations}


def _estimates(
    measures: Sequence[Measure], observations: Sequence[Observation]
) -> dict[str, MeasureEstimate]:
    by_measure: dict[str, list[Observation]] = defaultdict(list)
    for one in observations:
        by_measure[one.measure].append(one)
    return {measure.key: estimate(measure, by_measure.get(measure.key, [])) for measure in measures}


def _distances(units: Iterable[Mapping[str, MeasureEstimate]]) -> dict[str, float]:
    """For each record the mean over its measures of share - mean share of the measure in all units."""
    shares: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for estimates in units:
        for key, one in estimates.items():
            shares[key] += [
                (record.root_id, share) for record, share in zip(one.records, one.shares, strict=True)
            ]
    gaps: dict[str, list[float]] = defaultdict(list)
    for seen in shares.values():
        middle = math.fsum(share for _, share in seen) / len(seen) if seen else 0.0
        for root, share in seen:
            gaps[root].append(share - middle)
    return {root: math.fsum(found) / len(found) for root, found in gaps.items()}


def _panel(
    kind: str, values: Mapping[str, float], records: Mapping[str, str], authors: Mapping[str, Author]
) -> tuple[Panel, dict[str, float]]:
    """The evaluators of one instrument, and their leniency by name where a model could be made."""
    roots = list(values)
    names, places = [authors[root].evaluator for root in roots], [records[root] for root in roots]
    problem = _problem(names, places)
    if problem:
        listed = [_listed(name, names, places, (0.0, 0.0, 0.0), False) for name in sorted(set(names))]
        return Panel(kind, problem, None, tuple(listed)), {}
    model = crossed_effects(list(values.values()), places, names, 1 - FAMILY / len(set(names)))
    evaluators = []
    for one in model.raters:
        ends = (one.value, one.interval.low, one.interval.high)
        asks = not ends[1] <= 0 <= ends[2] and abs(one.value) >= NOTICEABLE
        evaluators.append(_listed(one.name, names, places, ends, asks))
    return Panel(kind, "", _share(model), tuple(evaluators)), {one.name: one.value for one in model.raters}


def _problem(names: Sequence[str], places: Sequence[str]) -> str:
    if len(set(names)) < 2 or len(set(places)) < 2:
        return "few_evaluators"
    if len(names) < len(set(names)) + len(set(places)):
        return "few_records"
    return "" if is_connected(places, names) else "apart"


def _share(model: CrossedEffects) -> float:
    whole = model.object_variance + model.rater_variance + model.error_variance
    return model.rater_variance / whole if whole > 0 else 0.0


def _listed(
    name: str, names: Sequence[str], places: Sequence[str], ends: tuple[float, float, float], asks: bool
) -> Evaluator:
    seen = [place for other, place in zip(names, places, strict=True) if other == name]
    return Evaluator(name, len(seen), len(set(seen)), *ends, asks, {})


def _with_totals(
    panel: Panel,
    rules: Rules,
    measures: Sequence[Measure],
    units: Sequence[Unit],
    authors: Mapping[str, Author],
    estimates: Mapping[str, Mapping[str, MeasureEstimate]],
) -> tuple[Evaluator, ...]:
    """The evaluators with what the totals of their units would be without their records."""
    found = []
    for one in panel.evaluators:
        gone = {root for root, author in authors.items() if author == Author(one.evaluator, panel.kind)}
        without = {}
        for unit in units:
            if not gone & _roots(unit.observations):
                continue
            rest = [seen for seen in unit.observations if seen.root_id not in gone]
            before = rules.totals(estimates[unit.unit], unit.decided).scored
            after = rules.totals(_estimates(measures, rest), unit.decided).scored
            if before is not None and after is not None:
                without[unit.unit] = after - before
        found.append(replace(one, without=without))
    return tuple(found)


def _besides(
    rules: Rules,
    units: Sequence[Unit],
    found: Mapping[str, Mapping[str, MeasureEstimate]],
    authors: Mapping[str, Author],
    leniency: Mapping[tuple[str, str], float],
) -> list[Beside]:
    besides = []
    for unit in units:
        shifted = {key: _shifted(one, authors, leniency) for key, one in found[unit.unit].items()}
        raw = rules.totals(found[unit.unit], unit.decided).scored
        adjusted = rules.totals(shifted, unit.decided).scored
        if raw is not None and adjusted is not None:
            besides.append(Beside(unit.unit, raw, adjusted))
    return besides


def _shifted(
    one: MeasureEstimate, authors: Mapping[str, Author], leniency: Mapping[tuple[str, str], float]
) -> MeasureEstimate:
    """An estimate with the leniency of each record's evaluator taken off, by the records' weights.

    A census of facts is left alone: there is nothing to be lenient about.
    """
    if one.achievement is None or one.interval == "census":
        return one
    effects = []
    for record in one.records:
        author = authors.get(record.root_id)
        effects.append(leniency.get((author.kind, author.evaluator), 0.0) if author else 0.0)
    whole = math.fsum(record.weight for record in one.records)
    shift = math.fsum(r.weight * e for r, e in zip(one.records, effects, strict=True)) / whole
    return replace(one, achievement=clip(one.achievement - shift)) if shift else one
