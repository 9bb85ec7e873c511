"""The sampling plan of a round: typed, kept version by version under a hash, looked at before and during
the field work.
"""

from surveyapp.services.planning.sampling.ground import Ground, ground_of
from surveyapp.services.planning.sampling.keeping import Version, keep_plan, versions_of
from surveyapp.services.planning.sampling.outlook import (
    LiveRow,
    LiveUnit,
    UnitOutlook,
    live_units,
    outlooks,
)
from surveyapp.services.planning.sampling.reading import field_texts, form_fields, goal_fields, read_plan

__all__ = [
    "Ground",
    "LiveRow",
    "LiveUnit",
    "UnitOutlook",
    "Version",
    "field_texts",
    "form_fields",
    "goal_fields",
    "ground_of",
    "keep_plan",
    "live_units",
    "outlooks",
    "read_plan",
    "versions_of",
]
