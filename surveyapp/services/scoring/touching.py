"""From a record back to every score it touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveyapp.services.frameworks import load_framework
from surveyapp.services.installation import Platform
from surveyapp.services.scoring.basis import fitting_measures
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
