"""The error of one measure and its interval, from facts that records and columns of them both give."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.scoring.estimates import Evidence, MeasureEstimate, UnitKey, named
from surveyapp.evaluation.scoring.transforms import Transform, clip
from surveyapp.stats.complex_samples import DesignMean, korn_graubard_interval
from surveyapp.stats.interval import Interval, t_quantile
from surveyapp.stats.proportions import wilson_interval
from surveyapp.stats.value_tables import ShareMean

SINGLE_SE = 0.5
"""Standard error given to a single observation: the largest standard deviation of a value in 0..1."""
NEGLIGIBLE = 1e-12
"""Below this an error is the rounding of a sum of equal values, and counts as none."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the observations used. `mean` lies on the measure's scale, `share` on 0..1, not cut.

    `hits` counts the ones and is only asked for when values are 0 or 1 of one weight. `is_binary`: a share of
    which each value is 0 or 1; `is_simple`: each observation is its own primary unit, all of one weight in
    one stratum.
    """

    n: int
    clusters: int
    mean: float
    share: float
    hits: float
    strata: frozenset[str]
    is_binary: bool
    is_weighted: bool
    is_simple: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """Error of a mean on the 0..1 scale and how it was found."""

    low: float
    high: float
    se: float
    deff: float
    name: str
    flags: tuple[str, ...]
    influence: Mapping[UnitKey, float]


def census_spread(share: float) -> Spread:
    """The whole population was seen: no sampling error."""
    return Spread(share, share, 0.0, 1.0, "census", (), {})


def single_spread(influence: Mapping[UnitKey, float]) -> Spread:
    """One observation says nothing of how others vary: the interval is as wide as it can be."""
    return Spread(0.0, 1.0, SINGLE_SE, 1.0, "single", ("single",), influence)


def design_spread(
    rule: Transform,
    facts: Facts,
    found: DesignMean | ShareMean,
    influence: Mapping[UnitKey, float],
    flags: tuple[str, ...] = (),
) -> Spread:
    """The error by the design of the sample, with the interval that fits the values."""
    se = found.se if found.se > NEGLIGIBLE else 0.0
    interval, name = _interval(rule, facts, se, found.df)
    return Spread(interval.low, interval.high, se, found.deff, name, flags, influence)


def _interval(rule: Transform, facts: Facts, se: float, df: int) -> tuple[Interval, str]:
    """95 %: Wilson for 0/1 values drawn simply, Korn-Graubard for 0/1 values by design, else Student's t.

    Without any spread t would claim certainty; then the widest spread a mean of that size allows is taken,
    which is that of a proportion: Wilson with n·share successes.
    """
    share = facts.share
    if facts.is_binary:
        p = clip(share * (rule.high - rule.low) + rule.low)
        if facts.is_simple:
            ends = wilson_interval(facts.hits, facts.n)
        else:
            ends = korn_graubard_interval(p, se * abs(rule.high - rule.low), facts.n, df)
        scaled = sorted(rule.scaled(end) for end in ends)
        return Interval(*scaled), "wilson" if facts.is_simple else "korn_graubard"
    if se == 0:
        return wilson_interval(clip(share) * facts.n, facts.n), "no_spread"
    half = t_quantile(0.95, df) * se
    return Interval(share - half, share + half), "t"


def finished(
    measure: Measure, weight: float, rule: Transform, facts: Facts, spread: Spread, evidence: Evidence
) -> MeasureEstimate:
    """The estimate of a measure with its numbers."""
    share = clip(facts.share)
    clipped = () if share == facts.share else ("clipped",)
    missing = ("stratum_missing",) if measure.stratum_weights.keys() - facts.strata else ()
    return MeasureEstimate(
        **named(measure, weight, evidence),
        status="collected" if facts.n >= measure.min_n else "insufficient",
        n=facts.n,
        clusters=facts.clusters,
        mean=facts.mean,
        achievement=share,
        low=clip(spread.low),
        high=clip(spread.high),
        se=spread.se,
        deff=spread.deff,
        interval=spread.name,
        formula=_formula(rule, measure, facts, share),
        flags=(*spread.flags, *clipped, *missing),
        influence=spread.influence,
        open_low=spread.low,
        open_high=spread.high,
    )


def _formula(rule: Transform, measure: Measure, facts: Facts, share: float) -> Mapping[str, str]:
    n, mean = facts.n, facts.mean
    if not facts.is_weighted and facts.is_binary:
        hits = f"{facts.hits:g} ÷ {n} = {mean:.4f}"
        first = {"zh": hits, "en": hits}
    else:
        first = {
            "zh": f"{'加权' if facts.is_weighted else ''}均值 {mean:.4f}（n = {n}）",
            "en": f"{'weighted ' if facts.is_weighted else ''}mean {mean:.4f} (n = {n})",
        }
    if measure.stratum_weights:
        layers = " · ".join(f"{name} {size:g}" for name, size in measure.stratum_weights.items())
        first = {
            "zh": f"{first['zh']}，按层加权（{layers}）",
            "en": f"{first['en']}, strata weighed {layers}",
        }
    gap = {"zh": "；", "en": "; "}
    return {lang: f"{first[lang]}{gap[lang]}{rule.code} {rule.text[lang]} = {share:.4f}" for lang in first}
