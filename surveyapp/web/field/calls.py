"""The call console: dial, mark the instants, choose the outcome, answer the scripted questions, next."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import abort, flash, jsonify, make_response, redirect, render_template, request, url_for

from surveyapp.evaluation.outcomes import OUTCOMES, is_suspected_off_hook
from surveyapp.evaluation.schedule import CHINA
from surveyapp.forms.filling import fill
from surveyapp.services import calling
from surveyapp.services.collecting import Accepted, Refused
from surveyapp.storage.queries import field as queries
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.field.blueprint import (
    blueprint,
    done,
    end_of_day,
    instant_given,
    own_tops,
    refused,
    start_of_day,
)
from surveyapp.web.language import _, current_language
from surveyapp.web.posted import page_of, posted
from surveyapp.web.surroundings import the_platform

KEYS = {
    "1": ("A1",),
    "2": ("A2",),
    "3": ("A3",),
    "4": ("A4", "A5", "A6"),
    "5": ("B1",),
    "6": ("B2",),
    "7": ("B7",),
    "8": ("B4", "B5", "B6", "B8"),
    "9": ("D1",),
    "0": ("C1", "C2", "C3"),
}
"""Digit -> the outcomes behind it: one is chosen at once, the first of several after a list was shown."""


@blueprint.get("/calls/<int:assignment_id>")
@allowed("evaluator")
def call(assignment_id: int) -> Any:
    """The console of a planned call, before dialling."""
    task = _task(assignment_id)
    with the_platform().database.reading() as session:
        unfinished = queries.unfinished_attempts(session, the_actor().id)
    running = next((row[0] for row in unfinished if row[0].assignment_id == assignment_id), None)
    if running is not None and running.state == "open":
        return redirect(url_for("field.attempt", attempt_id=running.id), 303)
    return _console(task, None)


@blueprint.post("/calls/<int:assignment_id>/attempts")
@allowed("evaluator")
def start(assignment_id: int) -> Any:
    """Write the attempt's row; only then is dialling offered."""
    _task(assignment_id)
    attempt_id = request.form.get("attempt_id", "").lower()
    begun = calling.start_attempt(
        the_platform(),
        the_actor(),
        assignment_id,
        attempt_id,
        instant_given(request.form.get("device_at")),
    )
    if isinstance(begun, calling.Refusal):
        return refused(begun, url_for("field.call", assignment_id=assignment_id))
    return done(url_for("field.attempt", attempt_id=begun.id))


@blueprint.get("/attempts/<attempt_id>")
@allowed("evaluator")
def attempt(attempt_id: str) -> Any:
    """The console of an attempt: running, or with its outcome and what is still to be answered."""
    row, task = _attempt(attempt_id)
    return _console(task, row)


@blueprint.get("/attempts/<attempt_id>/state")
@allowed("evaluator")
def attempt_state(attempt_id: str) -> Any:
    """The instants of an attempt as they are now, for the page's script."""
    row, _task_of = _attempt(attempt_id)
    return jsonify(_state(row))


def _state(row: Any) -> dict[str, Any]:
    marks = {name: getattr(row, column) for name, column in calling.MARKS.items()}
    return {
        "state": row.state,
        "marks": {name: at.isoformat() if at else None for name, at in marks.items()},
        "provider": row.provider_status or "",
        "hint": row.provider_hint or "",
    }


@blueprint.post("/attempts/<attempt_id>/marks")
@allowed("evaluator")
def mark(attempt_id: str) -> Any:
    """Note an instant: rang, answered, transfer, ended."""
    _attempt(attempt_id)
    device_at = instant_given(request.form.get("device_at"))
    moved = calling.mark(the_platform(), the_actor(), attempt_id, request.form.get("mark", ""), device_at)
    target = url_for("field.attempt", attempt_id=attempt_id)
    if isinstance(moved, calling.Refusal):
        return refused(moved, target)
    return done(target, **_state(moved))


