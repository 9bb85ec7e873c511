"""One measure of one unit from whole columns of observations, for rounds too large to go record by record.

The same estimate as from_records.py up to rounding (tested to 1e-9), without the list of records. What needs
the records (values off the scale, one cluster only) is left to them; see fits.
"""

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
from surveyapp.evaluation.scoring.estimates import MeasureEstimate, Observation, blank
from surveyapp.evaluation.scoring.transforms import Transform, transform
from surveyapp.evaluation.strata import share_factors
from surveyapp.stats.value_tables import Row, Values


def row_of(one: Observation) -> Row:
    """A single observation as a row of a table of values by measure."""
    return one.measure, one.cluster or one.root_id, one.stratum, one.weight, one.value


def fits(measure: Measure, seen: Values | None) -> bool:
    """Whether columns tell everything: all values on the scale with a weight, more than one primary unit."""
    if seen is None:
        return True
    rule, shares = transform(measure.transform, measure.parameters), measure.stratum_weights
    least, most = rule.domain
    if not (least <= seen.low <= seen.high <= most and seen.lightest > 0):
        return False
    if shares and not seen.stratum_sums.keys() <= shares.keys():
        return False
    return rule.census or seen.n == 1 or seen.unit_count > 1


def estimate_columns(measure: Measure, seen: Values | None, weight: float = 1.0) -> MeasureEstimate:
    """The estimate of `measure` from its values, for which fits holds."""
    if seen is None:
        return blank(measure, weight)
    rule = transform(measure.transform, measure.parameters)
    if measure.stratum_weights:
        seen = seen.weighed(share_factors(seen.stratum_sums, seen.n, measure.stratum_weights))
    shares = seen.rescaled(rule.low, rule.high, rule.code == "T8", rule.each)
    facts = _facts(rule, seen, shares)
    spread = _spread(measure.source, rule, shares, facts)
    return finished(blank(measure, weight, is_summed=True), measure, rule, facts, spread)


def _facts(rule: Transform, seen: Values, shares: Values) -> Facts:
    units, strata = seen.unit_count, frozenset(seen.stratum_sums)
    is_weighted = seen.lightest != seen.heaviest
    return Facts(
        n=seen.n,
        clusters=units,
        mean=seen.mean,
        share=shares.mean,
        hits=seen.total,
        strata=strata,
        is_binary=rule.domain == (0.0, 1.0) and seen.is_binary,
        is_weighted=is_weighted,
        is_simple=units == seen.n and not is_weighted and len(strata) == 1,
    )


def _spread(source: str, rule: Transform, shares: Values, facts: Facts) -> Spread:
    if rule.census:
        return census_spread(facts.share)
    if facts.n == 1:
        return single_spread(shares.only(source, SINGLE_SE))
    found = shares.design_mean()
    return design_spread(rule, facts, found, shares.column(source, found))
