"""Interview notes as pages and plain forms: create, read, write segments, rate, submit.

What the page's script pushes is in notes_json.py; everything here works without it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for

from surveyapp.forms.filling import fill
from surveyapp.forms.problem import Problem
from surveyapp.services import noting
from surveyapp.services.calling.attempts import UnknownTask
from surveyapp.services.collecting import Accepted, Refused
from surveyapp.storage.queries import field as queries
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.bodies import instant
from surveyapp.web.field.blueprint import blueprint, own_tops
from surveyapp.web.language import _, current_language, either
from surveyapp.web.posted import page_of, posted
from surveyapp.web.surroundings import the_platform


@blueprint.get("/notes/new")
@allowed("interviewer")
def new_note() -> str:
    """Ask what the interview is about; classes of roles, never names."""
    return _new_page()


@blueprint.post("/notes")
@allowed("interviewer")
def create_note() -> Any:
    """Open a note; pressing twice opens one."""
    form = request.form
    round_id, _sep, unit_id = form.get("place", "").partition("/")
    if not (_is_row(round_id) and _is_row(unit_id)):
        return make_response(_new_page(_("请选择单位。")), 422)
    plan = noting.Plan(
        round_id=int(round_id),
        unit_id=int(unit_id),
        title=form.get("title", ""),
        form_of=form.get("form_of", ""),
        ranks=noting.ranks_from(form.to_dict()),
        is_told=form.get("told") == "1",
        recording=form.get("recording", ""),
    )
    note_id = form.get("note_id", "").lower()
    try:
        made = noting.create_note(the_platform(), the_actor(), note_id, plan)
    except UnknownTask:
        return make_response(_new_page(_("请选择单位。")), 422)
    if isinstance(made, noting.Refusal):
        return make_response(_new_page(either(dict(made.sentence))), 422)
    return redirect(url_for("field.note", note_id=made.id), 303)


def _is_row(text: str) -> bool:
    """Whether a text can be a row's id."""
    return text.isascii() and text.isdigit() and len(text) < 10


def status_of(found: noting.Refusal) -> int:
    """409 for what collides with something stored, 422 for what is wrong in itself."""
    return 409 if found.code in ("conflict", "submitted", "stale") else 422


def _new_page(problem: str = "") -> str:
    with the_platform().database.reading() as session:
        places = queries.open_units(session, own_tops("interviewer"))
    return render_template(
        "field/new_note.html",
        places=places,
        problem=problem,
        typed=request.form,
        ranks=noting.RANKS,
        note_id=request.form.get("note_id") or str(uuid.uuid4()),
    )


@blueprint.get("/notes")
@allowed("interviewer")
def notes() -> Any:
    """Notes are listed among today's tasks."""
    return redirect(url_for("field.today"), 303)


@blueprint.get("/notes/<note_id>")
@allowed("interviewer")
def note(note_id: str) -> Any:
    """The note: segments, chips, the rubric."""
    found = own_note(note_id)
    if found.note.state == "submitted":
        return redirect(url_for("field.today"), 303)
    return _page(found, found.note.answers)


@blueprint.get("/notes/<note_id>/rubric")
@blueprint.get("/notes/<note_id>/segment")
@allowed("interviewer")
def back_to_note(note_id: str) -> Any:
    """Reloading a page that came back leads to the note."""
    return redirect(url_for("field.note", note_id=note_id), 303)


@blueprint.post("/notes/<note_id>/segment")
@allowed("interviewer")
def write_segment(note_id: str) -> Any:
    """Take one segment from the plain form, for browsers without a script."""
    own_note(note_id)
    form = request.form
    push = noting.Push(
        push_id=form.get("push_id", "").lower(),
        segment_id=form.get("segment_id", "").lower(),
        base_revision=form.get("base_revision", -1, type=int),
        sequence=form.get("sequence", 0, type=int),
        started_at=_instant(form.get("started_at", "")),
        speaker=form.get("speaker", ""),
        text=form.get("text", "").replace("\r\n", "\n"),
        indicators=tuple(form.get("indicators", "").replace("，", " ").replace(",", " ").split()),
        stance=form.get("stance", "unclear"),
        flags=tuple(form.getlist("flags")),
    )
    pushed = noting.push_segment(the_platform(), the_actor(), note_id, push)
    if isinstance(pushed, noting.Refusal):
        found = own_note(note_id)
        page = _page(found, found.note.answers, notice=either(dict(pushed.sentence)), typed=form)
        return make_response(page, 422)
    return redirect(url_for("field.note", note_id=note_id) + "#dock", 303)


