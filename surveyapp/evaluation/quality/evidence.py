"""How rare it is, by chance, that a group of survey records came as it did and says what it says.

Every evidence is -log10 of a chance, at most 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median, stdev

from surveyapp.evaluation.quality.model import Filed
from surveyapp.evaluation.quality.surroundings import Surroundings, Traits, traits_of
from surveyapp.evaluation.quality.surveys import clock_hour, is_all_top
from surveyapp.stats.counts import binomial_upper_tail, normal_upper_tail, upper_tail

MOST = 6.0
NOON = 12
LEAST_GROUP = 5
LEAST_GAP = 0.35
LEAST_SHARE = 0.2
SPREAD = 0.25
USUAL_SHARE = 0.05


def how_they_came(key: str, mine: Sequence[Filed], others: Traits, around: Surroundings) -> dict[str, float]:
    """How rare it is that a group came as it did, by kind of evidence; 0 or less is none."""
    here = traits_of(mine, around.levels)
    found = how_told(here, others) | {"late": _more_often(here.late, here.n, others.late, others.n)}
    if key.startswith("sender:"):
        found["sender"] = min(MOST, 0.5 * (len(mine) - 3))
    if key.startswith(("hour:", "half:")):
        usual = usual_number(key, mine, around)
        found["many"] = 0.0 if math.isnan(usual) else _rare(upper_tail(len(mine), usual, SPREAD))
        found["per_case"] = _per_case(mine, around)
    if key.startswith("hour:"):
        found["even"] = _even(mine)
    if key.startswith("text:"):
        found["text"] = min(MOST, 0.5 * (len(mine) - 3))
    return found


def how_told(here: Traits, others: Traits) -> dict[str, float]:
    """Evidence that people were told what to tick: they say so, or they agree with both of two opposites."""
    return {
        "pressed": _more_often(here.pressed, here.n, others.pressed, others.n),
        "contrary": _more_often(here.contrary, here.n, others.contrary, others.n),
    }


def _more_often(hits: int, n: int, before: int, others: int) -> float:
    """Evidence that a trait is more frequent than among the others, which are taken to have it 1 in 20."""
    return _rare(binomial_upper_tail(hits, n, max(USUAL_SHARE, (before + 1) / (others + 2))))


def usual_number(key: str, mine: Sequence[Filed], around: Surroundings) -> float:
    """How many the same time of day usually brings at the code: the median of other days; NaN below three."""
    day, begin = mine[0].received.date(), clock_hour(mine[0])
    if key.startswith("hour:"):
        first = 2 * int(key[-4:-2]) + int(key[-2:]) // 30
        last = first + 2
    else:
        first, last = (2 * NOON, 48) if begin >= NOON else (0, 2 * NOON)
    counts = around.on_days(mine[0].link, first, last)
    others = [counts[other] for other in around.days if other != day]
    return max(0.5, median(others)) if len(others) >= 2 else math.nan


def _per_case(mine: Sequence[Filed], around: Surroundings) -> float:
    """Records of the day per case handled, against the same ratio on all other days."""
    day = mine[0].received.date()
    if not around.handled:
        return 0.0
    here = around.per_day[day]
    rest = len(around.records) - here
    cases = sum(count for name, count in around.handled.items() if name != day.isoformat())
    if not rest or not cases:
        return 0.0
    usual = max(0.5, rest / cases * around.handled.get(day.isoformat(), 0))
    return _rare(upper_tail(here, usual, 0.1))


def _even(mine: Sequence[Filed]) -> float:
    """How much more even than chance the gaps are: random arrivals have a coefficient of variation near 1."""
    gaps = [(after.received - before.received).total_seconds() for before, after in pairwise(mine)]
    if len(gaps) < 8 or fmean(gaps) <= 0:
        return 0.0
    return _rare(normal_upper_tail((1 - stdev(gaps) / fmean(gaps)) * math.sqrt(len(gaps))))


def what_they_say(mine: Sequence[Filed], others: Traits, around: Surroundings) -> dict[str, float]:
    """How rare it is that so many say so much more than the others; empty when too few are rated."""
    here = [level for one in mine if not math.isnan(level := around.levels[one.root_id])]
    if len(here) < LEAST_GROUP or others.rated < 2 * LEAST_GROUP:
        return {}
    found = {}
    top, usual = sum(map(is_all_top, mine)), (others.top + 1) / (others.n + 2)
    if top / len(mine) - usual >= LEAST_SHARE:
        found["top"] = _rare(binomial_upper_tail(top, len(mine), usual))
    spread, gap = others.spread, fmean(here) - others.mean
    if spread > 0 and gap >= LEAST_GAP * spread:
        z = gap / (spread * math.sqrt(1 / len(here) + 1 / others.rated))
        found["mean"] = _rare(normal_upper_tail(z))
        if stdev(here) < spread:
            found["same"] = found["mean"] / 2 + _narrow(here, spread)
    return {name: min(MOST, value) for name, value in found.items()}


def _narrow(levels: Sequence[float], spread: float) -> float:
    """Variance smaller than everybody's: (n - 1)s²/σ² held against χ² (Wilson-Hilferty)."""
    df = len(levels) - 1
    ratio = stdev(levels) ** 2 / spread**2
    z = (ratio ** (1 / 3) - (1 - 2 / (9 * df))) / math.sqrt(2 / (9 * df))
    return _rare(normal_upper_tail(-z)) / 2


def _rare(p: float) -> float:
    return MOST if p <= 10**-MOST else max(0.0, -math.log10(p))
