"""The visit form: scenario card, position, questionnaire, photos; filed once, with a receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from surveyapp.evaluation.schedule import CHINA
from surveyapp.forms.filling import fill
from surveyapp.forms.problem import Problem
from surveyapp.services import visiting
from surveyapp.services.collecting import Accepted
from surveyapp.services.installation import StorageUnavailable
from surveyapp.storage.queries import field as queries
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.field.blueprint import blueprint, instant_given, own_tops
from surveyapp.web.language import _, current_language
from surveyapp.web.posted import page_of, posted
from surveyapp.web.surroundings import the_platform


@blueprint.get("/visits/<int:assignment_id>")
@allowed("evaluator")
def visit(assignment_id: int) -> Any:
    """The form of an assigned visit, with its scenario card."""
    return _page(_task(assignment_id))


@blueprint.post("/visits/<int:assignment_id>")
@allowed("evaluator")
def file_visit(assignment_id: int) -> Any:
    """Take the visit; a mistake gives the page back with everything but the files."""
    task, platform = _task(assignment_id), the_platform()
    form = platform.form(visiting.version_for_visits(platform), task.assignment.round_id)
    back = posted(form)
    answers = back.answers
    if not back.sent:
        return _page(task, answers)
    seconds = request.form.get("_seconds", "")
    filed = visiting.Visit(
        answers=answers,
        files=back.files,
        confirmed=back.confirmed,
        source="device" if request.form.get("_source") == "device" else "manual",
        source_reason=request.form.get("_source_reason", "")[:200],
        started_at=instant_given(request.form.get("_started_at")),
        left_at=_left_at(request.form.get("_left_at", "")),
        device_finished_at=instant_given(request.form.get("_device_at")),
        seconds=float(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 7 else None,
        language=current_language(),
        problems=back.problems,
    )
    try:
        outcome = visiting.file_visit(platform, the_actor(), assignment_id, filed)
    except StorageUnavailable:
        notice = _("系统暂时无法保存，您填写的内容没有丢失。请稍候几秒再点一次“提交”。")
        return make_response(_page(task, answers, notice=notice), 503, {"Retry-After": "3"})
    if isinstance(outcome, Accepted):
        address = url_for("field.sent", receipt=outcome.receipt, draft=draft_key(assignment_id))
        return redirect(address, 303)
    if outcome.code == "invalid":
        return make_response(_page(task, answers, outcome.problems), 422)
    notices = {
        "conflict": _("这次暗访已提交过一份内容不同的记录，先前的一份已保存。需要改动时，请审核员退回。"),
        "closed": _("本轮评估已结束，没有保存。您填写的内容仍在本页。"),
    }
    return make_response(_page(task, answers, notice=notices.get(outcome.code, "")), 409)


def draft_key(assignment_id: int) -> str:
    """Under which key the device keeps the draft of a visit."""
    return f"visit/{assignment_id}"


def _left_at(text: str) -> datetime | None:
    """A local time of day, today or, when that is still to come, yesterday; None for none."""
    now = the_platform().clock().astimezone(CHINA)
    try:
        hour, minute = (int(part) for part in text.split(":")[:2])
        left = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        return None
    return left if left <= now else left - timedelta(days=1)


def _task(assignment_id: int) -> queries.Task:
    actor = the_actor()
    with the_platform().database.reading() as session:
        task = queries.find_task(session, assignment_id, actor.id, "visit", own_tops("evaluator"))
    return task or abort(404)


def _page(
    task: queries.Task,
    answers: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    notice: str = "",
) -> str:
    platform, language = the_platform(), current_language()
    version_id = visiting.version_for_visits(platform)
    form = platform.form(version_id, task.assignment.round_id)
    filling = fill(form, answers or {}, now=platform.clock(), language=language)
    lost = [name for name, files in request.files.lists() if any(file.filename for file in files)]
    seen = visiting.position_in(answers or {})
    check = visiting.checked_position(task.site, seen) if seen else None
    return render_template(
        "field/visit.html",
        task=task,
        page=page_of(form, filling, problems, version_id=version_id),
        notice=notice,
        files_lost=bool(lost),
        check=check,
        draft_key=draft_key(task.assignment.id),
        photos=visiting.PHOTOS_PER_QUESTION,
        now=platform.clock(),
    )
