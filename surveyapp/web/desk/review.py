"""Review: the queue, the record that looks like its form, decisions one by one or in bulk."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.evaluation.lifecycle import STATES, Refusal, possible_steps
from surveyapp.forms.filling import fill, record_moment
from surveyapp.forms.form import Form
from surveyapp.services import assigning, extracting, rating, reviewing, scoring
from surveyapp.storage.queries import records as queries
from surveyapp.storage.queries.rounds import list_sites, list_units
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk import score_view
from surveyapp.web.desk.blueprint import blueprint, the_round, tops
from surveyapp.web.errors import refusal
from surveyapp.web.form_page import FormPage, build_page
from surveyapp.web.language import _, current_language, either
from surveyapp.web.surroundings import the_platform

REVIEWERS = ("lead", "reviewer")
SCORE_READERS = ("lead", "viewer", "auditor")
RECORD_READERS = ("lead", "reviewer", "auditor", "evaluator", "interviewer", "expert", "unit")
OPEN_STATES = ("received", "corrected", "on_hold", "approved")
BULK = 200


@blueprint.get("/review")
@allowed(*REVIEWERS)
def review_queue() -> str:
    """Records that wait, oldest first, by state, kind and unit."""
    around, mine = the_round(), tops(*REVIEWERS)
    state = request.args.get("state", "")
    states = (state,) if state in STATES else OPEN_STATES
    with the_platform().database.reading() as session:
        rows = queries.review_queue(
            session,
            around.id,
            mine,
            states,
            kind=request.args.get("kind", ""),
            unit_id=request.args.get("unit", 0, type=int),
            after=request.args.get("after", 0, type=int),
            flagged=request.args.get("flagged") == "1",
        )
        counts = queries.queue_counts(session, around.id, mine)
        units = list_units(session, around.id, mine)
    return render_template(
        "desk/review.html",
        around=around,
        rows=rows,
        counts=counts,
        units=units,
        states=STATES,
        chosen=state,
        more=rows[-1].record.id if len(rows) >= queries.PAGE else 0,
    )


@blueprint.post("/review/confirm")
@allowed("lead")
def confirm_many() -> BaseResponse:
    """Confirm all approved records of a kind and unit, by a rule that is written into the log."""
    around, kind = the_round(), request.form.get("kind", "")
    unit_id = request.form.get("unit", 0, type=int)
    with the_platform().database.reading() as session:
        ids: list[str] = []
        after = 0
        while len(ids) < BULK:
            rows = queries.review_queue(
                session, around.id, tops("lead"), ("approved",), kind=kind, unit_id=unit_id, after=after
            )
            ids += [row.record.root_id for row in rows]
            if len(rows) < queries.PAGE:
                break
            after = rows[-1].record.id
    rule = f"bulk: approved, kind={kind or 'any'}, unit={unit_id or 'any'}"
    done, refused = reviewing.confirm_many(the_platform(), the_actor(), ids[:BULK], rule)
    if refused:
        reason = either(dict(next(iter(refused.values())).sentence))
        flash(_("已终审 %(n)s 条；%(m)s 条未终审：%(reason)s", n=len(done), m=len(refused), reason=reason))
    else:
        flash(_("已终审 %(n)s 条。", n=len(done)))
    return redirect(url_for("desk.review_queue", round=around.code), 303)


def _detail(root_id: str) -> queries.Detail:
    actor = the_actor()
    with the_platform().database.reading() as session:
        detail = queries.find_detail(
            session,
            root_id,
            tops(*REVIEWERS, "auditor"),
            revision=request.args.get("revision", type=int),
            author_id=actor.id,
        )
    if detail is not None:
        _refuse(rating.is_hidden(the_platform(), actor, detail.record))
    return detail or abort(404)


def _refuse(is_hidden: bool) -> None:
    """Refuse what is kept from somebody who still has to rate the same unit."""
    if is_hidden:
        abort(refusal(403, _("您还没有提交对这个单位的评分。提交以后才能看别人的评分。")))


@blueprint.get("/records/<root_id>")
@allowed(*RECORD_READERS)
def record(root_id: str) -> str:
    """A record as its form, with photos, segments, history, and the scores it touches."""
    return _record_page(_detail(root_id))


def _record_page(detail: queries.Detail, problem: str = "") -> str:
    actor = the_actor()
    form = the_platform().form(detail.record.version_id, detail.record.round_id)
    roles = {role for role, top in actor.roles if detail.unit.path.startswith(top)}
    is_newest = detail.record.revision == detail.state.revision
    steps = possible_steps(
        detail.state.state,
        roles=roles,
        is_author=detail.record.collector_id == actor.id,
        is_approver=detail.state.approver_id == actor.id,
    )
    return render_template(
        "desk/record.html",
        detail=detail,
        page=_reading(form, detail),
        states=STATES,
        steps=[step for step in steps if step.code != "corrected"] if is_newest else [],
        is_newest=is_newest,
        problem=problem,
        touched=scoring.touched(the_platform(), detail.record.root_id),
        without=_without(detail),
        show=score_view,
        spots=_spots(detail) if is_newest else [],
        cited=_cited(detail),
    )


def _without(detail: queries.Detail) -> scoring.Without | None:
    """What the unit's score would be without the record, for those who may see scores."""
    if not the_actor().covers(detail.unit.path, *SCORE_READERS):
        return None
    try:
        return scoring.without(
            the_platform(), detail.record.round_id, detail.record.unit_id, detail.record.root_id
        )
    except (scoring.Blocked, scoring.BadMeasures):
        return None


