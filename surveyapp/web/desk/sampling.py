"""The page “抽样与预算” of a round: the plan's results, its form, and the light during field work."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from surveyapp.evaluation.prospect import GOALS, INSTRUMENTS, curtailed, whole_cost
from surveyapp.services import scoring
from surveyapp.services.arranging import UnknownPlace
from surveyapp.services.planning import sampling
from surveyapp.services.planning.sampling import Ground
from surveyapp.storage.queries.rounds import RoundRow, UnitRow
from surveyapp.web.access import allowed, the_actor
from surveyapp.web.desk import sampling_view
from surveyapp.web.desk.blueprint import blueprint
from surveyapp.web.desk.rounds import own_round
from surveyapp.web.language import _, either
from surveyapp.web.surroundings import the_platform

UNITS_A_PAGE = 20
"""Units on a page of the field work, whose scores are computed for it."""


def _ground(round_id: int) -> Ground | None:
    """What the round's plan is made for; None while the round is not fit to be scored."""
    try:
        return sampling.ground_of(the_platform(), round_id)
    except (scoring.Blocked, scoring.BadMeasures, scoring.UnknownSubject):
        return None


def _blocked(around: RoundRow) -> tuple[str, int]:
    return render_template("desk/sampling_blocked.html", around=around), 409


@blueprint.get("/rounds/<int(max=2147483647):round_id>/sampling")
@allowed("lead")
def sampling_plan(round_id: int) -> Any:
    """What the plan (?version, else the newest) leads to, unit by unit."""
    around, units = own_round(round_id)
    ground = _ground(round_id)
    if ground is None:
        return _blocked(around)
    versions = sampling.versions_of(the_platform(), round_id)
    asked = request.args.get("version", type=int)
    version = next((one for one in versions if one.number == asked), None) if asked else None
    if "version" in request.args and version is None:
        abort(404)
    version = version or (versions[-1] if versions else None)
    if version is None:
        return render_template("desk/sampling_none.html", around=around)
    found = sampling.outlooks(ground, version.plan, _inside(ground, units))
    call = version.plan.aim("call")
    verdict = next((one.needs["call"] for one in found if call and one.needs["call"].plan), None)
    shares = sampling_view.verdict_shares(call.bad, call.good) if call else ()
    return render_template(
        "desk/sampling.html",
        around=around,
        ground=ground,
        version=version,
        versions=versions,
        plan=version.plan,
        outlooks=found,
        cost=whole_cost([need for one in found for need in one.needs.values()]),
        call=call,
        verdict=verdict,
        courses=curtailed(verdict.plan, shares) if verdict and verdict.plan else (),
        show=sampling_view,
    )


def _inside(ground: Ground, units: list[UnitRow]) -> list[UnitRow]:
    inside = {unit.id for unit in units}
    return [unit for unit in ground.units if unit.id in inside]


@blueprint.get("/rounds/<int(max=2147483647):round_id>/sampling/edit")
@allowed("lead")
def edit_sampling(round_id: int) -> Any:
    """The form, filled with the newest plan or the usual values."""
    return _form(round_id, None, {})


def _form(round_id: int, typed: dict[str, str] | None, refusals: dict[str, str]) -> Any:
    around, units = own_round(round_id)
    ground = _ground(round_id)
    if ground is None:
        return _blocked(around)
    versions = sampling.versions_of(the_platform(), round_id)
    plan = versions[-1].plan if versions else None
    return render_template(
        "desk/sampling_edit.html",
        around=around,
        ground=ground,
        is_whole=len(ground.units) == len(units),
        instruments=[one for code, one in INSTRUMENTS.items() if code in ground.stakes],
        fields={code: sampling.form_fields(code) for code in ground.stakes},
        goals={code: either(dict(words)) for code, words in GOALS.items()},
        typed=sampling.field_texts(ground, plan) if typed is None else typed,
        refusals=refusals,
        has_plan=plan is not None,
        show=sampling_view,
    )


@blueprint.post("/rounds/<int(max=2147483647):round_id>/sampling/edit")
@allowed("lead")
def keep_sampling(round_id: int) -> Any:
    """Keep the plan as another version; what is wrong stands at its field."""
    around, _units = own_round(round_id)
    ground = _ground(round_id)
    if ground is None:
        return _blocked(around)
    typed = {name: text.strip() for name, text in request.form.items()}
    try:
        outcome = sampling.keep_plan(the_platform(), the_actor(), ground, typed, typed.get("reason", ""))
    except UnknownPlace:
        words = _("本轮还有您范围以外的单位，请由负责全部单位的项目负责人办理。")
        return _form(round_id, typed, {"plan": words}), 422
    if not isinstance(outcome, int):
        refusals = {name: either(dict(refusal.sentence)) for name, refusal in outcome.items()}
        return _form(round_id, typed, refusals), 422
    flash(_("抽样计划第 %(n)s 版已保存，哈希值见下。", n=outcome))
    return redirect(url_for("desk.sampling_plan", round_id=round_id), 303)


@blueprint.get("/rounds/<int(max=2147483647):round_id>/sampling/live")
@allowed("lead")
def live_sampling(round_id: int) -> Any:
    """Enough, not yet, beyond: each unit and instrument by the newest plan."""
    around, units = own_round(round_id)
    ground = _ground(round_id)
    if ground is None:
        return _blocked(around)
    versions = sampling.versions_of(the_platform(), round_id)
    if not versions:
        return render_template("desk/sampling_none.html", around=around)
    plan, inside = versions[-1].plan, _inside(ground, units)
    pages = -(-len(inside) // UNITS_A_PAGE)
    page = request.args.get("page", 1, type=int)
    if not 1 <= page <= pages:
        abort(404)
    shown = inside[(page - 1) * UNITS_A_PAGE : page * UNITS_A_PAGE]
    return render_template(
        "desk/sampling_live.html",
        around=around,
        version=versions[-1],
        plan=plan,
        units=sampling.live_units(the_platform(), ground, plan, shown),
        page=page,
        pages=pages,
        show=sampling_view,
    )
