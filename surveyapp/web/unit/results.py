"""What an evaluated unit sees of itself: its own work to file, and its newest snapshot with date and hash."""

from __future__ import annotations

from flask import Blueprint, render_template

from surveyapp.storage.queries.field import AHEAD, planned_tasks
from surveyapp.storage.queries.scores import newest_kept
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk import score_view
from surveyapp.web.surroundings import the_platform

blueprint = Blueprint("unit", __name__, url_prefix="/unit")


@blueprint.get("/")
@allowed("unit")
def results() -> str:
    """The newest snapshot of each unit the reader belongs to, per round."""
    with the_platform().database.reading() as session:
        mine = the_actor().tops("unit")
        found = newest_kept(session, mine)
        tasks = planned_tasks(session, the_actor().id, ("self",), AHEAD, mine)
    return render_template("unit/results.html", found=found, tasks=tasks, show=score_view)
