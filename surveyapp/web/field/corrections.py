"""Correct an own record that came back: the form filled in, the reviewer's reason above, a reason asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, make_response, redirect, render_template, request, url_for

from surveyapp.forms.filling import fill
from surveyapp.forms.problem import Problem
from surveyapp.services import correcting
from surveyapp.services.collecting import Accepted, Refused
from surveyapp.storage.queries import field as queries
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.field.blueprint import WORK_ROLES, blueprint
from surveyapp.web.language import _, current_language, either
from surveyapp.web.posted import page_of, posted
from surveyapp.web.respond.submission_ids import new_submission_id
from surveyapp.web.surroundings import the_platform


@blueprint.get("/records/<root_id>/correction")
@allowed(*WORK_ROLES)
def correct(root_id: str) -> str:
    """The record as a form, with the reason why it came back."""
    found = _returned(root_id)
    return _page(found, found.record.answers)


@blueprint.post("/records/<root_id>/correction")
@allowed(*WORK_ROLES)
def send_correction(root_id: str) -> Any:
    """Store the corrected record as its next revision; the old one stays."""
    platform, actor = the_platform(), the_actor()
    submission_id = request.form.get("submission_id", "").strip().lower()
    with platform.database.reading() as session:
        found = queries.find_returned(session, root_id, actor.id)
        sent = queries.find_own_submission(session, submission_id, actor.id)
    record = found.record if found else sent
    if record is None or record.root_id != root_id:
        abort(404)
    form = platform.form(record.version_id, record.round_id)
    back = posted(form)
    answers = back.answers
    if found and not back.sent:
        return _page(found, answers, submission_id=submission_id)
    if back.problems and found:
        return make_response(_page(found, answers, back.problems, submission_id=submission_id), 422)
    correction = correcting.Correction(
        submission_id,
        answers,
        request.form.get("_reason", "").strip(),
        back.files,
        current_language(),
        back.confirmed,
    )
    outcome = correcting.correct(platform, actor, root_id, correction)
    if isinstance(outcome, Accepted):
        return redirect(url_for("field.sent", receipt=outcome.receipt, draft=f"correct/{root_id}"), 303)
    return _refused(found, outcome, answers, submission_id)


def _refused(
    found: queries.Returned | None, outcome: Any, answers: Mapping[str, Any], submission_id: str
) -> Any:
    if found is None:
        abort(409)
    if not isinstance(outcome, Refused):
        page = _page(found, answers, notice=either(dict(outcome.sentence)), submission_id=submission_id)
        return make_response(page, 422)
    if outcome.code == "invalid":
        return make_response(_page(found, answers, outcome.problems, submission_id=submission_id), 422)
    notice = _("这一页已提交过一份内容不同的更正，先前的一份已保存。")
    return make_response(_page(found, answers, notice=notice), 409)


def _returned(root_id: str) -> queries.Returned:
    with the_platform().database.reading() as session:
        found = queries.find_returned(session, root_id, the_actor().id)
    return found or abort(404)


def _page(
    found: queries.Returned,
    answers: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    notice: str = "",
    submission_id: str = "",
) -> str:
    platform, language = the_platform(), current_language()
    form = platform.form(found.record.version_id, found.record.round_id)
    root_id = found.record.root_id
    filling = fill(form, answers, now=platform.clock(), language=language, record_id=root_id)
    with platform.database.reading() as session:
        files = queries.files_of(session, found.record.id)
    return render_template(
        "field/correct.html",
        found=found,
        page=page_of(form, filling, problems, version_id=found.record.version_id),
        files=files,
        notice=notice,
        reason=request.form.get("_reason", ""),
        submission_id=submission_id or new_submission_id(platform.clock()),
    )