@blueprint.post("/attempts/<attempt_id>/outcome")
@allowed("evaluator")
def outcome(attempt_id: str) -> Any:
    """Close the attempt with an outcome."""
    _attempt(attempt_id)
    device_at = instant_given(request.form.get("device_at"))
    code = request.form.get("outcome", "")
    closed = calling.close_attempt(the_platform(), the_actor(), attempt_id, code, device_at)
    target = url_for("field.attempt", attempt_id=attempt_id)
    if isinstance(closed, calling.Refusal):
        return refused(closed, target)
    return done(target)


@blueprint.post("/attempts/<attempt_id>/undo")
@allowed("evaluator")
def undo(attempt_id: str) -> Any:
    """Take the last outcome back."""
    _attempt(attempt_id)
    opened = calling.undo_outcome(the_platform(), the_actor(), attempt_id)
    target = url_for("field.attempt", attempt_id=attempt_id)
    if isinstance(opened, calling.Refusal):
        return refused(opened, target)
    return done(target)


@blueprint.post("/attempts/<attempt_id>/place")
@allowed("evaluator")
def place(attempt_id: str) -> Any:
    """Have the provider place the call."""
    _attempt(attempt_id)
    connect_to = request.form.get("connect_to", "")
    placed = calling.place_call(the_platform(), the_actor(), attempt_id, connect_to)
    target = url_for("field.attempt", attempt_id=attempt_id)
    return refused(placed, target) if isinstance(placed, calling.Refusal) else done(target)


@blueprint.post("/calls/<int:assignment_id>/number")
@allowed("evaluator")
def reveal(assignment_id: int) -> Any:
    """Show the full number; the audit log says who looked."""
    task = _task(assignment_id)
    number = calling.reveal_number(the_platform(), the_actor(), assignment_id)
    if "application/json" in request.headers.get("Accept", ""):
        return jsonify({"number": number, "address": calling.dial_address(number)})
    running = None
    if request.form.get("attempt_id"):
        running, task = _attempt(request.form["attempt_id"])
    return _console(task, running, number=number)


@blueprint.get("/calls/<int:assignment_id>/number")
@allowed("evaluator")
def hide(assignment_id: int) -> Any:
    """Reloading the page that showed the number hides it again."""
    return redirect(url_for("field.call", assignment_id=assignment_id), 303)


@blueprint.get("/attempts/<attempt_id>/record")
@allowed("evaluator")
def back_to_attempt(attempt_id: str) -> Any:
    """Reloading a page that came back leads to the attempt."""
    return redirect(url_for("field.attempt", attempt_id=attempt_id), 303)


@blueprint.post("/attempts/<attempt_id>/record")
@allowed("evaluator")
def record(attempt_id: str) -> Any:
    """Take the answers to the scripted questions and make the record."""
    row, task = _attempt(attempt_id)
    platform = the_platform()
    item = calling.unsent(platform, attempt_id)
    form = platform.form(item.version_id, item.assignment.round_id)
    back = posted(form)
    answers = back.answers
    if not back.sent:
        return _console(task, row, answers=answers)
    if back.problems:
        return make_response(_console(task, row, answers=answers, problems=back.problems), 422)
    made = calling.send_record(
        platform, the_actor(), attempt_id, answers, _promised(), current_language(), back.confirmed
    )
    if isinstance(made, Accepted):
        flash(_("拨打记录已提交。"))
        return redirect(url_for("field.attempt", attempt_id=attempt_id, draft="sent"), 303)
    row, task = _attempt(attempt_id)
    if isinstance(made, Refused) and made.code == "invalid":
        return make_response(_console(task, row, answers=answers, problems=made.problems), 422)
    notices = {
        "conflict": _("这次拨打已提交过一份内容不同的记录，先前的一份已保存。"),
        "closed": _("本轮评估已结束，记录没有保存。"),
        "form_closed": _("测试电话的问卷已关闭，记录没有保存。请联系项目负责人。"),
        "promised": _("请填写约定回拨的日期和时间。"),
        "open": _("请先选择拨打结果。"),
    }
    notice = notices.get(made.code, _("记录没有保存，请重新打开页面再试。"))
    return make_response(
        _console(task, row, answers=answers, notice=notice), 409 if made.code == "form_closed" else 422
    )


