"""The total of a unit as a number alone, from estimates made once: for hundreds of rules a second.

The same arithmetic as scoring without errors and intervals; a test holds both to the same digits.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveyapp.evaluation.framework.model import Framework, Indicator
from surveyapp.evaluation.measures import Measure
from surveyapp.evaluation.profiles import Profile
from surveyapp.evaluation.scoring import MeasureEstimate

Decided = Mapping[tuple[str, str], str]
"""(leaf, method or '') -> 'zero' or 'not_applicable'."""


@dataclass(frozen=True, slots=True)
class Totals:
    """`low` and `high` take missing evidence as 0 and as 1. `scored` leaves unscored leaves out of the
    denominator, like leaves that do not apply; None when no base leaf is scored. `is_whole`: all are scored.
    """

    low: float
    high: float
    scored: float | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class _Leaf:
    applies: bool
    points: float | None
    low: float
    high: float


class Rules:
    """A framework and a profile with the measures of each cell looked up once."""

    def __init__(self, framework: Framework, profile: Profile, measures: Sequence[Measure]) -> None:
        """`measures` of the round; those the profile does not use are left out."""
        self._framework, self._profile = framework, profile
        self._cells: dict[tuple[str, str], list[Measure]] = {}
        for one in sorted(measures, key=lambda one: one.key):
            if one.counts_in(profile.code):
                self._cells.setdefault((one.indicator, one.method), []).append(one)

    def totals(self, estimates: Mapping[str, MeasureEstimate], decided: Decided) -> Totals:
        """The totals of a unit from the estimate of each measure by key. Nothing is rounded."""
        leaves = [(leaf, self._leaf(leaf, estimates, decided)) for leaf in self._framework.leaves]
        base = [(leaf, one) for leaf, one in leaves if leaf.group == "base" and one.applies]
        bonus = [one for leaf, one in leaves if leaf.group != "base" and one.applies]
        whole = math.fsum(leaf.points for leaf in self._framework.leaves if leaf.group == "base")
        applicable = math.fsum(leaf.points for leaf, _ in base)
        scale = whole / applicable if applicable else 0.0
        scored = math.fsum(leaf.points for leaf, one in base if one.points is not None)
        gained = math.fsum(one.points or 0.0 for _, one in base)
        extra = math.fsum(one.points or 0.0 for one in bonus)
        complete = all(one.points is not None for one in [*(one for _, one in base), *bonus])
        cap = math.inf if self._profile.most is None else self._profile.most
        low = scale * math.fsum(one.low for _, one in base) + math.fsum(one.low for one in bonus)
        high = scale * math.fsum(one.high for _, one in base) + math.fsum(one.high for one in bonus)
        total = min(cap, gained * whole / scored + extra) if scored else None
        return Totals(min(cap, low), min(cap, high), total, complete and bool(base))

    def _leaf(self, leaf: Indicator, estimates: Mapping[str, MeasureEstimate], decided: Decided) -> _Leaf:
        if decided.get((leaf.code, "")) == "not_applicable":
            return _Leaf(False, None, 0.0, 0.0)
        cells = []
        for method, weight in self._profile.weights[leaf.code].items():
            kind = decided.get((leaf.code, method)) or decided.get((leaf.code, ""), "")
            if kind != "not_applicable":
                cells.append((weight, *self._cell(leaf.code, method, kind, estimates)))
        total = math.fsum(weight for weight, _, _ in cells)
        if total <= 0:
            return _Leaf(False, None, 0.0, 0.0)
        coverage = math.fsum(weight * share for weight, share, _ in cells) / total
        low = leaf.points * math.fsum(w * share * (a or 0.0) for w, share, a in cells) / total
        high = min(leaf.points, low + leaf.points * max(0.0, 1 - coverage))
        observed = [(weight, a) for weight, _, a in cells if a is not None]
        missing = self._profile.missing
        enough = missing.policy == "renormalise" and coverage >= missing.c_min - 1e-12
        if not observed or not (coverage >= 1 - 1e-12 or enough):
            return _Leaf(True, None, low, high)
        weight = math.fsum(weight for weight, _ in observed)
        return _Leaf(True, leaf.points * math.fsum(w * a for w, a in observed) / weight, low, high)

    def _cell(
        self, leaf: str, method: str, kind: str, estimates: Mapping[str, MeasureEstimate]
    ) -> tuple[float, float | None]:
        """Coverage and achievement of a cell."""
        if kind == "zero":
            return 1.0, 0.0
        mine = self._cells.get((leaf, method), [])
        counted = (
            ("collected", "insufficient") if self._profile.missing.insufficient == "use" else ("collected",)
        )
        used = [(one.weight, estimates[one.key]) for one in mine if estimates[one.key].status in counted]
        share = math.fsum(weight for weight, _ in used)
        if not used:
            return 0.0, None
        achievement = math.fsum(weight * (one.achievement or 0.0) for weight, one in used) / share
        return min(1.0, share / math.fsum(one.weight for one in mine)), achievement