def _instant(text: str) -> datetime:
    """When a segment began, as its page says; now when it does not."""
    return instant(text) or the_platform().clock()


@blueprint.post("/notes/<note_id>/rubric")
@allowed("interviewer")
def rubric(note_id: str) -> Any:
    """Save the rubric (button `save`) or submit the note with it (button `submit`)."""
    found, platform = own_note(note_id), the_platform()
    round_id = found.note.round_id
    form = platform.form(noting.version_for_interviews(platform, round_id), round_id)
    back = posted(form)
    answers = back.answers
    if not back.sent:
        return _page(found, answers)
    if back.problems:
        return make_response(_page(found, answers, back.problems), 422)
    if request.form.get("_action") == "submit":
        return _submit(found, answers, back.confirmed)
    base_rev = request.form.get("_rev", -1, type=int)
    saved = noting.save_answers(platform, the_actor(), note_id, base_rev, answers)
    if isinstance(saved, noting.Refusal):
        return make_response(_page(found, answers, notice=either(dict(saved.sentence))), status_of(saved))
    flash(_("评级已保存。"))
    return redirect(url_for("field.note", note_id=note_id) + "#rubric", 303)


def _submit(found: queries.OwnNote, answers: dict[str, Any], confirmed: Mapping[str, str]) -> Any:
    platform, note_id = the_platform(), found.note.id
    outcome = noting.submit_note(platform, the_actor(), note_id, answers, current_language(), confirmed)
    if isinstance(outcome, Accepted):
        return redirect(url_for("field.sent", receipt=outcome.receipt, draft=f"note/{note_id}"), 303)
    found = own_note(note_id)
    if not isinstance(outcome, Refused):
        return make_response(_page(found, answers, notice=either(dict(outcome.sentence))), 409)
    if outcome.code == "invalid":
        return make_response(_page(found, answers, outcome.problems), 422)
    notice = _("本轮评估已结束，没有提交；内容仍保存在记录里。")
    if outcome.code == "form_closed":
        notice = _("访谈问卷已关闭，没有提交；内容仍保存在记录里，请联系项目负责人。")
    return make_response(_page(found, answers, notice=notice), 409)


def own_note(note_id: str) -> queries.OwnNote:
    """The person's own note; 404 otherwise."""
    with the_platform().database.reading() as session:
        found = queries.find_own_note(session, note_id, the_actor().id, own_tops("interviewer"))
    return found or abort(404)


def _page(
    found: queries.OwnNote,
    answers: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    notice: str = "",
    typed: Mapping[str, str] | None = None,
) -> str:
    platform, language = the_platform(), current_language()
    version_id = noting.version_for_interviews(platform, found.note.round_id)
    form = platform.form(version_id, found.note.round_id)
    filling = fill(form, answers, now=platform.clock(), language=language, record_id=found.note.id)
    segments = noting.segments_of(platform, found.note.id)
    with platform.database.reading() as session:
        leaves = queries.leaf_indicators(session, found.note.round_id)
    return render_template(
        "field/note.html",
        found=found,
        note=found.note,
        page=page_of(form, filling, problems, version_id=version_id, numbered=False),
        segments=segments,
        leaves=leaves,
        names=dict(leaves),
        data=_data(segments, leaves),
        notice=notice,
        typed=typed or {},
        speakers=["host", *(person["speaker"] for person in found.note.consent.get("participants", []))],
        fresh_id=lambda: str(uuid.uuid4()),
        segment_id=str(uuid.uuid4()),
        sequence=max((one.shown.sequence for one in segments), default=0) + 1,
        now=platform.clock(),
    )


def _data(segments: Sequence[noting.Segment], leaves: Sequence[tuple[str, str]]) -> str:
    """Segments and indicators for the page's script, safe inside a data block."""
    value = {
        "segments": [segment.to_json() for segment in segments],
        "rivals": {
            segment.shown.segment_id: [push.text for push in segment.others]
            for segment in segments
            if segment.is_conflict
        },
        "leaves": [list(leaf) for leaf in leaves],
    }
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
