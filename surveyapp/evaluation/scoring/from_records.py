"""One measure of one unit from its single observations: exact sums, and the list of the records behind it."""

import math
from collections.abc import Sequence
from dataclasses import replace

from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.scoring.errors import (
    SINGLE_SE,
    Facts,
    Spread,
    census_spread,
    design_spread,
    finished,
    single_spread,
)
from surveyapp.evaluation.scoring.estimates import Evidence, Listed, MeasureEstimate, Observation, blank
from surveyapp.evaluation.scoring.transforms import Transform, transform
from surveyapp.evaluation.strata import share_weights, variance_strata
from surveyapp.stats.complex_samples import design_mean


def estimate(measure: Measure, observations: Sequence[Observation], weight: float = 1.0) -> MeasureEstimate:
    """The estimate of `measure` from the observations that carry its key.

    Order does not matter: records are sorted by id and sums are exact. Of several revisions of a record
    the highest counts. NaN, values outside the transform's scale and strata without a weight (when the
    measure weighs strata) are listed as excluded.
    """
    rule = transform(measure.transform, measure.parameters)
    used, excluded = _usable(rule, measure, [seen for seen in observations if seen.measure == measure.key])
    if not used:
        return blank(measure, weight, Evidence(excluded=excluded))
    shares = [rule.achievement(o.value) if rule.each else rule.scaled(o.value) for o in used]
    facts = _facts(rule, used, shares)
    listed = tuple(Listed(o.root_id, o.revision, o.value, o.weight, o.cluster, o.stratum) for o in used)
    spread = _spread(measure.source, rule, used, shares, facts)
    return finished(measure, weight, rule, facts, spread, Evidence(listed, excluded))


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
    excluded = tuple(root for root in sorted(latest) if root not in kept)
    if not shares:
        return used, excluded
    weights = share_weights([o.stratum for o in used], [o.weight for o in used], shares)
    return [replace(o, weight=weight) for o, weight in zip(used, weights, strict=True)], excluded


def _facts(rule: Transform, used: Sequence[Observation], shares: Sequence[float]) -> Facts:
    clusters = {o.cluster or o.root_id for o in used}
    weights = {o.weight for o in used}
    alone = clusters if len(clusters) > 1 else {o.root_id for o in used}
    return Facts(
        n=len(used),
        clusters=len(clusters),
        mean=_weighted(used, [o.value for o in used]),
        share=_weighted(used, shares),
        hits=math.fsum(o.value for o in used),
        strata=frozenset(o.stratum for o in used),
        is_binary=rule.domain == (0.0, 1.0) and all(o.value in (0.0, 1.0) for o in used),
        is_weighted=len(weights) > 1,
        is_simple=len(alone) == len(used) and len({(o.weight, o.stratum) for o in used}) == 1,
    )


def _weighted(used: Sequence[Observation], values: Sequence[float]) -> float:
    total = math.fsum(o.weight for o in used)
    return math.fsum(o.weight * value for o, value in zip(used, values, strict=True)) / total


def _spread(
    source: str, rule: Transform, used: Sequence[Observation], shares: Sequence[float], facts: Facts
) -> Spread:
    if rule.census:
        return census_spread(facts.share)
    if len(used) == 1:
        return single_spread({(source, used[0].cluster or used[0].root_id): SINGLE_SE})
    clusters = [o.cluster or o.root_id for o in used]
    flags: tuple[str, ...] = ()
    if len(set(clusters)) < 2:
        clusters, flags = [o.root_id for o in used], ("one_cluster",)
    strata = variance_strata([o.stratum for o in used], clusters)
    found = design_mean(shares, [o.weight for o in used], clusters, strata)
    influence = {(source, str(unit)): u for (_stratum, unit), u in found.influence.items()}
    return design_spread(rule, facts, found, influence, flags)
