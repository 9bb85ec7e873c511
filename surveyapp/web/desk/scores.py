"""Scores of units, down to records."""

from __future__ import annotations

from surveyapp.web.access import allowed
from surveyapp.web.desk.blueprint import blueprint


@blueprint.get("/scores")
@allowed("lead", "viewer", "auditor")
def scores() -> str:
    """All units."""
    return ""


@blueprint.get("/scores/<unit_code>")
@allowed("lead", "viewer", "auditor")
def unit_page(unit_code: str) -> str:
    """One unit."""
    return unit_code


@blueprint.get("/scores/<unit_code>/<leaf>")
@allowed("lead", "viewer", "auditor")
def leaf_page(unit_code: str, leaf: str) -> str:
    """One leaf."""
    return unit_code + leaf
