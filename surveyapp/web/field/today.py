"""Where evaluators and interviewers land: what is due today, what is open, what came back."""

from __future__ import annotations

from typing import Any

from flask import abort, jsonify, render_template, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from surveyapp.evaluation.kinds import TASKS
from surveyapp.services import calling, filing, noting
from surveyapp.services.codes import receipt_from, receipt_shown
from surveyapp.storage.queries import field as queries
from surveyapp.web.access import allowed, public, the_actor
from surveyapp.web.field.blueprint import WORK_ROLES, blueprint, end_of_day, own_tops, start_of_day
from surveyapp.web.surroundings import the_platform


@blueprint.get("/")
@allowed(*WORK_ROLES)
def today() -> str:
    """Today's tasks. What was closed and not sent yet is caught up with on the way."""
    platform, actor = the_platform(), the_actor()
    calling.send_closed(platform, actor.id)
    filing.settle_work(platform, actor.id)
    noting.settle_notes(platform, actor.id)
    until, mine = end_of_day(), own_tops("evaluator")
    with platform.database.reading() as session:
        values: dict[str, Any] = {
            "calls": queries.planned_tasks(session, actor.id, ("call",), until, mine),
            "visits": queries.planned_tasks(session, actor.id, ("visit",), until, mine),
            "work": queries.planned_tasks(
                session, actor.id, tuple(TASKS), queries.AHEAD, own_tops(*WORK_ROLES)
            ),
            "dialled": queries.count_dialled(session, actor.id, start_of_day()),
            "unfinished": queries.unfinished_attempts(session, actor.id),
            "returned": queries.returned_records(session, actor.id),
            "notes": queries.open_notes(session, actor.id),
        }
    unfinished = [row for row in values.pop("unfinished") if not _is_on_its_way(row[0])]
    return render_template(
        "field/today.html",
        **values,
        unfinished=unfinished,
        now=platform.clock(),
        masked=calling.masked,
    )


def _is_on_its_way(attempt: Any) -> bool:
    """Whether an attempt only waits for its ten seconds to pass."""
    if attempt.state != "closed":
        return False
    platform = the_platform()
    return not calling.needs_answers(platform, calling.unsent(platform, attempt.id))


@blueprint.get("/sent/<receipt>")
@allowed(*WORK_ROLES)
def sent(receipt: str) -> str:
    """The receipt of an own record: received, when, what a reviewer will look at."""
    with the_platform().database.reading() as session:
        found = queries.find_sent(session, receipt_from(receipt) or "", the_actor().id)
    if found is None:
        abort(404)
    record, unit, files = found
    return render_template(
        "field/sent.html",
        record=record,
        unit=unit,
        files=files,
        shown=receipt_shown(record.receipt),
        draft_key=request.args.get("draft", "")[:80],
    )


@blueprint.get("/ping")
@public
def ping() -> Any:
    """Gives the nonce back, so that a captive portal cannot pass for us; and a fresh token."""
    is_in = bool(current_user.is_authenticated)
    return jsonify(
        {
            "nonce": request.args.get("nonce", "")[:64],
            "user": current_user.actor.id if is_in else None,
            "token": generate_csrf() if is_in else "",
        }
    )