def _promised() -> datetime | None:
    """The promised time of a call back, from two fields of local time."""
    day, clock = request.form.get("_promised_on", ""), request.form.get("_promised_time", "")
    try:
        return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=CHINA)
    except ValueError:
        return None


def _task(assignment_id: int) -> queries.Task:
    actor = the_actor()
    with the_platform().database.reading() as session:
        task = queries.find_task(session, assignment_id, actor.id, ("call",), own_tops("evaluator"))
    return task or abort(404)


def _attempt(attempt_id: str) -> tuple[Any, queries.Task]:
    with the_platform().database.reading() as session:
        row = queries.find_own_attempt(session, attempt_id, the_actor().id)
    if row is None:
        abort(404)
    return row, _task(row.assignment_id)


def _console(
    task: queries.Task,
    row: Any,
    *,
    number: str = "",
    answers: dict[str, Any] | None = None,
    problems: Any = (),
    notice: str = "",
) -> str:
    platform, actor = the_platform(), the_actor()
    calling.send_closed(platform, actor.id)
    if row is not None:
        with platform.database.reading() as session:
            row = queries.find_own_attempt(session, row.id, actor.id)
    line = task.line
    return render_template(
        "field/call.html",
        task=task,
        attempt=row,
        number=number,
        shown_number=number or calling.masked(line.number if line else ""),
        address=calling.dial_address(line.number) if line and (row or number) else "",
        attempt_id=str(uuid.uuid4()),
        now=platform.clock(),
        keys=KEYS,
        outcomes=OUTCOMES,
        **_around(task, row),
        provider_is_open=calling.telephony_of(platform).is_open,
        undo_seconds=_undo_left(row),
        page=_script(row, answers, problems),
        notice=notice,
    )


def _around(task: queries.Task, row: Any) -> dict[str, Any]:
    """What the console shows beside the call: the queue, the line's history, the caller's rates."""
    platform, actor = the_platform(), the_actor()
    with platform.database.reading() as session:
        waiting = queries.planned_tasks(session, actor.id, ("call",), end_of_day(), own_tops("evaluator"))
        dialled = queries.count_dialled(session, actor.id, start_of_day())
        tried = queries.line_attempts(session, task.assignment.line_id or 0)
    following = [one for one in waiting if one.assignment.id != task.assignment.id]
    return {
        "following": following[0] if following else None,
        "left": len(following),
        "dialled": dialled,
        "tried": [one for one in tried if row is None or one.id != row.id][:5],
        "off_hook": is_suspected_off_hook([(one.outcome, one.slot) for one in tried if one.outcome]),
        "rates": calling.own_rates(platform, actor.id, start_of_day()),
    }


def _undo_left(row: Any) -> int:
    """Whole seconds in which the outcome can still be undone."""
    if row is None or row.state != "closed" or row.record_root_id or row.closed_at is None:
        return 0
    left = calling.UNDO - (the_platform().clock() - row.closed_at)
    return max(0, int(left.total_seconds()))


def _script(row: Any, answers: dict[str, Any] | None, problems: Any) -> Any:
    """The questionnaire of a closed attempt that has no record yet; None otherwise."""
    if row is None or row.state != "closed" or row.record_root_id:
        return None
    platform = the_platform()
    item = calling.unsent(platform, row.id)
    asked = answers is not None or request.args.get("more") == "1"
    if not asked and not calling.needs_answers(platform, item):
        return None
    form = platform.form(item.version_id, item.assignment.round_id)
    known = calling.known_answers(platform, item) if answers is None else answers
    filling = fill(form, known, now=platform.clock(), language=current_language(), record_id=row.id)
    return page_of(form, filling, problems, version_id=item.version_id)
