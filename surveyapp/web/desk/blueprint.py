"""The desk's blueprint, and what its pages share: the round in view and the reader's scope."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request

from surveyapp.evaluation.flags import DOOR_FLAGS, FLAGS
from surveyapp.storage.queries.rounds import RoundRow, list_rounds
from surveyapp.web.access import the_actor
from surveyapp.web.language import either
from surveyapp.web.surroundings import the_platform

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
READERS = ("lead", "reviewer", "viewer", "auditor", "admin")


def round_in_view(session: Any) -> RoundRow | None:
    """The round named by ?round=CODE, else the newest one; None when there is none, 404 for a wrong code."""
    rounds = list_rounds(session)
    code = request.args.get("round")
    if code is None:
        return rounds[0] if rounds else None
    return next((row for row in rounds if row.code == code), None) or abort(404)


def the_round() -> RoundRow:
    """The round in view; 404 when there is none."""
    with the_platform().database.reading() as session:
        row = round_in_view(session)
    return row or abort(404)


def tops(*roles: str) -> tuple[str, ...]:
    """Paths of the unit subtrees the reader covers with one of `roles` (any reading role by default)."""
    return the_actor().tops(*(roles or READERS))


def flag_name(code: str) -> str:
    """A quality flag in the reader's language; the code itself for one that is not known."""
    sentences = FLAGS.get(code) or DOOR_FLAGS.get(code)
    return either(dict(sentences)) if sentences else code


@blueprint.app_context_processor
def demonstration() -> dict[str, Any]:
    """Whether the installation holds a demonstration round; every page of it says so then."""
    with the_platform().database.reading() as session:
        shown = any(row.is_demonstration for row in list_rounds(session))
    return {"is_demonstration": shown, "flag_name": flag_name}
