"""The measures of one unit from whole columns of observations, for rounds too large to go record by record.

The same as from_records.py gives, up to rounding (tested to 1e-9), without the lists of records. What needs
the records (values off the scale, one cluster only) is left to them; see fits.
"""

from collections.abc import Mapping, Sequence

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
from surveyapp.evaluation.scoring.estimates import Evidence, MeasureEstimate, Observation, blank
from surveyapp.evaluation.scoring.transforms import Transform, transform
from surveyapp.evaluation.strata import share_factors
from surveyapp.stats.value_tables import Change, Row, Seen, ShareMean, ValueTable

UNLISTED = Evidence(is_listed=False)


def row_of(one: Observation) -> Row:
    """A single observation as a row of a table of values by measure."""
    return one.measure, one.stratum, one.weight, one.value, (one.cluster or one.root_id,)


def fits(measure: Measure, table: ValueTable) -> bool:
    """Whether columns tell everything: all values on the scale with a weight, more than one primary unit."""
    seen = table.seen.get(measure.key)
    if seen is None:
        return True
    rule, shares = transform(measure.transform, measure.parameters), measure.stratum_weights
    least, most = rule.domain
    if not (least <= seen.low <= seen.high <= most and seen.lightest > 0):
        return False
    if shares and not seen.stratum_sums.keys() <= shares.keys():
        return False
    return rule.census or seen.n == 1 or seen.unit_count > 1


def estimate_columns(
    measures: Sequence[Measure], table: ValueTable, weights: Mapping[str, float]
) -> list[MeasureEstimate]:
    """The estimates of `measures`, for which fits holds; `weights` are their shares inside their cells."""
    rules = [transform(one.transform, one.parameters) for one in measures]
    changes = {
        one.key: _change(one, rule, table.seen[one.key])
        for one, rule in zip(measures, rules, strict=True)
        if one.key in table.seen
    }
    means = table.means(changes)
    return [
        _estimate(one, weights[one.key], rule, table.seen[one.key], means[one.key])
        if one.key in means
        else blank(one, weights[one.key], Evidence())
        for one, rule in zip(measures, rules, strict=True)
    ]


def _change(measure: Measure, rule: Transform, seen: Seen) -> Change:
    shares = measure.stratum_weights
    factors = share_factors(seen.stratum_sums, seen.n, shares) if shares else {}
    return Change(rule.low, rule.high, rule.code == "T8", rule.each, factors)


def _estimate(
    measure: Measure, weight: float, rule: Transform, seen: Seen, found: ShareMean
) -> MeasureEstimate:
    facts = Facts(
        n=seen.n,
        clusters=seen.unit_count,
        mean=found.mean,
        share=found.share,
        hits=seen.total,
        strata=frozenset(seen.stratum_sums),
        is_binary=rule.domain == (0.0, 1.0) and seen.is_binary,
        is_weighted=found.is_weighted,
        is_simple=seen.unit_count == seen.n and not found.is_weighted and len(seen.stratum_sums) == 1,
    )
    return finished(measure, weight, rule, facts, _spread(measure.source, rule, facts, found), UNLISTED)


def _spread(source: str, rule: Transform, facts: Facts, found: ShareMean) -> Spread:
    if rule.census:
        return census_spread(facts.share)
    if facts.n == 1:
        return single_spread(found.constant(source, SINGLE_SE))
    return design_spread(rule, facts, found, found.column(source))
