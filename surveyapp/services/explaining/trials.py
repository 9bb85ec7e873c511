"""Other rules tried on the evidence of a round. Nothing is stored, and no official table is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from surveyapp.evaluation.explaining.multiverse import MOST, Evidence, Multiverse, multiverse
from surveyapp.evaluation.explaining.trial import Tried, Wish, counted, tried
from surveyapp.evaluation.problem import Problem
from surveyapp.evaluation.scoring import Placed, UnitScore, ranked, score_unit
from surveyapp.services.installation import Platform
from surveyapp.services.scoring import RoundBasis, for_unit, scored
from surveyapp.services.scoring.basis import Basis
from surveyapp.services.scoring.units import stored_observations
from surveyapp.storage import observations as store
from surveyapp.storage.tables import UnitRow

__all__ = ["MOST", "Trial", "UnitTrial", "Wish", "choices", "trial"]


@dataclass(frozen=True)
class UnitTrial:
    """A unit's official score and place, and both under the rules that were tried."""

    unit: UnitRow
    official: UnitScore
    tried: UnitScore
    official_place: Placed
    tried_place: Placed


@dataclass(frozen=True)
class Trial:
    """What a wish gives, unit by unit in the order of the units. `flagged`: records with a quality flag."""

    units: tuple[UnitTrial, ...]
    flagged: int


def trial(
    platform: Platform, official: RoundBasis, on: RoundBasis, units: Iterable[UnitRow], wish: Wish
) -> Trial | Problem:
    """The units by the round's own rules (`official`) and by those of `on` with the wish in them."""
    rules = tried(on.loaded.framework, on.profile, on.measures, wish)
    if isinstance(rules, Problem):
        return rules
    rows = list(units)
    evidence = [_evidence(platform, for_unit(platform, on, unit.id)) for unit in rows]
    before = [scored(platform, for_unit(platform, official, unit.id)) for unit in rows]
    after = [
        _scored(rules, for_unit(platform, on, unit.id), one, wish)
        for unit, one in zip(rows, evidence, strict=True)
    ]
    places = [{placed.unit: placed for placed in ranked(some)} for some in (before, after)]
    found = tuple(
        UnitTrial(unit, old, new, places[0][old.unit], places[1][new.unit])
        for unit, old, new in zip(rows, before, after, strict=True)
    )
    return Trial(found, sum(len(one.flagged) for one in evidence))


def _scored(rules: Tried, on: Basis, evidence: Evidence, wish: Wish) -> UnitScore:
    return score_unit(
        rules.framework,
        rules.profile,
        rules.measures,
        counted(evidence.observations, evidence.flagged, wish),
        decisions=on.decisions,
        unit=str(on.unit_id),
    )


def choices(platform: Platform, on: RoundBasis, units: Iterable[UnitRow]) -> Multiverse:
    """The units under all choices that are open for the round."""
    evidence = [_evidence(platform, for_unit(platform, on, unit.id)) for unit in units]
    return multiverse(on.loaded.framework, on.loaded.profiles, on.profile, on.measures, evidence)


def _evidence(platform: Platform, on: Basis) -> Evidence:
    """What the fold has written for a unit, with the flags of its records and the waits of its calls."""
    observations = stored_observations(platform, on.round_id, on.unit_id)
    with platform.database.reading() as session:
        records = store.listed_records(session, {(one.root_id, one.revision) for one in observations})
    seconds = {one.root_id: _number(_said(one.answers, "seconds_to_answer")) for one in records}
    return Evidence(
        str(on.unit_id),
        tuple(observations),
        {(one.indicator, one.method): one.kind for one in on.decisions},
        frozenset(one.root_id for one in records if one.flags),
        {root: value for root, value in seconds.items() if value is not None},
    )


def _said(answers: Mapping[str, Any], name: str) -> str:
    """The answer of that name, wherever it stands; '' when it was not given."""
    for key, value in answers.items():
        if key == name:
            return str(value)
        if isinstance(value, Mapping) and (found := _said(value, name)):
            return found
    return ""


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value else None
