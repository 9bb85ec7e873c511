"""The scores under all defensible choices at once: how much of a place hangs on the rules that were chosen.

Choices that nobody could defend are not in it, nor any that was not open when the rules were registered
(experts are trimmed only where that was registered, and here it never is).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from surveyapp.evaluation.explaining.points import Decided, Rules, Totals
from surveyapp.evaluation.framework.model import Framework
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.profiles import Profile
from surveyapp.evaluation.scoring import MeasureEstimate, Observation, estimate
from surveyapp.stats.factorial_shares import variance_shares

MOST = 600
"""Combinations at most; what is computed on request stays within seconds."""
SHARES = (0.5, 2 / 3)
WINDOWS = (15.0, 20.0)
TOP = 4.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One open choice with its options by key, in order."""

    key: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A unit's observations. `flagged`: root ids with a quality flag; `seconds`: waiting times of calls."""

    unit: str
    observations: tuple[Observation, ...]
    decided: Decided = field(default_factory=dict)
    flagged: frozenset[str] = frozenset()
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spread:
    """A unit over all combinations: totals in order of size, the official one, ranks (ties share)."""

    unit: str
    totals: tuple[float, ...]
    official: float | None
    first: float
    last: float
    mean_rank: float
    shares: Mapping[str, float]

    def quantile(self, share: float) -> float:
        """The total that `share` of the combinations do not exceed."""
        return self.totals[min(len(self.totals) - 1, max(0, math.ceil(share * len(self.totals)) - 1))]


@dataclass(frozen=True, slots=True)
class Multiverse:
    """`above[a][b]`: share of combinations in which a's total lies above b's, ties half.

    `shares` of a spread, and `moved` for all units together: the part of the variance of ranks that each
    choice makes (they sum to 1, or are all 0 when no rank ever moves). `left_out`: units without evidence.
    """

    choices: tuple[Choice, ...]
    count: int
    spreads: tuple[Spread, ...]
    above: Mapping[str, Mapping[str, float]]
    moved: Mapping[str, float]
    left_out: tuple[str, ...]


def open_choices(
    profiles: Mapping[str, Profile], own: Profile, measures: Sequence[Measure], units: Sequence[Evidence]
) -> tuple[Choice, ...]:
    """The choices that are open for the round; one that cannot change anything is left out."""
    keys = {one.measure for unit in units for one in unit.observations}
    seen = [measure for measure in measures if measure.key in keys]
    shares = sorted({*SHARES, own.missing.c_min})
    found = [
        Choice("profile", tuple(sorted(profiles))),
        Choice("insufficient", ("use", "missing")),
        Choice("c_min", tuple(f"{share:.4f}" for share in shares)),
        Choice("missing", ("renormalise", "zero", "full")),
    ]
    windows = sorted({window for one in seen for window in _windows(one)})
    if windows and any(unit.seconds for unit in units):
        found.append(Choice("window", tuple(f"{window:g}" for window in windows)))
    if any(one.transform == "T3" for one in seen):
        found.append(Choice("levels", ("mean", "top")))
    if any(unit.flagged for unit in units):
        found.append(Choice("flagged", ("with", "without")))
    return tuple(one for one in found if len(one.options) > 1)


def _windows(measure: Measure) -> tuple[float, ...]:
    """The waiting times a measure of calls can be counted with: its own and shorter ones."""
    own = measure.parameters.get("tau")
    return () if own is None else (*(window for window in WINDOWS if window < own), own)


def multiverse(
    framework: Framework,
    profiles: Mapping[str, Profile],
    own: Profile,
    measures: Sequence[Measure],
    units: Sequence[Evidence],
) -> Multiverse:
    """Every combination of the open choices for every unit. Raises ValueError above MOST combinations."""
    choices = open_choices(profiles, own, measures, units)
    combinations = [
        dict(zip([one.key for one in choices], picked, strict=True))
        for picked in product(*(one.options for one in choices))
    ]
    if len(combinations) > MOST:
        raise ValueError(f"{len(combinations)} combinations, at most {MOST}")
    known = {
        unit.unit: _totals(framework, profiles, own, measures, unit, combinations)
        for unit in units
        if unit.observations
    }
    left_out = tuple(unit.unit for unit in units if unit.unit not in known)
    ranks = _ranks(known, len(combinations))
    levels = [len(one.options) for one in choices]
    official = _official(own, choices)
    split = {unit: variance_shares(found, levels) for unit, found in ranks.items()}
    spreads = tuple(
        Spread(
            unit,
            tuple(sorted(found)),
            found[official] if official is not None else None,
            min(ranks[unit]),
            max(ranks[unit]),
            math.fsum(ranks[unit]) / len(combinations),
            _named(choices, split[unit]),
        )
        for unit, found in known.items()
    )
    whole = [math.fsum(column) for column in zip(*split.values(), strict=True)]
    return Multiverse(choices, len(combinations), spreads, _above(known), _named(choices, whole), left_out)


