"""The one place for setting an installation up: what a round needs, in order, and what is there already."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.config import resource
from surveyapp.services import frameworks
from surveyapp.storage.queries.rounds import list_rounds
from surveyapp.storage.queries.settings import counts
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint
from surveyapp.web.language import _
from surveyapp.web.surroundings import the_platform


def shipped_folders() -> list[str]:
    """The folders of questionnaires/ that hold an indicator table."""
    return sorted(path.parent.name for path in resource("questionnaires").glob("*/indicators.csv"))


@blueprint.get("/settings")
@allowed("admin", "lead")
def settings() -> str:
    """The steps from an empty installation to an open round."""
    return _page(())


def _page(problems: tuple[Any, ...]) -> str:
    with the_platform().database.reading() as session:
        number, rounds = counts(session), len(list_rounds(session))
    return render_template(
        "desk/settings.html",
        number={**number, "rounds": rounds},
        folders=shipped_folders(),
        problems=problems,
    )


@blueprint.post("/settings/framework")
@allowed("lead")
def ship_framework() -> Response | tuple[str, int]:
    """Bring in an indicator table that comes with the program, with findings, decisions and profiles."""
    folder, title = request.form.get("folder", ""), request.form.get("title", "").strip()
    if folder not in shipped_folders():
        abort(404)
    if not title or len(title) > 200 or not title.isprintable():
        title = folder
    source = frameworks.source_from_folder(resource("questionnaires") / folder, title)
    if not isinstance(source, frameworks.Source):
        return _page(source), 422
    framework_id, problems = frameworks.import_framework(the_platform(), source, the_actor().id)
    if framework_id is None:
        return _page(problems), 422
    flash(_("指标体系已导入。"))
    return redirect(url_for("desk.framework", id=framework_id), 303)
