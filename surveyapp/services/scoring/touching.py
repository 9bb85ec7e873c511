"""From a record back to every score it touches, and what each would be without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.evaluation.scoring import NodeScore, UnitScore
from surveyapp.services.frameworks import load_framework
from surveyapp.services.installation import Platform
from surveyapp.services.scoring.basis import basis, fitting_measures
from surveyapp.services.scoring.units import computed, stored_observations
from surveyapp.storage import observations, snapshots


@dataclass(frozen=True)
class Touched:
    """One estimate that a record feeds. `profiles` are the codes of the profiles that count it."""

    indicator: str
    method: str
    measure: str
    label: Mapping[str, str]
    value: float
    profiles: str


def touched(platform: Platform, root_id: str) -> list[Touched]:
    """Every estimate a record feeds now, by indicator; [] while it is not confirmed (or not folded yet)."""
    with platform.database.reading() as session:
        rows = observations.observations_of_record(session, root_id)
        if not rows:
            return []
        framework_id = observations.framework_of(session, rows[0].round_id)
        versions = snapshots.versions_in_use(session, rows[0].round_id)
    assert framework_id is not None
    found, _versions = fitting_measures(load_framework(platform, framework_id).framework, versions)
    measures = {measure.key: measure for measure in found}
    return [
        Touched(
            row.indicator,
            row.method,
            row.measure,
            measures[row.measure].label,
            row.value,
            measures[row.measure].profile,
        )
        for row in rows
        if row.measure in measures
    ]


@dataclass(frozen=True)
class Effect:
    """One number with a record and without it. None is 未评; `low` and `high` are then the bounds."""

    code: str
    label: str
    available: float
    points: float | None
    points_without: float | None
    low: float
    high: float
    low_without: float
    high_without: float


@dataclass(frozen=True)
class Without:
    """What a record does to the score of its unit under one profile; only the leaves it touches."""

    profile: str
    leaves: tuple[Effect, ...]
    base: Effect

    @property
    def numbers(self) -> tuple[Effect, ...]:
        """The leaves, then the base."""
        return (*self.leaves, self.base)


def without(platform: Platform, round_id: int, unit_id: int, root_id: str) -> Without | None:
    """The score of now beside the score without one record, by the round's own profile.

    None when the record has no part in it. Raises Blocked, UnknownSubject, BadMeasures.
    """
    on = basis(platform, round_id, unit_id)
    observations = stored_observations(platform, round_id, unit_id)
    whole = computed(on, observations)
    codes = {place[0] for place in whole.touched_by(root_id)}
    if not codes:
        return None
    left = computed(on, [one for one in observations if one.root_id != root_id])
    leaves = tuple(_leaf_effect(whole, left, leaf.code) for leaf in whole.leaves if leaf.code in codes)
    return Without(on.profile.code, leaves, _node_effect(whole.base, left.base))


def _leaf_effect(whole: UnitScore, left: UnitScore, code: str) -> Effect:
    one, other = whole.leaf(code), left.leaf(code)
    ends = (one.bound_low, one.bound_high, other.bound_low, other.bound_high)
    return Effect(code, one.label, one.available, one.points, other.points, *ends)


def _node_effect(one: NodeScore, other: NodeScore) -> Effect:
    ends = (one.bound_low, one.bound_high, other.bound_low, other.bound_high)
    return Effect(one.code, one.label, one.available, one.points, other.points, *ends)
