"""The rounds and how far their field work has come."""

from __future__ import annotations

from flask import render_template

from surveyapp.evaluation.kinds import KINDS
from surveyapp.storage.queries.rounds import list_rounds, list_units, progress
from surveyapp.web.access import allowed
from surveyapp.web.desk.blueprint import READERS, blueprint, round_in_view, tops
from surveyapp.web.surroundings import the_platform


@blueprint.get("/")
@allowed(*READERS)
def overview() -> str:
    """Units by instruments: how many records were collected, how many are confirmed."""
    with the_platform().database.reading() as session:
        around = round_in_view(session)
        rounds = list_rounds(session)
        units = list_units(session, around.id, tops()) if around else []
        counts = progress(session, around.id) if around else []
    cells: dict[tuple[int, str], dict[str, int]] = {}
    for item in counts:
        cell = cells.setdefault((item.unit_id, item.kind), {"all": 0, "confirmed": 0, "open": 0})
        cell["all"] += item.number
        if item.state == "confirmed":
            cell["confirmed"] += item.number
        elif item.state not in ("rejected", "void"):
            cell["open"] += item.number
    return render_template(
        "desk/overview.html", around=around, rounds=rounds, units=units, cells=cells, kinds=KINDS
    )