def _cited(detail: queries.Detail) -> tuple[extracting.Cited, ...]:
    """The lists of cases the record names, for those who may open them."""
    if detail.record.kind != "document" or not the_actor().covers(detail.unit.path, *REVIEWERS):
        return ()
    digests = [file.sha256 for file in detail.attachments]
    record = detail.record
    return extracting.cited_by(the_platform(), record.round_id, record.unit_id, record.answers, digests)


def _spots(detail: queries.Detail) -> list[Any]:
    """The units and sites a reviewer may assign the record to; none when its unit is settled."""
    actor, record = the_actor(), detail.record
    if record.collector_id == actor.id or not actor.covers(detail.unit.path, *REVIEWERS):
        return []
    if not assigning.may_be_assigned(record.flags, detail.state.state):
        return []
    with the_platform().database.reading() as session:
        units = list_units(session, detail.around.id, tops(*REVIEWERS))
        sites = list_sites(session, detail.around.id, tops(*REVIEWERS))
    return [(unit, [site for site in sites if site.unit_id == unit.id]) for unit in units]


@blueprint.post("/records/<root_id>/unit")
@allowed(*REVIEWERS)
def assign_unit(root_id: str) -> Any:
    """Say which unit a record belongs to that could not say it itself."""
    detail = _detail(root_id)
    place, reason = request.form.get("place", ""), request.form.get("reason", "").strip()
    try:
        outcome = assigning.assign_unit(the_platform(), the_actor(), root_id, place, reason)
    except reviewing.UnknownRecord:
        abort(404)
    if isinstance(outcome, Refusal):
        return _record_page(detail, either(dict(outcome.sentence))), 422
    flash(_("已指定单位，记录等待审核。"))
    return redirect(url_for("desk.record", root_id=root_id), 303)


def _reading(form: Form, detail: queries.Detail) -> FormPage:
    """The record laid out as its form, with its photos at their questions."""
    record = detail.record
    moment, _clamped = record_moment(record.device_finished_at, record.received_at)
    filling = fill(form, record.answers, now=moment, language=current_language())
    photos = [file for file in detail.attachments if file.shown_sha256 != file.sha256]
    links = {file.name: url_for("desk.attachment", attachment_id=file.id) for file in photos}
    return build_page(form, filling, language=current_language(), links=links)


@blueprint.post("/records/<root_id>/state")
@allowed(*REVIEWERS)
def move_record(root_id: str) -> Any:
    """Take a decision on a record."""
    detail = _detail(root_id)
    to, reason = request.form.get("to", ""), request.form.get("reason", "").strip()
    try:
        outcome = reviewing.move(the_platform(), the_actor(), root_id, to, reason)
    except reviewing.UnknownRecord:
        abort(404)
    if isinstance(outcome, Refusal):
        return _record_page(detail, either(dict(outcome.sentence))), 422
    flash(_("记录已改为“%(state)s”。", state=STATES[to].label(current_language())))
    return redirect(url_for("desk.record", root_id=root_id), 303)


@blueprint.get("/attachments/<int:attachment_id>")
@allowed("lead", "reviewer", "auditor")
def attachment(attachment_id: int) -> Response:
    """The re-encoded copy of a photo, whose original never leaves the store this way; others to download."""
    with the_platform().database.reading() as session:
        found = queries.find_attachment(session, attachment_id, tops("lead", "reviewer", "auditor"))
    if found is None:
        abort(404)
    row, record = found
    _refuse(rating.is_hidden(the_platform(), the_actor(), record))
    is_photo = row.shown_sha256 != row.sha256
    kind = "image/jpeg" if is_photo else "application/octet-stream"
    response = Response(the_platform().files.read(row.shown_sha256), mimetype=kind)
    response.headers["Content-Disposition"] = "inline" if is_photo else f"attachment; filename=file-{row.id}"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
