"""Exports."""

from __future__ import annotations

from surveyapp.web.access import allowed
from surveyapp.web.desk.blueprint import blueprint


@blueprint.get("/export/<what>.<kind>")
@allowed("lead", "auditor")
def export(what: str, kind: str) -> str:
    """A table."""
    return what + kind
