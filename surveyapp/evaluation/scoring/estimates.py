"""One measure of one unit: from its observations to an achievement with its error and its record list.

Combining measures is done in combining.py and leaves.py.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.scoring.transforms import Transform, clip, transform
from surveyapp.evaluation.strata import share_weights, variance_strata
from surveyapp.stats.complex_samples import DesignMean, design_mean, korn_graubard_interval
from surveyapp.stats.interval import Interval, t_quantile
from surveyapp.stats.proportions import wilson_interval

SINGLE_SE = 0.5
"""Standard error given to a single observation: the largest standard deviation of a value in 0..1."""

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
    of the interval before they were cut to 0..1.
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

    @property
    def bends(self) -> bool:
        """Whether the achievement is cut at 0 or 1 inside its interval, so that it is not linear."""
        rule = transform(self.transform, self.parameters)
        if rule.each or {rule.low, rule.high} == set(rule.domain) or self.open_low is None:
            return False
        return self.open_low < 0 or (self.open_high or 0.0) > 1

    @property
    def shares(self) -> tuple[float, ...]:
        """The share each listed record adds, on the 0..1 scale and not cut unless the transform cuts each."""
        rule = transform(self.transform, self.parameters)
        return tuple(rule.achievement(r.value) if rule.each else rule.scaled(r.value) for r in self.records)


@dataclass(frozen=True, slots=True)
class _Spread:
    """Error of a mean on the 0..1 scale and how it was found."""

    low: float
    high: float
    se: float
    deff: float
    name: str
    flags: tuple[str, ...]
    influence: Mapping[UnitKey, float]


def estimate(measure: Measure, observations: Sequence[Observation], weight: float = 1.0) -> MeasureEstimate:
    """The estimate of `measure` from the observations that carry its key.

    Order does not matter: records are sorted by id and sums are exact. Of several revisions of a record
    the highest counts. NaN, values outside the transform's scale and strata without a weight (when the
    measure weighs strata) are listed as excluded.
    """
    rule = transform(measure.transform, measure.parameters)
    used, excluded = _usable(rule, measure, [seen for seen in observations if seen.measure == measure.key])
    blank = _blank(measure, weight, excluded)
    if not used:
        return blank
    shares = [rule.achievement(o.value) if rule.each else rule.scaled(o.value) for o in used]
    mean, share = _weighted(used, [o.value for o in used]), _weighted(used, shares)
    spread = _spread(measure.source, rule, used, shares, share)
    return replace(
        blank,
        status="collected" if len(used) >= measure.min_n else "insufficient",
        n=len(used),
        clusters=len({o.cluster or o.root_id for o in used}),
        mean=mean,
        achievement=clip(share),
        low=clip(spread.low),
        high=clip(spread.high),
        se=spread.se,
        deff=spread.deff,
        interval=spread.name,
        formula=_formula(rule, measure, used, mean, clip(share)),
        flags=(*spread.flags, *_more_flags(measure, used, share)),
        records=tuple(Listed(o.root_id, o.revision, o.value, o.weight, o.cluster, o.stratum) for o in used),
        influence=spread.influence,
        open_low=spread.low,
        open_high=spread.high,
    )


def _blank(measure: Measure, weight: float, excluded: tuple[str, ...]) -> MeasureEstimate:
    """The estimate of a measure without evidence: all its numbers are None."""
    return MeasureEstimate(
        key=measure.key,
        label=measure.label,
        indicator=measure.indicator,
        method=measure.method,
        transform=measure.transform,
        value=measure.value,
        filter=measure.filter,
        weight=weight,
        min_n=measure.min_n,
        status="not_collected",
        excluded=excluded,
        stratum_weights=measure.stratum_weights,
        source=measure.source,
        parameters=measure.parameters,
    )


def _more_flags(measure: Measure, used: Sequence[Observation], share: float) -> tuple[str, ...]:
    clipped = () if clip(share) == share else ("clipped",)
    missing = set(measure.stratum_weights) - {o.stratum for o in used}
    return (*clipped, *(("stratum_missing",) if missing else ()))


def _usable(
    rule: Transform, measure: Measure, seen: Sequence[Observation]
) -> tuple[list[Observation], tuple[str, ...]]:
    """The latest revision of each record, by id, with its stratum weighed, and the ids left out."""
    latest: dict[str, Observation] = {}
    for one in seen:
        if one.revision >= latest.get(one.root_id, one).revision:
            latest[one.root_id] = one
    ordered = [latest[root] for root in sorted(latest)]
    shares = measure.stratum_weights
    used = [
        o
        for o in ordered
        if rule.domain[0] <= o.value <= rule.domain[1]
        and o.weight > 0
        and (not shares or o.stratum in shares)
    ]
    kept = {o.root_id for o in used}
    if not shares:
        return used, tuple(root for root in sorted(latest) if root not in kept)
    weights = share_weights([o.stratum for o in used], [o.weight for o in used], shares)
    weighed = [replace(o, weight=weight) for o, weight in zip(used, weights, strict=True)]
    return weighed, tuple(root for root in sorted(latest) if root not in kept)


def _weighted(used: Sequence[Observation], values: Sequence[float]) -> float:
    total = math.fsum(o.weight for o in used)
    return math.fsum(o.weight * value for o, value in zip(used, values, strict=True)) / total


def _spread(
    source: str, rule: Transform, used: Sequence[Observation], shares: Sequence[float], share: float
) -> _Spread:
    if rule.census:
        return _Spread(share, share, 0.0, 1.0, "census", (), {})
    if len(used) == 1:
        only = used[0]
        key = (source, only.cluster or only.root_id)
        return _Spread(0.0, 1.0, SINGLE_SE, 1.0, "single", ("single",), {key: SINGLE_SE})
    clusters = [o.cluster or o.root_id for o in used]
    flags: tuple[str, ...] = ()
    if len(set(clusters)) < 2:
        clusters, flags = [o.root_id for o in used], ("one_cluster",)
    strata = variance_strata([o.stratum for o in used], clusters)
    found = design_mean(shares, [o.weight for o in used], clusters, strata)
    influence = {(source, str(unit)): u for (_stratum, unit), u in found.influence.items()}
    simple = len(set(clusters)) == len(used) and len({(o.weight, o.stratum) for o in used}) == 1
    interval, name = _interval(rule, used, share, found, simple)
    return _Spread(interval.low, interval.high, found.se, found.deff, name, flags, influence)


def _interval(
    rule: Transform, used: Sequence[Observation], share: float, found: DesignMean, simple: bool
) -> tuple[Interval, str]:
    """95 %: Wilson for 0/1 values drawn simply, Korn-Graubard for 0/1 values by design, else Student's t.

    Without any spread t would claim certainty; then the widest spread a mean of that size allows is taken,
    which is that of a proportion: Wilson with n·share successes.
    """
    if _binary(rule, used):
        p = clip(share * (rule.high - rule.low) + rule.low)
        if simple:
            ends = wilson_interval(math.fsum(o.value for o in used), len(used))
        else:
            ends = korn_graubard_interval(p, found.se * abs(rule.high - rule.low), found.n, found.df)
        scaled = sorted(rule.scaled(end) for end in ends)
        return Interval(*scaled), "wilson" if simple else "korn_graubard"
    if found.se == 0:
        return wilson_interval(clip(share) * len(used), len(used)), "no_spread"
    half = t_quantile(0.95, found.df) * found.se
    return Interval(share - half, share + half), "t"


def _binary(rule: Transform, used: Sequence[Observation]) -> bool:
    """Whether the values are hits and misses: a share (T1, T2, T4, T6) of which each record is 0 or 1."""
    return rule.domain == (0.0, 1.0) and all(o.value in (0.0, 1.0) for o in used)


def _formula(
    rule: Transform, measure: Measure, used: Sequence[Observation], mean: float, share: float
) -> Mapping[str, str]:
    n = len(used)
    weighted = len({o.weight for o in used}) > 1
    if not weighted and _binary(rule, used):
        hits = f"{math.fsum(o.value for o in used):g} ÷ {n} = {mean:.4f}"
        first = {"zh": hits, "en": hits}
    else:
        first = {
            "zh": f"{'加权' if weighted else ''}均值 {mean:.4f}（n = {n}）",
            "en": f"{'weighted ' if weighted else ''}mean {mean:.4f} (n = {n})",
        }
    if measure.stratum_weights:
        layers = " · ".join(f"{name} {size:g}" for name, size in measure.stratum_weights.items())
        first = {
            "zh": f"{first['zh']}，按层加权（{layers}）",
            "en": f"{first['en']}, strata weighed {layers}",
        }
    gap = {"zh": "；", "en": "; "}
    return {lang: f"{first[lang]}{gap[lang]}{rule.code} {rule.text[lang]} = {share:.4f}" for lang in first}
