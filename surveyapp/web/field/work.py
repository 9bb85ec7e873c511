"""The page of assigned work: what is to be done, the questionnaire, files; filed once, with a receipt.

One page for visits, hall checks, document reviews, panels, publication checks, call-backs and
self-assessments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from surveyapp.evaluation.kinds import KINDS
from surveyapp.evaluation.schedule import CHINA
from surveyapp.forms.filling import fill
from surveyapp.forms.problem import Problem
from surveyapp.services import callbacks, filing, halting, rating
from surveyapp.services.calling.sending import NoQuestionnaire
from surveyapp.services.collecting import Accepted
from surveyapp.services.derived_ids import work_submission_id
from surveyapp.services.installation import StorageUnavailable
from surveyapp.storage.queries import field as queries
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.field.blueprint import WORK_ROLES, blueprint, instant_given, own_tops
from surveyapp.web.language import _, current_language
from surveyapp.web.posted import files_of_request, page_of, posted
from surveyapp.web.surroundings import the_platform


@blueprint.get("/visits/<int(max=2147483647):assignment_id>", endpoint="visit")
@blueprint.get("/work/<int(max=2147483647):assignment_id>")
@allowed(*WORK_ROLES)
def work(assignment_id: int) -> Any:
    """The form of the person's own assigned work."""
    return _page(_task(assignment_id))


@blueprint.post("/visits/<int(max=2147483647):assignment_id>", endpoint="file_visit")
@blueprint.post("/work/<int(max=2147483647):assignment_id>")
@allowed(*WORK_ROLES)
def file_work(assignment_id: int) -> Any:
    """Take the record; a mistake gives the page back with everything but the files."""
    task, platform = _task(assignment_id), the_platform()
    form = platform.form(_version_id(task), task.assignment.round_id)
    back = posted(form)
    if not back.sent:
        return _page(task, back.answers)
    seconds = request.form.get("_seconds", "")
    filed = filing.Work(
        answers=back.answers,
        files=back.files,
        source="device" if request.form.get("_source") == "device" else "manual",
        source_reason=request.form.get("_source_reason", "")[:200],
        started_at=instant_given(request.form.get("_started_at")),
        left_at=_left_at(request.form.get("_left_at", "")),
        device_finished_at=instant_given(request.form.get("_device_at")),
        seconds=float(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 7 else None,
        language=current_language(),
        problems=back.problems,
        confirmed=back.confirmed,
    )
    try:
        outcome = filing.file_work(platform, the_actor(), assignment_id, filed)
    except StorageUnavailable:
        notice = _("系统暂时无法保存，您填写的内容没有丢失。请稍候几秒再点一次“提交”。")
        return make_response(_page(task, back.answers, notice=notice), 503, {"Retry-After": "3"})
    if isinstance(outcome, Accepted):
        return redirect(url_for("field.sent", receipt=outcome.receipt, draft=draft_key(task)), 303)
    if outcome.code == "invalid":
        return make_response(_page(task, back.answers, outcome.problems), 422)
    return make_response(_page(task, back.answers, notice=_notice(outcome.code)), 409)


def _notice(code: str) -> str:
    notices = {
        "conflict": _("这项任务已提交过一份内容不同的记录，先前的一份已保存。需要改动时，请审核员退回。"),
        "closed": _("本轮评估已结束，没有保存。您填写的内容仍在本页。"),
        "form_closed": _("这份问卷已关闭，没有保存。您填写的内容仍在本页，请联系项目负责人。"),
        "filed_elsewhere": _(
            "这项任务已经从平板（ODK Collect 等）提交过一份，没有再存一份。需要改动时，请审核员退回那一份。"
        ),
        "screened_out": _("对方未满 14 周岁，按规定没有保存任何回答。"),
    }
    return notices.get(code, "")


@blueprint.post("/work/<int(max=2147483647):assignment_id>/number")
@allowed("evaluator", "interviewer")
def reveal_callback(assignment_id: int) -> Any:
    """Show the full number of a call-back; the audit log says who looked."""
    task = _task(assignment_id)
    if not task.assignment.case_root_id or task.assignment.state != "planned":
        abort(404)
    number = callbacks.reveal_callback(the_platform(), task.assignment.case_root_id, the_actor().id)
    return _page(task, number=number or "")


@blueprint.get("/work/<int(max=2147483647):assignment_id>/number")
@allowed("evaluator", "interviewer")
def hide_callback(assignment_id: int) -> Any:
    """Reloading the page that showed the number hides it again."""
    return redirect(url_for("field.work", assignment_id=assignment_id), 303)


def draft_key(task: queries.Task) -> str:
    """Under which key the device keeps the draft of assigned work."""
    return f"{task.assignment.kind}/{task.assignment.id}"


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
        task = queries.find_task(session, assignment_id, actor.id, filing.FILED, own_tops(*WORK_ROLES))
    if task is None or task.assignment.state == "cancelled":
        abort(404)
    return task if actor.covers(task.unit.path, *KINDS[task.assignment.kind].collectors) else abort(404)


def _version_id(task: queries.Task) -> int:
    try:
        return filing.version_for(the_platform(), task.assignment.kind, task.assignment.round_id)
    except NoQuestionnaire:
        abort(404)


def _standing(version_id: int, round_id: int) -> str:
    """What the page says of a questionnaire that is not open; '' for an open one."""
    sentences = {
        "closing": _("这份问卷正在收尾：已分配的任务请尽快完成并提交。"),
        "closed": _("这份问卷已关闭，现在提交不会保存。请联系项目负责人。"),
    }
    return sentences.get(halting.state_of(the_platform(), version_id, round_id), "")


def _page(
    task: queries.Task,
    answers: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
    notice: str = "",
    number: str = "",
) -> str:
    platform, language = the_platform(), current_language()
    version_id = _version_id(task)
    form = platform.form(version_id, task.assignment.round_id)
    begun = filing.begun_with(platform, form, task.assignment) if answers is None else answers
    record_id = work_submission_id(task.assignment.kind, task.assignment.id)
    filling = fill(form, begun, now=platform.clock(), language=language, record_id=record_id)
    seen = filing.position_in(begun)
    case = task.assignment.case_root_id
    return render_template(
        "field/work.html",
        task=task,
        kind=KINDS[task.assignment.kind],
        page=page_of(form, filling, problems, version_id=version_id),
        notice=notice or _standing(version_id, task.assignment.round_id),
        files_lost=bool(files_of_request()),
        check=filing.checked_position(task.site, seen) if seen else None,
        has_position=form.find_by_name("position") is not None,
        draft_key=draft_key(task),
        most_files=filing.FILES_PER_QUESTION,
        number=number or (callbacks.masked_callback(platform, case) if case else ""),
        is_shown=bool(number),
        extract=filing.extract_for(platform, task.assignment),
        ratings=rating.first_round(platform, the_actor(), task.assignment, language),
        now=platform.clock(),
    )
