"""Questionnaires: what is published and drafted, uploading, the state and the source of each."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from surveyapp.config import resource
from surveyapp.evaluation.kinds import KINDS
from surveyapp.forms.problem import Problem
from surveyapp.services import drafting, halting, publishing
from surveyapp.storage.queries.settings import find_source, list_drafts, list_published
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint
from surveyapp.web.language import _, current_language
from surveyapp.web.surroundings import the_platform

LARGEST = 2 * 1024 * 1024


@blueprint.app_template_global()
def instrument_names() -> dict[str, str]:
    """The kinds of instruments that can be published, with their names in the reader's language."""
    language = current_language()
    return {code: kind.name(language) for code, kind in KINDS.items()}


def shipped_files() -> list[str]:
    """The questionnaires that come with the program, as 'folder/name.md'."""
    paths = resource("questionnaires").glob("*/*.md")
    return sorted(f"{path.parent.name}/{path.name}" for path in paths if path.name != "README.md")


@blueprint.get("/questionnaires")
@allowed("lead", "admin")
def questionnaires() -> str:
    """Every questionnaire with its versions, and the form for a new one."""
    return _page(())


def _page(problems: tuple[Problem, ...], refused: str = "") -> str:
    with the_platform().database.reading() as session:
        published, waiting = list_published(session), list_drafts(session)
    return render_template(
        "desk/questionnaires.html",
        published=published,
        waiting=waiting,
        shipped=shipped_files(),
        problems=problems,
        refused=refused,
        chosen=request.form.get("kind", ""),
    )


@blueprint.post("/questionnaires")
@allowed("lead", "admin")
def publish_questionnaire() -> Any:
    """Keep an uploaded file as a draft; publish one that comes with the program, which is reviewed data."""
    kind, source = request.form.get("kind", ""), _source()
    if kind not in KINDS:
        return _page((), _("请选择问卷的用途。")), 422
    if source is None:
        sentence = _("请选择一个 UTF-8 编码的 .md 文件，不超过 2 MB，或选择一份随附的问卷。")
        return _page((), sentence), 422
    if source not in _reviewed():
        return _keep_draft(source, kind)
    outcome = publishing.publish(the_platform(), source, kind, the_actor().id)
    if outcome.version_id is None:
        return _page(outcome.problems), 422
    flash(_("%(form)s 的版本 %(version)s 已发布。", form=outcome.form_id, version=outcome.version))
    return redirect(url_for("desk.questionnaires"), 303)


def _reviewed() -> set[str]:
    """The texts of the questionnaires that come with the program."""
    return {(resource("questionnaires") / name).read_text(encoding="utf-8") for name in shipped_files()}


def _keep_draft(source: str, kind: str) -> Any:
    files = {file.filename: file.read() for file in request.files.getlist("media") if file.filename}
    stored = drafting.store_draft(the_platform(), source, kind, the_actor().id, files)
    if not isinstance(stored, int):
        return _page(stored), 422
    return redirect(url_for("desk.draft", draft_id=stored), 303)


def _source() -> str | None:
    """The text to publish; None when nothing that can be read was chosen."""
    shipped, file = request.form.get("shipped", ""), request.files.get("file")
    if file is not None and file.filename:
        content = file.read(LARGEST + 1)
        if not content.strip() or len(content) > LARGEST:
            return None
        try:
            text: str = content.decode("utf-8-sig")
            return text.replace("\r\n", "\n")
        except UnicodeDecodeError:
            return None
    if shipped in shipped_files():
        return (resource("questionnaires") / shipped).read_text(encoding="utf-8")
    return None


@blueprint.app_template_global()
def questionnaire_states() -> dict[str, str]:
    """The states of a questionnaire with their names in the reader's language."""
    return {"open": _("发放中"), "closing": _("收尾中"), "closed": _("已关闭")}


@blueprint.post("/questionnaires/state")
@allowed("lead", "admin")
def move_questionnaire() -> Any:
    """Open, wind up or close a questionnaire by one of its buttons."""
    form_id, state = request.form.get("form_id", ""), request.form.get("state", "")
    if not halting.set_state(the_platform(), form_id, state, the_actor().id):
        return _page((), _("没有这份问卷或这种状态，请刷新页面后再试。")), 422
    flash(_("%(form)s 的状态已改为“%(state)s”。", form=form_id, state=questionnaire_states()[state]))
    return redirect(url_for("desk.questionnaires"), 303)


@blueprint.get("/questionnaires/<int(max=2147483647):version_id>/source.md")
@allowed("lead", "admin")
def questionnaire_source(version_id: int) -> Response:
    """The source of a published version, as it was uploaded."""
    with the_platform().database.reading() as session:
        found = find_source(session, version_id)
    if found is None:
        abort(404)
    form_id, version, source = found
    name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{form_id}-{version}")
    response = Response(source, content_type="text/markdown; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.md"'
    return response
