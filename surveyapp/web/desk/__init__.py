"""The desk: rounds, QR links, review, indicators, scores, exports, and the settings of an installation."""

from surveyapp.web.desk import (
    accounts,
    coverage,
    devices,
    drafts,
    exports,
    framework,
    links,
    overview,
    places,
    plans,
    questionnaires,
    review,
    rounds,
    scores,
    settings,
    snapshots,
    work,
)
from surveyapp.web.desk.blueprint import blueprint

__all__ = [
    "accounts",
    "blueprint",
    "coverage",
    "devices",
    "drafts",
    "exports",
    "framework",
    "links",
    "overview",
    "places",
    "plans",
    "questionnaires",
    "review",
    "rounds",
    "scores",
    "settings",
    "snapshots",
    "work",
]
