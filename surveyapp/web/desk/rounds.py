"""Rounds: all of them, a new one, one with its units and its next step."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from surveyapp.services import frameworks, planning, scoring
from surveyapp.services.arranging import ROOT_UNIT, UnknownPlace
from surveyapp.services.planning import NEXT, RoundWish
from surveyapp.storage.queries.rounds import RoundRow, UnitRow, list_rounds, list_units
from surveyapp.storage.queries.settings import list_plans, list_units_below, list_work
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk.blueprint import blueprint, tops
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import the_platform

TYPED = ("code", "title", "framework", "starts_on", "ends_on", "retention_until", "issuer", "contact")


@blueprint.app_template_global()
def round_states() -> dict[str, str]:
    """The states of a round in the reader's language."""
    return {"planned": _("计划中"), "open": _("进行中"), "closing": _("收尾中"), "closed": _("已结束")}


def typed_date(text: str) -> date | None:
    """The day of an ISO date; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def own_round(round_id: int) -> tuple[RoundRow, list[UnitRow]]:
    """A round with its units in the lead's scope; 404 when there is none of either."""
    with the_platform().database.reading() as session:
        row = next((one for one in list_rounds(session) if one.id == round_id), None)
        units = list_units(session, round_id, tops("lead")) if row else []
    if row is None or not units:
        abort(404)
    return row, units


@blueprint.get("/rounds")
@allowed("lead")
def rounds() -> str:
    """The rounds with units in the lead's scope, newest first."""
    with the_platform().database.reading() as session:
        found = [(row, len(list_units(session, row.id, tops("lead")))) for row in list_rounds(session)]
    return render_template("desk/rounds.html", rounds=[pair for pair in found if pair[1]])


@blueprint.get("/rounds/new")
@allowed("lead")
def new_round() -> str:
    """The form for a new round."""
    return _form({}, [], {})


def _form(typed: dict[str, str], chosen: list[str], refusals: dict[str, str]) -> str:
    with the_platform().database.reading() as session:
        units = [unit for unit in list_units_below(session, tops("lead")) if unit.code != ROOT_UNIT]
    return render_template(
        "desk/rounds_new.html",
        units=units,
        choices=_choices(),
        typed=typed,
        chosen=chosen,
        refusals=refusals,
    )


def _choices() -> list[tuple[str, str]]:
    """(value, words) of every framework with each of its profiles, newest first."""
    found = []
    for framework_id, _code, version, title in frameworks.list_frameworks(the_platform()):
        loaded = frameworks.load_framework(the_platform(), framework_id)
        for profile in loaded.profiles:
            words = _("%(title)s 第 %(n)s 版 · 方案 %(profile)s", title=title, n=version, profile=profile)
            found.append((f"{framework_id}:{profile}", words))
    return found


@blueprint.post("/rounds/new")
@allowed("lead")
def open_round() -> Any:
    """Open a round for field work; what is wrong stands at its fields."""
    typed = {name: request.form.get(name, "").strip() for name in TYPED}
    chosen = request.form.getlist("units")
    framework, _colon, profile = typed["framework"].partition(":")
    wish = RoundWish(
        typed["code"],
        typed["title"],
        int(framework) if framework.isdecimal() and len(framework) < 10 else None,
        profile,
        typed_date(typed["starts_on"]),
        typed_date(typed["ends_on"]),
        typed_date(typed["retention_until"]),
        typed["issuer"],
        typed["contact"],
        chosen,
    )
    outcome = planning.open_new_round(the_platform(), the_actor(), wish)
    if not isinstance(outcome, int):
        refusals = {name: either(dict(refusal.sentence)) for name, refusal in outcome.items()}
        return _form(typed, chosen, refusals), 422
    flash(_("轮次已建立，可以开始外业。"))
    return redirect(url_for("desk.round_page", round_id=outcome), 303)


@blueprint.get("/rounds/<int(max=2147483647):round_id>")
@allowed("lead")
def round_page(round_id: int) -> str:
    """One round: its facts, its units, its plans and its next step."""
    return _one(round_id, "")


def _rules(round_id: int) -> scoring.Standing | None:
    """What is registered for the round; None while its rules are not fit to score by."""
    try:
        return scoring.standing(the_platform(), scoring.round_basis(the_platform(), round_id))
    except (scoring.Blocked, scoring.BadMeasures, scoring.UnknownSubject):
        return None


@blueprint.post("/rounds/<int(max=2147483647):round_id>/register")
@allowed("lead")
def register_rules(round_id: int) -> Any:
    """Register the rules of the round as they are now; after the first time with a reason."""
    own_round(round_id)
    reason = request.form.get("reason", "").strip()
    try:
        problem = scoring.register(the_platform(), round_id, reason, the_actor().id)
    except (scoring.Blocked, scoring.BadMeasures):
        return _one(round_id, _("指标体系还有未决定的问题，或问卷的测量与指标不符，规则还不能登记。")), 409
    if problem is not None:
        return _one(round_id, either(dict(problem.sentence))), 422
    flash(_("规则已登记。"))
    return redirect(url_for("desk.round_page", round_id=round_id), 303)


def _one(round_id: int, problem: str) -> str:
    row, units = own_round(round_id)
    with the_platform().database.reading() as session:
        plans, visits = list_plans(session, round_id), list_work(session, round_id, tops("lead"), ("visit",))
    return render_template(
        "desk/rounds_one.html",
        around=row,
        units=units,
        plans=plans,
        visits=visits,
        next=NEXT.get(row.state),
        rules=_rules(round_id),
        problem=problem,
    )


@blueprint.post("/rounds/<int(max=2147483647):round_id>/move")
@allowed("lead")
def move_round(round_id: int) -> Any:
    """Move a round one step on; closing it for good asks for its code."""
    own_round(round_id)
    to, typed_code = request.form.get("to", ""), request.form.get("code", "").strip()
    if to == "closing" and "sure" not in request.form:
        return _one(round_id, _("请勾选确认后再进入收尾。")), 422
    try:
        refusal = planning.advance_round(the_platform(), the_actor(), round_id, to, typed_code)
    except UnknownPlace:
        return _one(round_id, _("本轮还有您范围以外的单位，请由负责全部单位的项目负责人办理。")), 422
    if refusal is not None:
        return _one(round_id, either(dict(refusal.sentence))), 422
    flash(_("轮次状态已改为“%(state)s”。", state=round_states()[to]))
    return redirect(url_for("desk.round_page", round_id=round_id), 303)
