"""What goes into the estimate of a measure of one unit, and the estimate itself.

It is made from single observations (from_records.py) or from whole columns of them (from_columns.py), with
the errors of errors.py; combining measures is done in combining.py and leaves.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.scoring.transforms import transform

UnitKey = tuple[str, str]
"""A primary unit: what its observations share (the instrument), and the cluster or record."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one confirmed record says about one measure. `cluster` '' means the record is its own cluster.

    `stratum` is a layer of the sample: it may weigh (Measure.stratum_weights) and the variance is taken
    within it as long as no cluster lies in two of them.
    """

    root_id: str
    revision: int
    unit: str
    indicator: str
    method: str
    measure: str
    value: float
    weight: float = 1.0
    cluster: str = ""
    stratum: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A record as it entered an estimate; `weight` after its stratum was weighed."""

    root_id: str
    revision: int
    value: float
    weight: float
    cluster: str
    stratum: str


@dataclass(frozen=True, slots=True)
class MeasureEstimate:
    """Estimate of one measure. `achievement`, `low`, `high`, `se` lie on 0..1; `mean` on the measure's scale.

    `status` is 'collected', 'insufficient' (fewer than min_n) or 'not_collected' (then all numbers are
    None). `weight` is the share inside the cell. `flags`: 'clipped', 'single', 'one_cluster',
    'stratum_missing' (a weighed stratum was not observed). `records` are the listed records in order;
    `excluded` those whose value lies outside the scale or whose stratum has no weight.
    `stratum_weights` are the measure's fixed shares of strata. `source` is the instrument: measures of one
    share their primary units. `parameters` are those of the transform. `open_low`, `open_high` are the ends
    of the interval before they were cut to 0..1. Without `is_listed` it was made from columns: `records` and
    `excluded` are empty.
    """

    key: str
    label: Mapping[str, str]
    indicator: str
    method: str
    transform: str
    value: str
    filter: str
    weight: float
    min_n: int
    status: str
    n: int = 0
    clusters: int = 0
    mean: float | None = None
    achievement: float | None = None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    deff: float | None = None
    interval: str = ""
    formula: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    records: tuple[Listed, ...] = ()
    excluded: tuple[str, ...] = ()
    influence: Mapping[UnitKey, float] = field(default_factory=dict)
    stratum_weights: Mapping[str, float] = field(default_factory=dict)
    source: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    open_low: float | None = None
    open_high: float | None = None
    is_listed: bool = True

    @property
    def bends(self) -> bool:
        """Whether the achievement is cut at 0 or 1 inside its interval, so that it is not linear."""
        if self.open_low is None or (self.open_low >= 0 and (self.open_high or 0.0) <= 1):
            return False
        rule = transform(self.transform, self.parameters)
        return not rule.each and {rule.low, rule.high} != set(rule.domain)

    @property
    def shares(self) -> tuple[float, ...]:
        """The share each listed record adds, on the 0..1 scale and not cut unless the transform cuts each."""
        rule = transform(self.transform, self.parameters)
        return tuple(rule.achievement(r.value) if rule.each else rule.scaled(r.value) for r in self.records)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The records an estimate lists and those it excludes; not `is_listed` when it was made without."""

    records: tuple[Listed, ...] = ()
    excluded: tuple[str, ...] = ()
    is_listed: bool = True


def named(measure: Measure, weight: float, evidence: Evidence) -> dict[str, Any]:
    """The parts of an estimate that are not its numbers, by name."""
    return {
        "key": measure.key,
        "label": measure.label,
        "indicator": measure.indicator,
        "method": measure.method,
        "transform": measure.transform,
        "value": measure.value,
        "filter": measure.filter,
        "weight": weight,
        "min_n": measure.min_n,
        "records": evidence.records,
        "excluded": evidence.excluded,
        "stratum_weights": measure.stratum_weights,
        "source": measure.source,
        "parameters": measure.parameters,
        "is_listed": evidence.is_listed,
    }


def blank(measure: Measure, weight: float, evidence: Evidence) -> MeasureEstimate:
    """The estimate of a measure that nothing was collected for: its numbers are None."""
    return MeasureEstimate(**named(measure, weight, evidence), status="not_collected")
