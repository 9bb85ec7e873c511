"""What decisions on records do to observations, and a score with and without what was flagged.

The only place where a quality decision meets a number. A flagged record nobody decided on counts in full.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surveyapp.evaluation.scoring import Observation, UnitScore

KEEP = 1.0
KINDS_OF_DECISION: Mapping[str, Mapping[str, str]] = {
    "keep": {"zh": "保留", "en": "Keep"},
    "down_weight": {"zh": "降低权重", "en": "Weigh down"},
    "void": {"zh": "不计入", "en": "Leave out"},
}


@dataclass(frozen=True, slots=True)
class Case:
    """What was decided on a record: `kind` a key of KINDS_OF_DECISION, `factor` what its weight is times."""

    root_id: str
    kind: str
    factor: float
    reason: str

    def __post_init__(self) -> None:
        fits = {"keep": self.factor == KEEP, "void": self.factor == 0, "down_weight": 0 < self.factor < 1}
        if not fits.get(self.kind, False):
            raise ValueError(f"{self.kind} with the factor {self.factor}")


def as_decided(observations: Iterable[Observation], cases: Iterable[Case]) -> list[Observation]:
    """The observations with decided weights, voided ones left out; the others as they were."""
    factors = {case.root_id: case.factor for case in cases}
    found = []
    for one in observations:
        factor = factors.get(one.root_id, KEEP)
        if factor > 0:
            found.append(one if factor == KEEP else replace(one, weight=one.weight * factor))
    return found


def without_flagged(observations: Iterable[Observation], flagged: Collection[str]) -> list[Observation]:
    """The observations of records that are not flagged."""
    return [one for one in observations if one.root_id not in flagged]


@dataclass(frozen=True, slots=True)
class WithAndWithout:
    """A figure three ways, in points; None where it has none. `code` is 'base', 'bonus', 'total', a leaf."""

    code: str
    decided: float | None
    counted: float | None
    dropped: float | None

    @property
    def difference(self) -> float | None:
        """Without the flagged records minus with all of them, in points."""
        if self.counted is None or self.dropped is None:
            return None
        return self.dropped - self.counted

    def to_json(self) -> dict[str, Any]:
        """The three figures and the difference."""
        names = ("code", "decided", "counted", "dropped", "difference")
        return {name: getattr(self, name) for name in names}


def with_and_without(
    compute: Callable[[Sequence[Observation]], UnitScore],
    observations: Sequence[Observation],
    cases: Sequence[Case],
    flagged: Collection[str],
    decided: UnitScore | None = None,
) -> tuple[WithAndWithout, ...]:
    """Every figure as decided, with all flagged records counted in full, and with all of them left out.

    `observations` are those before any decision; `decided` the score as decided, if it is known already.
    """
    standing = decided or compute(as_decided(observations, cases))
    roots = {one.root_id for one in observations}
    is_touched = any(case.factor != KEEP and case.root_id in roots for case in cases)
    full = compute(observations) if is_touched else standing
    dropped = compute(without_flagged(observations, flagged)) if roots & set(flagged) else full
    return tuple(
        WithAndWithout(code, *(_points(score, code) for score in (standing, full, dropped)))
        for code in ("base", "bonus", "total", *(leaf.code for leaf in standing.leaves))
    )


def _points(score: UnitScore, code: str) -> float | None:
    if code in ("base", "bonus", "total"):
        return {"base": score.base, "bonus": score.bonus, "total": score.total}[code].points
    return score.leaf(code).points
