"""Lists of handled cases: uploaded for a unit, their counts, the drawn sample, the records made of them."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from surveyapp.evaluation.cases import ODDITIES, STOPS
from surveyapp.evaluation.kinds import KINDS
from surveyapp.evaluation.lifecycle import STATES
from surveyapp.evaluation.problem import Problem
from surveyapp.services import extracting, planning
from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.registering import template_file
from surveyapp.storage.queries.rounds import list_rounds, list_units
from surveyapp.storage.queries.settings import list_evaluators
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk import score_view
from surveyapp.web.desk.blueprint import blueprint, the_round, tops
from surveyapp.web.desk.exports import MEDIA
from surveyapp.web.desk.plans import instant_typed
from surveyapp.web.desk.rounds import typed_date
from surveyapp.web.language import _, current_language, either
from surveyapp.web.surroundings import the_platform

KEEPERS = ("lead", "reviewer")


@blueprint.get("/extracts")
@allowed(*KEEPERS)
def extracts() -> str:
    """The lists of the round in view inside the reader's scope, and the form for another."""
    return _page(())


def _page(problems: tuple[Problem, ...]) -> str:
    around = the_round()
    with the_platform().database.reading() as session:
        units = list_units(session, around.id, tops(*KEEPERS))
    return render_template(
        "desk/extracts.html",
        around=around,
        units=[(unit.id, f"{unit.name}（{unit.code}）") for unit in units],
        found=extracting.list_extracts(the_platform(), around.id, tops(*KEEPERS)),
        problems=problems,
        typed=request.form,
        calendar=extracting.calendar(),
        sample=extracting.DEFAULT_SAMPLE,
        share=share,
    )


@blueprint.post("/extracts")
@allowed(*KEEPERS)
def keep_extract() -> Any:
    """Take in a list, or nothing with its problems by row and column."""
    around, file = the_round(), request.files.get("table")
    day = request.form.get("counted_on", "").strip()
    if day and typed_date(day) is None:
        zh, en = "统计日请写成 2018-10-31。", "Write the day of counting like 2018-10-31."
        return _page((Problem("counted-on", 0, "", {"zh": zh, "en": en}),)), 422
    handed = extracting.Handed(
        (file.filename or "") if file else "",
        file.read() if file else b"",
        typed_date(day),
        _whole("number", extracting.DEFAULT_SAMPLE),
        request.form.get("seed", "").strip(),
    )
    try:
        unit_id = _whole("unit", 0)
        outcome = extracting.keep_extract(the_platform(), the_actor(), around.id, unit_id, handed)
    except UnknownPlace:
        zh, en = "请选择本轮中您范围内的单位。", "Choose a unit of this round inside your scope."
        return _page((Problem("unit", 0, "", {"zh": zh, "en": en}),)), 422
    if outcome.problems:
        return _page(outcome.problems), 422
    flash(_("办件数据已保存，各项计数如下。"))
    return redirect(url_for("desk.extract", extract_id=outcome.id), 303)


def _whole(name: str, otherwise: int) -> int:
    text = request.form.get(name, "").strip()
    if not text:
        return otherwise
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@blueprint.get("/extracts/<int(max=2147483647):extract_id>")
@allowed(*KEEPERS)
def extract(extract_id: int) -> str:
    """What one list counts, what is odd about it, the drawn sample, and the records that rest on it."""
    return _one(_found(extract_id, *KEEPERS), "")


@blueprint.post("/extracts/<int(max=2147483647):extract_id>/reviews")
@allowed("lead")
def assign_sample(extract_id: int) -> Any:
    """Assign the drawn files to a reader, one review a case."""
    found = _found(extract_id, "lead")
    at = instant_typed(request.form.get("day", ""), request.form.get("time", ""))
    wish = planning.WorkWish("document", _whole("person", 0), at, "")
    coder = request.form.get("coder", "")
    outcome = planning.assign_sample(the_platform(), the_actor(), found, wish, coder)
    if not isinstance(outcome, tuple):
        return _one(found, either(dict(outcome.sentence))), 422
    flash(_("已安排 %(n)s 份办件档案。", n=len(outcome)))
    return redirect(url_for("desk.extract", extract_id=found.id), 303)


def _found(extract_id: int, *roles: str) -> extracting.Extract:
    return extracting.find_extract(the_platform(), extract_id, tops(*roles)) or abort(404)


def _one(found: extracting.Extract, problem: str) -> str:
    platform = the_platform()
    with platform.database.reading() as session:
        around = next(row for row in list_rounds(session) if row.id == found.round_id)
        people = list_evaluators(session, KINDS["document"].collectors)
    newest = extracting.newest_extract(platform, found.round_id, found.unit_id)
    return render_template(
        "desk/extract.html",
        around=around,
        people=[(row.id, f"{row.name}（{row.login}）") for row, _paths in people],
        problem=problem,
        typed=request.form,
        second=len(planning.part_of(found.sample, found.seed, "second")) if found.sample else 0,
        extract=found,
        is_newest=newest is not None and newest.id == found.id,
        records=extracting.citing(platform, found),
        states=STATES,
        oddities=ODDITIES,
        stops={code: words[0 if current_language() == "zh" else -1] for code, words in STOPS.items()},
        apart=_apart(),
        share=share,
    )


def share(pair: list[int] | None) -> str:
    """'399 / 420 = 95.00 %' of a numerator and denominator; a dash when there is nothing to divide."""
    if not pair or not pair[1]:
        return "–"
    return f"{pair[0]} / {pair[1]} = {score_view.rounded(100 * pair[0] / pair[1])}%"


def _apart() -> dict[str, str]:
    """What each kind of case that stands apart is called, in the order of the page."""
    return {
        "instant_later_day": _("即办件改日办结（未计入即办）"),
        "instant_over_minutes": _("即办件当日办结但超过公布分钟数（未计入即办）"),
        "instant_open": _("即办件尚未办结（未计入即办）"),
        "instant_untimed": _("即办件只有日期，无法按公布分钟数核对"),
        "promised_not_due": _("承诺件未到期（不计入）"),
        "refused_without_reason": _("不予办理但没有写法定理由（按没有办成计）"),
        "failed": _("未办成"),
        "reversed": _("办结早于受理（不算按时，也不算办成）"),
    }


@blueprint.get("/extracts/template.<any(csv, xlsx):shape>")
@allowed(*KEEPERS)
def extract_template(shape: str) -> Response:
    """The empty table to fill in."""
    content = template_file(extracting.CASES, current_language(), shape)
    response = Response(content, content_type=MEDIA[shape])
    response.headers["Content-Disposition"] = f'attachment; filename="cases.{shape}"'
    return response
