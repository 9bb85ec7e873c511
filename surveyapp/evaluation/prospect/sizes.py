"""How many observations an aim needs in a unit, how they are split, and what they will be worth.

The formulas are those of the statistics room; here they meet the aim and the unit.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from surveyapp.evaluation.prospect.aims import Aim, Frame, Plan
from surveyapp.stats.acceptance import (
    AcceptancePlan,
    binomial_plan,
    stable_binomial_plan,
)
from surveyapp.stats.allocation import allocation
from surveyapp.stats.comparison_sizes import gross_size
from surveyapp.stats.design_effects import cluster_design_effect
from surveyapp.stats.list_sampling import items_to_find_defect
from surveyapp.stats.proportions import wilson_interval
from surveyapp.stats.sample_sizes import mean_sample_size, proportion_sample_size, wilson_sample_size

EXPECTED = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
"""True shares for which the expected interval is shown."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one unit needs of one instrument.

    `net` observations that count and `gross` approaches; None when the aim cannot be met: `lack` then says
    why ('population': the number served is not known; 'clusters': too few numbers; 'lines': no number).
    `needed` successes of `plan.n` make the verdict "good"; for a claim about a population the plan is that
    of the independent calls which `net` is worth. `effective` is the worth in independent observations.
    `se` is the standard error of an achievement (0..1), `slope` how fast se² falls with one more.
    `cells` is the split over strata. `is_short`: more would have to be approached than there are.
    """

    unit: str
    instrument: str
    net: int | None
    gross: int | None = None
    deff: float = 1.0
    effective: float = 0.0
    se: float | None = None
    slope: float = 0.0
    cells: Mapping[str, int] = field(default_factory=dict)
    plan: AcceptancePlan | None = None
    stable: AcceptancePlan | None = None
    is_census: bool = False
    is_short: bool = False
    lack: str = ""
    hours: float = 0.0
    cost: float = 0.0

    @property
    def needed(self) -> int | None:
        """The critical number of successes of a verdict."""
        return self.plan.needed if self.plan else None


def need(plan: Plan, unit: str, aim: Aim) -> Need:
    """What the unit needs of the aim's instrument."""
    frame = plan.frame(unit, aim.instrument)
    found = Need(unit, aim.instrument, None)
    if aim.goal in ("defects", "census") and not frame.population:
        return replace(found, lack="population")
    if aim.instrument == "call" and not frame.clusters:
        return replace(found, lack="lines")
    if aim.goal == "verdict":
        pair = (aim.bad, aim.good, aim.alpha, aim.power)
        found = replace(found, plan=binomial_plan(*pair), stable=stable_binomial_plan(*pair))
    net = _net(aim, frame, found.plan)
    if net is None:
        return replace(found, lack="clusters")
    cells = _cells(plan, aim, frame, net)
    return _worth(plan, aim, frame, replace(found, net=sum(cells.values()) if cells else net, cells=cells))


def needs(plan: Plan, units: list[str]) -> tuple[Need, ...]:
    """All needs, unit by unit in the order of the aims."""
    return tuple(need(plan, unit, aim) for unit in units for aim in plan.aims)


def expected_intervals(effective: float) -> tuple[tuple[float, float, float], ...]:
    """(true share, low, high): the 95 % Wilson interval to expect from so many independent observations."""
    return tuple((p, *wilson_interval(p * effective, effective)) for p in EXPECTED)


def calls_on_numbers(independent: int, numbers: int, correlation: float) -> int | None:
    """Calls on K numbers worth `independent` ones: K·m with the least m of K·m/(1 + (m - 1)ρ) >= n.

    None when no number of calls suffices: K numbers are never worth more than K/ρ independent calls.
    """
    room = numbers - independent * correlation
    if room <= 0:
        return None
    return numbers * max(1, math.ceil(independent * (1 - correlation) / room - 1e-9))