def _named(choices: Sequence[Choice], shares: Sequence[float]) -> dict[str, float]:
    """Shares of a variance as parts of 1."""
    whole = math.fsum(shares)
    if whole <= 1e-12:
        return {one.key: 0.0 for one in choices}
    return {one.key: share / whole for one, share in zip(choices, shares, strict=True)}


def _official(own: Profile, choices: Sequence[Choice]) -> int | None:
    """The number of the combination that is the round's own rules; None when they are none of them."""
    if own.missing.policy != "renormalise":
        return None
    mine = {
        "profile": own.code,
        "insufficient": own.missing.insufficient,
        "c_min": f"{own.missing.c_min:.4f}",
        "missing": "renormalise",
        "levels": "mean",
        "flagged": "with",
    }
    number = 0
    for one in choices:
        picked = mine.get(one.key, one.options[-1])
        number = number * len(one.options) + one.options.index(picked)
    return number


def _totals(
    framework: Framework,
    profiles: Mapping[str, Profile],
    own: Profile,
    measures: Sequence[Measure],
    unit: Evidence,
    combinations: Sequence[Mapping[str, str]],
) -> list[float]:
    estimates: dict[tuple[str, str, str], dict[str, MeasureEstimate]] = {}
    rules: dict[tuple[str, str, str], Rules] = {}
    made: dict[tuple[tuple[str, str, str], tuple[str, str, str]], Totals] = {}
    found = []
    for picked in combinations:
        variant = (picked.get("window", ""), picked.get("levels", ""), picked.get("flagged", ""))
        if variant not in estimates:
            estimates[variant] = _estimates(measures, unit, *variant)
        law = (picked.get("profile", own.code), picked["insufficient"], picked.get("c_min", ""))
        if law not in rules:
            rules[law] = Rules(framework, _lawful(profiles, own, *law), measures)
        if (variant, law) not in made:
            made[variant, law] = rules[law].totals(estimates[variant], unit.decided)
        totals = made[variant, law]
        found.append({"zero": totals.low, "full": totals.high}.get(picked["missing"], _middle(totals)))
    return found


def _middle(totals: Totals) -> float:
    """The total of the scored leaves; where a choice leaves none, the middle of what is possible."""
    return (totals.low + totals.high) / 2 if totals.scored is None else totals.scored


def _lawful(
    profiles: Mapping[str, Profile], own: Profile, code: str, insufficient: str, c_min: str
) -> Profile:
    share = own.missing.c_min
    if c_min:
        share = next(one for one in (*SHARES, share) if f"{one:.4f}" == c_min)
    chosen = profiles[code]
    missing = replace(chosen.missing, policy="renormalise", insufficient=insufficient, c_min=share)
    return replace(chosen, missing=missing)


def _estimates(
    measures: Sequence[Measure], unit: Evidence, window: str, levels: str, flagged: str
) -> dict[str, MeasureEstimate]:
    by_measure: dict[str, list[Observation]] = {}
    for one in unit.observations:
        if flagged != "without" or one.root_id not in unit.flagged:
            by_measure.setdefault(one.measure, []).append(one)
    found = {}
    for measure in measures:
        mine, rule = by_measure.get(measure.key, []), measure
        if window and "tau" in measure.parameters and float(window) < measure.parameters["tau"]:
            mine = [_within(one, unit.seconds, float(window)) for one in mine]
        if levels == "top" and measure.transform == "T3":
            mine = [replace(one, value=float(one.value >= TOP)) for one in mine]
            rule = replace(measure, transform="T1", parameters={})
        found[measure.key] = estimate(rule, mine)
    return found


def _within(one: Observation, seconds: Mapping[str, float], window: float) -> Observation:
    """A hit that took longer than the window is a miss."""
    late = seconds.get(one.root_id, math.inf) > window
    return replace(one, value=0.0) if late else one


def _ranks(known: Mapping[str, Sequence[float]], count: int) -> dict[str, list[float]]:
    """Ranks of each unit in every combination, 1 for the highest; ties share."""
    units = list(known)
    found: dict[str, list[float]] = {unit: [] for unit in units}
    for at in range(count):
        values = [known[unit][at] for unit in units]
        for unit, value in zip(units, values, strict=True):
            above, equal = sum(v > value for v in values), sum(v == value for v in values)
            found[unit].append(1 + above + (equal - 1) / 2)
    return found


def _above(known: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    return {
        one: {
            other: math.fsum((a > b) + (a == b) / 2 for a, b in zip(mine, theirs, strict=True)) / len(mine)
            for other, theirs in known.items()
            if other != one
        }
        for one, mine in known.items()
    }
