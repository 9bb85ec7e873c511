"""The field's blueprint, and what its pages share: the day in China, scope, answers as page or JSON."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.evaluation.schedule import CHINA
from surveyapp.web.access import the_actor
from surveyapp.web.bodies import instant
from surveyapp.web.errors import refusal
from surveyapp.web.language import either
from surveyapp.web.surroundings import the_platform

blueprint = Blueprint("field", __name__, url_prefix="/field")
FIELD_ROLES = ("evaluator", "interviewer")
WORK_ROLES = (*FIELD_ROLES, "expert", "unit")
"""Who may have work assigned: the kinds say which."""


def start_of_day() -> datetime:
    """The beginning of today in China."""
    return datetime.combine(the_platform().clock().astimezone(CHINA).date(), time(0), CHINA)


def end_of_day() -> datetime:
    """The end of today in China."""
    return start_of_day() + timedelta(days=1)


def own_tops(*roles: str) -> tuple[str, ...]:
    """Paths of the unit subtrees the person covers in field work."""
    return the_actor().tops(*(roles or FIELD_ROLES))


def wants_json() -> bool:
    """Whether a script asks: then answers are JSON, otherwise a page."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def instant_given(text: str | None) -> datetime | None:
    """An ISO instant a device sent, aware; None for none or a broken one (it is only a claim)."""
    return instant(text) if text else None


def refused(found: Any, target: str) -> Any:
    """A refusal as a value, told on the page at `target` or as JSON with 409."""
    text = either(dict(found.sentence))
    if wants_json():
        return jsonify({"error": found.code, "message": text}), 409
    flash(text)
    return redirect(target, 303)


def done(target: str, **values: Any) -> Any:
    """A deed that succeeded: on to the page at `target`, or JSON that names it."""
    if wants_json():
        return jsonify({"next": target, **values})
    answer: BaseResponse = redirect(target, 303)
    return answer


__all__ = [
    "FIELD_ROLES",
    "WORK_ROLES",
    "blueprint",
    "done",
    "end_of_day",
    "instant_given",
    "own_tops",
    "refusal",
    "refused",
    "start_of_day",
    "wants_json",
]