def _net(aim: Aim, frame: Frame, plan: AcceptancePlan | None) -> int | None:
    size = frame.population or math.inf
    if aim.goal == "census":
        return int(size)
    if aim.goal == "defects":
        return items_to_find_defect(int(size), min(aim.defects, int(size)))
    if aim.goal == "fixed":
        return min(aim.n, int(size)) if frame.population else aim.n
    first = plan.n if plan else _simple_size(aim, size, _fixed_effect(aim))
    if aim.claim == "population":
        return calls_on_numbers(first, frame.clusters, aim.correlation)
    return first


def _simple_size(aim: Aim, size: float, deff: float) -> int:
    """For a share Cochran's size, but Wilson's where that is larger (shares near 0 and 1); both corrected
    for a finite population.
    """
    if aim.goal == "mean":
        first = mean_sample_size(aim.half_width, aim.spread, deff)
        return math.ceil(first / (1 + (first - 1) / size) - 1e-9)
    p = min(max(aim.p, 0.01), 0.99)
    wilson = wilson_sample_size(aim.half_width, aim.p)
    if wilson <= proportion_sample_size(aim.half_width, p):
        return proportion_sample_size(aim.half_width, p, size, deff)
    return math.ceil(wilson * deff / (1 + (wilson * deff - 1) / size) - 1e-9)


def _fixed_effect(aim: Aim) -> float:
    """The design effect of clusters of a given size; of numbers it depends on the calls made."""
    return 1.0 if aim.claim else cluster_design_effect(aim.correlation, max(1.0, aim.cluster_size))


def _cells(plan: Plan, aim: Aim, frame: Frame, net: int) -> dict[str, int]:
    if not frame.strata:
        return {}
    layers = frame.strata.values()
    sizes = [layer.size for layer in layers]
    if aim.instrument == "call":
        # The sizes of the day parts are weights, not numbers of calls that could be made.
        sizes = [size * max(1, net) * 1000 for size in sizes]
    spreads = [_spread(aim, layer.p) for layer in layers]
    split = allocation(net, sizes, plan.allocation, spreads, aim.cell_min)
    return dict(zip(frame.strata, split, strict=True))


def _spread(aim: Aim, p: float | None) -> float:
    return aim.spread if p is None else math.sqrt(p * (1 - p))


def _worth(plan: Plan, aim: Aim, frame: Frame, found: Need) -> Need:
    """The need with its design effect, error, approaches and cost."""
    net = found.net
    assert net is not None
    is_census = frame.population is not None and net >= frame.population
    deff = _fixed_effect(aim)
    if aim.claim == "population" and frame.clusters:
        deff = cluster_design_effect(aim.correlation, max(1.0, net / frame.clusters))
    gross = gross_size(net, aim.response, aim.validity)
    raw = _raw_variance(aim, frame, found.cells, net) * deff if net else 0.0
    rest = 0.0 if is_census else 1 - net / frame.population if frame.population else 1.0
    falls = (1 - aim.correlation) / deff if aim.claim == "population" else 1.0
    return replace(
        found,
        gross=gross,
        deff=deff,
        effective=net / deff,
        se=math.sqrt(raw * rest) if net else None,
        slope=raw * falls / net if net and not is_census else 0.0,
        is_census=is_census,
        is_short=frame.population is not None and gross > frame.population,
        hours=gross * aim.minutes / 60,
        cost=net * plan.piece_cost(aim),
    )


def _raw_variance(aim: Aim, frame: Frame, cells: Mapping[str, int], net: int) -> float:
    """s²/n, or Σ W_h²·s_h²/n_h over strata, before clusters and finite populations."""
    if not cells or any(number < 1 for number in cells.values()):
        return aim.spread**2 / net
    whole = math.fsum(layer.size for layer in frame.strata.values())
    return math.fsum(
        (layer.size / whole) ** 2 * _spread(aim, layer.p) ** 2 / cells[name]
        for name, layer in frame.strata.items()
    )
