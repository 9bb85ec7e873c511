"""The coverage page: leaf × method, which questions and measures feed it, and what is still without."""

from __future__ import annotations

from flask import abort, render_template, request

from surveyapp.services import frameworks
from surveyapp.services.covering import coverage as coverage_of
from surveyapp.services.frameworks import Loaded, load_framework
from surveyapp.web.access import allowed
from surveyapp.web.desk import score_view
from surveyapp.web.desk.blueprint import blueprint, round_in_view
from surveyapp.web.surroundings import the_platform


@blueprint.get("/coverage")
@allowed("lead", "viewer", "auditor")
def coverage() -> str:
    """The matrix of ?profile (the round's own by default) for the framework of the round in view.

    ?questions=all opens the questions of every cell.
    """
    loaded, standard = _framework()
    if loaded is None:
        return render_template("desk/coverage.html", loaded=None)
    code = request.args.get("profile", standard or next(iter(loaded.profiles), ""))
    if code not in loaded.profiles and "profile" in request.args:
        abort(404)
    return render_template(
        "desk/coverage.html",
        loaded=loaded,
        found=coverage_of(the_platform(), loaded, code) if code in loaded.profiles else None,
        keep={"round": request.args["round"]} if "round" in request.args else {},
        is_open=request.args.get("questions") == "all",
        show=score_view,
    )


def _framework() -> tuple[Loaded | None, str]:
    """The framework of the round in view with the round's profile, or the newest one; None for neither."""
    platform = the_platform()
    with platform.database.reading() as session:
        around = round_in_view(session)
    if around is not None:
        return load_framework(platform, around.framework_id), around.profile
    known = frameworks.list_frameworks(platform)
    return (load_framework(platform, known[0][0]), "") if known else (None, "")
