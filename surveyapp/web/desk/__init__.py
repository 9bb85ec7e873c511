"""The desk of leads and reviewers: rounds, QR links, review, indicators, coverage, scores, exports."""

from surveyapp.web.desk import coverage, exports, framework, links, overview, review, scores, snapshots
from surveyapp.web.desk.blueprint import blueprint

__all__ = [
    "blueprint",
    "coverage",
    "exports",
    "framework",
    "links",
    "overview",
    "review",
    "scores",
    "snapshots",
]
