"""The desk of leads and reviewers: rounds, QR links, review, indicators, scores, exports."""

from surveyapp.web.desk import exports, framework, links, overview, review, scores, snapshots
from surveyapp.web.desk.blueprint import blueprint

__all__ = ["blueprint", "exports", "framework", "links", "overview", "review", "scores", "snapshots"]
