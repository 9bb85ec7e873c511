"""Evaluated units: their own results."""

from flask import Blueprint

from surveyapp.web.access import allowed

blueprint = Blueprint("unit", __name__, url_prefix="/unit")


@blueprint.get("/")
@allowed("unit")
def results() -> str:
    """Own results."""
    return ""
