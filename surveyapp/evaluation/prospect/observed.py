"""What a unit's score says about the plan: the error by instrument so far, and what the light looks at."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from surveyapp.evaluation.profiles import MissingPolicy
from surveyapp.evaluation.prospect.aims import Aim
from surveyapp.evaluation.prospect.lights import Seen
from surveyapp.evaluation.scoring.estimates import MeasureEstimate
from surveyapp.evaluation.scoring.leaves import leaf_parts
from surveyapp.evaluation.scoring.unit import UnitScore


@dataclass(frozen=True, slots=True)
class Observed:
    """By instrument: its part of the variance of the total (points²) and the records that made it.

    `left_out` are leaves without points yet: what they will add to the error is not in the variances.
    """

    variances: Mapping[str, float]
    numbers: Mapping[str, int]
    left_out: tuple[str, ...]


def observed_variances(score: UnitScore, policy: MissingPolicy, owner: Mapping[str, str]) -> Observed:
    """Σ_u (Σ_k c_k·u_ku)² by instrument; `owner` tells the instrument of a measure by its key.

    The composite linearisation of the score, split by instrument; leaves without points are left out.
    """
    applicable = score.base.applicable
    scale = score.base.available / applicable if applicable else 1.0
    sums: dict[str, dict[object, float]] = defaultdict(lambda: defaultdict(float))
    numbers: dict[str, set[str]] = defaultdict(set)
    for leaf in score.leaves:
        if leaf.points is None:
            continue
        points = leaf.available * (scale if leaf.group == "base" else 1.0)
        for part in leaf_parts(leaf.cells, policy, points):
            code = owner.get(part.estimate.key, "")
            numbers[code] |= {record.root_id for record in part.estimate.records}
            for unit, u in part.estimate.influence.items():
                sums[code][unit] += part.factor * u
    variances = {
        code: math.fsum(value * value for value in units.values()) for code, units in sums.items() if code
    }
    left_out = tuple(one.code for one in score.leaves if one.status == "unscored")
    return Observed(variances, {code: len(roots) for code, roots in numbers.items() if code}, left_out)


def estimates_of(score: UnitScore, owner: Mapping[str, str], instrument: str) -> Iterator[MeasureEstimate]:
    """The estimates of an instrument's measures, leaf by leaf."""
    for leaf in score.leaves:
        for cell in leaf.cells:
            yield from (one for one in cell.measures if owner.get(one.key) == instrument)


def seen_so_far(
    aim: Aim, score: UnitScore, owner: Mapping[str, str], cell_of: Mapping[str, str], workdays: int
) -> Seen:
    """What the light looks at. `cell_of` tells a record's quota cell; calls use their own stratum.

    The half-width is that of the aim's measure, else the widest of all; None while one has no records.
    """
    found = list(estimates_of(score, owner, aim.instrument))
    cells = {record.root_id: record.stratum for one in found for record in one.records}
    cells = {root: stratum or cell_of.get(root, "") for root, stratum in cells.items()}
    deciding = [one for one in found if aim.measure in ("", one.key)]
    widths = [(one.high - one.low) / 2 for one in deciding if one.high is not None and one.low is not None]
    known = bool(widths) and len(widths) == len(deciding)
    seen = Seen(len(cells), None, Counter(cells.values()), workdays)
    return replace(seen, half_width=max(widths)) if known else seen


def hits_of(score: UnitScore, owner: Mapping[str, str], instrument: str) -> tuple[float, int]:
    """Successes and trials of the instrument's measure of hits and misses with most records, else 0, 0."""
    binary = [
        one
        for one in estimates_of(score, owner, instrument)
        if one.records and all(record.value in (0.0, 1.0) for record in one.records)
    ]
    if not binary:
        return 0.0, 0
    most = max(binary, key=lambda one: (one.n, one.key))
    return math.fsum(record.value for record in most.records), most.n
