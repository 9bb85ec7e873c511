"""Questionnaires: what is published and drafted, uploading a new one, the state of each."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from surveyapp.evaluation.kinds import KINDS
from surveyapp.forms.problem import Problem
from surveyapp.services import drafting, halting, publishing
from surveyapp.services.authoring_workbooks import Imported
from surveyapp.storage.queries.rounds import list_rounds
from surveyapp.storage.queries.settings import list_drafts, list_published, states_in_round
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, round_in_view, the_round
from surveyapp.web.desk.questionnaire_files import chosen_file, reviewed_texts, shipped_files
from surveyapp.web.language import _, current_language
from surveyapp.web.surroundings import the_platform


@blueprint.app_template_global()
def instrument_names() -> dict[str, str]:
    """The kinds of instruments that can be published, with their names in the reader's language."""
    language = current_language()
    return {code: kind.name(language) for code, kind in KINDS.items()}


@blueprint.get("/questionnaires")
@allowed("lead", "admin")
def questionnaires() -> str:
    """Every questionnaire with its versions, and the form for a new one."""
    return _page(())


def _page(problems: tuple[Problem, ...], refused: str = "") -> str:
    with the_platform().database.reading() as session:
        published, waiting = list_published(session), list_drafts(session)
        around, rounds = round_in_view(session), list_rounds(session)
        states = states_in_round(session, around.id) if around else {}
    return render_template(
        "desk/questionnaires.html",
        published=published,
        waiting=waiting,
        around=around,
        rounds=rounds,
        states=states,
        shipped=shipped_files(),
        problems=problems,
        refused=refused,
        chosen=request.form.get("kind", ""),
    )


@blueprint.post("/questionnaires")
@allowed("lead", "admin")
def publish_questionnaire() -> Any:
    """Keep an uploaded file as a draft; publish one that comes with the program, which is reviewed data."""
    kind = request.form.get("kind", "")
    if kind not in KINDS:
        return _page((), _("请选择问卷的用途。")), 422
    read = chosen_file()
    if read is None:
        return _page((), _("请选择一个 .md、.xlsx 或 .csv 文件，或选择一份随附的问卷。")), 422
    if read.problems:
        return _page(read.problems), 422
    if read.text not in reviewed_texts():
        return _keep_draft(read, kind)
    outcome = publishing.publish(the_platform(), read.text, kind, the_actor().id)
    if outcome.version_id is None:
        return _page(outcome.problems), 422
    flash(_("%(form)s 的版本 %(version)s 已发布。", form=outcome.form_id, version=outcome.version))
    return redirect(url_for("desk.questionnaires"), 303)


def _keep_draft(read: Imported, kind: str) -> Any:
    files = {file.filename: file.read() for file in request.files.getlist("media") if file.filename}
    stored = drafting.store_draft(
        the_platform(), read.text, kind, the_actor().id, files, readings=read.warnings, rows=read.rows
    )
    if not isinstance(stored, int):
        return _page(stored), 422
    return redirect(url_for("desk.draft", draft_id=stored), 303)


@blueprint.app_template_global()
def questionnaire_states() -> dict[str, str]:
    """The states of a questionnaire with their names in the reader's language."""
    return {"open": _("发放中"), "closing": _("收尾中"), "closed": _("已关闭")}


@blueprint.post("/questionnaires/state")
@allowed("lead", "admin")
def move_questionnaire() -> Any:
    """Open, wind up or close a questionnaire in the round in view by one of its buttons."""
    around = the_round()
    form_id, state = request.form.get("form_id", ""), request.form.get("state", "")
    if not halting.set_state(the_platform(), around.id, form_id, state, the_actor().id):
        return _page((), _("没有这份问卷或这种状态，请刷新页面后再试。")), 422
    flash(
        _(
            "“%(round)s”中 %(form)s 的状态已改为“%(state)s”。",
            round=around.title,
            form=form_id,
            state=questionnaire_states()[state],
        )
    )
    return redirect(url_for("desk.questionnaires", round=around.code), 303)
