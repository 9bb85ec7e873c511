"""The indicator tree with stated and resolved points, every finding, the decisions, and the import."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from surveyapp.evaluation.decisions import decision_for
from surveyapp.evaluation.problem import Problem
from surveyapp.services import frameworks
from surveyapp.services.frameworks import Loaded, Source, load_framework, rows_of
from surveyapp.storage.queries.rounds import list_rounds
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, round_in_view
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import the_platform

ENTRY = ("finding", "node", "reading", "what", "why", "role")


@blueprint.get("/framework")
@allowed("lead", "viewer", "auditor", "reviewer")
def framework() -> str:
    """The framework of the round in view, or the one named by ?id."""
    return _page(_loaded())


def _loaded() -> Loaded | None:
    asked = request.args.get("id", type=int)
    if asked is None:
        with the_platform().database.reading() as session:
            around = round_in_view(session)
        asked = around.framework_id if around else None
    if asked is None:
        known = frameworks.list_frameworks(the_platform())
        asked = known[0][0] if known else None
    if asked is None:
        return None
    try:
        return load_framework(the_platform(), asked)
    except frameworks.UnknownFramework:
        abort(404)


def _page(loaded: Loaded | None, problems: tuple[Problem, ...] = (), decided: str = "") -> str:
    with the_platform().database.reading() as session:
        used = [row for row in list_rounds(session) if loaded and row.framework_id == loaded.id]
    return render_template(
        "desk/framework.html",
        loaded=loaded,
        used=used,
        known=frameworks.list_frameworks(the_platform()),
        decision_for=decision_for,
        problems=problems,
        decided=decided,
    )


@blueprint.post("/framework/<int:framework_id>/decisions")
@allowed("lead")
def decide(framework_id: int) -> Any:
    """Record which reading of a finding is adopted, with the reason and the deciding role."""
    entry = {name: request.form.get(name, "").strip()[:1000] for name in ENTRY}
    try:
        problems = frameworks.decide(the_platform(), framework_id, entry, the_actor().id)
        loaded = load_framework(the_platform(), framework_id)
    except frameworks.UnknownFramework:
        abort(404)
    if problems:
        return _page(loaded, decided=either(dict(problems[0].sentence))), 422
    flash(_("决定已记录。"))
    return redirect(url_for("desk.framework", id=framework_id), 303)


@blueprint.post("/framework/import")
@allowed("lead")
def import_framework() -> Any:
    """Bring in another indicator table from CSV or XLSX: all of it, or nothing with a list of problems."""
    title, code = request.form.get("title", "").strip(), request.form.get("code", "").strip()
    file = request.files.get("table")
    if not title or len(title) > 200 or not code.isascii() or not code or len(code) > 64:
        sentence = {
            "zh": "请填写名称和编码；编码用英文字母、数字和短横线，不超过 64 个字符。",
            "en": "Give a title and a code of at most 64 letters, digits and dashes.",
        }
        return _page(_loaded(), (Problem("source", 0, "", sentence),)), 422
    rows = rows_of(file.read() if file else b"")
    if isinstance(rows, Problem):
        return _page(_loaded(), (rows,)), 422
    framework_id, problems = frameworks.import_framework(
        the_platform(), Source(code, title, rows, {}, {}, {}), the_actor().id
    )
    if framework_id is None:
        return _page(_loaded(), problems), 422
    flash(_("指标体系已导入。"))
    return redirect(url_for("desk.framework", id=framework_id), 303)
