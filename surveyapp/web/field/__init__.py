"""Field work: calls, visits, interview notes."""

from flask import Blueprint

from surveyapp.web.access import allowed

blueprint = Blueprint("field", __name__, url_prefix="/field")


@blueprint.get("/")
@allowed("evaluator", "interviewer")
def today() -> str:
    """Today's tasks."""
    return ""
